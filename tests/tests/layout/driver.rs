//! The layouts in wmi-driver, checked by the C compiler for Windows against mingw-w64's headers.
//!
//! Not compared, because mingw-w64 differs from Microsoft's headers: the size and alignment of
//! `DEVICE_OBJECT` and the alignment of `IRP`.

use core::mem::offset_of;

use wmi_driver::layout::{
    DeviceObject, DriverObject, IRP_SIZE, IoStackLocation, Irp, KEvent, REMOVE_LOCK_SIZES,
    UnicodeString, WmiGuidRegInfo, WmilibContext,
};
use wmi_tests::mingw;

/// Lists our fields and the C members they correspond to: `ours = their path`.
macro_rules! fields {
    ($($ours:ident = $theirs:literal { $($field:ident = $path:literal),* $(,)? })*) => {
        [$($(($theirs, $path, offset_of!($ours, $field)),)*)*]
    };
}

#[test]
fn field_offsets_match_the_c_compiler() {
    let fields = fields! {
        DeviceObject = "DEVICE_OBJECT" {
            kind = "Type",
            size = "Size",
            driver_object = "DriverObject",
            flags = "Flags",
            device_extension = "DeviceExtension",
            stack_size = "StackSize",
        }
        DriverObject = "DRIVER_OBJECT" {
            device_object = "DeviceObject",
            major_function = "MajorFunction",
        }
        UnicodeString = "UNICODE_STRING" {
            length = "Length",
            maximum_length = "MaximumLength",
            buffer = "Buffer",
        }
        Irp = "IRP" {
            kind = "Type",
            size = "Size",
            status = "IoStatus.Status",
            information = "IoStatus.Information",
            stack_count = "StackCount",
            current_location = "CurrentLocation",
            driver_context = "Tail.Overlay.DriverContext",
            current_stack_location = "Tail.Overlay.CurrentStackLocation",
        }
        IoStackLocation = "IO_STACK_LOCATION" {
            major_function = "MajorFunction",
            minor_function = "MinorFunction",
            control = "Control",
            provider_id = "Parameters.WMI.ProviderId",
            data_path = "Parameters.WMI.DataPath",
            buffer_size = "Parameters.WMI.BufferSize",
            buffer = "Parameters.WMI.Buffer",
            device_object = "DeviceObject",
            completion_routine = "CompletionRoutine",
        }
        WmiGuidRegInfo = "WMIGUIDREGINFO" {
            guid = "Guid",
            instance_count = "InstanceCount",
            flags = "Flags",
        }
        WmilibContext = "WMILIB_CONTEXT" {
            guid_count = "GuidCount",
            guid_list = "GuidList",
            query_wmi_reg_info = "QueryWmiRegInfo",
            query_wmi_data_block = "QueryWmiDataBlock",
            set_wmi_data_block = "SetWmiDataBlock",
            set_wmi_data_item = "SetWmiDataItem",
            execute_wmi_method = "ExecuteWmiMethod",
            wmi_function_control = "WmiFunctionControl",
        }
    };
    let sizes = [
        ("WMIGUIDREGINFO", size_of::<WmiGuidRegInfo>()),
        ("WMILIB_CONTEXT", size_of::<WmilibContext>()),
        ("IO_STACK_LOCATION", size_of::<IoStackLocation>()),
        ("IRP", IRP_SIZE),
        ("KEVENT", size_of::<KEvent>()),
        ("IO_REMOVE_LOCK", REMOVE_LOCK_SIZES[0]),
        ("UNICODE_STRING", size_of::<UnicodeString>()),
    ];
    let mut source = String::from("#include <stddef.h>\n#include <ntddk.h>\n#include <wmilib.h>\n");
    for (structure, path, offset) in fields {
        source += &format!(
            "_Static_assert(offsetof({structure}, {path}) == {offset}, \"{structure}.{path}\");\n"
        );
    }
    for (structure, size) in sizes {
        source += &format!("_Static_assert(sizeof({structure}) == {size}, \"{structure}\");\n");
    }
    let checked = if cfg!(target_pointer_width = "64") {
        mingw::check(&source)
    } else {
        mingw::check_32(&source)
    };
    if let Some(Err(why)) = checked {
        panic!("{why}");
    }
}
