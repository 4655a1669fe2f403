//! Requests as WMI sends them, and how they are completed.

use crate::wnode::{WnodeError, WriteError};
use crate::{Guid, NtStatus};

/// The minor function codes of `IRP_MJ_SYSTEM_CONTROL` that are WMI requests. Source: `wdm.h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Minor {
    /// `IRP_MN_QUERY_ALL_DATA`: the data of all instances.
    QueryAllData = 0x00,
    /// `IRP_MN_QUERY_SINGLE_INSTANCE`: the data of one.
    QuerySingleInstance = 0x01,
    /// `IRP_MN_CHANGE_SINGLE_INSTANCE`: all items of one instance are to be set.
    ChangeSingleInstance = 0x02,
    /// `IRP_MN_CHANGE_SINGLE_ITEM`: one item is to be set.
    ChangeSingleItem = 0x03,
    /// `IRP_MN_ENABLE_EVENTS`: somebody listens to the event now.
    EnableEvents = 0x04,
    /// `IRP_MN_DISABLE_EVENTS`: nobody does any more.
    DisableEvents = 0x05,
    /// `IRP_MN_ENABLE_COLLECTION`: somebody reads the expensive block now.
    EnableCollection = 0x06,
    /// `IRP_MN_DISABLE_COLLECTION`: nobody does any more.
    DisableCollection = 0x07,
    /// `IRP_MN_REGINFO`: which blocks there are; Windows 98 and 2000.
    RegInfo = 0x08,
    /// `IRP_MN_EXECUTE_METHOD`.
    ExecuteMethod = 0x09,
    /// `IRP_MN_REGINFO_EX`: replaces `IRP_MN_REGINFO` since Windows XP. The driver must take a
    /// reference on the device object that the reply names, which the system releases.
    RegInfoEx = 0x0b,
}

impl Minor {
    /// All of them, in order of their codes.
    pub const ALL: [Self; 11] = [
        Self::QueryAllData,
        Self::QuerySingleInstance,
        Self::ChangeSingleInstance,
        Self::ChangeSingleItem,
        Self::EnableEvents,
        Self::DisableEvents,
        Self::EnableCollection,
        Self::DisableCollection,
        Self::RegInfo,
        Self::ExecuteMethod,
        Self::RegInfoEx,
    ];

    /// Returns the request with this code, if it is one of WMI's.
    #[must_use]
    pub const fn from_code(code: u8) -> Option<Self> {
        Some(match code {
            0x00 => Self::QueryAllData,
            0x01 => Self::QuerySingleInstance,
            0x02 => Self::ChangeSingleInstance,
            0x03 => Self::ChangeSingleItem,
            0x04 => Self::EnableEvents,
            0x05 => Self::DisableEvents,
            0x06 => Self::EnableCollection,
            0x07 => Self::DisableCollection,
            0x08 => Self::RegInfo,
            0x09 => Self::ExecuteMethod,
            0x0b => Self::RegInfoEx,
            _ => return None,
        })
    }

    /// Returns the request that an IRP makes of this device. `None` means that the IRP must be
    /// forwarded to the next lower driver, as its code is not one of WMI's or `provider_id` is
    /// another device. If there is no lower driver, as below the device object of a bus driver, the
    /// IRP is completed with its status unchanged.
    ///
    /// `provider_id` is `Parameters.WMI.ProviderId`, `device` the address of the device object that
    /// was registered. Call this first: the pointers in an IRP for another device are not this
    /// driver's.
    ///
    /// Source: "Processing WMI IRPs in a DispatchSystemControl Routine", windows-driver-docs.
    #[must_use]
    pub const fn addressed(code: u8, provider_id: usize, device: usize) -> Option<Self> {
        if provider_id == device {
            Self::from_code(code)
        } else {
            None
        }
    }

    /// The code.
    #[must_use]
    #[expect(clippy::as_conversions, reason = "the discriminants are the codes")]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// Returns whether the request asks for registration. `DataPath` is then a number and not a
    /// pointer to a GUID.
    #[must_use]
    pub const fn is_registration(self) -> bool {
        matches!(self, Self::RegInfo | Self::RegInfoEx)
    }
}

/// `Parameters.WMI.DataPath`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataPath {
    /// The GUID of a block, which all requests but those for registration point to.
    Guid(Guid),
    /// In [registration](Minor::is_registration) a number: `WMIREGISTER`, 0, or `WMIUPDATE`, 1.
    Action(usize),
}

impl DataPath {
    /// `WMIREGISTER`.
    pub const REGISTER: Self = Self::Action(0);
    /// `WMIUPDATE`.
    pub const UPDATE: Self = Self::Action(1);
}

impl From<Guid> for DataPath {
    fn from(guid: Guid) -> Self {
        Self::Guid(guid)
    }
}

/// A request from WMI.
#[derive(Debug)]
pub struct Request<'b> {
    /// The minor function code.
    pub minor: Minor,
    /// The block, or the action of a registration.
    pub data_path: DataPath,
    /// The `Parameters.WMI.BufferSize` bytes at `Parameters.WMI.Buffer`: the input, and room for the
    /// output.
    pub buffer: &'b mut [u8],
    /// The time of a reply, in 100 ns since 1601-01-01, as `KeQuerySystemTime` gives it.
    pub time_stamp: i64,
}

