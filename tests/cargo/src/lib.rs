//! Tests that build packages with Cargo; see `tests/`. `.ci/run` runs them.

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
