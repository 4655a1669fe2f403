//! Conversions between [`NtStatus`] and the signed `NTSTATUS` of kernel signatures.

use wmi_core::NtStatus;

/// `STATUS_DELETE_PENDING`: the device is being removed.
pub(crate) const DELETE_PENDING: NtStatus = NtStatus::from_value(0xc000_0056);

/// `STATUS_CANCELLED`.
pub(crate) const CANCELLED: NtStatus = NtStatus::from_value(0xc000_0120);

/// `STATUS_INVALID_DEVICE_STATE`.
pub(crate) const INVALID_DEVICE_STATE: NtStatus = NtStatus::from_value(0xc000_0184);

/// Returns the status as a C `NTSTATUS`.
pub(crate) const fn raw(status: NtStatus) -> i32 {
    i32::from_ne_bytes(status.value().to_ne_bytes())
}

/// Returns a C `NTSTATUS` as an [`NtStatus`].
pub(crate) const fn from_raw(status: i32) -> NtStatus {
    NtStatus::from_value(u32::from_ne_bytes(status.to_ne_bytes()))
}

/// `STATUS_OBJECT_NAME_COLLISION`: the object exists already.
const OBJECT_NAME_COLLISION: NtStatus = NtStatus::from_value(0xc000_0035);

/// As [`checked`], for a routine of the framework that creates something. An object that exists already
/// is `STATUS_OBJECT_NAME_EXISTS` to it, which counts as a success but creates nothing.
pub(crate) fn created(status: i32) -> Result<(), NtStatus> {
    match checked(status) {
        Ok(()) if from_raw(status) != NtStatus::SUCCESS => Err(OBJECT_NAME_COLLISION),
        result => result,
    }
}

/// Turns the status that a routine returned into a `Result`.
pub(crate) const fn checked(status: i32) -> Result<(), NtStatus> {
    let status = from_raw(status);
    if status.is_success() {
        Ok(())
    } else {
        Err(status)
    }
}
