//! The parts of kernel structures that this crate reads or writes.
//!
//! Each type is the public beginning of a system structure. The system allocates them. This crate
//! reads and writes single fields through a pointer, never makes a reference to a whole structure,
//! and relies on a structure's size only where it lies in an array.
//!
//! x64 and ARM64 have the same layout. The constants below assert each offset for both pointer
//! widths; the tests compare them with compiled C headers and with windows-sys. mingw-w64 and
//! windows-sys deviate from Microsoft's headers in the alignment of [`Irp`] and the size of a debug
//! build's remove lock; this crate relies on neither. Only Microsoft's headers confirm
//! [`StorageRequestBlock`] with its data, [`NdisOidRequest`] and [`NdisStatusIndication`]: mingw-w64
//! and windows-sys have no declaration of them.

use core::ffi::c_void;
use core::mem::offset_of;
use core::ptr;
use core::sync::atomic::{AtomicPtr, AtomicU32};

use wmi_core::Guid;

/// Selects a number by pointer width: the first for x64 and ARM64, the second for x86.
pub(crate) const fn by_width(bits_64: usize, bits_32: usize) -> usize {
    if cfg!(target_pointer_width = "64") {
        bits_64
    } else {
        bits_32
    }
}

/// Asserts the offset of fields, for both pointer widths.
macro_rules! offsets {
    ($($structure:ident { $($field:ident: $bits_64:literal, $bits_32:literal;)* })*) => {
        const _: () = {
            $($(assert!(offset_of!($structure, $field) == by_width($bits_64, $bits_32));)*)*
        };
    };
}

/// `DEVICE_OBJECT`. Source: `wdm.h`.
#[derive(Debug)]
#[repr(C)]
pub struct DeviceObject {
    /// `Type`: 3, `IO_TYPE_DEVICE`.
    pub kind: i16,
    /// `Size`.
    pub size: u16,
    reference_count: i32,
    /// `DriverObject`.
    pub driver_object: *mut DriverObject,
    next_device: *mut c_void,
    attached_device: *mut c_void,
    current_irp: *mut c_void,
    timer: *mut c_void,
    /// `Flags`.
    pub flags: u32,
    characteristics: u32,
    vpb: *mut c_void,
    /// `DeviceExtension`.
    pub device_extension: *mut c_void,
    device_type: u32,
    /// `StackSize`.
    pub stack_size: i8,
}

/// `DRIVER_OBJECT`. Source: `wdm.h`.
#[derive(Debug)]
#[repr(C)]
pub struct DriverObject {
    kind: i16,
    size: i16,
    /// `DeviceObject`.
    pub device_object: *mut DeviceObject,
    flags: u32,
    driver_start: *mut c_void,
    driver_size: u32,
    driver_section: *mut c_void,
    driver_extension: *mut c_void,
    driver_name: UnicodeString,
    hardware_database: *mut c_void,
    fast_io_dispatch: *mut c_void,
    driver_init: *mut c_void,
    driver_start_io: *mut c_void,
    driver_unload: *mut c_void,
    /// `MajorFunction`.
    pub major_function: [*mut c_void; 28],
}

/// `UNICODE_STRING`. Source: `ntdef.h`.
#[derive(Debug)]
#[repr(C)]
pub struct UnicodeString {
    /// `Length`, in bytes.
    pub length: u16,
    /// `MaximumLength`, in bytes.
    pub maximum_length: u16,
    /// `Buffer`.
    pub buffer: *mut u16,
}

/// `IRP`, without the stack locations that follow it. Source: `wdm.h`.
#[derive(Debug)]
#[repr(C)]
pub struct Irp {
    /// `Type`: 6, `IO_TYPE_IRP`.
    pub kind: i16,
    /// `Size`, with the stack locations.
    pub size: u16,
    mdl_address: *mut c_void,
    flags: u32,
    system_buffer: *mut c_void,
    thread_list_entry: [*mut c_void; 2],
    /// `IoStatus.Status`.
    pub status: i32,
    /// `IoStatus.Information`.
    pub information: usize,
    requestor_mode: i8,
    pending_returned: u8,
    /// `StackCount`.
    pub stack_count: i8,
    /// `CurrentLocation`.
    pub current_location: i8,
    cancel: u8,
    cancel_irql: u8,
    apc_environment: i8,
    allocation_flags: u8,
    user_iosb: *mut c_void,
    user_event: *mut c_void,
    overlay: [*mut c_void; 2],
    cancel_routine: *mut c_void,
    user_buffer: *mut c_void,
    /// `Tail.Overlay.DriverContext`.
    pub driver_context: [*mut c_void; 4],
    thread: *mut c_void,
    auxiliary_buffer: *mut c_void,
    list_entry: [*mut c_void; 2],
    /// `Tail.Overlay.CurrentStackLocation`.
    pub current_stack_location: *mut IoStackLocation,
}

