//! `NDIS_STATUS`: what an OID request is completed with.

use wmi_core::NtStatus;

// Source: `ndis.h`. The numbers are those of `NTSTATUS`, so one type holds both.

/// `NDIS_STATUS_NOT_ACCEPTED`, which `NT_SUCCESS` takes for a success.
pub(super) const NOT_ACCEPTED: NtStatus = NtStatus::from_value(0x0001_0003);

/// `NDIS_STATUS_REQUEST_ABORTED`.
pub(super) const REQUEST_ABORTED: NtStatus = NtStatus::from_value(0xc001_000c);

/// `NDIS_STATUS_INVALID_LENGTH`: an input has the wrong size.
pub(super) const INVALID_LENGTH: NtStatus = NtStatus::from_value(0xc001_0014);

/// `NDIS_STATUS_INVALID_DATA`: a value is out of bounds.
const INVALID_DATA: NtStatus = NtStatus::from_value(0xc001_0015);

/// `NDIS_STATUS_BUFFER_TOO_SHORT`: an output does not fit.
pub(super) const BUFFER_TOO_SHORT: NtStatus = NtStatus::from_value(0xc001_0016);

/// `NDIS_STATUS_INVALID_OID`.
pub(super) const INVALID_OID: NtStatus = NtStatus::from_value(0xc001_0017);

/// `NDIS_STATUS_NOT_SUPPORTED`: the OID is known, but not for this request or this adapter.
pub(super) const NOT_SUPPORTED: NtStatus = NtStatus::NOT_SUPPORTED;

/// `NDIS_STATUS_FAILURE`.
const FAILURE: NtStatus = NtStatus::from_value(0xc000_0001);

/// Returns the status of NDIS for one of WMI. Other statuses, a handler's own, stay.
pub(super) const fn of(status: NtStatus) -> NtStatus {
    match status {
        NtStatus::WMI_GUID_NOT_FOUND => INVALID_OID,
        NtStatus::INVALID_DEVICE_REQUEST
        | NtStatus::WMI_INSTANCE_NOT_FOUND
        | NtStatus::WMI_ITEMID_NOT_FOUND
        | NtStatus::WMI_READ_ONLY
        | NtStatus::WMI_NOT_SUPPORTED => NOT_SUPPORTED,
        NtStatus::WMI_SET_FAILURE => INVALID_DATA,
        NtStatus::WMI_TRY_AGAIN | NtStatus::INTERNAL_ERROR => FAILURE,
        NtStatus::BUFFER_TOO_SMALL => BUFFER_TOO_SHORT,
        other => other,
    }
}
