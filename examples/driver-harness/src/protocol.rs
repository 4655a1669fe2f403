//! The `DeviceIoControl` protocol between a test program and the stand-in for the kernel.
//!
//! Both compile this module.

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// The path by which programs open the stand-in.
#[allow(dead_code)]
pub const HOST: &str = r"\\.\StandIn";

/// Sends the driver a request of WMI: an `IRP_MJ_SYSTEM_CONTROL`, or an SRB where it is a miniport.
/// Input: [`Send`] and the content of the buffer. Output: [`Sent`] and the whole buffer.
pub const IOCTL_SEND: u32 = control_code(0x800);

/// Takes the oldest event that the driver has sent. Output: its WNODE, or nothing if there is none.
pub const IOCTL_NEXT_EVENT: u32 = control_code(0x801);

/// Does what the Plug and Play manager, or the port driver, does with a device. Input: [`Step`].
/// Output: the `NTSTATUS`, as a `u32`.
pub const IOCTL_STEP: u32 = control_code(0x802);

/// Asks what the stand-in knows. Output: [`State`].
pub const IOCTL_STATE: u32 = control_code(0x803);

/// Takes a request that the driver has kept, and completed since. Input: the [`Sent::id`]. Output: as
/// for [`IOCTL_SEND`], or nothing while the driver keeps it.
pub const IOCTL_COMPLETED: u32 = control_code(0x804);

/// `CTL_CODE(FILE_DEVICE_UNKNOWN, function, METHOD_BUFFERED, FILE_ANY_ACCESS)`.
const fn control_code(function: u32) -> u32 {
    (0x22 << 16) | (function << 2)
}

/// A request for the driver.
#[derive(Clone, Copy, Debug, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct Send {
    /// The minor function code of WMI.
    pub minor: u32,
    /// Whether the request is for another device than the driver's: another `ProviderId`, or a
    /// logical unit.
    pub is_foreign: u32,
    /// `DataPath` of a registration.
    pub action: u64,
    /// The GUID that `DataPath` of other requests points to.
    pub guid: [u8; 16],
    /// `BufferSize`, or `DataTransferLength`.
    pub buffer_size: u32,
    /// Whether the SRB is a `STORAGE_REQUEST_BLOCK`.
    pub is_storage: u32,
    /// The function of an SRB that is not a request of WMI, or zero.
    pub function: u32,
    /// Zero.
    pub padding: u32,
}

/// The result of a request.
#[derive(Clone, Copy, Debug, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct Sent {
    /// The return value of the dispatch routine; of `HwStartIo`, which must be `TRUE`.
    pub returned: u32,
    /// `IoStatus.Status`, or `SrbStatus`.
    pub status: u32,
    /// `IoStatus.Information`, or `DataTransferLength`.
    pub information: u64,
    /// How often the driver completed the request; at most 1, and 0 while it keeps it.
    pub completions: u32,
    /// How many bytes past the buffer the driver wrote; must be 0.
    pub overrun: u32,
    /// Names a request that the driver keeps, otherwise zero.
    pub id: u32,
    /// Zero.
    pub padding: u32,
}

/// A step in the life of a device.
#[derive(Clone, Copy, Debug, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct Step {
    /// One of the codes below.
    pub step: u32,
    /// How many units of the name there are.
    pub length: u32,
    /// The name of the driver's service.
    pub name: [u16; 32],
}

/// `AddDevice` with a new physical device object; `HwFindAdapter`.
pub const STEP_ADD: u32 = 0;
/// `IRP_MN_START_DEVICE`; `HwInitialize`.
pub const STEP_START: u32 = 1;
/// `IRP_MN_QUERY_STOP_DEVICE` and `IRP_MN_STOP_DEVICE`.
pub const STEP_STOP: u32 = 2;
/// `IRP_MN_SURPRISE_REMOVAL`.
pub const STEP_SURPRISE_REMOVAL: u32 = 3;
/// `IRP_MN_REMOVE_DEVICE`; `HwAdapterControl(ScsiStopAdapter)` and `HwFreeAdapterResources`.
pub const STEP_REMOVE: u32 = 4;

/// Runs the timers that the driver has started, once each, as if they were due.
#[allow(dead_code, reason = "only a framework has timers")]
pub const STEP_TIMERS: u32 = 5;

/// What the stand-in knows.
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout, PartialEq)]
#[repr(C)]
pub struct State {
    /// How often devices were registered with WMI; an adapter always is.
    pub registered: u32,
    /// How often devices were deregistered.
    pub deregistered: u32,
    /// How often drivers asked WMI to ask for the registration again.
    pub updated: u32,
    /// How many references on physical device objects came with registrations, and were given back.
    pub references: u32,
    /// How many requests arrived at the physical device object.
    pub forwarded: u32,
    /// How many events were refused or dropped.
    pub lost_events: u32,
    /// How many broken rules the stand-in has found.
    pub violations: u32,
}

/// `IoStatus.Status` before the driver gets the request: `STATUS_NOT_SUPPORTED`, as in the kernel.
pub const STATUS_BEFORE: u32 = 0xc000_00bb;

/// The number of events that the stand-in keeps. It refuses more.
pub const EVENT_SLOTS: usize = 8;

/// The required value of `WNODE_HEADER.ProviderId` in events of a driver that fills it in.
pub const PROVIDER_ID: u32 = 0x6974_6164;
