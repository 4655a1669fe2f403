//! An allocator that counts, to prove that something allocates nothing.

#![expect(unsafe_code, reason = "an allocator is unsafe to implement")]

use core::alloc::{GlobalAlloc, Layout};
use core::cell::Cell;
use std::alloc::System;

thread_local! {
    /// How often this thread has asked for memory; the test harness has threads of its own.
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

/// The system's allocator; a test makes it its `#[global_allocator]`.
pub struct Counting;

// SAFETY: all is done by the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's.
        unsafe { System.dealloc(pointer, layout) }
    }
}

/// How often `work` allocates.
///
/// # Panics
///
/// Where [`Counting`] is not the allocator, and so all would seem to allocate nothing.
pub fn allocations<T>(work: impl FnOnce() -> T) -> usize {
    let start = ALLOCATIONS.get();
    drop(core::hint::black_box(Box::new(1)));
    let before = ALLOCATIONS.get();
    assert_eq!(before - start, 1, "`Counting` is not the global allocator");
    core::hint::black_box(work());
    ALLOCATIONS.get() - before
}
