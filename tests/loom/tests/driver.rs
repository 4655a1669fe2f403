//! Requests that a driver keeps, and the end of a device, in any interleaving of threads.
//!
//! The tests run `wmi-driver`'s own code of its rundown and of its list of requests on loom's
//! atomics, in the order in which `Wmi::dispatch`, `Wmi::resume` and `Wmi::deregister` call it.

#![allow(unsafe_code, reason = "the code of the driver takes pointers")]
#![allow(dead_code, reason = "the tests do not call all of it")]

#[path = "../../../wmi-core/driver/src/later.rs"]
mod later;
#[path = "../../../wmi-core/driver/src/wdm/rundown.rs"]
mod rundown;

use core::cell::Cell;
use core::ffi::c_void;

use later::{Kept, Later, Moment};
use loom::cell::UnsafeCell;
use loom::sync::Arc;
use loom::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use loom::thread;
use rundown::Rundown;

/// The atomics of `wmi-driver`, which loom creates on first use, as a constant cannot.
mod sync {
    use std::sync::OnceLock;

    use loom::sync::atomic;
    pub(crate) use loom::sync::atomic::Ordering;

    #[derive(Debug)]
    pub(crate) struct AtomicUsize(OnceLock<atomic::AtomicUsize>, usize);

    impl AtomicUsize {
        pub(crate) const fn new(value: usize) -> Self {
            Self(OnceLock::new(), value)
        }

        fn atomic(&self) -> &atomic::AtomicUsize {
            self.0.get_or_init(|| atomic::AtomicUsize::new(self.1))
        }

        pub(crate) fn load(&self, ordering: Ordering) -> usize {
            self.atomic().load(ordering)
        }

        pub(crate) fn fetch_add(&self, value: usize, ordering: Ordering) -> usize {
            self.atomic().fetch_add(value, ordering)
        }

        pub(crate) fn fetch_sub(&self, value: usize, ordering: Ordering) -> usize {
            self.atomic().fetch_sub(value, ordering)
        }

        pub(crate) fn fetch_or(&self, value: usize, ordering: Ordering) -> usize {
            self.atomic().fetch_or(value, ordering)
        }

        pub(crate) fn fetch_update(
            &self,
            set: Ordering,
            fetch: Ordering,
            update: impl FnMut(usize) -> Option<usize>,
        ) -> Result<usize, usize> {
            self.atomic().fetch_update(set, fetch, update)
        }
    }

    /// A pointer that is null at first.
    #[derive(Debug)]
    pub(crate) struct AtomicPtr<T>(OnceLock<atomic::AtomicPtr<T>>);

    impl<T> AtomicPtr<T> {
        pub(crate) const fn new(_null: *mut T) -> Self {
            Self(OnceLock::new())
        }

        fn atomic(&self) -> &atomic::AtomicPtr<T> {
            self.0
                .get_or_init(|| atomic::AtomicPtr::new(core::ptr::null_mut()))
        }

        pub(crate) fn load(&self, ordering: Ordering) -> *mut T {
            self.atomic().load(ordering)
        }

        pub(crate) fn store(&self, value: *mut T, ordering: Ordering) {
            self.atomic().store(value, ordering);
        }

        pub(crate) fn swap(&self, value: *mut T, ordering: Ordering) -> *mut T {
            self.atomic().swap(value, ordering)
        }

        pub(crate) fn compare_exchange_weak(
            &self,
            current: *mut T,
            new: *mut T,
            success: Ordering,
            failure: Ordering,
        ) -> Result<*mut T, *mut T> {
            self.atomic()
                .compare_exchange_weak(current, new, success, failure)
        }
    }
}

/// The kernel's events.
mod layout {
    use loom::sync::{Condvar, Mutex};

    #[derive(Clone, Copy, Debug)]
    pub(crate) struct KEvent(pub(crate) &'static Event);

    #[derive(Debug)]
    pub(crate) struct Event {
        pub(crate) is_set: Mutex<bool>,
        pub(crate) changed: Condvar,
    }
}

mod routines {
    use loom::sync::{Condvar, Mutex};

    use crate::layout::{Event, KEvent};

    pub(crate) struct Kernel;

    pub(crate) trait Routines {
        unsafe fn initialize_event(event: *mut KEvent);
        unsafe fn set_event(event: *mut KEvent);
        unsafe fn wait(event: *mut KEvent);
    }

