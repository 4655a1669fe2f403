//! [`Rundown`]: counts the users of a device and lets its removal wait for them.

use core::mem::MaybeUninit;
use core::ptr;

use super::routines::{Kernel, Routines};
use crate::layout::KEvent;
use crate::sync::{AtomicPtr, AtomicUsize, Ordering};

/// Bit of the count: closed, nobody may enter.
const CLOSED: usize = 1;

/// What one user adds to the count.
const USER: usize = 2;

/// Counts users until it is closed; closing waits for them to leave.
///
/// The remove lock of a device cannot do this: surprise removal ends the registration long before
/// the driver waits for the lock.
#[derive(Debug)]
pub(crate) struct Rundown {
    count: AtomicUsize,
    /// Set by the last user. Written before the count is closed.
    event: AtomicPtr<KEvent>,
}

impl Rundown {
    pub(crate) const fn new() -> Self {
        Self {
            count: AtomicUsize::new(0),
            event: AtomicPtr::new(ptr::null_mut()),
        }
    }

    /// Enters and returns whether it did; fails once closed. IRQL: any.
    pub(crate) fn enter(&self) -> bool {
        let entered = self
            .count
            .fetch_update(Ordering::Acquire, Ordering::Relaxed, |count| {
                if count & CLOSED != 0 {
                    return None;
                }
                count.checked_add(USER)
            });
        entered.is_ok()
    }

    /// Leaves. IRQL: `DISPATCH_LEVEL` or lower.
    ///
    /// Takes a pointer because the object may be gone as soon as the last user has left.
    ///
    /// # Safety
    ///
    /// The caller has entered and not left yet.
    pub(crate) unsafe fn leave(this: *const Self) {
        // SAFETY: `close` waits for this user, so the object exists.
        let count = unsafe { &(*this).count };
        if count.fetch_sub(USER, Ordering::AcqRel) == USER | CLOSED {
            // SAFETY: `close` waits for the event, so the object exists.
            let event = unsafe { &(*this).event }.load(Ordering::Acquire);
            // SAFETY: the event was initialised before the count was closed, and `close` waits for
            // it.
            unsafe { Kernel::set_event(event) };
        }
    }

    /// Closes, and waits until all have left. IRQL: `APC_LEVEL` or lower. Called once.
    pub(crate) fn close(&self) {
        let mut event = MaybeUninit::<KEvent>::uninit();
        let event = event.as_mut_ptr();
        // SAFETY: the memory is valid until this function returns.
        unsafe { Kernel::initialize_event(event) };
        self.event.store(event, Ordering::Release);
        if self.count.fetch_or(CLOSED, Ordering::AcqRel) >= USER {
            // SAFETY: the event was initialised.
            unsafe { Kernel::wait(event) };
        }
    }
}
