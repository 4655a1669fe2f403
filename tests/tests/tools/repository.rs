//! Rules of the repository that a compiler does not check.

use std::path::Path;
use std::process::Command;

use wmi_tests::{corpus, skipped};

/// The published packages, in publishing order. They share one version, and require exactly that
/// version of each other.
const PUBLISHED: [(&str, &str); 6] = [
    ("wmi-vocabulary", "wmi-core/vocabulary/Cargo.toml"),
    ("wmi-derive", "wmi-derive/Cargo.toml"),
    ("wmi-core", "wmi-core/Cargo.toml"),
    ("wmi-driver", "wmi-core/driver/Cargo.toml"),
    ("wmi-tools", "wmi-core/tools/Cargo.toml"),
    ("cargo-wmi", "wmi-core/cargo-wmi/Cargo.toml"),
];

/// The published program; no package depends on it.
const PROGRAM: &str = "cargo-wmi";

/// Packages outside the workspace, which cannot inherit from it: `cargo fuzz` needs a workspace of
/// its own, and drivers have profiles of their own.
const OUTSIDE: [&str; 5] = [
    "tests/fuzz/",
    "examples/iscsi-driver/",
    "examples/iscsi-miniport/",
    "examples/kmdf-thermometer/",
    "examples/stand-in/",
];

fn read(path: &str) -> String {
    let bytes = std::fs::read(corpus::workspace().join(path));
    String::from_utf8_lossy(&bytes.unwrap_or_else(|why| panic!("{path}: {why}"))).into_owned()
}

/// Returns the files that git tracks. Without git or outside a checkout, prints that the test is
/// skipped and returns none.
fn tracked() -> Vec<String> {
    let output = Command::new("git")
        .args(["ls-files", "-z"])
        .current_dir(corpus::workspace())
        .output();
    match output {
        Ok(output) if output.status.success() => String::from_utf8_lossy(&output.stdout)
            .split_terminator('\0')
            // The deletion of a file may not be committed yet.
            .filter(|path| corpus::workspace().join(path).exists())
            .map(str::to_owned)
            .collect(),
        _ => {
            skipped("git lists no files here, so they are not checked");
            Vec::new()
        }
    }
}

/// Returns path and text of the manifest of each workspace member.
fn manifests() -> impl Iterator<Item = (String, String)> {
    tracked()
        .into_iter()
        .filter(|path| path.ends_with("/Cargo.toml"))
        .filter(|path| !OUTSIDE.iter().any(|folder| path.starts_with(folder)))
        .map(|path| {
            let text = read(&path);
            (path, text)
        })
}

/// Returns the value of the first line `key = "value"`.
fn value<'t>(text: &'t str, key: &str) -> Option<&'t str> {
    text.lines().find_map(|line| {
        let value = line.strip_prefix(key)?.trim_start().strip_prefix('=')?;
        value.trim().strip_prefix('"')?.strip_suffix('"')
    })
}

#[test]
fn published_crates_have_one_version() {
    let root = read("Cargo.toml");
    let version = value(&root, "version").expect("the workspace has a version");
    for (name, manifest) in PUBLISHED {
        if name != PROGRAM {
            let requirement = root
                .lines()
                .find(|line| line.starts_with(&format!("{name} = {{ path = ")))
                .unwrap_or_else(|| panic!("{name} is not a dependency of the workspace"));
            assert!(
                requirement.contains(&format!("version = \"={version}\"")),
                "{requirement}"
            );
        }
        let manifest = read(manifest);
        assert_eq!(value(&manifest, "name"), Some(name));
        assert!(!manifest.contains("publish = false"), "{name}");
        // Published packages inherit their requirements of each other from the workspace. A path
        // alone, for tests, requires no version.
        for line in manifest.lines() {
            let of_ours = PUBLISHED.iter().any(|(ours, _)| {
                line.strip_prefix(ours)
                    .is_some_and(|rest| rest.starts_with([' ', '.', '=']))
            });
            let inherited = line.contains("workspace = true");
            let by_path = line.contains("path = ") && !line.contains("version");
            assert!(!of_ours || inherited || by_path, "{line}");
        }
    }
}

