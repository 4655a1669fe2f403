//! Writes the schema's artefacts, links its binary MOF into the image, and makes the linker produce
//! a driver.

use wmi_tools::build::{Build, BuildError};

#[path = "../driver-harness/src/link.rs"]
mod link;
#[path = "src/schema.rs"]
mod schema;

fn main() -> Result<(), BuildError> {
    Build::new("iscsi", &schema::SCHEMA)
        .resource_name(schema::MOF_RESOURCE)
        .link()?;
    link::driver();
    Ok(())
}
