//! [`PortWmiRegistration`]: how a PortCls adapter driver hands over its table.

use core::ffi::c_void;

use wmi_core::{Guid, NtStatus};

use super::Wmi;
use crate::layout::DeviceObject;
use crate::status::checked;

/// `IID_IPortWMIRegistration`, by which a port driver is asked for the interface. Source: `portcls.h`.
pub const IID_PORT_WMI_REGISTRATION: Guid = Guid::from_fields(
    0xd80b_18e7,
    0x804c,
    0x4e1e,
    [0x82, 0xd3, 0x24, 0x61, 0xec, 0x06, 0xe7, 0xc7],
);

/// The virtual functions of `IPortWMIRegistration`.
#[repr(C)]
struct Functions {
    /// Those of `IUnknown`.
    unknown: [*const c_void; 3],
    register: Function,
    unregister: unsafe extern "system" fn(*mut Interface, *mut DeviceObject) -> i32,
}

type Function = unsafe extern "system" fn(*mut Interface, *mut DeviceObject, *const c_void) -> i32;

#[repr(C)]
struct Interface {
    functions: *const Functions,
}

/// `IPortWMIRegistration`, which `QueryInterface` of a port driver's object gives. Source: `portcls.h`.
///
/// The header's order of the arguments holds, not that of the page "IPortWMIRegistration".
#[derive(Debug)]
pub struct PortWmiRegistration(*mut Interface);

impl PortWmiRegistration {
    /// Takes the pointer that `QueryInterface` has returned. The caller releases it, after this is
    /// dropped.
    ///
    /// IRQL: any. Touches no paged memory.
    ///
    /// # Safety
    ///
    /// `interface` is an `IPortWMIRegistration`, which stays as long as this value.
    #[must_use]
    pub const unsafe fn new(interface: *mut impl Sized) -> Self {
        Self(interface.cast())
    }

    /// `RegisterWMIProvider`: has PortCls answer requests of WMI by the table. IRQL: `PASSIVE_LEVEL`.
    ///
    /// # Errors
    ///
    /// The status of PortCls.
    ///
    /// # Safety
    ///
    /// `wmi` lies where it stays until [`unregister`](Self::unregister) has returned.
    pub unsafe fn register<A: Sync + 'static, const N: usize>(
        &self,
        wmi: &Wmi<A, N>,
    ) -> Result<(), NtStatus> {
        // SAFETY: the interface is there.
        let register = unsafe { (*self.functions()).register };
        // SAFETY: as above, and the caller's.
        checked(unsafe { register(self.0, wmi.device, wmi.context()) })
    }

    /// `UnregisterWMIProvider`. IRQL: `PASSIVE_LEVEL`.
    ///
    /// # Errors
    ///
    /// The status of PortCls.
    pub fn unregister<A: Sync + 'static, const N: usize>(
        &self,
        wmi: &Wmi<A, N>,
    ) -> Result<(), NtStatus> {
        // SAFETY: the interface is there.
        let unregister = unsafe { (*self.functions()).unregister };
        // SAFETY: as above.
        checked(unsafe { unregister(self.0, wmi.device) })
    }

    fn functions(&self) -> *const Functions {
        // SAFETY: the interface is there.
        unsafe { (*self.0).functions }
    }
}
