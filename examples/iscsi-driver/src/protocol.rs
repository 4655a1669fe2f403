//! The `DeviceIoControl` protocol between a test program and the test host.
//!
//! Both compile this module: the driver with the feature `test-host`, and the test program.

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// The path by which programs open the test host.
#[allow(dead_code)]
pub const HOST: &str = r"\\.\IscsiStatisticsHost";

/// Sends the driver an `IRP_MJ_SYSTEM_CONTROL`. Input: [`Send`] and the contents of the buffer.
/// Output: [`Sent`] and the whole buffer.
pub const IOCTL_SEND: u32 = control_code(0x800);

/// Takes the oldest event that the driver has sent. Output: its WNODE, or nothing if there is none.
pub const IOCTL_NEXT_EVENT: u32 = control_code(0x801);

/// `CTL_CODE(FILE_DEVICE_UNKNOWN, function, METHOD_BUFFERED, FILE_ANY_ACCESS)`.
const fn control_code(function: u32) -> u32 {
    (0x22 << 16) | (function << 2)
}

/// A request for the driver.
#[derive(Clone, Copy, Debug, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct Send {
    /// `MinorFunction`.
    pub minor: u32,
    /// Whether `ProviderId` names another device than the driver's.
    pub is_foreign: u32,
    /// `DataPath` of a registration.
    pub action: u64,
    /// The GUID that `DataPath` of other requests points to.
    pub guid: [u8; 16],
    /// `BufferSize`.
    pub buffer_size: u32,
    /// Zero.
    pub padding: u32,
}

/// The result of a request.
#[derive(Clone, Copy, Debug, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct Sent {
    /// The return value of the dispatch routine.
    pub returned: u32,
    /// `IoStatus.Status`.
    pub status: u32,
    /// `IoStatus.Information`.
    pub information: u64,
    /// How often the driver completed the request; must be 1.
    pub completions: u32,
    /// How many bytes past the buffer the driver wrote; must be 0.
    pub overrun: u32,
}

/// `IoStatus.Status` before the driver gets the request: `STATUS_NOT_SUPPORTED`, as in the kernel.
pub const STATUS_BEFORE: u32 = 0xc000_00bb;

/// The number of events that the test host keeps. It refuses more.
pub const EVENT_SLOTS: usize = 8;

/// The required value of `WNODE_HEADER.ProviderId` in events.
pub const PROVIDER_ID: u32 = 0x6974_6164;
