//! Writes `iscsi.mof`, `.mfl`, `.bmf`, `.h` and `.rc` to `OUT_DIR`, and links the resource if the
//! target is Windows.

use wmi_tools::build::{Build, BuildError};

fn main() -> Result<(), BuildError> {
    Build::new("iscsi", &iscsi_schema::SCHEMA)
        .resource_name("IscsiMof")
        .link()?;
    Ok(())
}
