//! [`Later`]: the requests of a device whose handlers returned `STATUS_PENDING`.

use core::ffi::c_void;
use core::marker::PhantomData;
use core::ptr;

use crate::sync::{AtomicPtr, AtomicUsize, Ordering};

/// A request that can be kept in a list: it has room for one pointer while the driver owns the
/// request.
pub(crate) trait Kept: Sized {
    /// Gives the request to a list.
    fn into_raw(self) -> *mut c_void;

    /// Takes a request from a list.
    ///
    /// # Safety
    ///
    /// `raw` comes from [`into_raw`](Self::into_raw) and is no longer in a list.
    unsafe fn from_raw(raw: *mut c_void) -> Self;

    /// Returns the pointer stored by [`set_next`](Self::set_next).
    fn next(&self) -> *mut c_void;

    /// Stores a pointer to the next request of the list.
    fn set_next(&self, next: *mut c_void);

    /// Returns the pointer that [`into_raw`](Self::into_raw) will return.
    fn as_raw(&self) -> *mut c_void;
}

/// The kept requests of a device.
///
/// The list is only pushed to or taken as a whole, so it needs no lock and works at any IRQL.
#[derive(Debug)]
pub(crate) struct Later<R> {
    head: AtomicPtr<c_void>,
    /// Number of calls of [`wake`](Self::wake).
    wakes: AtomicUsize,
    requests: PhantomData<fn(R) -> R>,
}

/// The number of wakes at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wakes(usize);

impl<R: Kept> Later<R> {
    pub(crate) const fn new() -> Self {
        Self {
            head: AtomicPtr::new(ptr::null_mut()),
            wakes: AtomicUsize::new(0),
            requests: PhantomData,
        }
    }

    /// Returns the number of wakes. The caller reads it before it calls a handler. If the number
    /// has changed by the time the request is kept, the caller must call the handler again.
    pub(crate) fn wakes(&self) -> Wakes {
        Wakes(self.wakes.load(Ordering::SeqCst))
    }

    /// Records that handlers may now have their values.
    pub(crate) fn wake(&self) {
        self.wakes.fetch_add(1, Ordering::SeqCst);
    }

    /// Keeps a request. Another thread may complete it from now on.
    pub(crate) fn push(&self, request: R) {
        let mut head = self.head.load(Ordering::Relaxed);
        loop {
            request.set_next(head);
            let pushed = self.head.compare_exchange_weak(
                head,
                request.as_raw(),
                Ordering::SeqCst,
                Ordering::Relaxed,
            );
            match pushed {
                Ok(_) => {
                    request.into_raw();
                    return;
                }
                Err(other) => head = other,
            }
        }
    }

    /// Takes all kept requests.
    pub(crate) fn take(&self) -> Taken<R> {
        Taken {
            head: self.head.swap(ptr::null_mut(), Ordering::SeqCst),
            requests: PhantomData,
        }
    }

    /// Passes each kept request to `answer`, and keeps those that it returns because it cannot
    /// answer them yet. Repeats this if handlers were woken in between.
    pub(crate) fn retry(&self, mut answer: impl FnMut(R) -> Option<R>) {
        loop {
            let wakes = self.wakes();
            for request in self.take() {
                if let Some(request) = answer(request) {
                    self.push(request);
                }
            }
            if self.wakes() == wakes {
                return;
            }
        }
    }
}

/// The requests taken from a [`Later`].
#[must_use = "the requests must be completed, or kept again"]
#[derive(Debug)]
pub(crate) struct Taken<R> {
    head: *mut c_void,
    requests: PhantomData<R>,
}

impl<R: Kept> Iterator for Taken<R> {
    type Item = R;

    fn next(&mut self) -> Option<R> {
        if self.head.is_null() {
            return None;
        }
        // SAFETY: this list was taken as a whole, so it owns its requests, which are in no other
        // list.
        let request = unsafe { R::from_raw(self.head) };
        self.head = request.next();
        Some(request)
    }
}
