//! Drivers that `cargo wmi new` writes: Cargo formats, checks, builds and tests them, links them for
//! Windows, and runs their script for CI.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use driver_harness::{Image, Machine};
use wmi_tests::{compiled_elsewhere, corpus, skipped};

/// The targets, with the linkers that Debian has for them.
const TARGETS: [(&str, &str); 2] = [
    ("x86_64-pc-windows-msvc", "lld-link-19"),
    ("x86_64-pc-windows-gnu", "x86_64-w64-mingw32-gcc"),
];

/// A written driver.
struct Project {
    name: &'static str,
    folder: PathBuf,
    /// The search path, with `cargo wmi`.
    path: OsString,
}

impl Project {
    fn new(name: &'static str, model: &str) -> Self {
        let temporary = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let all = temporary.join("new");
        let folder = all.join(name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&all).unwrap();
        let workspace = corpus::workspace();
        let path = wmi_cargo_tests::path_with_cargo_wmi(temporary, &workspace);
        let project = Self { name, folder, path };
        let mut command = project.command("cargo");
        command.args(["wmi", "new", name, model, "--checkout"]);
        succeeds(command.arg(&workspace).current_dir(&all));
        // The workspace's versions, which are already downloaded.
        fs::copy(
            workspace.join("Cargo.lock"),
            project.folder.join("Cargo.lock"),
        )
        .unwrap();
        project
    }

    fn command(&self, program: &str) -> Command {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("new_target");
        let mut command = Command::new(program);
        command
            .env("PATH", &self.path)
            .env("CARGO_TARGET_DIR", target)
            .env("CARGO_NET_OFFLINE", "true")
            .env("GIT_CEILING_DIRECTORIES", env!("CARGO_TARGET_TMPDIR"));
        for (target, linker) in TARGETS {
            let target = target.to_uppercase().replace('-', "_");
            command.env(format!("CARGO_TARGET_{target}_LINKER"), linker);
        }
        command
    }

    fn cargo(&self, arguments: &[&str]) -> String {
        let mut command = self.command(env!("CARGO"));
        succeeds(command.args(arguments).current_dir(&self.folder))
    }

    /// Links the driver, and checks its image.
    fn link(&self, target: &str) {
        self.cargo(&["build", "--release", "--target", target]);
        let targets = Path::new(env!("CARGO_TARGET_TMPDIR")).join("new_target");
        let file = format!("{target}/release/{}.exe", self.name);
        let image = Image {
            bytes: fs::read(targets.join(&file)).unwrap(),
            name: file,
        };
        image.assert_is_driver(Machine::X64);
        image.assert_frames_below(1024);
        assert!(!image.can_panic(), "{}", image.name);
        let schema = fs::read(self.folder.join("wmi/driver.bmf")).unwrap();
        assert_eq!(image.binary_mof("MofResource"), schema);
    }
}

/// Runs a command, which must succeed, and returns what it prints.
fn succeeds(command: &mut Command) -> String {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().unwrap();
    let said = String::from_utf8_lossy(&[stdout, stderr].concat()).into_owned();
    assert!(status.success(), "{command:?}: {said}");
    said
}

/// Returns whether drivers can be linked for this target here.
fn can_link(target: &str, linker: &str) -> bool {
    let has_linker = Command::new(linker).arg("--version").output().is_ok();
    let mut rustc = Command::new("rustc");
    let library = rustc.args(["--print", "target-libdir", "--target", target]);
    let library = library.current_dir(corpus::workspace()).output();
    has_linker
        && library.is_ok_and(|library| {
            let library = String::from_utf8_lossy(&library.stdout).into_owned();
            Path::new(library.trim()).is_dir()
        })
}

fn check(name: &'static str, model: &str) {
    if compiled_elsewhere() || cfg!(windows) {
        return skipped("there is no Cargo to build a package");
    }
    let project = Project::new(name, model);
    project.cargo(&["fmt", "--check"]);
    let warnings = ["--", "-D", "warnings"];
    project.cargo(&[&["clippy", "--all-targets"], &warnings[..]].concat());
    let said = project.cargo(&["test"]);
    assert!(said.contains("7 passed"), "{said}");
    for (target, linker) in TARGETS {
        if can_link(target, linker) {
            project.cargo(&[&["clippy", "--target", target], &warnings[..]].concat());
            project.link(target);
        } else {
            skipped(&format!("drivers cannot be linked for {target}"));
        }
    }
    // The lock file has been brought up to date by now.
    let mut recipe = project.command("sh");
    let said = succeeds(recipe.arg("ci.sh").current_dir(&project.folder));
    assert!(said.contains("no release has wmi/driver.bmf"), "{said}");
}

#[test]
fn wdm_driver_builds_tests_and_links() {
    check("new-wdm", "--wdm");
}

#[test]
fn kmdf_driver_builds_tests_and_links() {
    check("new-kmdf", "--kmdf");
}

#[test]
fn storport_miniport_builds_tests_and_links() {
    check("new-storport", "--storport");
}
