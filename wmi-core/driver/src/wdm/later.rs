//! [`Later`]: the requests of a device that handlers answer later.

use core::ptr;
use core::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

use super::irp::Irp;
use crate::layout;

/// Requests that are kept, each with the remove lock held for it.
///
/// They form a list that is only pushed to, or taken as a whole, so no lock is needed and every
/// IRQL will do. An IRP links to the next by a field that belongs to the driver that has it.
#[derive(Debug)]
pub(crate) struct Later {
    head: AtomicPtr<layout::Irp>,
    /// How often the handlers were said to have their values.
    wakes: AtomicUsize,
}

/// How often the handlers of a device had been woken at some time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wakes(usize);

impl Later {
    pub(crate) const fn new() -> Self {
        Self {
            head: AtomicPtr::new(ptr::null_mut()),
            wakes: AtomicUsize::new(0),
        }
    }

    /// To be asked before a handler is called; where it has changed when the request is kept, the
    /// handler must be called again.
    pub(crate) fn wakes(&self) -> Wakes {
        Wakes(self.wakes.load(Ordering::SeqCst))
    }

    /// Says that handlers may have their values now.
    pub(crate) fn wake(&self) {
        self.wakes.fetch_add(1, Ordering::SeqCst);
    }

    /// Keeps a request that is marked pending. From here on another thread may complete it.
    pub(crate) fn push(&self, irp: Irp) {
        let mut head = self.head.load(Ordering::Relaxed);
        loop {
            irp.set_next(head);
            let pushed = self.head.compare_exchange_weak(
                head,
                irp.as_ptr(),
                Ordering::SeqCst,
                Ordering::Relaxed,
            );
            match pushed {
                Ok(_) => return irp.keep(),
                Err(other) => head = other,
            }
        }
    }

    /// Takes all requests that are kept.
    pub(crate) fn take(&self) -> Taken {
        Taken(self.head.swap(ptr::null_mut(), Ordering::SeqCst))
    }
}

/// Requests that were kept.
#[must_use = "the requests must be completed, or kept again"]
#[derive(Debug)]
pub(crate) struct Taken(*mut layout::Irp);

impl Iterator for Taken {
    type Item = Irp;

    fn next(&mut self) -> Option<Irp> {
        if self.0.is_null() {
            return None;
        }
        // SAFETY: whoever takes the list has the IRPs in it, which are in no other list.
        let irp = unsafe { Irp::new(self.0) };
        self.0 = irp.next();
        Some(irp)
    }
}
