//! Tests that build packages with Cargo; see `tests/`. `.ci/run` runs them.

use std::env;
use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

/// Builds `cargo wmi`, and returns the search path with its folder in front. `temporary` is
/// `CARGO_TARGET_TMPDIR`: the program is built where the workspace's other programs are.
///
/// # Panics
///
/// Panics if it does not build.
#[must_use]
pub fn path_with_cargo_wmi(temporary: &Path, workspace: &Path) -> OsString {
    let target = temporary.parent().expect("it is below the target folder");
    let built = Command::new(env!("CARGO"))
        .args([
            "build",
            "--offline",
            "--package",
            "cargo-wmi",
            "--target-dir",
        ])
        .arg(target)
        .current_dir(workspace)
        .status()
        .expect("Cargo runs");
    assert!(built.success());
    let inherited = env::var_os("PATH").unwrap_or_default();
    let folders = [target.join("debug")].into_iter();
    env::join_paths(folders.chain(env::split_paths(&inherited))).expect("folders have no separator")
}

/// Returns the manifest of a driver's package as the README has it, with the crates of the workspace at
/// this path.
#[must_use]
pub fn manifest(name: &str, workspace: &str) -> String {
    MANIFEST
        .replace("NAME", name)
        .replace("WORKSPACE", workspace)
}

const MANIFEST: &str = r#"
[package]
name = "NAME"
edition = "2024"

[dependencies]
wmi-core = { path = "WORKSPACE/wmi-core", features = ["derive"] }

[build-dependencies]
wmi-core = { path = "WORKSPACE/wmi-core", features = ["derive"] }
wmi-tools = { path = "WORKSPACE/wmi-core/tools" }

[dev-dependencies]
wmi-tools = { path = "WORKSPACE/wmi-core/tools", features = ["simulator"] }

[workspace]
"#;
