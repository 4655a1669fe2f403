//! Writes the schema's artefacts, links its binary MOF into the image, and makes the linker produce
//! a driver.

use std::env;

use wmi_tools::build::{Build, BuildError};

#[path = "src/schema.rs"]
mod schema;

fn main() -> Result<(), BuildError> {
    Build::new("thermometer", &schema::SCHEMA)
        .resource_name(schema::MOF_RESOURCE)
        .link()?;
    if env::var_os("CARGO_CFG_WINDOWS").is_some() {
        for argument in [
            "/DRIVER",
            "/SUBSYSTEM:NATIVE",
            "/ENTRY:DriverEntry",
            "/NODEFAULTLIB",
            "/RELEASE",
        ] {
            println!("cargo::rustc-link-arg-bins={argument}");
        }
    }
    Ok(())
}