impl<'b> Request<'b> {
    /// Returns a request whose reply has the time zero.
    #[must_use]
    pub fn new(minor: Minor, data_path: impl Into<DataPath>, buffer: &'b mut [u8]) -> Self {
        Self {
            minor,
            data_path: data_path.into(),
            buffer,
            time_stamp: 0,
        }
    }

    /// Sets the time of the reply, in 100 ns since 1601-01-01.
    #[must_use]
    pub const fn at(mut self, time_stamp: i64) -> Self {
        self.time_stamp = time_stamp;
        self
    }
}

/// The `IoStatus` that a request is completed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "the request must be completed with it"]
pub struct Response {
    /// `IoStatus.Status`.
    pub status: NtStatus,
    /// `IoStatus.Information`: how many bytes of the buffer were written, from its start.
    /// [`dispatch`](super::Provider::dispatch) says which other bytes may have changed.
    pub information: usize,
    /// How many references on the physical device object to take, by `ObReferenceObject`, before
    /// the request is completed: one for each time that the reply to [`Minor::RegInfoEx`] names it.
    /// The system gives them back. Zero for all other requests.
    pub pdo_references: usize,
}

impl Response {
    /// Returns a response with this status, after `information` bytes were written.
    pub const fn new(status: NtStatus, information: usize) -> Self {
        Self {
            status,
            information,
            pdo_references: 0,
        }
    }
}

/// The outcome of a request: it is completed now, or a handler answers it later.
///
/// A handler returns [`NtStatus::PENDING`] if it would have to wait for its values or for its device.
/// Only the caller knows how to keep such a request, so it must tell the two cases apart. A caller
/// that cannot keep requests calls [`immediate`](Self::immediate).
///
/// The caller keeps a pending request; it marks an IRP pending. The bytes of the request are
/// unchanged, and nothing reads or writes the buffer until the caller dispatches the request again,
/// with its minor code, data path and buffer. The caller does so when the values are there. The
/// handler is then called again, and either answers or returns `PENDING` again. If the device goes
/// first, the caller completes the request with a status of its own.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "the request must be completed, or kept until it can be"]
pub enum Outcome {
    /// The request is completed with this.
    Completed(Response),
    /// A handler answers later; the request must be kept, and dispatched again.
    Pending(Pending),
}

/// A request that a handler answers later.
#[derive(Debug, PartialEq, Eq)]
pub struct Pending {
    guid: Guid,
}

impl Pending {
    /// Returns the block whose handler answers later.
    #[must_use]
    pub const fn guid(&self) -> Guid {
        self.guid
    }
}

impl Outcome {
    /// Returns the response, for a caller that cannot keep a request. A request that a handler would
    /// answer later is completed with [`NtStatus::INTERNAL_ERROR`].
    pub const fn immediate(self) -> Response {
        match self {
            Self::Completed(response) => response,
            Self::Pending(_) => Response::new(NtStatus::INTERNAL_ERROR, 0),
        }
    }

    /// Returns the outcome of a request to this block.
    pub(super) fn of(guid: Guid, written: Result<usize, Refusal>) -> Self {
        Self::Completed(match written {
            Ok(information) => Response::new(NtStatus::SUCCESS, information),
            Err(Refusal::Status(NtStatus::PENDING)) => return Self::Pending(Pending { guid }),
            // A handler that fails cannot succeed.
            Err(Refusal::Status(status)) if status.is_success() => {
                Response::new(NtStatus::INTERNAL_ERROR, 0)
            }
            Err(Refusal::Status(status)) => Response::new(status, 0),
            Err(Refusal::TooSmall { needed }) => Response::new(NtStatus::BUFFER_TOO_SMALL, needed),
        })
    }
}

impl From<Response> for Outcome {
    fn from(response: Response) -> Self {
        Self::Completed(response)
    }
}

/// Why a request is not answered with data.
#[derive(Clone, Copy, Debug)]
pub enum Refusal {
    /// With this status.
    Status(NtStatus),
    /// The reply needs more bytes: this number for the whole WNODE, or for the data alone.
    TooSmall { needed: usize },
}

impl Refusal {
    /// Adds the bytes before the data to those that are needed.
    pub(super) fn after(self, start: usize) -> Self {
        match self {
            Self::TooSmall { needed } => match start.checked_add(needed) {
                Some(needed) => Self::TooSmall { needed },
                // A place for the data that no buffer has.
                None => NtStatus::INVALID_PARAMETER.into(),
            },
            status @ Self::Status(_) => status,
        }
    }
}

impl From<NtStatus> for Refusal {
    fn from(status: NtStatus) -> Self {
        Self::Status(status)
    }
}

/// A request that is malformed.
impl From<WnodeError> for Refusal {
    fn from(_: WnodeError) -> Self {
        Self::Status(NtStatus::INVALID_PARAMETER)
    }
}

impl From<WriteError> for Refusal {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::BufferTooSmall { needed } => Self::TooSmall { needed },
            // The provider's data, or its names, cannot be expressed.
            WriteError::TooLarge | WriteError::NameTooLong { .. } => {
                Self::Status(NtStatus::INTERNAL_ERROR)
            }
        }
    }
}
