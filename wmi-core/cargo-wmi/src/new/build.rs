//! Writes the schema's artefacts, links its binary MOF into the image, and makes the linker produce a
//! driver.

use wmi_tools::build::{Build, BuildError, InfSection, link_driver};

#[path = "src/schema.rs"]
mod schema;

fn main() -> Result<(), BuildError> {
    let build = Build::new("driver", &schema::SCHEMA);
    build.link()?;
    // `{{name}}.inf` holds a copy.
    build.write_inf(&InfSection::new("Driver_Install.NT", &schema::SCHEMA))?;
    link_driver();
    Ok(())
}
