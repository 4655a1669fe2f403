//! Writes the schema's artefacts, links its binary MOF into the image, and makes the linker produce
//! a driver.

use wmi_tools::build::{Build, BuildError, link_driver};

#[path = "src/schema.rs"]
mod schema;

fn main() -> Result<(), BuildError> {
    Build::new("thermometer", &schema::SCHEMA)
        .resource_name(schema::MOF_RESOURCE)
        .link()?;
    link_driver();
    Ok(())
}
