//! [`Srb`]: a WMI request while this miniport owns it.

use core::ffi::c_void;
use core::ptr;

use wmi_core::NtStatus;
use wmi_core::provider::{Minor, Response};

use super::routines::{Port, Routines};
use super::{Source, SrbStatus, Unit};
use crate::later::Kept;
use crate::layout::{
    STORAGE_REQUEST_BLOCK_SIZE, ScsiWmiRequestBlock, SrbexDataWmi, StorAddrBtl8,
    StorageRequestBlock,
};
use crate::request::RawRequest;

/// `SRB_FUNCTION_WMI`.
const FUNCTION_WMI: u8 = 0x17;

/// `SRB_FUNCTION_STORAGE_REQUEST_BLOCK`.
const FUNCTION_STORAGE_REQUEST_BLOCK: u8 = 0x28;

/// `SrbExDataTypeWmi`.
const DATA_TYPE_WMI: u32 = 0x60;

/// `STOR_ADDRESS_TYPE_BTL8`.
const ADDRESS_TYPE_BTL8: u16 = 1;

/// `SRB_WMI_FLAGS_ADAPTER_REQUEST`.
const ADAPTER_REQUEST: u8 = 1;

/// Stands for a logical unit whose address is not a `STOR_ADDR_BTL8`.
const NOWHERE: Unit = Unit {
    path: 0xff,
    target: 0xff,
    lun: 0xff,
};

/// `SRB_STATUS_AUTOSENSE_VALID`, a bit of `SrbStatus` that completion keeps.
const AUTOSENSE_VALID: u8 = 0x80;

/// A WMI request, from its arrival in `HwStartIo` until it is completed.
///
/// The methods that complete it consume it, so nothing touches it afterwards.
#[derive(Debug)]
#[must_use = "an SRB must be completed"]
pub struct Srb {
    kind: Kind,
}

/// The two kinds of SRB.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Scsi(*mut ScsiWmiRequestBlock),
    Storage {
        block: *mut StorageRequestBlock,
        /// Null if the block has no such data.
        data: *mut SrbexDataWmi,
    },
}

impl Srb {
    /// Returns the SRB if it is a WMI request, of either kind.
    ///
    /// IRQL: any. Touches no paged memory.
    ///
    /// # Safety
    ///
    /// `srb` is the argument of `HwStartIo`, which does not use it in any other way if this returns
    /// `Some`.
    pub unsafe fn new(srb: *mut impl Sized) -> Option<Self> {
        let scsi = srb.cast::<ScsiWmiRequestBlock>();
        // SAFETY: guaranteed by the caller; both kinds have `Function` at this offset.
        let function = unsafe { (*scsi).function };
        let kind = match function {
            FUNCTION_WMI => Kind::Scsi(scsi),
            FUNCTION_STORAGE_REQUEST_BLOCK => {
                let block = srb.cast::<StorageRequestBlock>();
                // SAFETY: the function says that the SRB is of this kind.
                let function = unsafe { (*block).srb_function };
                if function != u32::from(FUNCTION_WMI) {
                    return None;
                }
                // SAFETY: as above.
                let data = unsafe { find_data(block) };
                Kind::Storage { block, data }
            }
            _ => return None,
        };
        Some(Self { kind })
    }

    /// Returns whether the request is for the adapter or for a logical unit.
    ///
    /// IRQL: any. Touches no paged memory.
    #[must_use]
    pub fn source(&self) -> Source {
        match self.kind {
            Kind::Scsi(srb) => {
                // SAFETY: this miniport owns the SRB.
                let flags = unsafe { (*srb).flags };
                if flags & ADAPTER_REQUEST != 0 {
                    return Source::Adapter;
                }
                // SAFETY: as above.
                let path = unsafe { (*srb).path_id };
                // SAFETY: as above.
                let target = unsafe { (*srb).target_id };
                // SAFETY: as above.
                let lun = unsafe { (*srb).lun };
                Source::Unit(Unit { path, target, lun })
            }
            Kind::Storage { block, data } => {
                // SAFETY: this miniport owns the SRB, and the data lies in it.
                if !data.is_null() && unsafe { (*data).flags } & ADAPTER_REQUEST != 0 {
                    return Source::Adapter;
                }
                // SAFETY: this miniport owns the SRB.
                Source::Unit(unsafe { address(block) }.unwrap_or(NOWHERE))
            }
        }
    }

