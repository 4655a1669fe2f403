//! A counting allocator, to prove that code does not allocate.

#![expect(unsafe_code, reason = "an allocator is unsafe to implement")]

use core::alloc::{GlobalAlloc, Layout};
use core::cell::Cell;
use std::alloc::System;

thread_local! {
    /// The number of allocations on this thread. The test harness uses other threads.
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

/// The system's allocator with a counter. A test declares it as its `#[global_allocator]`.
pub struct Counting;

// SAFETY: every call is forwarded to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller upholds the same contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller upholds the same contract.
        unsafe { System.dealloc(pointer, layout) }
    }
}

/// Returns how often `work` allocates.
///
/// # Panics
///
/// Panics if [`Counting`] is not the global allocator, because then all code would seem not to
/// allocate.
pub fn allocations<T>(work: impl FnOnce() -> T) -> usize {
    let start = ALLOCATIONS.get();
    drop(core::hint::black_box(Box::new(1)));
    let before = ALLOCATIONS.get();
    assert_eq!(before - start, 1, "`Counting` is not the global allocator");
    core::hint::black_box(work());
    ALLOCATIONS.get() - before
}
