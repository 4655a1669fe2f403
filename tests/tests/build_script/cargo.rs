//! A driver package as Cargo builds it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::folder;
use wmi_tests::{compiled_elsewhere, corpus, skipped};

const MANIFEST: &str = r#"
[package]
name = "driver-NAME"
edition = "2024"

[dependencies]
wmi-core = { path = "WORKSPACE/wmi-core", features = ["derive"] }

[build-dependencies]
wmi-core = { path = "WORKSPACE/wmi-core", features = ["derive", "std"] }

[dev-dependencies]
wmi-core = { path = "WORKSPACE/wmi-core", features = ["std"] }

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

/// What the queue has done.
#[derive(WmiClass)]
#[wmi(name = "Vendor_Queue", guid = "7d1f9a52-30c8-4e0b-9f3a-5f6b1d2c8e47")]
pub struct Queue {
    /// Requests that were completed.
    #[wmi(data_id = 1)]
    pub completed: u64,
}

pub const SCHEMA: Schema<'static> = Schema::new(&[Queue::CLASS]);
"#;

/// A package named `driver-` and the test: Cargo tells packages in one target folder apart by that.
struct Package {
    test: &'static str,
    folder: PathBuf,
}

impl Package {
    /// The package, or `None`, visibly, where there is no cargo to build it.
    fn new(test: &'static str) -> Option<Self> {
        if compiled_elsewhere() {
            skipped("there is no cargo to build a package");
            return None;
        }
        let folder = folder(test);
        let package = Self { test, folder };
        let workspace = corpus::workspace();
        fs::create_dir_all(package.folder.join("src")).unwrap();
        let root = workspace.to_str().unwrap().replace('\\', "/");
        package.write(
            "Cargo.toml",
            &MANIFEST.replace("NAME", test).replace("WORKSPACE", &root),
        );
        // The versions that are there already.
        fs::copy(
            workspace.join("Cargo.lock"),
            package.folder.join("Cargo.lock"),
        )
        .unwrap();
        package.write("build.rs", BUILD);
        package.write("src/lib.rs", LIB);
        package.write("src/schema.rs", SCHEMA);
        package.forget();
        Some(package)
    }

    /// Deletes what the build script wrote when the tests ran before.
    fn forget(&self) {
        let name = format!("driver-{}-", self.test);
        let built = fs::read_dir(self.target().join("debug/build"));
        for folder in built.into_iter().flatten().map(Result::unwrap) {
            if folder.file_name().to_string_lossy().starts_with(&name) {
                fs::remove_dir_all(folder.path()).unwrap();
            }
        }
    }

    fn write(&self, file: &str, text: &str) {
        fs::write(self.folder.join(file), text).unwrap();
    }

    fn target(&self) -> PathBuf {
        // In one folder for all of these tests, so that dependencies are built once.
        Path::new(env!("CARGO_TARGET_TMPDIR")).join("build_script_target")
    }

    fn cargo(&self, command: &[&str]) -> Output {
        Command::new(env!("CARGO"))
            .args(command)
            .args(["--offline", "--target-dir"])
            .arg(self.target())
            .current_dir(&self.folder)
            .output()
            .unwrap()
    }

    /// What the build script says, `None` where Cargo had no reason to run it.
    fn build(&self) -> Option<String> {
        let output = self.cargo(&["build", "-vv"]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
        let stdout = String::from_utf8_lossy(&output.stdout);
        let prefix = format!("[driver-{} 0.0.0] ", self.test);
        let ours = stdout
            .lines()
            .filter_map(|line| line.strip_prefix(&*prefix));
        let ours: Vec<_> = ours.collect();
        (!ours.is_empty()).then(|| ours.join("\n"))
    }
}

#[test]
fn artifacts_follow_the_schema_and_nothing_else() {
    let Some(package) = Package::new("package") else {
        return;
    };
    let first = package.build().expect("the script runs");
    assert!(
        first.contains("cargo::rerun-if-changed=Cargo.toml"),
        "{first}"
    );
    assert!(
        first.contains("changed: [Mof, Mfl, BinaryMof, Header, ResourceScript]"),
        "{first}"
    );
    // This is no Windows target.
    assert!(cfg!(windows) || !first.contains("link-arg"), "{first}");
    assert_eq!(package.build(), None);

    package.write(
        "src/lib.rs",
        &LIB.replace("pub mod", "// Not the schema.\npub mod"),
    );
    assert_eq!(package.build(), None);

    package.write("src/schema.rs", &format!("// The same classes.\n{SCHEMA}"));
    let same = package.build().expect("the script is compiled anew");
    assert!(same.contains("changed: []"), "{same}");

    package.write(
        "src/schema.rs",
        &SCHEMA.replace("were completed", "are completed"),
    );
    let amended = package.build().expect("the script is compiled anew");
    assert!(
        amended.contains("changed: [Mfl, BinaryMof, Header]"),
        "{amended}"
    );
}

#[test]
fn a_schema_without_classes_fails_the_build() {
    let Some(package) = Package::new("no_classes") else {
        return;
    };
    package.write("src/schema.rs", &SCHEMA.replace("&[Queue::CLASS]", "&[]"));
    let output = package.cargo(&["build"]);
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.contains("error: driver-no_classes@0.0.0: the schema has no class; list those"),
        "{said}"
    );
}

const FRESH: &str = r#"
use wmi_tools::build::{Artifact, Build};

#[test]
fn committed_mof_is_that_of_the_schema() {
    let build = Build::new("vendor", &driver_committed::schema::SCHEMA);
    build.artifacts(&[Artifact::Mof, Artifact::Header]).assert_fresh("mof");
}
"#;

#[test]
fn a_committed_copy_is_kept_fresh_by_the_command_that_the_test_prints() {
    let Some(package) = Package::new("committed") else {
        return;
    };
    fs::create_dir_all(package.folder.join("tests")).unwrap();
    package.write("tests/fresh.rs", FRESH);

    let output = package.cargo(&["test"]);
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stdout);
    for file in ["vendor.mof", "vendor.h"] {
        assert!(said.contains(&format!("{file} is missing\n")), "{said}");
    }
    assert!(
        said.contains(
            "\n  cargo test --config \"env.WMI_REFRESH='1'\" -p driver-committed \
             committed_mof_is_that_of_the_schema\n"
        ),
        "{said}"
    );

    let refresh = [
        "test",
        "--config",
        "env.WMI_REFRESH='1'",
        "-p",
        "driver-committed",
    ];
    assert!(package.cargo(&refresh).status.success());
    assert_eq!(fs::read_dir(package.folder.join("mof")).unwrap().count(), 2);
    assert!(package.cargo(&["test"]).status.success());
}

#[test]
fn the_example_lists_what_its_build_script_made() {
    if compiled_elsewhere() {
        return skipped("there is no cargo to build the example");
    }
    let output = Command::new(env!("CARGO"))
        .args(["run", "-q", "-p", "iscsi-artifacts", "--target-dir"])
        .arg(Path::new(env!("CARGO_TARGET_TMPDIR")).join(".."))
        .current_dir(corpus::workspace())
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    for extension in ["mof", "mfl", "bmf", "h", "rc"] {
        assert!(
            printed.contains(&format!("  iscsi.{extension}\n")),
            "{printed}"
        );
    }
    let classes = printed
        .lines()
        .skip_while(|line| !line.ends_with(" hold:"))
        .skip(1);
    let schema = iscsi_schema::SCHEMA.classes.iter();
    assert!(
        classes
            .map(str::trim_start)
            .eq(schema.map(|class| class.name)),
        "{printed}"
    );
}
