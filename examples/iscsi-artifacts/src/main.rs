//! Lists the files written by the build script, and the classes in the binary MOF.
//!
//! Run it with `cargo run -p iscsi-artifacts`.

use core::error::Error;
use std::fs;

use wmi_tools::Arena;
use wmi_tools::bmf;

wmi_core::include_bmf!(
    /// The binary MOF, for a driver that serves it itself.
    static BMF = "iscsi"
);

fn main() -> Result<(), Box<dyn Error>> {
    let folder = env!("OUT_DIR");
    println!("{folder}");
    for extension in ["mof", "mfl", "bmf", "h", "rc"] {
        let size = fs::metadata(format!("{folder}/iscsi.{extension}"))?.len();
        println!("{size:>8}  iscsi.{extension}");
    }

    let arena = Arena::new();
    let file = bmf::decode(&arena, &BMF)?;
    println!("\n{} bytes of binary MOF hold:", BMF.len());
    for class in file.classes() {
        println!("  {}", class.name);
    }
    // The build script and this program use the same schema.
    assert!(
        file.classes()
            .eq(iscsi_schema::SCHEMA.classes.iter().copied())
    );
    Ok(())
}