/// Bytes of an `IRP` before its first stack location.
pub const IRP_SIZE: usize = by_width(208, 112);

/// `IO_STACK_LOCATION`, with `Parameters.WMI`. Source: `wdm.h`.
#[derive(Debug)]
#[repr(C)]
pub struct IoStackLocation {
    /// `MajorFunction`.
    pub major_function: u8,
    /// `MinorFunction`.
    pub minor_function: u8,
    flags: u8,
    /// `Control`.
    pub control: u8,
    /// `Parameters.WMI.ProviderId`.
    pub provider_id: usize,
    /// `Parameters.WMI.DataPath`.
    pub data_path: *mut c_void,
    /// `Parameters.WMI.BufferSize`.
    pub buffer_size: u32,
    /// `Parameters.WMI.Buffer`.
    pub buffer: *mut c_void,
    /// `DeviceObject`.
    pub device_object: *mut DeviceObject,
    file_object: *mut c_void,
    /// `CompletionRoutine`.
    pub completion_routine: *mut c_void,
    context: *mut c_void,
}

/// Bytes of an `IO_REMOVE_LOCK` as a driver compiles it: in a free build, and in a build with
/// `DBG`.
pub const REMOVE_LOCK_SIZES: [usize; 2] = [by_width(32, 24), by_width(120, 88)];

/// `KEVENT`, read and written only by kernel routines. Source: `wdm.h`.
#[derive(Debug)]
#[repr(C)]
pub struct KEvent([usize; by_width(3, 4)]);

/// `SCSI_WMI_REQUEST_BLOCK`: the older kind of SRB, in a WMI request. Source: `srb.h`.
#[derive(Debug)]
#[repr(C)]
pub struct ScsiWmiRequestBlock {
    length: u16,
    /// `Function`, in both kinds of SRB.
    pub function: u8,
    /// `SrbStatus`, in both kinds of SRB.
    pub srb_status: u8,
    /// `WMISubFunction`.
    pub sub_function: u8,
    /// `PathId`.
    pub path_id: u8,
    /// `TargetId`.
    pub target_id: u8,
    /// `Lun`.
    pub lun: u8,
    reserved: u8,
    /// `WMIFlags`.
    pub flags: u8,
    reserved_2: [u8; 2],
    srb_flags: u32,
    /// `DataTransferLength`.
    pub data_transfer_length: u32,
    time_out_value: u32,
    /// `DataBuffer`.
    pub data_buffer: *mut c_void,
    /// `DataPath`.
    pub data_path: *mut c_void,
    reserved_3: *mut c_void,
    original_request: *mut c_void,
    /// `SrbExtension`.
    pub srb_extension: *mut c_void,
}

/// `STORAGE_REQUEST_BLOCK`: the newer kind of SRB. Source: `storport.h`.
#[derive(Debug)]
#[repr(C)]
pub struct StorageRequestBlock {
    length: u16,
    /// `Function`: `SRB_FUNCTION_STORAGE_REQUEST_BLOCK`.
    pub function: u8,
    /// `SrbStatus`.
    pub srb_status: u8,
    reserved: [u8; 4],
    signature: u32,
    version: u32,
    /// `SrbLength`, of the whole block.
    pub srb_length: u32,
    /// `SrbFunction`.
    pub srb_function: u32,
    srb_flags: u32,
    reserved_2: [u8; 24],
    /// `AddressOffset`; 0 without an address.
    pub address_offset: u32,
    /// `NumSrbExData`.
    pub num_srb_ex_data: u32,
    /// `DataTransferLength`.
    pub data_transfer_length: u32,
    /// `DataBuffer`.
    pub data_buffer: *mut c_void,
    reserved_3: *mut c_void,
    original_request: *mut c_void,
    class_context: *mut c_void,
    port_context: *mut c_void,
    /// `MiniportContext`: the SRB extension.
    pub miniport_context: *mut c_void,
    next_srb: *mut c_void,
    /// The first element of `SrbExDataOffset`, which has `NumSrbExData` elements.
    pub srb_ex_data_offset: u32,
}

/// Bytes of a `STORAGE_REQUEST_BLOCK`, before its data.
pub const STORAGE_REQUEST_BLOCK_SIZE: usize = by_width(128, 96);

