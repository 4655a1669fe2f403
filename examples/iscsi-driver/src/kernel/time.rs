//! The time, from the page that the kernel shares with all.

/// A `KSYSTEM_TIME` as 64-bit Windows reads it, at a multiple of 4.
#[derive(Clone, Copy)]
#[repr(C, packed(4))]
struct SystemTime(i64);

/// `KUSER_SHARED_DATA.SystemTime`, whose place never changes. `KeQuerySystemTime` of `wdm.h` is no
/// function but reads this.
const SYSTEM_TIME: *const SystemTime = core::ptr::without_provenance(0xffff_f780_0000_0014);

/// The time in units of 100 ns since 1601-01-01.
pub fn system_time() -> i64 {
    // SAFETY: the page is there in all 64-bit Windows, readable and aligned as the type says; the
    // kernel writes the value in one piece.
    unsafe { SYSTEM_TIME.read_volatile() }.0
}
