//! Compares the layouts with those of windows-sys, where it has the structures.

use windows_sys::Wdk::Foundation::{DEVICE_OBJECT, DRIVER_OBJECT, IO_STACK_LOCATION, IRP};
use windows_sys::Wdk::System::SystemServices::IO_REMOVE_LOCK;
use windows_sys::Win32::Foundation::UNICODE_STRING;
use windows_sys::Win32::NetworkManagement::Ndis::NDIS_GUID;
use wmi_driver::layout;

wmi_driver::check_layout! {
    DeviceObject = DEVICE_OBJECT {
        kind = Type,
        size = Size,
        driver_object = DriverObject,
        flags = Flags,
        device_extension = DeviceExtension,
        stack_size = StackSize,
    }
    DriverObject = DRIVER_OBJECT {
        device_object = DeviceObject,
        major_function = MajorFunction,
    }
    UnicodeString = UNICODE_STRING {
        length = Length,
        maximum_length = MaximumLength,
        buffer = Buffer,
    }
    Irp = IRP {
        kind = Type,
        size = Size,
        status = IoStatus.Anonymous.Status,
        information = IoStatus.Information,
        stack_count = StackCount,
        current_location = CurrentLocation,
        driver_context = Tail.Overlay.Anonymous1.Anonymous.DriverContext,
        current_stack_location = Tail.Overlay.Anonymous2.Anonymous.CurrentStackLocation,
    }
    NdisGuid = NDIS_GUID {
        guid = Guid,
        oid = Anonymous.Oid,
        size = Size,
        flags = Flags,
    }
    IoStackLocation = IO_STACK_LOCATION {
        major_function = MajorFunction,
        minor_function = MinorFunction,
        control = Control,
        provider_id = Parameters.WMI.ProviderId,
        data_path = Parameters.WMI.DataPath,
        buffer_size = Parameters.WMI.BufferSize,
        buffer = Parameters.WMI.Buffer,
        device_object = DeviceObject,
        completion_routine = CompletionRoutine,
    }
}

#[test]
fn sizes_are_those_of_windows_sys() {
    assert_eq!(
        size_of::<layout::IoStackLocation>(),
        size_of::<IO_STACK_LOCATION>()
    );
    assert_eq!(size_of::<layout::NdisGuid>(), size_of::<NDIS_GUID>());
    assert_eq!(layout::IRP_SIZE, size_of::<IRP>());
    assert_eq!(layout::REMOVE_LOCK_SIZES[0], size_of::<IO_REMOVE_LOCK>());
}
