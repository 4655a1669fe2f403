//! The routines of `ndis.sys` that a miniport needs for WMI, and where they come from.

use core::ffi::c_void;

use crate::layout::{NdisOidRequest, NdisStatusIndication};

#[cfg(feature = "fake")]
pub(crate) use crate::fake::Fake as Ndis;
#[cfg(not(feature = "fake"))]
pub(crate) use imports::Imports as Ndis;

/// The routines of NDIS. `adapter` is the handle of `MiniportInitializeEx`.
pub(crate) trait Routines {
    /// `NdisMOidRequestComplete`. IRQL: `DISPATCH_LEVEL` or lower.
    unsafe fn complete(adapter: *mut c_void, request: *mut NdisOidRequest, status: i32);

    /// `NdisMIndicateStatusEx`, which borrows the indication and its buffer. IRQL: `DISPATCH_LEVEL` or
    /// lower.
    unsafe fn indicate(adapter: *mut c_void, indication: *const NdisStatusIndication);
}

#[cfg(not(feature = "fake"))]
mod imports {
    use super::{NdisOidRequest, NdisStatusIndication, Routines, c_void};

    imports! { "ndis.sys", extern "system" {
        fn NdisMOidRequestComplete(adapter: *mut c_void, request: *mut NdisOidRequest, status: i32);
        fn NdisMIndicateStatusEx(adapter: *mut c_void, indication: *const NdisStatusIndication);
    } }

    /// The routines of `ndis.sys`.
    #[derive(Debug)]
    pub(crate) struct Imports;

    impl Routines for Imports {
        unsafe fn complete(adapter: *mut c_void, request: *mut NdisOidRequest, status: i32) {
            // SAFETY: guaranteed by the caller.
            unsafe { NdisMOidRequestComplete(adapter, request, status) };
        }

        unsafe fn indicate(adapter: *mut c_void, indication: *const NdisStatusIndication) {
            // SAFETY: guaranteed by the caller.
            unsafe { NdisMIndicateStatusEx(adapter, indication) };
        }
    }
}
