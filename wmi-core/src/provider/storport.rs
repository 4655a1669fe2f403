#![doc = include_str!("storport.md")]

use super::Response;
use crate::NtStatus;

/// `SRB_FUNCTION_WMI`: the `Function` of an SRB that is a WMI request.
pub const SRB_FUNCTION_WMI: u8 = 0x17;

/// `SRB_WMI_FLAGS_ADAPTER_REQUEST` of `WMIFlags`: the request is for the adapter, and not for a
/// logical unit.
pub const SRB_WMI_FLAGS_ADAPTER_REQUEST: u8 = 0x01;

/// Bytes that must stand free before the data of an event, where `ScsiPortWmiFireAdapterEvent` or
/// `ScsiPortWmiFireLogicalUnitEvent` puts the header. Its `WnodeEventItem` is a buffer of so many
/// bytes and the data; the size that it is given counts the data alone. Source: "ScsiPortWmiFire-
/// LogicalUnitEvent", windows-driver-docs-ddi.
pub const EVENT_PAD: usize = 0x40;

/// The `SrbStatus` of an SRB. Source: `srb.h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SrbStatus(pub u8);

impl SrbStatus {
    /// `SRB_STATUS_PENDING`.
    pub const PENDING: Self = Self(0x00);
    /// `SRB_STATUS_SUCCESS`.
    pub const SUCCESS: Self = Self(0x01);
    /// `SRB_STATUS_ERROR`.
    pub const ERROR: Self = Self(0x04);
    /// `SRB_STATUS_INVALID_REQUEST`.
    pub const INVALID_REQUEST: Self = Self(0x06);
    /// `SRB_STATUS_DATA_OVERRUN`: the buffer is too small.
    pub const DATA_OVERRUN: Self = Self(0x12);
}

/// What an SRB is completed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "the SRB must be completed with it"]
pub struct SrbCompletion {
    /// `SrbStatus`.
    pub srb_status: SrbStatus,
    /// `DataTransferLength`: the bytes of the buffer that were written.
    pub data_transfer_length: u32,
}

impl From<Response> for SrbCompletion {
    fn from(response: Response) -> Self {
        let srb_status = match response.status {
            status if status.is_success() => SrbStatus::SUCCESS,
            NtStatus::BUFFER_TOO_SMALL => SrbStatus::DATA_OVERRUN,
            NtStatus::INVALID_DEVICE_REQUEST => SrbStatus::INVALID_REQUEST,
            _ => SrbStatus::ERROR,
        };
        Self {
            srb_status,
            // A buffer has no more than 32 bits can count.
            data_transfer_length: u32::try_from(response.information).unwrap_or(u32::MAX),
        }
    }
}
