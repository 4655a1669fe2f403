//! The driver's image as it would be shipped: its contents, its imports from the kernel, and what
//! it must not contain.

#![cfg(windows)]

use driver_harness::{Image, Machine};
use iscsi_driver_client::RELEASE_IMAGES;
use iscsi_driver_client::schema::{MOF_RESOURCE, SCHEMA};
use wmi_tools::bmf::{self, Packing};

/// The image for ARM64, which cannot run here.
const ARM64_IMAGE: &str = "iscsi-arm64.sys";

/// Returns each image that would be shipped.
fn shipped() -> impl Iterator<Item = Image> {
    let names = RELEASE_IMAGES.into_iter().chain([ARM64_IMAGE]);
    names.map(Image::read)
}

#[test]
fn image_holds_the_binary_mof() {
    let expected = bmf::encode_schema(&SCHEMA, Packing::Greedy).unwrap();
    for image in shipped() {
        assert_eq!(image.binary_mof(MOF_RESOURCE), expected, "{}", image.name);
    }
}

#[test]
fn image_imports_only_these_kernel_functions() {
    for image in shipped() {
        image.assert_imports(&[
            "ntoskrnl.exe!ExAllocatePoolWithTag",
            "ntoskrnl.exe!ExFreePoolWithTag",
            "ntoskrnl.exe!IoAcquireRemoveLockEx",
            "ntoskrnl.exe!IoAttachDeviceToDeviceStack",
            "ntoskrnl.exe!IoCreateDevice",
            "ntoskrnl.exe!IoCreateSymbolicLink",
            "ntoskrnl.exe!IoDeleteDevice",
            "ntoskrnl.exe!IoDeleteSymbolicLink",
            "ntoskrnl.exe!IoDetachDevice",
            "ntoskrnl.exe!IoInitializeRemoveLockEx",
            "ntoskrnl.exe!IoReleaseRemoveLockAndWaitEx",
            "ntoskrnl.exe!IoReleaseRemoveLockEx",
            "ntoskrnl.exe!IoWMIDeviceObjectToProviderId",
            "ntoskrnl.exe!IoWMIRegistrationControl",
            "ntoskrnl.exe!IoWMIWriteEvent",
            "ntoskrnl.exe!IofCallDriver",
            "ntoskrnl.exe!IofCompleteRequest",
            "ntoskrnl.exe!KeInitializeEvent",
            "ntoskrnl.exe!KeSetEvent",
            "ntoskrnl.exe!KeWaitForSingleObject",
            "ntoskrnl.exe!ObfReferenceObject",
            "ntoskrnl.exe!memcpy",
            "ntoskrnl.exe!memmove",
            "ntoskrnl.exe!memset",
        ]);
    }
}

#[test]
fn image_cannot_panic() {
    for image in shipped() {
        assert!(!image.can_panic(), "{}", image.name);
    }
    // The check finds a single panic in an image of the same profile.
    assert!(Image::read("panics.sys").can_panic());
}

#[test]
fn stack_frames_stay_below_a_kilobyte() {
    for name in RELEASE_IMAGES {
        Image::read(name).assert_frames_below(1024);
    }
}

/// Measures a counter class without its part of the binary MOF and without its counters' memory.
#[test]
fn counter_class_costs_less_than_a_kilobyte() {
    let size = |name| Image::read(name).size_in_memory();
    let cost = size("iscsi-gnu.sys") - size("without-ports.sys");
    assert!((256..1024).contains(&cost), "{cost}");
}

/// Names and descriptions of counters are in the compressed binary MOF alone. Only a class that can
/// be set needs its schema in the code.
#[test]
fn image_holds_no_text_of_counters() {
    for image in shipped() {
        assert!(image.holds("LoginTimeout"), "{}", image.name);
        for text in ["TransportBytesSent", "security parameters", "PerfDetail"] {
            assert!(!image.holds(text), "{}: {text}", image.name);
        }
    }
}

#[test]
fn image_is_a_relocatable_driver() {
    for image in shipped() {
        let machine = match image.name.as_str() {
            ARM64_IMAGE => Machine::Arm64,
            _ => Machine::X64,
        };
        image.assert_is_driver(machine);
    }
}
