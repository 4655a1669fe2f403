//! For build scripts of the example drivers: makes the linker produce a driver.

use std::env;

/// Prints the linker's arguments for the binaries of this package, if the target is Windows.
pub(crate) fn driver() {
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
