//! [`link_driver`]: the linker's arguments for a driver. It does not own the resource, which
//! [`Build::link`](super::Build::link) links.

use std::env;

/// Makes the linker turn the programs of the package into drivers, without the WDK: the subsystem is
/// the kernel's, the entry point is `DriverEntry`, and no C library is linked. Does nothing unless the
/// target is Windows, so that the package's tests run on other systems.
///
/// It is called by the build script, and prints `cargo::rustc-link-arg-bins` for Microsoft's or LLVM's
/// linker, or for GNU's, as the target says. Windows requires a checksum in the header of a driver:
/// `/RELEASE` writes it, which LLVM's linker supports since version 19; GNU's linker always does.
///
/// The image is named `.exe`; rename it to `.sys`.
///
/// ```no_run
/// // build.rs
/// wmi_tools::build::link_driver();
/// ```
///
/// Sources: "/DRIVER", "/SUBSYSTEM", "/ENTRY" and "/RELEASE" in the linker reference of Microsoft C++;
/// the manual of GNU ld.
pub fn link_driver() {
    if env::var_os("CARGO_CFG_WINDOWS").is_some() {
        let msvc = env::var_os("CARGO_CFG_TARGET_ENV").is_some_and(|env| env == "msvc");
        for argument in if msvc { MICROSOFT } else { GNU } {
            println!("cargo::rustc-link-arg-bins={argument}");
        }
    }
}

/// Arguments for `link.exe` and `lld-link`.
const MICROSOFT: &[&str] = &[
    "/DRIVER",
    "/SUBSYSTEM:NATIVE",
    "/ENTRY:DriverEntry",
    "/NODEFAULTLIB",
    "/RELEASE",
];

/// Arguments for GNU's linker.
const GNU: &[&str] = &[
    "-nostdlib",
    "-nostartfiles",
    "-Wl,--subsystem,native",
    "-Wl,--entry,DriverEntry",
    "-Wl,--dynamicbase",
    "-Wl,--gc-sections",
];