    /// Returns the parameters of the request, or `None` if the minor code is not one of WMI's or
    /// the block has no WMI data.
    pub(super) fn parameters(&self) -> Option<RawRequest> {
        match self.kind {
            Kind::Scsi(srb) => {
                // SAFETY: this miniport owns the SRB.
                let code = unsafe { (*srb).sub_function };
                Some(RawRequest {
                    minor: Minor::from_code(code)?,
                    // SAFETY: as above.
                    data_path: unsafe { (*srb).data_path },
                    // SAFETY: as above.
                    buffer: unsafe { (*srb).data_buffer },
                    // SAFETY: as above.
                    size: unsafe { (*srb).data_transfer_length },
                })
            }
            Kind::Storage { block, data } => {
                if data.is_null() {
                    return None;
                }
                // SAFETY: this miniport owns the SRB, and the data lies in it.
                let code = unsafe { (*data).sub_function };
                Some(RawRequest {
                    minor: Minor::from_code(code)?,
                    // SAFETY: as above.
                    data_path: unsafe { (*data).data_path },
                    // SAFETY: as above.
                    buffer: unsafe { (*block).data_buffer },
                    // SAFETY: as above.
                    size: unsafe { (*block).data_transfer_length },
                })
            }
        }
    }

    /// Returns the SRB extension, or null if there is none.
    fn extension(&self) -> *mut c_void {
        match self.kind {
            // SAFETY: this miniport owns the SRB.
            Kind::Scsi(srb) => unsafe { (*srb).srb_extension },
            // SAFETY: as above.
            Kind::Storage { block, .. } => unsafe { (*block).miniport_context },
        }
    }

    /// Returns whether the SRB can be kept: only if it has an extension, which holds the link.
    pub(super) fn can_be_kept(&self) -> bool {
        !self.extension().is_null()
    }

    /// Refuses a request for a logical unit that has no blocks: `SRB_STATUS_INVALID_REQUEST`.
    ///
    /// IRQL: that of `HwStartIo`. Touches no paged memory.
    ///
    /// # Safety
    ///
    /// `extension` is the device extension of the adapter that got the SRB.
    pub unsafe fn refuse(self, extension: *mut impl Sized) {
        // SAFETY: guaranteed by the caller.
        unsafe { self.complete(extension.cast(), SrbStatus::INVALID_REQUEST, 0) };
    }

    /// Completes the SRB with a response.
    ///
    /// # Safety
    ///
    /// As for [`refuse`](Self::refuse).
    pub(super) unsafe fn respond(self, extension: *mut c_void, response: Response) {
        let status = SrbStatus::from(response.status);
        // A buffer's size fits in 32 bits.
        let length = u32::try_from(response.information).unwrap_or(u32::MAX);
        // SAFETY: guaranteed by the caller.
        unsafe { self.complete(extension, status, length) };
    }

    /// # Safety
    ///
    /// As for [`refuse`](Self::refuse).
    pub(super) unsafe fn complete(self, extension: *mut c_void, status: SrbStatus, length: u32) {
        // Both kinds have `SrbStatus` at the same offset.
        let scsi = self.as_raw().cast::<ScsiWmiRequestBlock>();
        // SAFETY: this miniport owns the SRB.
        let kept = unsafe { (*scsi).srb_status } & AUTOSENSE_VALID;
        // SAFETY: as above.
        unsafe { (*scsi).srb_status = status.value() | kept };
        match self.kind {
            // SAFETY: as above.
            Kind::Scsi(srb) => unsafe { (*srb).data_transfer_length = length },
            // SAFETY: as above.
            Kind::Storage { block, .. } => unsafe { (*block).data_transfer_length = length },
        }
        // SAFETY: the SRB came to this adapter and is not used afterwards.
        unsafe { Port::complete(extension, self.into_raw()) };
    }
}

// SAFETY: this owns the SRB, and any thread may complete it.
unsafe impl Send for Srb {}

/// The SRB extension, which belongs to the miniport, holds the link to the next SRB.
impl Kept for Srb {
    fn into_raw(self) -> *mut c_void {
        self.as_raw()
    }

