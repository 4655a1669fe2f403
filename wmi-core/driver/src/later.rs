//! [`Later`]: the requests of a device that handlers answer later.

use core::ffi::c_void;
use core::marker::PhantomData;
use core::ptr;
use core::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

/// A request that can be kept in a list: it has room for a pointer that the driver may use while
/// the request is its own.
pub(crate) trait Kept: Sized {
    /// Gives the request to a list.
    fn into_raw(self) -> *mut c_void;

    /// Takes a request from a list.
    ///
    /// # Safety
    ///
    /// `raw` comes from [`into_raw`](Self::into_raw), and is in no list any more.
    unsafe fn from_raw(raw: *mut c_void) -> Self;

    /// Returns the pointer that [`set_next`](Self::set_next) has stored.
    fn next(&self) -> *mut c_void;

    /// Links the request to another.
    fn set_next(&self, next: *mut c_void);

    /// Returns the pointer that [`into_raw`](Self::into_raw) will return.
    fn as_raw(&self) -> *mut c_void;
}

/// Requests that are kept.
///
/// They form a list that is only pushed to, or taken as a whole, so no lock is needed and every
/// IRQL will do.
#[derive(Debug)]
pub(crate) struct Later<R> {
    head: AtomicPtr<c_void>,
    /// How often the handlers were said to have their values.
    wakes: AtomicUsize,
    requests: PhantomData<fn(R) -> R>,
}

/// How often the handlers of a device had been woken at some time.
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

    /// Counts the wakes. The caller reads it before it calls a handler; if it has changed once the
    /// request is kept, the handler must be called again.
    pub(crate) fn wakes(&self) -> Wakes {
        Wakes(self.wakes.load(Ordering::SeqCst))
    }

    /// Records that handlers may have their values now.
    pub(crate) fn wake(&self) {
        self.wakes.fetch_add(1, Ordering::SeqCst);
    }

    /// Keeps a request. From here on another thread may complete it.
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

    /// Takes all requests that are kept.
    pub(crate) fn take(&self) -> Taken<R> {
        Taken {
            head: self.head.swap(ptr::null_mut(), Ordering::SeqCst),
            requests: PhantomData,
        }
    }

    /// Has `answer` answer all requests that are kept, or return those that it cannot answer yet.
    /// Does so again while handlers are woken meanwhile.
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

/// Requests that were kept.
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
        // SAFETY: whoever takes the list has the requests in it, which are in no other list.
        let request = unsafe { R::from_raw(self.head) };
        self.head = request.next();
        Some(request)
    }
}