#[test]
fn members_inherit_from_the_workspace() {
    for (path, manifest) in manifests() {
        for key in ["version", "edition", "rust-version", "license"] {
            let line = format!("{key}.workspace = true");
            assert!(
                manifest.lines().any(|found| found == line),
                "{path}: {line}"
            );
        }
        assert!(
            manifest.contains("[lints]\nworkspace = true"),
            "{path}: lints"
        );
        let published = PUBLISHED.iter().any(|(_, published)| *published == path);
        assert_eq!(!manifest.contains("publish = false"), published, "{path}");
    }
}

#[test]
fn published_crates_hold_the_licences() {
    for (_, manifest) in PUBLISHED {
        for licence in ["LICENSE-APACHE", "LICENSE-MIT"] {
            let folder = Path::new(manifest).parent().expect("a folder");
            let copy = folder.join(licence);
            assert_eq!(read(copy.to_str().expect("UTF-8")), read(licence));
        }
    }
}

#[test]
fn libraries_with_test_false_have_no_unit_tests() {
    // The attribute is composed, so that the search does not find this file.
    let attribute = format!("#[{}(test)]", "cfg");
    for (path, manifest) in manifests() {
        if !manifest.contains("[lib]\ntest = false") {
            continue;
        }
        let folder = path.trim_end_matches("Cargo.toml").to_owned() + "src/";
        for source in tracked().iter().filter(|file| file.starts_with(&folder)) {
            // Inside a line, it is the text of generated source.
            let text = read(source);
            let mut lines = text.lines();
            assert!(
                !lines.any(|line| line.trim_start().starts_with(&attribute)),
                "{source}"
            );
        }
    }
}

#[test]
fn every_example_is_a_target() {
    let manifest = read("examples/Cargo.toml");
    let mut targets: Vec<_> = manifest
        .lines()
        .filter_map(|line| value(line, "path"))
        .collect();
    let tracked = tracked();
    let packages: Vec<_> = tracked
        .iter()
        .filter_map(|path| path.strip_suffix("Cargo.toml"))
        .filter(|folder| folder.starts_with("examples/") && *folder != "examples/")
        .collect();
    let mut programs: Vec<_> = tracked
        .iter()
        .filter(|path| !packages.iter().any(|package| path.starts_with(package)))
        .filter_map(|path| path.strip_prefix("examples/"))
        .filter(|path| {
            // `name.rs` and `name/main.rs`.
            path.ends_with("/main.rs") || (path.ends_with(".rs") && !path.contains('/'))
        })
        .collect();
    if tracked.is_empty() {
        return;
    }
    targets.sort_unstable();
    programs.sort_unstable();
    assert_eq!(targets, programs);
    assert!(!programs.is_empty());
}

#[test]
fn no_file_names_paths_or_registries_of_a_machine() {
    // The slashes are added here, so that this file does not contain the paths.
    let folders = ["work", "tmp", "home", "root", "Users"].map(|folder| format!("/{folder}"));
    // A lock file names the registry of each package, which may be a mirror.
    let registry = format!("{}+", "registry");
    let public = format!("{registry}https://github.com/rust-lang/crates.io-index");
    for path in tracked() {
        for (line, number) in read(&path).lines().zip(1..) {
            for folder in &folders {
                assert!(!names(line, folder), "{path}:{number}: {line}");
            }
            let mirrored = line.contains(&registry) && !line.contains(&public);
            let host = ["static.", "index."]
                .iter()
                .any(|host| line.contains(&format!("{host}crates.io")));
            assert!(!mirrored && !host, "{path}:{number}: {line}");
        }
    }
}

/// Returns whether `line` contains `folder` at the start of a path.
fn names(line: &str, folder: &str) -> bool {
    let in_name = |c: char| c.is_alphanumeric() || "-_".contains(c);
    line.match_indices(folder).any(|(at, _)| {
        let (before, after) = (&line[..at], &line[at + folder.len()..]);
        !before.ends_with(|c| in_name(c) || ".})>".contains(c)) && !after.starts_with(in_name)
    })
}
