//! Follows the guide to providers step by step.

use std::fs;
use std::path::Path;
use std::process::Command;

use wmi_tests::{compiled_elsewhere, corpus, skipped};

/// Returns each code block that follows a line "`FILE`:", with the file's name.
fn files(guide: &str) -> Vec<(&str, &str)> {
    let mut parts = guide.split("`:\n\n```ignore\n").peekable();
    let mut files = Vec::new();
    while let (Some(before), Some(after)) = (parts.next(), parts.peek()) {
        let (_, file) = before.rsplit_once('`').expect("a file name");
        let (code, _) = after.split_once("```\n").expect("the end of its code");
        files.push((file, code));
    }
    files
}

#[test]
fn guide_builds_and_its_test_passes() {
    if compiled_elsewhere() {
        return skipped("there is no Cargo to build a package");
    }
    let workspace = corpus::workspace();
    let guide = fs::read_to_string(workspace.join("wmi-core/src/provider/guide.md")).unwrap();
    let files = files(&guide);
    let names: Vec<&str> = files.iter().map(|(file, _)| *file).collect();
    assert_eq!(
        names,
        [
            "src/schema.rs",
            "src/lib.rs",
            "tests/first_query.rs",
            "build.rs"
        ]
    );

    let package = Path::new(env!("CARGO_TARGET_TMPDIR")).join("thermometer");
    for (file, code) in files {
        let path = package.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, code).unwrap();
    }
    let root = workspace.to_str().unwrap().replace('\\', "/");
    fs::write(
        package.join("Cargo.toml"),
        wmi_cargo_tests::manifest("thermometer", &root),
    )
    .unwrap();
    // The workspace's versions, which are already downloaded.
    fs::copy(workspace.join("Cargo.lock"), package.join("Cargo.lock")).unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["test", "--offline", "--quiet", "--target-dir"])
        .arg(package.join("target"))
        .env("RUSTFLAGS", "-D warnings")
        .current_dir(&package)
        .output()
        .unwrap();
    let said =
        [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    assert!(output.status.success(), "{}", said.concat());
    assert!(said[0].contains("1 passed"), "{}", said.concat());
}