/// `SRBEX_DATA_WMI`. Source: `storport.h`.
#[derive(Debug)]
#[repr(C)]
pub struct SrbexDataWmi {
    /// `Type`: `SrbExDataTypeWmi`.
    pub kind: u32,
    length: u32,
    /// `WMISubFunction`.
    pub sub_function: u8,
    /// `WMIFlags`.
    pub flags: u8,
    reserved: [u8; 2],
    reserved_1: u32,
    /// `DataPath`.
    pub data_path: *mut c_void,
}

/// `STOR_ADDR_BTL8`. Source: `storport.h`.
#[derive(Debug)]
#[repr(C)]
pub struct StorAddrBtl8 {
    /// `Type`: `STOR_ADDRESS_TYPE_BTL8`.
    pub kind: u16,
    port: u16,
    address_length: u32,
    /// `Path`.
    pub path: u8,
    /// `Target`.
    pub target: u8,
    /// `Lun`.
    pub lun: u8,
}

/// `NDIS_GUID`: 28 bytes, in a packed array. Source: `ntddndis.h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct NdisGuid {
    /// `Guid`, in wire order.
    pub guid: [u8; 16],
    /// `Oid`.
    pub oid: u32,
    /// `Size`: bytes of the data; `0xFFFFFFFF` where it has no fixed size.
    pub size: u32,
    /// `Flags`.
    pub flags: u32,
}

/// Bytes of an `NDIS_GUID`.
pub(crate) const NDIS_GUID_SIZE: usize = size_of::<NdisGuid>();

impl NdisGuid {
    /// An element of a table that is being made.
    pub(crate) const NONE: Self = Self {
        guid: [0; 16],
        oid: 0,
        size: 0,
        flags: 0,
    };
}

/// `NDIS_OID_REQUEST`, up to the members that belong to the miniport. Source: `oidrequest.h`.
#[derive(Debug)]
#[repr(C)]
pub struct NdisOidRequest {
    header: [u8; 4],
    /// `RequestType`.
    pub request_type: i32,
    port_number: u32,
    timeout: u32,
    /// `RequestId`.
    pub request_id: *mut c_void,
    request_handle: *mut c_void,
    /// `Oid`.
    pub oid: u32,
    /// `InformationBuffer`.
    pub information_buffer: *mut c_void,
    /// The numbers after the buffer. Of a query or set: `InformationBufferLength`; `BytesWritten` or
    /// `BytesRead`; `BytesNeeded`. Of a method: `InputBufferLength`, `OutputBufferLength`, `MethodId`,
    /// `BytesWritten`, `BytesRead`, `BytesNeeded`.
    pub parameters: [u32; 6],
    ndis_reserved: [*mut c_void; 16],
    /// `MiniportReserved`.
    pub miniport_reserved: [*mut c_void; 2],
}

/// Bytes of an `NDIS_OID_REQUEST`.
pub const NDIS_OID_REQUEST_SIZE: usize = by_width(248, 152);

/// `NDIS_STATUS_INDICATION`. Source: `ndis.h`.
#[derive(Debug)]
#[repr(C)]
pub struct NdisStatusIndication {
    object_type: u8,
    revision: u8,
    size: u16,
    /// `SourceHandle`.
    pub source_handle: *mut c_void,
    port_number: u32,
    /// `StatusCode`.
    pub status_code: u32,
    flags: u32,
    destination_handle: *mut c_void,
    request_id: *mut c_void,
    /// `StatusBuffer`.
    pub status_buffer: *const c_void,
    /// `StatusBufferSize`.
    pub status_buffer_size: u32,
    /// `Guid`, in wire order.
    pub guid: [u8; 16],
    ndis_reserved: [*mut c_void; 4],
}

impl NdisStatusIndication {
    /// `NDIS_OBJECT_TYPE_STATUS_INDICATION`.
    const OBJECT_TYPE: u8 = 0x98;
    /// `NDIS_STATUS_INDICATION_REVISION_1`.
    const REVISION: u8 = 1;
    #[expect(clippy::as_conversions, reason = "the structure is small")]
    const SIZE: u16 = size_of::<Self>() as u16;

    /// Returns an indication of an adapter to all that are bound to it.
    pub(crate) const fn new(
        adapter: *mut c_void,
        status_code: u32,
        guid: Guid,
        buffer: *const c_void,
        size: u32,
    ) -> Self {
        Self {
            object_type: Self::OBJECT_TYPE,
            revision: Self::REVISION,
            size: Self::SIZE,
            source_handle: adapter,
            port_number: 0,
            status_code,
            flags: 0,
            destination_handle: ptr::null_mut(),
            request_id: ptr::null_mut(),
            status_buffer: buffer,
            status_buffer_size: size,
            guid: guid.to_bytes(),
            ndis_reserved: [ptr::null_mut(); 4],
        }
    }
}