    unsafe fn from_raw(raw: *mut c_void) -> Self {
        // SAFETY: guaranteed by the caller; a kept SRB is a WMI request.
        let srb = unsafe { Self::new(raw) };
        srb.unwrap_or(Self {
            kind: Kind::Scsi(raw.cast()),
        })
    }

    fn next(&self) -> *mut c_void {
        // SAFETY: a kept SRB has an extension, into which `set_next` wrote a pointer.
        unsafe { self.extension().cast::<*mut c_void>().read_unaligned() }
    }

    fn set_next(&self, next: *mut c_void) {
        // SAFETY: only an SRB with an extension is kept, and the extension has room for a pointer.
        unsafe { self.extension().cast::<*mut c_void>().write_unaligned(next) };
    }

    fn as_raw(&self) -> *mut c_void {
        match self.kind {
            Kind::Scsi(srb) => srb.cast(),
            Kind::Storage { block, .. } => block.cast(),
        }
    }
}

/// `SrbGetSrbExDataByType`: returns the WMI data, or null if there is none.
///
/// # Safety
///
/// `block` is an SRB of this miniport.
unsafe fn find_data(block: *mut StorageRequestBlock) -> *mut SrbexDataWmi {
    // SAFETY: guaranteed by the caller.
    let count = unsafe { (*block).num_srb_ex_data };
    // SAFETY: the offsets start in the block. A raw pointer, unlike a reference to the first,
    // reaches all of them.
    let offsets = unsafe { &raw const (*block).srb_ex_data_offset };
    for number in 0..usize::try_from(count).unwrap_or(0) {
        let offset = offsets.wrapping_add(number);
        // SAFETY: the block has `count` offsets.
        let offset = unsafe { offset.read() };
        // SAFETY: guaranteed by the caller.
        let Some(data) = (unsafe { inside::<SrbexDataWmi>(block, offset) }) else {
            continue;
        };
        // SAFETY: the data starts in the block, with its type.
        if unsafe { (*data).kind } == DATA_TYPE_WMI {
            return data;
        }
    }
    ptr::null_mut()
}

/// Returns the address of the logical unit, if it is a `STOR_ADDR_BTL8`.
///
/// # Safety
///
/// `block` is an SRB of this miniport.
unsafe fn address(block: *mut StorageRequestBlock) -> Option<Unit> {
    // SAFETY: guaranteed by the caller.
    let offset = unsafe { (*block).address_offset };
    // SAFETY: guaranteed by the caller.
    let address = unsafe { inside::<StorAddrBtl8>(block, offset) }?;
    // SAFETY: the address lies in the block.
    if unsafe { (*address).kind } != ADDRESS_TYPE_BTL8 {
        return None;
    }
    // SAFETY: as above.
    let path = unsafe { (*address).path };
    // SAFETY: as above.
    let target = unsafe { (*address).target };
    // SAFETY: as above.
    let lun = unsafe { (*address).lun };
    Some(Unit { path, target, lun })
}

/// Returns a pointer to a `T` at `offset`, if it lies inside the block, behind the block's own
/// fields.
///
/// # Safety
///
/// `block` is an SRB of this miniport.
unsafe fn inside<T>(block: *mut StorageRequestBlock, offset: u32) -> Option<*mut T> {
    // SAFETY: guaranteed by the caller.
    let length = unsafe { (*block).srb_length };
    let (start, length) = (usize::try_from(offset).ok()?, usize::try_from(length).ok()?);
    let end = start.checked_add(size_of::<T>())?;
    if start < STORAGE_REQUEST_BLOCK_SIZE || end > length {
        return None;
    }
    let place = block.wrapping_byte_add(start).cast::<T>();
    place.is_aligned().then_some(place)
}

impl From<NtStatus> for SrbStatus {
    fn from(status: NtStatus) -> Self {
        match status {
            status if status.is_success() => Self::SUCCESS,
            NtStatus::BUFFER_TOO_SMALL => Self::DATA_OVERRUN,
            NtStatus::INVALID_DEVICE_REQUEST => Self::INVALID_REQUEST,
            _ => Self::ERROR,
        }
    }
}
