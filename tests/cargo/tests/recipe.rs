//! Runs the CI recipe for drivers, which `cargo wmi new` writes, in the repository of a driver.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use wmi_tests::{compiled_elsewhere, corpus, skipped};

const BUILD: &str = r#"
#[path = "src/schema.rs"]
mod schema;

fn main() -> Result<(), wmi_tools::build::BuildError> {
    wmi_tools::build::Build::new("driver", &schema::SCHEMA).link()?;
    Ok(())
}
"#;

const LIB: &str = r#"
#![no_std]
pub mod schema;

use wmi_core::provider::{Block, Provider};

pub static PROVIDER: Provider<schema::Queue> =
    Provider::new(&[&Block::counters(|queue: &schema::Queue, _| Some(queue)).base_name("Queue", |_| 1)]);
"#;

const SCHEMA: &str = r#"
use core::sync::atomic::AtomicU64;
use wmi_core::{WmiClass, schema::Schema};

/// The completed work of the queue.
#[derive(WmiClass)]
#[wmi(name = "Vendor_Queue", guid = "7d1f9a52-30c8-4e0b-9f3a-5f6b1d2c8e47")]
#[wmi(base = "Win32_PerfRawData")]
pub struct Queue {
    /// Requests that are waiting now.
    #[wmi(data_id = 1, counter = "PERF_COUNTER_LARGE_RAWCOUNT")]
    pub waiting: AtomicU64,
}

pub const SCHEMA: Schema<'static> = Schema::new(&[Queue::CLASS]);
"#;

const TEST: &str = r#"
use vendor_driver::{PROVIDER, schema::{Queue, SCHEMA}};
use wmi_tools::{build::Build, simulator::Simulator};

#[test]
fn queue_answers() {
    let queue = Queue::new();
    let mut wmi = Simulator::new(|request| PROVIDER.dispatch(&queue, request)).with_schema(&SCHEMA);
    wmi.register().unwrap();
    wmi.query_object("Vendor_Queue", 0).unwrap();
}

#[test]
fn artefacts_are_fresh() {
    Build::new("driver", &SCHEMA).assert_fresh("wmi");
}
"#;

/// The repository of a driver.
struct Repository {
    folder: PathBuf,
    /// The search path, with `cargo wmi`.
    path: OsString,
}

impl Repository {
    fn new() -> Self {
        let temporary = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let folder = temporary.join("recipe");
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(folder.join("src")).unwrap();
        fs::create_dir_all(folder.join("tests")).unwrap();
        let workspace = corpus::workspace();
        let root = workspace.to_str().unwrap();
        let path = wmi_cargo_tests::path_with_cargo_wmi(temporary, &workspace);
        let repository = Self { folder, path };
        repository.write(
            "Cargo.toml",
            &wmi_cargo_tests::manifest("vendor-driver", root),
        );
        repository.write("build.rs", BUILD);
        repository.write("src/lib.rs", LIB);
        repository.write("src/schema.rs", SCHEMA);
        repository.write("tests/wmi.rs", TEST);
        repository.write(".gitignore", "target\n");
        fs::copy(
            workspace.join("Cargo.lock"),
            repository.folder.join("Cargo.lock"),
        )
        .unwrap();
        fs::copy(
            workspace.join("wmi-core/cargo-wmi/src/new/ci.sh"),
            repository.folder.join("ci.sh"),
        )
        .unwrap();
        repository
    }

    fn write(&self, file: &str, text: &str) {
        fs::write(self.folder.join(file), text).unwrap();
    }

    fn run(&self, program: &str, arguments: &[&str], refresh: bool) -> Output {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("recipe_target");
        Command::new(program)
            .args(arguments)
            .current_dir(&self.folder)
            .env("PATH", &self.path)
            .env("CARGO_TARGET_DIR", target)
            .env("CARGO_NET_OFFLINE", "true")
            .env("GIT_CEILING_DIRECTORIES", self.folder.parent().unwrap())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("WMI_REFRESH", if refresh { "1" } else { "0" })
            .output()
            .unwrap()
    }

    fn git(&self, arguments: &[&str]) {
        let identity = [
            "-c",
            "user.name=Vendor",
            "-c",
            "user.email=driver@example.com",
        ];
        let output = self.run("git", &[&identity, arguments].concat(), false);
        assert!(output.status.success(), "{arguments:?}: {output:?}");
    }

    /// Writes the committed artefacts anew.
    fn refresh(&self) {
        let output = self.run(env!("CARGO"), &["test"], true);
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    /// Runs the recipe; returns whether it succeeds, and what it says.
    fn check(&self) -> (bool, String) {
        let output = self.run("sh", &["ci.sh"], false);
        let said = [output.stdout, output.stderr].concat();
        (
            output.status.success(),
            String::from_utf8_lossy(&said).into_owned(),
        )
    }
}

#[test]
fn recipe_finds_stale_artefacts_and_changes_that_break_clients() {
    if compiled_elsewhere() || cfg!(windows) {
        return skipped("building a package needs cargo and a shell");
    }
    if Command::new("git").arg("--version").output().is_err() {
        return skipped("git is not installed");
    }
    let repository = Repository::new();
    repository.refresh();
    let (passes, said) = repository.check();
    assert!(passes, "{said}");
    assert!(said.contains("no release has wmi/driver.bmf"), "{said}");
    repository.git(&["init", "--quiet"]);
    repository.git(&["add", "."]);
    repository.git(&["commit", "--quiet", "-m", "First release"]);
    repository.git(&["tag", "v1"]);
    let (passes, said) = repository.check();
    assert!(passes, "{said}");
    assert!(!said.contains("no release has"), "{said}");

    // The schema changes; first the artefacts are stale, then clients break.
    let changed = SCHEMA.replace("data_id = 1", "data_id = 1, name = \"Done\"");
    repository.write("src/schema.rs", &changed);
    let (passes, said) = repository.check();
    assert!(!passes, "{said}");
    assert!(said.contains("artefacts_are_fresh"), "{said}");
    repository.refresh();
    let (passes, said) = repository.check();
    assert!(!passes, "{said}");
    assert!(said.contains("`Vendor_Queue.Waiting`"), "{said}");

    // A rule of `check` is broken.
    let sample = SCHEMA.replace(
        "\"7d1f9a52-30c8-4e0b-9f3a-5f6b1d2c8e47\"",
        "\"ABBC0F60-8EA1-11d1-00A0-C90629100000\", allow(sample_guid)",
    );
    repository.write("src/schema.rs", &sample);
    repository.refresh();
    let (passes, said) = repository.check();
    assert!(!passes, "{said}");
    assert!(said.contains("[sample-guid]"), "{said}");
}