    impl Routines for Kernel {
        unsafe fn initialize_event(event: *mut KEvent) {
            let inner = Box::leak(Box::new(Event {
                is_set: Mutex::new(false),
                changed: Condvar::new(),
            }));
            // SAFETY: guaranteed by the caller.
            unsafe { event.write(KEvent(inner)) };
        }

        unsafe fn set_event(event: *mut KEvent) {
            // SAFETY: guaranteed by the caller.
            let KEvent(event) = unsafe { *event };
            *event.is_set.lock().unwrap() = true;
            event.changed.notify_all();
        }

        unsafe fn wait(event: *mut KEvent) {
            // SAFETY: guaranteed by the caller.
            let KEvent(event) = unsafe { *event };
            let mut is_set = event.is_set.lock().unwrap();
            while !*is_set {
                is_set = event.changed.wait(is_set).unwrap();
            }
        }
    }
}

/// A request, which must be completed once.
struct Request {
    next: Cell<*mut c_void>,
    completions: AtomicUsize,
}

/// A request that this thread has.
#[derive(Debug)]
struct Owned(*const Request);

// SAFETY: the request stays until the end of the test, and the next pointer belongs to the owner.
unsafe impl Send for Owned {}

impl Owned {
    fn request(&self) -> &Request {
        // SAFETY: the request stays until the end of the test.
        unsafe { &*self.0 }
    }

    fn complete(self) {
        self.request().completions.fetch_add(1, Ordering::Relaxed);
    }
}

impl Kept for Owned {
    fn into_raw(self) -> *mut c_void {
        self.as_raw()
    }

    unsafe fn from_raw(raw: *mut c_void) -> Self {
        Self(raw.cast())
    }

    fn next(&self) -> *mut c_void {
        self.request().next.get()
    }

    fn set_next(&self, next: *mut c_void) {
        self.request().next.set(next);
    }

    fn as_raw(&self) -> *mut c_void {
        self.0.cast_mut().cast()
    }
}

/// A device with requests.
struct Device {
    later: Later<Owned>,
    users: Rundown,
    /// Whether the handler has its value.
    is_ready: AtomicBool,
    requests: [Request; 2],
    /// What a user of the device reads, and what is gone after it.
    extension: UnsafeCell<u32>,
}

// SAFETY: the next pointer of a request belongs to the thread that has it.
unsafe impl Sync for Device {}
// SAFETY: as above.
unsafe impl Send for Device {}

impl Device {
    fn new() -> Arc<Self> {
        let request = || Request {
            next: Cell::new(core::ptr::null_mut()),
            completions: AtomicUsize::new(0),
        };
        let device = Self {
            later: Later::new(),
            users: Rundown::new(),
            is_ready: AtomicBool::new(false),
            requests: [request(), request()],
            extension: UnsafeCell::new(0),
        };
        // The first use creates the atomics, before threads share them.
        device.later.abort(|_| panic!("nothing is kept"));
        device.later.wake();
        assert!(device.users.enter());
        // SAFETY: the test has entered.
        unsafe { Rundown::leave(&device.users) };
        Arc::new(device)
    }

    fn owned(&self, number: usize) -> Owned {
        Owned(&self.requests[number])
    }

    /// `Wmi::respond`: asks the handler.
    fn answer(&self, request: Owned) -> Option<Owned> {
        self.extension.with(|_| ());
        if self.is_ready.load(Ordering::Acquire) {
            request.complete();
            None
        } else {
            Some(request)
        }
    }

    /// `Wmi::answer`: a request arrives.
    fn dispatch(&self, number: usize) {
        let before = self.later.moment();
        let Some(request) = self.answer(self.owned(number)) else {
            return;
        };
        if !self.users.enter() {
            request.complete();
            return;
        }
        self.later.push(request);
        self.settle(before);
        // SAFETY: this thread has entered.
        unsafe { Rundown::leave(&self.users) };
    }

    /// `Wmi::resume`: the handler has its value.
    fn resume(&self) {
        self.is_ready.store(true, Ordering::Release);
        let before = self.later.moment();
        self.later.wake();
        if self.users.enter() {
            self.settle(before);
            // SAFETY: this thread has entered.
            unsafe { Rundown::leave(&self.users) };
        }
    }

    /// `Wmi::settle`.
    fn settle(&self, before: Moment) {
        self.later
            .settle(before, |request| self.answer(request), Owned::complete);
    }

    /// `Wmi::deregister`: the device goes.
    fn deregister(&self) {
        self.users.close();
        self.later.abort(Owned::complete);
    }

