//! A counting allocator, to prove that code allocates nothing, or little.

#![expect(unsafe_code, reason = "an allocator is unsafe to implement")]

use core::alloc::{GlobalAlloc, Layout};
use core::cell::Cell;
use std::alloc::System;

// Per thread, because the test harness uses other threads.
thread_local! {
    /// The number of allocations.
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
    /// The bytes of all allocations.
    static ALLOCATED: Cell<usize> = const { Cell::new(0) };
    /// The allocated bytes; negative if the thread freed more bytes of other threads.
    static LIVE: Cell<isize> = const { Cell::new(0) };
    /// The maximum of the allocated bytes since [`peak`] started.
    static MOST: Cell<isize> = const { Cell::new(0) };
}

/// The system's allocator with a counter. A test declares it as its `#[global_allocator]`.
#[derive(Debug)]
pub struct Counting;

// SAFETY: every call is forwarded to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        ALLOCATED.set(ALLOCATED.get().wrapping_add(layout.size()));
        LIVE.set(LIVE.get() + bytes(layout));
        MOST.set(MOST.get().max(LIVE.get()));
        // SAFETY: the caller upholds the same contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        LIVE.set(LIVE.get() - bytes(layout));
        // SAFETY: the caller upholds the same contract.
        unsafe { System.dealloc(pointer, layout) }
    }
}

/// The bytes of an allocation, which are at most `isize::MAX`.
fn bytes(layout: Layout) -> isize {
    isize::try_from(layout.size()).unwrap_or(isize::MAX)
}

/// The memory that some work takes.
#[derive(Clone, Copy, Debug)]
pub struct Memory {
    /// The most bytes that were allocated at one time.
    pub peak: usize,
    /// The bytes of all allocations together, whether they were freed or not.
    pub allocated: usize,
}

/// Returns the memory that `work` takes.
///
/// # Panics
///
/// Panics if [`Counting`] is not the global allocator.
pub fn memory<T>(work: impl FnOnce() -> T) -> Memory {
    let counted = allocations(|| drop(core::hint::black_box(Box::new(1))));
    assert_eq!(counted, 1, "`Counting` is not the global allocator");
    let (before, allocated) = (LIVE.get(), ALLOCATED.get());
    MOST.set(before);
    drop(core::hint::black_box(work()));
    Memory {
        peak: usize::try_from(MOST.get() - before).unwrap_or(0),
        allocated: ALLOCATED.get().wrapping_sub(allocated),
    }
}

/// Returns how many bytes `work` has allocated at most at one time.
///
/// # Panics
///
/// Panics if [`Counting`] is not the global allocator.
pub fn peak<T>(work: impl FnOnce() -> T) -> usize {
    memory(work).peak
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
