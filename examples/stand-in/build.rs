//! Makes LLVM's linker produce a module that drivers can import from.

use std::env;

/// The routines that `ntoskrnl.exe` of Wine has itself: exported here too, and forwarded.
const FORWARDED: &[&str] = &[
    "ExAllocatePoolWithTag",
    "ExFreePoolWithTag",
    "IoAcquireRemoveLockEx",
    "IoAttachDeviceToDeviceStack",
    "IoCreateDevice",
    "IoCreateSymbolicLink",
    "IoDeleteDevice",
    "IoDeleteSymbolicLink",
    "IoDetachDevice",
    "IoInitializeRemoveLockEx",
    "IoReleaseRemoveLockAndWaitEx",
    "IoReleaseRemoveLockEx",
    "IofCallDriver",
    "IofCompleteRequest",
    "KeBugCheckEx",
    "KeInitializeEvent",
    "KeSetEvent",
    "KeWaitForSingleObject",
    "ObfReferenceObject",
    "PoCallDriver",
    "PoStartNextPowerIrp",
    "memcmp",
    "memcpy",
    "memmove",
    "memset",
];

fn main() {
    // Wine calls `DllMain` of no module whose subsystem is that of drivers.
    if env::var_os("CARGO_CFG_WINDOWS").is_some() {
        for argument in ["/SUBSYSTEM:WINDOWS", "/ENTRY:DllMain", "/NODEFAULTLIB"] {
            println!("cargo::rustc-link-arg-cdylib={argument}");
        }
        for routine in FORWARDED {
            println!("cargo::rustc-link-arg-cdylib=/EXPORT:{routine}=ntoskrnl.exe.{routine}");
        }
    }
}
