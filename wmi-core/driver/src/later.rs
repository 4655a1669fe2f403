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
    /// Numbers of calls of [`abort`](Self::abort) that have begun, and that have ended.
    aborts: [AtomicUsize; 2],
    requests: PhantomData<fn(R) -> R>,
}

/// The numbers of wakes and aborts at one moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    wakes: usize,
    aborts: [usize; 2],
}

impl Moment {
    /// Returns whether requests were aborted between this moment and another, or at this one.
    fn is_aborted_until(self, now: Self) -> bool {
        let [begun, ended] = self.aborts;
        begun != ended || self.aborts != now.aborts
    }
}

impl<R: Kept> Later<R> {
    pub(crate) const fn new() -> Self {
        Self {
            head: AtomicPtr::new(ptr::null_mut()),
            wakes: AtomicUsize::new(0),
            aborts: [AtomicUsize::new(0), AtomicUsize::new(0)],
            requests: PhantomData,
        }
    }

    /// Returns the present moment. The caller reads it before it calls a handler, and
    /// [settles](Self::settle) what has happened since once the request is kept.
    pub(crate) fn moment(&self) -> Moment {
        Moment {
            wakes: self.wakes.load(Ordering::SeqCst),
            aborts: self.aborts.each_ref().map(|it| it.load(Ordering::SeqCst)),
        }
    }

    /// Records that handlers may now have their values.
    pub(crate) fn wake(&self) {
        self.wakes.fetch_add(1, Ordering::SeqCst);
    }

    /// Passes all kept requests to `end`. Requests that other threads have taken, to ask their
    /// handlers, are ended by those threads.
    pub(crate) fn abort(&self, end: impl FnMut(R)) {
        let [begun, ended] = &self.aborts;
        begun.fetch_add(1, Ordering::SeqCst);
        self.take().for_each(end);
        ended.fetch_add(1, Ordering::SeqCst);
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
    fn take(&self) -> Taken<R> {
        Taken {
            head: self.head.swap(ptr::null_mut(), Ordering::SeqCst),
            requests: PhantomData,
        }
    }

    /// Does what requests that were kept since `before` have missed, and repeats this until they have
    /// missed nothing. If requests were aborted, passes all kept ones to `end`. If handlers were woken,
    /// passes them to `answer`, and keeps those that it returns because it cannot answer them yet.
    pub(crate) fn settle(
        &self,
        mut before: Moment,
        mut answer: impl FnMut(R) -> Option<R>,
        mut end: impl FnMut(R),
    ) {
        loop {
            let now = self.moment();
            if before.is_aborted_until(now) {
                self.abort(&mut end);
            }
            if now.wakes == before.wakes {
                return;
            }
            before = now;
            for request in self.take() {
                if let Some(request) = answer(request) {
                    self.push(request);
                }
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
