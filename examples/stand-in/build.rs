//! Makes the linker produce a module that drivers can import from.

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

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

/// What is not forwarded where this module is the framework: its name here.
const REPLACED: (&str, &str) = ("IofCompleteRequest", "complete_request_of_framework");

fn main() -> Result<(), Box<dyn Error>> {
    if env::var_os("CARGO_CFG_WINDOWS").is_none() {
        return Ok(());
    }
    if env::var_os("CARGO_FEATURE_FRAMEWORK").is_some() {
        return framework();
    }
    // Wine calls `DllMain` of no module whose subsystem is that of drivers.
    for argument in ["/SUBSYSTEM:WINDOWS", "/ENTRY:DllMain", "/NODEFAULTLIB"] {
        println!("cargo::rustc-link-arg-cdylib={argument}");
    }
    for routine in FORWARDED {
        println!("cargo::rustc-link-arg-cdylib=/EXPORT:{routine}=ntoskrnl.exe.{routine}");
    }
    Ok(())
}

/// The framework needs the standard library, and so GNU's linker, which takes exports from a file.
fn framework() -> Result<(), Box<dyn Error>> {
    let mut exports = String::from("EXPORTS\n");
    let (replaced, by) = REPLACED;
    writeln!(exports, "{replaced} = {by}")?;
    for routine in FORWARDED.iter().filter(|routine| **routine != replaced) {
        writeln!(exports, "{routine} = \"ntoskrnl.exe.{routine}\"")?;
    }
    let out = env::var_os("OUT_DIR").ok_or("Cargo sets OUT_DIR")?;
    let path = Path::new(&out).join("forwarded.def");
    fs::write(&path, exports)?;
    println!("cargo::rustc-link-arg-cdylib={}", path.display());
    Ok(())
}
