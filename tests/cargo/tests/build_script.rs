//! Builds a driver package with a build script, using Cargo.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use wmi_tests::{compiled_elsewhere, corpus, skipped};

const MANIFEST: &str = r#"
[package]
name = "driver-package"
edition = "2024"

[dependencies]
wmi-core = { path = "WORKSPACE/wmi-core", features = ["derive"] }

[build-dependencies]
wmi-core = { path = "WORKSPACE/wmi-core", features = ["derive"] }
wmi-tools = { path = "WORKSPACE/wmi-core/tools" }

[workspace]
"#;

const BUILD: &str = r#"
#[path = "src/schema.rs"]
#[expect(dead_code, reason = "a build script wants the schema only")]
mod schema;

fn main() -> Result<(), wmi_tools::build::BuildError> {
    let written = wmi_tools::build::Build::new("vendor", &schema::SCHEMA).link()?;
    println!("changed: {:?}", written.changed());
    Ok(())
}
"#;

const LIB: &str = "#![no_std]
pub mod schema;
wmi_core::include_bmf!(pub static BMF = \"vendor\");
";

const SCHEMA: &str = r#"
use wmi_core::{WmiClass, schema::Schema};

/// The completed work of the queue.
#[derive(WmiClass)]
#[wmi(name = "Vendor_Queue", guid = "7d1f9a52-30c8-4e0b-9f3a-5f6b1d2c8e47")]
pub struct Queue {
    /// Requests that were completed.
    #[wmi(data_id = 1)]
    pub completed: u64,
}

pub const SCHEMA: Schema<'static> = Schema::new(&[Queue::CLASS]);
"#;

/// Writes the package, with the versions of the workspace.
fn package() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("build_script");
    let _ = fs::remove_dir_all(&folder);
    let workspace = corpus::workspace();
    let write = |file: &str, text: &str| fs::write(folder.join(file), text).unwrap();
    fs::create_dir_all(folder.join("src")).unwrap();
    let root = workspace.to_str().unwrap().replace('\\', "/");
    write("Cargo.toml", &MANIFEST.replace("WORKSPACE", &root));
    write("build.rs", BUILD);
    write("src/lib.rs", LIB);
    write("src/schema.rs", SCHEMA);
    fs::copy(workspace.join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    folder
}

/// What the build script prints, or `None` if Cargo does not run it.
fn build(folder: &Path) -> Option<String> {
    let output = Command::new(env!("CARGO"))
        .args(["build", "-vv", "--offline", "--target-dir"])
        .arg(target())
        .current_dir(folder)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let stdout = String::from_utf8_lossy(&output.stdout);
    let printed: Vec<_> = stdout
        .lines()
        .filter_map(|line| line.strip_prefix("[driver-package 0.0.0] "))
        .collect();
    (!printed.is_empty()).then(|| printed.join("\n"))
}

/// A target directory kept between runs, so that dependencies are built once.
fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("build_script_target")
}

/// Deletes the output of earlier runs.
fn forget() {
    let built = fs::read_dir(target().join("debug/build"));
    for folder in built.into_iter().flatten().map(Result::unwrap) {
        if folder
            .file_name()
            .to_string_lossy()
            .starts_with("driver-package-")
        {
            fs::remove_dir_all(folder.path()).unwrap();
        }
    }
}

#[test]
fn build_script_reruns_only_for_the_schema() {
    if compiled_elsewhere() {
        return skipped("building a package needs cargo");
    }
    let folder = package();
    forget();
    let first = build(&folder).expect("the script runs");
    assert!(
        first.contains("cargo::rerun-if-changed=Cargo.toml"),
        "{first}"
    );
    assert!(
        first.contains("changed: [Mof, Mfl, BinaryMof, Header, ResourceScript]"),
        "{first}"
    );
    // The target is not Windows.
    assert!(cfg!(windows) || !first.contains("link-arg"), "{first}");

    // Only the library is compiled again.
    let edited = LIB.replace("pub mod", "// Not the schema.\npub mod");
    fs::write(folder.join("src/lib.rs"), edited).unwrap();
    assert_eq!(build(&folder), None);
}
