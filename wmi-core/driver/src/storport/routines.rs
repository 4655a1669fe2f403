//! The routines of `storport.sys` that a miniport needs for WMI, and their implementation.

use core::ffi::c_void;

#[cfg(feature = "fake")]
pub(crate) use crate::fake::Fake as Port;
#[cfg(not(feature = "fake"))]
pub(crate) use imports::Imports as Port;

use super::Source;

/// The routines of the port driver. A physical miniport may call no others.
pub(crate) trait Routines {
    /// `StorPortNotification(RequestComplete)`. IRQL: that of the miniport's routines.
    unsafe fn complete(extension: *mut c_void, srb: *mut c_void);

    /// `StorPortNotification(WMIEvent)`, which copies the WNODE. IRQL: `DISPATCH_LEVEL` or lower.
    unsafe fn event(extension: *mut c_void, wnode: *mut c_void, source: Source);

    /// `StorPortNotification(WMIReregister)`. IRQL: that of the miniport's routines.
    unsafe fn reregister(extension: *mut c_void, source: Source);

    /// `StorPortQuerySystemTime`. IRQL: any.
    fn system_time() -> i64;
}

#[cfg(not(feature = "fake"))]
mod imports {
    use core::ffi::c_int;

    use super::{Routines, Source, c_void};

    /// `SCSI_NOTIFICATION_TYPE`. Source: `storport.h`.
    const REQUEST_COMPLETE: c_int = 0;
    const WMI_EVENT: c_int = 8;
    const WMI_REREGISTER: c_int = 9;

    /// `PathId` of the adapter itself; no further arguments follow it.
    const ADAPTER: c_int = 0xff;

    // Variadic routines use the C calling convention on every target.
    imports! { "storport.sys", extern "C" {
        fn StorPortNotification(kind: c_int, extension: *mut c_void, ...);
    } }

    imports! { "storport.sys", extern "system" {
        fn StorPortQuerySystemTime(time: *mut i64);
    } }

    /// The routines of `storport.sys`.
    #[derive(Debug)]
    pub(crate) struct Imports;

    impl Routines for Imports {
        unsafe fn complete(extension: *mut c_void, srb: *mut c_void) {
            // SAFETY: guaranteed by the caller.
            unsafe { StorPortNotification(REQUEST_COMPLETE, extension, srb) };
        }

        unsafe fn event(extension: *mut c_void, wnode: *mut c_void, source: Source) {
            match source {
                Source::Adapter => {
                    // SAFETY: guaranteed by the caller; small integers are passed as `int`.
                    unsafe { StorPortNotification(WMI_EVENT, extension, wnode, ADAPTER) };
                }
                Source::Unit(unit) => {
                    let [path, target, lun] = [unit.path, unit.target, unit.lun].map(c_int::from);
                    // SAFETY: as above.
                    unsafe { StorPortNotification(WMI_EVENT, extension, wnode, path, target, lun) };
                }
            }
        }

        unsafe fn reregister(extension: *mut c_void, source: Source) {
            match source {
                Source::Adapter => {
                    // SAFETY: guaranteed by the caller; small integers are passed as `int`.
                    unsafe { StorPortNotification(WMI_REREGISTER, extension, ADAPTER) };
                }
                Source::Unit(unit) => {
                    let [path, target, lun] = [unit.path, unit.target, unit.lun].map(c_int::from);
                    // SAFETY: as above.
                    unsafe { StorPortNotification(WMI_REREGISTER, extension, path, target, lun) };
                }
            }
        }

        fn system_time() -> i64 {
            let mut time = 0;
            // SAFETY: the variable is valid during the call.
            unsafe { StorPortQuerySystemTime(&raw mut time) };
            time
        }
    }
}