/// `WMIGUIDREGINFO`. Source: `wmilib.h`.
#[derive(Debug)]
#[repr(C)]
pub struct WmiGuidRegInfo {
    /// `Guid`.
    pub guid: AtomicPtr<c_void>,
    /// `InstanceCount`.
    pub instance_count: AtomicU32,
    /// `Flags`.
    pub flags: u32,
}

impl WmiGuidRegInfo {
    /// An element of a list that is being made.
    pub(crate) const fn none() -> Self {
        Self {
            guid: AtomicPtr::new(ptr::null_mut()),
            instance_count: AtomicU32::new(0),
            flags: 0,
        }
    }
}

/// `QueryWmiRegInfo`.
pub type QueryWmiRegInfo = unsafe extern "system" fn(
    *mut DeviceObject,
    *mut u32,
    *mut UnicodeString,
    *mut *mut UnicodeString,
    *mut UnicodeString,
    *mut *mut DeviceObject,
) -> i32;

/// `QueryWmiDataBlock`: the IRP, the block, the first instance, how many, their lengths, and the buffer.
pub type QueryWmiDataBlock = unsafe extern "system" fn(
    *mut DeviceObject,
    *mut Irp,
    u32,
    u32,
    u32,
    *mut u32,
    u32,
    *mut c_void,
) -> i32;

/// `SetWmiDataBlock`: the IRP, the block, the instance, and the data.
pub type SetWmiDataBlock =
    unsafe extern "system" fn(*mut DeviceObject, *mut Irp, u32, u32, u32, *mut c_void) -> i32;

/// `SetWmiDataItem`: the IRP, the block, the instance, the item, and its value.
pub type SetWmiDataItem =
    unsafe extern "system" fn(*mut DeviceObject, *mut Irp, u32, u32, u32, u32, *mut c_void) -> i32;

/// `ExecuteWmiMethod`: the IRP, the block, the instance, the method, bytes of the input and of the
/// output, and the buffer of both.
pub type ExecuteWmiMethod = unsafe extern "system" fn(
    *mut DeviceObject,
    *mut Irp,
    u32,
    u32,
    u32,
    u32,
    u32,
    *mut c_void,
) -> i32;

/// `WmiFunctionControl`: the IRP, the block, the function, and whether it is enabled.
pub type WmiFunctionControl =
    unsafe extern "system" fn(*mut DeviceObject, *mut Irp, u32, i32, u8) -> i32;

/// `WMILIB_CONTEXT`. Source: `wmilib.h`.
#[derive(Debug)]
#[repr(C)]
pub struct WmilibContext {
    /// `GuidCount`.
    pub guid_count: u32,
    /// `GuidList`.
    pub guid_list: AtomicPtr<WmiGuidRegInfo>,
    /// `QueryWmiRegInfo`.
    pub query_wmi_reg_info: Option<QueryWmiRegInfo>,
    /// `QueryWmiDataBlock`.
    pub query_wmi_data_block: Option<QueryWmiDataBlock>,
    /// `SetWmiDataBlock`.
    pub set_wmi_data_block: Option<SetWmiDataBlock>,
    /// `SetWmiDataItem`.
    pub set_wmi_data_item: Option<SetWmiDataItem>,
    /// `ExecuteWmiMethod`.
    pub execute_wmi_method: Option<ExecuteWmiMethod>,
    /// `WmiFunctionControl`.
    pub wmi_function_control: Option<WmiFunctionControl>,
}

