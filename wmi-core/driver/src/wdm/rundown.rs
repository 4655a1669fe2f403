//! [`Rundown`]: who still uses a device that is being removed.

use core::mem::MaybeUninit;
use core::ptr;
use core::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

use super::routines::{Kernel, Routines};
use crate::layout::KEvent;

/// Bit of the count: nobody may enter any more.
const CLOSED: usize = 1;

/// What one user adds to the count.
const USER: usize = 2;

/// Counts the users of something until it is closed, and lets the one who closes it wait for them.
///
/// The remove lock of a device cannot serve for this: surprise removal ends registration while the
/// lock is not waited for yet.
#[derive(Debug)]
pub(crate) struct Rundown {
    count: AtomicUsize,
    /// What the last user sets. It is written before the count is closed.
    event: AtomicPtr<KEvent>,
}

impl Rundown {
    pub(crate) const fn new() -> Self {
        Self {
            count: AtomicUsize::new(0),
            event: AtomicPtr::new(ptr::null_mut()),
        }
    }

    /// Enters, unless it is closed. IRQL: any.
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
    /// It takes a pointer, since the object may be gone as soon as the last user has left.
    ///
    /// # Safety
    ///
    /// The caller has entered, and not left yet.
    pub(crate) unsafe fn leave(this: *const Self) {
        // SAFETY: the one who closes waits for this user, so the object is there.
        let count = unsafe { &(*this).count };
        if count.fetch_sub(USER, Ordering::AcqRel) == USER | CLOSED {
            // SAFETY: the one who closes waits for the event, so the object is there.
            let event = unsafe { &(*this).event }.load(Ordering::Acquire);
            // SAFETY: the event was initialised before the count was closed, and is waited for.
            unsafe { Kernel::set_event(event) };
        }
    }

    /// Closes, and waits until all have left. IRQL: `APC_LEVEL` or lower. Called once.
    pub(crate) fn close(&self) {
        let mut event = MaybeUninit::<KEvent>::uninit();
        let event = event.as_mut_ptr();
        // SAFETY: the memory is there until this function returns.
        unsafe { Kernel::initialize_event(event) };
        self.event.store(event, Ordering::Release);
        if self.count.fetch_or(CLOSED, Ordering::AcqRel) >= USER {
            // SAFETY: the event was initialised.
            unsafe { Kernel::wait(event) };
        }
    }
}
