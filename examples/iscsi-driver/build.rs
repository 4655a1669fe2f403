//! Writes the schema's artefacts, links its binary MOF into the image, and makes the linker produce
//! a driver.

use std::env;

use wmi_tools::build::{Build, BuildError};

#[path = "src/schema.rs"]
mod schema;

fn main() -> Result<(), BuildError> {
    Build::new("iscsi", &schema::SCHEMA)
        .resource_name(schema::MOF_RESOURCE)
        .link()?;
    if env::var_os("CARGO_CFG_WINDOWS").is_some() {
        let msvc = env::var_os("CARGO_CFG_TARGET_ENV").is_some_and(|env| env == "msvc");
        for argument in if msvc { MICROSOFT } else { GNU } {
            println!("cargo::rustc-link-arg-bins={argument}");
        }
    }
    Ok(())
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