offsets! {
    WmiGuidRegInfo {
        guid: 0, 0;
        instance_count: 8, 4;
        flags: 0x0c, 8;
    }
    WmilibContext {
        guid_count: 0, 0;
        guid_list: 8, 4;
        query_wmi_reg_info: 0x10, 8;
        query_wmi_data_block: 0x18, 0x0c;
        set_wmi_data_block: 0x20, 0x10;
        set_wmi_data_item: 0x28, 0x14;
        execute_wmi_method: 0x30, 0x18;
        wmi_function_control: 0x38, 0x1c;
    }
    NdisGuid {
        guid: 0, 0;
        oid: 16, 16;
        size: 20, 20;
        flags: 24, 24;
    }
    NdisOidRequest {
        request_type: 4, 4;
        request_id: 0x10, 0x10;
        oid: 0x20, 0x18;
        information_buffer: 0x28, 0x1c;
        parameters: 0x30, 0x20;
        miniport_reserved: 0xc8, 0x78;
    }
    NdisStatusIndication {
        source_handle: 8, 4;
        status_code: 0x14, 0x0c;
        status_buffer: 0x30, 0x1c;
        status_buffer_size: 0x38, 0x20;
        guid: 0x3c, 0x24;
    }
    ScsiWmiRequestBlock {
        function: 2, 2;
        srb_status: 3, 3;
        sub_function: 4, 4;
        path_id: 5, 5;
        target_id: 6, 6;
        lun: 7, 7;
        flags: 9, 9;
        data_transfer_length: 0x10, 0x10;
        data_buffer: 0x18, 0x18;
        data_path: 0x20, 0x1c;
        srb_extension: 0x38, 0x28;
    }
    StorageRequestBlock {
        function: 2, 2;
        srb_status: 3, 3;
        srb_length: 0x10, 0x10;
        srb_function: 0x14, 0x14;
        address_offset: 0x34, 0x34;
        num_srb_ex_data: 0x38, 0x38;
        data_transfer_length: 0x3c, 0x3c;
        data_buffer: 0x40, 0x40;
        miniport_context: 0x68, 0x54;
        srb_ex_data_offset: 0x78, 0x5c;
    }
    SrbexDataWmi {
        kind: 0, 0;
        sub_function: 8, 8;
        flags: 9, 9;
        data_path: 0x10, 0x10;
    }
    StorAddrBtl8 {
        kind: 0, 0;
        path: 8, 8;
        target: 9, 9;
        lun: 0x0a, 0x0a;
    }
    DeviceObject {
        kind: 0, 0;
        size: 2, 2;
        driver_object: 0x08, 0x08;
        flags: 0x30, 0x1c;
        device_extension: 0x40, 0x28;
        stack_size: 0x4c, 0x30;
    }
    DriverObject {
        device_object: 0x08, 0x04;
        major_function: 0x70, 0x38;
    }
    UnicodeString {
        length: 0, 0;
        maximum_length: 2, 2;
        buffer: 8, 4;
    }
    Irp {
        kind: 0, 0;
        size: 2, 2;
        status: 0x30, 0x18;
        information: 0x38, 0x1c;
        stack_count: 0x42, 0x22;
        current_location: 0x43, 0x23;
        driver_context: 0x78, 0x40;
        current_stack_location: 0xb8, 0x60;
    }
    IoStackLocation {
        major_function: 0, 0;
        minor_function: 1, 1;
        control: 3, 3;
        provider_id: 0x08, 0x04;
        data_path: 0x10, 0x08;
        buffer_size: 0x18, 0x0c;
        buffer: 0x20, 0x10;
        device_object: 0x28, 0x14;
        completion_routine: 0x38, 0x1c;
    }
}

const _: () = {
    assert!(size_of::<IoStackLocation>() == by_width(72, 36));
    assert!(size_of::<KEvent>() == by_width(24, 16));
    assert!(size_of::<NdisGuid>() == 28);
    assert!(size_of::<WmiGuidRegInfo>() == by_width(16, 12));
    assert!(size_of::<WmilibContext>() == by_width(64, 32));
    assert!(size_of::<NdisStatusIndication>() == by_width(112, 68));
    assert!(size_of::<NdisOidRequest>() <= NDIS_OID_REQUEST_SIZE);
    assert!(size_of::<UnicodeString>() == by_width(16, 8));
};

/// Compares a driver's own declarations of system structures with those in [`layout`](crate::layout).
///
/// A difference is a compile error at the driver's field. On the left of each `=` is this crate's
/// type or field, on the right the driver's type or the path of its field.
///
/// ```
/// # #[repr(C)] struct UNICODE_STRING { Length: u16, MaximumLength: u16, Buffer: *mut u16 }
/// wmi_driver::check_layout! {
///     UnicodeString = UNICODE_STRING { length = Length, buffer = Buffer }
/// }
/// ```
///
/// A field at another offset does not compile:
///
/// ```compile_fail
/// # #[repr(C)] struct UNICODE_STRING { MaximumLength: u16, Length: u16, Buffer: *mut u16 }
/// wmi_driver::check_layout! {
///     UnicodeString = UNICODE_STRING { length = Length, buffer = Buffer }
/// }
/// ```
#[macro_export]
macro_rules! check_layout {
    ($($ours:ident = $theirs:ty {
        $($field:ident = $first:ident $(. $rest:ident)*),* $(,)?
    })*) => {
        const _: () = {
            $($(assert!(
                ::core::mem::offset_of!($theirs, $first $(. $rest)*)
                    == ::core::mem::offset_of!($crate::layout::$ours, $field),
                ::core::concat!(
                    "`", ::core::stringify!($first $(. $rest)*), "` is not at the kernel's offset"
                )
            );)*)*
        };
    };
}
