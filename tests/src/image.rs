//! Links Windows images from resources, with GNU's tools.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::skipped;

/// Links `driver.sys` in `folder` from a resource script, whose files are in the same folder, and
/// from these objects. If the tools are missing, prints that the test is skipped and returns
/// `None`.
#[must_use]
pub fn link(folder: &Path, script: &str, objects: &[&str]) -> Option<Vec<u8>> {
    fs::write(folder.join("driver.rc"), script).expect("the folder can be written");
    run(
        folder,
        "x86_64-w64-mingw32-windres",
        &["driver.rc", "driver.o"],
    )?;
    let fixed = [
        "-shared",
        "-nostdlib",
        "--entry=0",
        "-o",
        "driver.sys",
        "driver.o",
    ];
    run(folder, "x86_64-w64-mingw32-ld", &[&fixed, objects].concat())?;
    Some(fs::read(folder.join("driver.sys")).expect("the linker wrote it"))
}

/// Runs a tool and returns its output; if it is missing, prints that the test is skipped and
/// returns `None`.
#[must_use]
pub fn run(folder: &Path, tool: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(tool)
        .args(arguments)
        .current_dir(folder)
        .output();
    let Ok(output) = output else {
        skipped(&format!(
            "{tool} is not installed, so nothing is compared with it"
        ));
        return None;
    };
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{tool}: {said}");
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}
