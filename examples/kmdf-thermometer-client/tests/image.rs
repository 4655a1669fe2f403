//! The driver's image as it would be shipped: its contents, its imports, and what it must not contain.

use driver_harness::{Image, Machine};
use kmdf_thermometer_client::schema::{MOF_RESOURCE, SCHEMA};
use wmi_tools::bmf::{self, Packing};

/// Returns each image that would be shipped, with the processor that it is for.
fn shipped() -> [(Image, Machine); 2] {
    [
        (Image::read("thermometer.sys"), Machine::X64),
        (Image::read("thermometer-arm64.sys"), Machine::Arm64),
    ]
}

#[test]
fn image_holds_the_binary_mof() {
    let expected = bmf::encode_schema(&SCHEMA, Packing::Greedy).unwrap();
    for (image, _) in shipped() {
        assert_eq!(image.binary_mof(MOF_RESOURCE), expected, "{}", image.name);
    }
}

/// The framework's functions come from its table. Without them nothing of the kernel is needed but
/// the completion of a request that does not reach the framework, and what the compiler itself calls.
#[test]
fn image_imports_little_but_the_loader_of_the_framework() {
    for (image, machine) in shipped() {
        let mut expected = vec![
            "ntoskrnl.exe!IofCompleteRequest",
            "ntoskrnl.exe!memcpy",
            "ntoskrnl.exe!memmove",
            "ntoskrnl.exe!memset",
            "wdfldr.sys!WdfVersionBind",
            "wdfldr.sys!WdfVersionUnbind",
        ];
        // For ARM64 the compiler clears the few structures in place.
        if machine == Machine::Arm64 {
            expected.retain(|function| *function != "ntoskrnl.exe!memset");
        }
        image.assert_imports(&expected);
    }
}

#[test]
fn image_cannot_panic() {
    for (image, _) in shipped() {
        assert!(!image.can_panic(), "{}", image.name);
    }
}

#[test]
fn stack_frames_stay_below_a_kilobyte() {
    Image::read("thermometer.sys").assert_frames_below(1024);
}

#[test]
fn image_is_a_relocatable_driver() {
    for (image, machine) in shipped() {
        image.assert_is_driver(machine);
    }
}
