//! What the compiler needs of a program without the standard library: a panic handler, and functions
//! that the kernel has.

use core::panic::PanicInfo;

/// Rust requires this function. A driver that cannot panic does not import `KeBugCheckEx`.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    const MANUALLY_INITIATED_CRASH: u32 = 0xe2;
    // SAFETY: it takes any arguments, and does not return.
    unsafe { KeBugCheckEx(MANUALLY_INITIATED_CRASH, 0, 0, 0, 0) }
}

#[cfg_attr(
    windows,
    link(name = "ntoskrnl.exe", kind = "raw-dylib", modifiers = "+verbatim")
)]
unsafe extern "system" {
    fn KeBugCheckEx(code: u32, a: usize, b: usize, c: usize, d: usize) -> !;
}

// The compiler itself calls these. There is no `__chkstk`: Microsoft's linker then refuses stack frames
// of more than a page.
#[expect(dead_code, reason = "no code here calls them")]
#[cfg_attr(
    windows,
    link(name = "ntoskrnl.exe", kind = "raw-dylib", modifiers = "+verbatim")
)]
unsafe extern "C" {
    fn memcmp();
    fn memcpy();
    fn memmove();
    fn memset();
}
