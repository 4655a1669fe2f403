//! What a test program and the test host say to each other by `DeviceIoControl`.
//!
//! The driver has this module with the feature `test-host`, and so has the program.

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// By which programs open the test host.
#[allow(dead_code)]
pub const HOST: &str = r"\\.\IscsiStatisticsHost";

/// Sends the driver an `IRP_MJ_SYSTEM_CONTROL`. In: [`Send`] and the content of the buffer. Out:
/// [`Sent`] and the whole buffer.
pub const IOCTL_SEND: u32 = control_code(0x800);

/// Takes the oldest event that the driver has sent. Out: its WNODE; nothing where there is none.
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
    /// Whether `ProviderId` is another device than the driver's.
    pub is_foreign: u32,
    /// `DataPath` of a registration.
    pub action: u64,
    /// What `DataPath` of other requests points to.
    pub guid: [u8; 16],
    /// `BufferSize`.
    pub buffer_size: u32,
    /// Nothing.
    pub padding: u32,
}

/// How the driver has completed a request.
#[derive(Clone, Copy, Debug, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct Sent {
    /// What the dispatch routine has returned.
    pub returned: u32,
    /// `IoStatus.Status`.
    pub status: u32,
    /// `IoStatus.Information`.
    pub information: u64,
    /// How often the request was completed: once.
    pub completions: u32,
    /// Bytes behind the buffer that the driver has written to: none.
    pub overrun: u32,
}

/// What `IoStatus.Status` is before the driver gets the request: `STATUS_NOT_SUPPORTED`, as the
/// kernel does it.
pub const STATUS_BEFORE: u32 = 0xc000_00bb;

/// How many events the test host keeps; it refuses more.
pub const EVENT_SLOTS: usize = 8;

/// What `WNODE_HEADER.ProviderId` of an event must be.
pub const PROVIDER_ID: u32 = 0x6974_6164;