    fn completions(&self, number: usize) -> usize {
        self.requests[number].completions.load(Ordering::Relaxed)
    }
}

/// The handler gets its value while a request arrives: it is not forgotten.
#[test]
fn no_wake_is_lost() {
    loom::model(|| {
        let device = Device::new();
        let other = device.clone();
        let dispatching = thread::spawn(move || other.dispatch(0));
        device.resume();
        dispatching.join().unwrap();
        assert_eq!(device.completions(0), 1);
        device.later.abort(|_| panic!("a request is kept"));
    });
}

/// Runs a test with at most this many preemptions of threads, as all interleavings take minutes.
/// Larger bounds were run once, without a finding.
fn bounded(preemptions: usize, test: impl Fn() + Sync + Send + 'static) {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(preemptions);
    model.check(test);
}

/// Two requests arrive while the handler gets its value.
#[test]
fn requests_are_completed_once() {
    bounded(2, || {
        let device = Device::new();
        let threads = [0, 1].map(|number| {
            let device = device.clone();
            thread::spawn(move || device.dispatch(number))
        });
        device.resume();
        for thread in threads {
            thread.join().unwrap();
        }
        assert_eq!([0, 1].map(|number| device.completions(number)), [1, 1]);
    });
}

/// The device goes while a request arrives: it is completed, by whoever has it.
#[test]
fn requests_end_with_the_device() {
    bounded(3, || {
        let device = Device::new();
        let other = device.clone();
        let dispatching = thread::spawn(move || other.dispatch(0));
        device.deregister();
        dispatching.join().unwrap();
        assert_eq!(device.completions(0), 1);
        device.later.abort(|_| panic!("a request is kept"));
    });
}

/// The device goes while the handler gets its value, and while a request arrives.
#[test]
fn removal_races_with_resumes() {
    bounded(2, || {
        let device = Device::new();
        let (first, second) = (device.clone(), device.clone());
        let dispatching = thread::spawn(move || first.dispatch(0));
        let resuming = thread::spawn(move || second.resume());
        device.deregister();
        dispatching.join().unwrap();
        resuming.join().unwrap();
        assert_eq!(device.completions(0), 1);
    });
}

/// Nobody is in the rundown once it is closed, and nobody enters: the extension can go.
#[test]
fn closing_waits_for_all_users() {
    bounded(3, || {
        let device = Device::new();
        let threads = [(); 2].map(|()| {
            let device = device.clone();
            thread::spawn(move || {
                if device.users.enter() {
                    device.extension.with(|_| ());
                    // SAFETY: this thread has entered.
                    unsafe { Rundown::leave(&device.users) };
                }
            })
        });
        device.users.close();
        // Loom finds a user that still reads it.
        device.extension.with_mut(|_| ());
        assert!(!device.users.enter());
        for thread in threads {
            thread.join().unwrap();
        }
    });
}

/// An adapter of NDIS: it has no rundown, since NDIS halts it after all requests are completed.
struct Adapter {
    later: Later<Owned>,
    is_gone: AtomicBool,
    is_ready: AtomicBool,
    requests: [Request; 2],
}

// SAFETY: the next pointer of a request belongs to the thread that has it.
unsafe impl Sync for Adapter {}
// SAFETY: as above.
unsafe impl Send for Adapter {}

impl Adapter {
    fn new() -> Arc<Self> {
        let request = || Request {
            next: Cell::new(core::ptr::null_mut()),
            completions: AtomicUsize::new(0),
        };
        let adapter = Self {
            later: Later::new(),
            is_gone: AtomicBool::new(false),
            is_ready: AtomicBool::new(false),
            requests: [request(), request()],
        };
        // The first use creates the atomics, before threads share them.
        adapter.later.abort(|_| panic!("nothing is kept"));
        adapter.later.wake();
        Arc::new(adapter)
    }

    fn owned(&self, number: usize) -> Owned {
        Owned(&self.requests[number])
    }

    /// `Wmi::respond`.
    fn answer(&self, request: Owned) -> Option<Owned> {
        let is_answered =
            self.is_gone.load(Ordering::SeqCst) || self.is_ready.load(Ordering::Acquire);
        if is_answered {
            request.complete();
            return None;
        }
        Some(request)
    }

    /// `Wmi::oid_request`.
    fn oid_request(&self, number: usize) {
        let before = self.later.moment();
        let Some(request) = self.answer(self.owned(number)) else {
            return;
        };
        self.later.push(request);
        self.settle(before, None);
    }

    /// `Wmi::settle`.
    fn settle(&self, before: Moment, cancelled: Option<usize>) {
        let answer = |request: Owned| {
            if cancelled.is_some_and(|number| request.0 == &raw const self.requests[number]) {
                request.complete();
                return None;
            }
            self.answer(request)
        };
        self.later.settle(before, answer, Owned::complete);
    }

