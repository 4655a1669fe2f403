//! WMI requests and their completion.

use crate::wnode::{Form, Single, WnodeError, WriteError};
use crate::{Guid, NtStatus};

/// The minor function codes of `IRP_MJ_SYSTEM_CONTROL` that are WMI requests. Source: `wdm.h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Minor {
    /// `IRP_MN_QUERY_ALL_DATA`: the data of all instances.
    QueryAllData = 0x00,
    /// `IRP_MN_QUERY_SINGLE_INSTANCE`: the data of one instance.
    QuerySingleInstance = 0x01,
    /// `IRP_MN_CHANGE_SINGLE_INSTANCE`: sets all items of one instance.
    ChangeSingleInstance = 0x02,
    /// `IRP_MN_CHANGE_SINGLE_ITEM`: sets one item of one instance.
    ChangeSingleItem = 0x03,
    /// `IRP_MN_ENABLE_EVENTS`: the first consumer has subscribed to the event.
    EnableEvents = 0x04,
    /// `IRP_MN_DISABLE_EVENTS`: the last consumer has unsubscribed.
    DisableEvents = 0x05,
    /// `IRP_MN_ENABLE_COLLECTION`: the first consumer starts to read the expensive block.
    EnableCollection = 0x06,
    /// `IRP_MN_DISABLE_COLLECTION`: the last consumer has stopped.
    DisableCollection = 0x07,
    /// `IRP_MN_REGINFO`: registration in Windows 98 and 2000.
    RegInfo = 0x08,
    /// `IRP_MN_EXECUTE_METHOD`.
    ExecuteMethod = 0x09,
    /// `IRP_MN_REGINFO_EX`: registration since Windows XP. The driver must take a reference on the
    /// device object that the reply names; the system releases it.
    RegInfoEx = 0x0b,
}

impl Minor {
    /// All requests, in order of their codes.
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

    /// Returns the request of an IRP for this device, or `None` if the code is not one of WMI's or
    /// `provider_id` is another device. The driver must then forward the IRP to the next lower
    /// driver or, without one, as in a bus driver, complete it with its status unchanged.
    ///
    /// `provider_id` is `Parameters.WMI.ProviderId`, `device` the address of the registered device
    /// object. Call this first: the pointers in an IRP for another device must not be used.
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

    /// Returns the code.
    #[must_use]
    #[expect(clippy::as_conversions, reason = "the discriminants are the codes")]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// Returns whether this is a request for registration, in which `DataPath` is a number instead
    /// of a pointer to a GUID.
    #[must_use]
    pub const fn is_registration(self) -> bool {
        matches!(self, Self::RegInfo | Self::RegInfoEx)
    }
}

/// `Parameters.WMI.DataPath`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataPath {
    /// The GUID of a block, to which `DataPath` points in all other requests.
    Guid(Guid),
    /// A number, in [registration](Minor::is_registration): `WMIREGISTER`, 0, or `WMIUPDATE`, 1.
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
    /// The `Parameters.WMI.BufferSize` bytes at `Parameters.WMI.Buffer`: input and room for output.
    pub buffer: &'b mut [u8],
    /// The time stamp of the reply, in units of 100 ns since 1601-01-01, as from
    /// `KeQuerySystemTime`.
    pub time_stamp: i64,
}

impl<'b> Request<'b> {
    /// Returns a request with a time stamp of zero.
    #[must_use]
    pub fn new(minor: Minor, data_path: impl Into<DataPath>, buffer: &'b mut [u8]) -> Self {
        Self {
            minor,
            data_path: data_path.into(),
            buffer,
            time_stamp: 0,
        }
    }

    /// Checks that the data of a request that sets an instance or an item, or executes a method, is in
    /// the buffer. Succeeds for all other requests.
    ///
    /// [`dispatch`](super::Provider::dispatch) checks this itself. A driver checks it before a
    /// framework that passes on the size that the WNODE claims, such as KMDF.
    ///
    /// # Errors
    ///
    /// A [`WnodeError`] if the buffer has no room for the fixed part of the WNODE, or if the data
    /// starts in it or ends after the buffer.
    pub fn check_data(&self) -> Result<(), WnodeError> {
        let form = match self.minor {
            Minor::ChangeSingleInstance => Form::Instance,
            Minor::ChangeSingleItem => Form::Item,
            Minor::ExecuteMethod => Form::Method,
            _ => return Ok(()),
        };
        Single::of_request(self.buffer, form)?.data().map(|_| ())
    }

    /// Sets the time stamp of the reply, in units of 100 ns since 1601-01-01.
    #[must_use]
    pub const fn at(mut self, time_stamp: i64) -> Self {
        self.time_stamp = time_stamp;
        self
    }
}

/// The `IoStatus` with which a request is completed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "the request must be completed with it"]
pub struct Response {
    /// `IoStatus.Status`.
    pub status: NtStatus,
    /// `IoStatus.Information`: bytes written to the start of the buffer.
    /// [`dispatch`](super::Provider::dispatch) documents which other bytes may have changed.
    pub information: usize,
    /// Number of references to take on the physical device object with `ObReferenceObject` before
    /// the request is completed: one for each entry of the reply to [`Minor::RegInfoEx`] that names
    /// it. The system releases them. Zero for all other requests.
    pub pdo_references: usize,
}

impl Response {
    /// Returns a response with this status and `information` bytes written.
    pub const fn new(status: NtStatus, information: usize) -> Self {
        Self {
            status,
            information,
            pdo_references: 0,
        }
    }
}

/// The outcome of a request: completed, or pending until a handler can answer it.
///
/// A handler returns [`NtStatus::PENDING`] if it would have to wait for its values or its device.
/// The caller must then keep the request. A caller that cannot keep requests calls
/// [`immediate`](Self::immediate).
///
/// The caller marks a kept IRP pending. The buffer of a pending request is unchanged, and nothing
/// reads or writes it until the caller dispatches the request again, with its minor code, data path
/// and buffer. The caller does so when the values are available. The handler is then called again,
/// and either answers or returns `PENDING` again. If the device is removed first, the caller
/// completes the request with a status of its choice.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "the request must be completed, or kept until it can be"]
pub enum Outcome {
    /// The request must be completed with this response.
    Completed(Response),
    /// A handler answers later; the request must be kept and dispatched again.
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
    /// Returns the response, for a caller that cannot keep requests: for a pending request,
    /// [`NtStatus::INTERNAL_ERROR`].
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
            // A handler must not fail with a success status.
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

/// The reason why a request is not answered with data.
#[derive(Clone, Copy, Debug)]
pub enum Refusal {
    /// The request fails with this status.
    Status(NtStatus),
    /// The reply does not fit: bytes needed for the whole WNODE, or for the data alone.
    TooSmall { needed: usize },
}

impl Refusal {
    /// Adds the bytes before the data to the bytes needed.
    pub(super) fn after(self, start: usize) -> Self {
        match self {
            Self::TooSmall { needed } => match start.checked_add(needed) {
                Some(needed) => Self::TooSmall { needed },
                // No buffer has its data at such an offset.
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

/// The request is malformed.
impl From<WnodeError> for Refusal {
    fn from(_: WnodeError) -> Self {
        Self::Status(NtStatus::INVALID_PARAMETER)
    }
}

impl From<WriteError> for Refusal {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::BufferTooSmall { needed } => Self::TooSmall { needed },
            // The provider's data or names cannot be encoded.
            WriteError::TooLarge | WriteError::NameTooLong { .. } => {
                Self::Status(NtStatus::INTERNAL_ERROR)
            }
        }
    }
}
