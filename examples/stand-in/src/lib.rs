//! Plays the modules of the Windows kernel that Wine lacks, so that the tests load the drivers as
//! they would be shipped.
//!
//! A driver's image is loaded with its import module `ntoskrnl.exe` renamed to this module, which
//! forwards all routines that Wine has and replaces those of WMI: [`wmi`] registers devices and
//! takes events, [`pnp`] adds and removes them and sends them IRPs. A miniport imports from
//! `storport.sys`, and [`port`] plays that. A driver on the framework imports from `wdfldr.sys`, which
//! `framework` plays, in a build with the feature of that name: it needs the standard library. [`control`] is the device by which a test program says
//! what to do. One driver is loaded at a time, and one program uses it.

#![cfg_attr(not(feature = "framework"), no_std)]

mod control;
#[cfg(feature = "framework")]
mod framework;
mod memory;
mod pnp;
mod port;
#[path = "../../driver-harness/src/protocol.rs"]
mod protocol;
mod wmi;

use windows_sys::Win32::Foundation::NTSTATUS;
use wmi_core::NtStatus;

/// The status as an `NTSTATUS` of C.
const fn raw(status: NtStatus) -> NTSTATUS {
    i32::from_ne_bytes(status.value().to_ne_bytes())
}

/// Turns the result of a routine into one of Rust.
fn checked(status: NTSTATUS) -> Result<(), NtStatus> {
    let status = NtStatus::from_value(u32::from_ne_bytes(status.to_ne_bytes()));
    if status.is_success() {
        Ok(())
    } else {
        Err(status)
    }
}

#[cfg(not(feature = "framework"))]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    const MANUALLY_INITIATED_CRASH: u32 = 0xe2;
    // SAFETY: it takes any arguments, and does not return.
    unsafe { KeBugCheckEx(MANUALLY_INITIATED_CRASH, 0, 0, 0, 0) }
}

#[cfg(not(feature = "framework"))]
#[link(name = "ntoskrnl.exe", kind = "raw-dylib", modifiers = "+verbatim")]
unsafe extern "system" {
    fn KeBugCheckEx(code: u32, a: usize, b: usize, c: usize, d: usize) -> !;
}

// What the compiler itself calls.
#[cfg(not(feature = "framework"))]
#[expect(dead_code, reason = "no code here calls them")]
#[link(name = "ntoskrnl.exe", kind = "raw-dylib", modifiers = "+verbatim")]
unsafe extern "C" {
    fn memcmp();
    fn memcpy();
    fn memmove();
    fn memset();
}

#[cfg(not(feature = "framework"))]
#[unsafe(no_mangle)]
extern "C" fn __chkstk() {}
