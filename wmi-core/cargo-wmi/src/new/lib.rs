//! The part of the driver that needs no kernel: its classes, their provider, and the device's data.
//! Tests run it on any machine.

#![cfg_attr(not(test), no_std)]

mod device;
pub mod provider;
pub mod schema;

#[cfg(test)]
mod tests {
    use wmi_tools::build::{Artifact, Build, InfSection};

    use crate::schema::SCHEMA;

    /// Run this test with `WMI_REFRESH=1` after a change of the schema.
    #[test]
    fn artefacts_are_fresh() {
        Build::new("driver", &SCHEMA)
            .artifacts(&[Artifact::Mof, Artifact::BinaryMof])
            .assert_fresh("wmi");
    }

    #[test]
    fn inf_has_the_rights_of_all_classes() {
        let inf = include_str!("../{{name}}.inf").replace("\r\n", "\n");
        let section = InfSection::new("Driver_Install.NT", &SCHEMA).to_string();
        assert!(inf.contains(&section), "copy into the INF:\n{section}");
    }
}