    /// `Wmi::cancel`, with the number of a request.
    fn cancel(&self, number: usize) {
        let before = self.later.moment();
        self.later.wake();
        self.settle(before, Some(number));
    }

    /// `Wmi::resume`.
    fn resume(&self) {
        self.is_ready.store(true, Ordering::Release);
        let before = self.later.moment();
        self.later.wake();
        self.settle(before, None);
    }

    /// `Wmi::surprise_removal`.
    fn surprise_removal(&self) {
        self.is_gone.store(true, Ordering::SeqCst);
        self.abort();
    }

    /// `Wmi::abort`, at a reset and first in `MiniportHaltEx`; that of Storport too.
    fn abort(&self) {
        self.later.abort(Owned::complete);
    }

    fn completions(&self) -> [usize; 2] {
        [0, 1].map(|number| self.requests[number].completions.load(Ordering::Relaxed))
    }
}

/// The adapter is removed while an OID request is being pended.
#[test]
fn oid_requests_end_with_the_adapter() {
    loom::model(|| {
        let adapter = Adapter::new();
        let other = adapter.clone();
        let requesting = thread::spawn(move || other.oid_request(0));
        adapter.surprise_removal();
        requesting.join().unwrap();
        assert_eq!(adapter.completions(), [1, 0]);
        // `MiniportHaltEx` finds nothing left.
        adapter.abort();
        assert_eq!(adapter.completions(), [1, 0]);
    });
}

/// The adapter is removed while NDIS cancels one of two pended requests.
#[test]
fn cancellation_keeps_no_request_of_a_removed_adapter() {
    bounded(3, || {
        let adapter = Adapter::new();
        adapter.oid_request(0);
        adapter.oid_request(1);
        let other = adapter.clone();
        let cancelling = thread::spawn(move || other.cancel(0));
        adapter.surprise_removal();
        cancelling.join().unwrap();
        assert_eq!(adapter.completions(), [1, 1]);
    });
}

/// A reset reaches the request that another thread is asking about, whose handler still has no value.
#[test]
fn aborts_reach_requests_in_other_threads() {
    bounded(3, || {
        let adapter = Adapter::new();
        adapter.oid_request(0);
        let other = adapter.clone();
        let cancelling = thread::spawn(move || other.cancel(1));
        adapter.abort();
        cancelling.join().unwrap();
        assert_eq!(adapter.completions(), [1, 0]);
    });
}

/// A reset reaches a request that two other threads ask about.
#[test]
fn aborts_reach_requests_that_pass_between_threads() {
    bounded(2, || {
        let adapter = Adapter::new();
        adapter.oid_request(0);
        let threads = [(); 2].map(|()| {
            let adapter = adapter.clone();
            thread::spawn(move || adapter.cancel(1))
        });
        adapter.abort();
        for thread in threads {
            thread.join().unwrap();
        }
        assert_eq!(adapter.completions(), [1, 0]);
    });
}

/// A reset reaches a request that is being kept.
#[test]
fn aborts_reach_requests_that_arrive() {
    loom::model(|| {
        let adapter = Adapter::new();
        let other = adapter.clone();
        let requesting = thread::spawn(move || other.oid_request(0));
        adapter.abort();
        requesting.join().unwrap();
        // The request came before or after the reset.
        adapter.abort();
        assert_eq!(adapter.completions(), [1, 0]);
    });
}

/// The handler gets its value while NDIS cancels one of two pended requests.
#[test]
fn cancellation_loses_no_wake() {
    bounded(3, || {
        let adapter = Adapter::new();
        adapter.oid_request(0);
        adapter.oid_request(1);
        let other = adapter.clone();
        let cancelling = thread::spawn(move || other.cancel(0));
        adapter.resume();
        cancelling.join().unwrap();
        assert_eq!(adapter.completions(), [1, 1]);
    });
}

/// The adapter is removed and halted while a request is pended and the handler gets its value.
#[test]
fn halting_races_with_resumes() {
    bounded(2, || {
        let adapter = Adapter::new();
        let (first, second) = (adapter.clone(), adapter.clone());
        let requesting = thread::spawn(move || first.oid_request(0));
        let resuming = thread::spawn(move || second.resume());
        adapter.surprise_removal();
        requesting.join().unwrap();
        resuming.join().unwrap();
        adapter.abort();
        assert_eq!(adapter.completions(), [1, 0]);
    });
}
