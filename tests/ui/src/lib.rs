//! Every fault that the derive reports, as a program that does not compile, with the compiler's
//! expected output.
//!
//! The output differs between releases of rustc. It is pinned to the release in
//! `rust-toolchain.toml`; the test is skipped on others.
#![cfg(test)]

mod messages;

use std::path::Path;
use std::process::Command;

#[test]
fn faulty_programs_give_the_expected_errors() {
    if wmi_tests::compiled_elsewhere() {
        return wmi_tests::skipped("there is no compiler to show its messages");
    }
    let pinned = pinned_channel();
    let rustc = rustc_version();
    if rustc.split(' ').nth(1) != Some(pinned.as_str()) {
        return wmi_tests::skipped(&format!(
            "the expectations in tests/ui/cases are for rustc {pinned}, not {rustc}"
        ));
    }
    trybuild::TestCases::new().compile_fail("cases/*/*.rs");
}

fn pinned_channel() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let toolchain = std::fs::read_to_string(root.join("rust-toolchain.toml")).unwrap();
    let channel = toolchain
        .lines()
        .find_map(|line| line.strip_prefix("channel = "));
    channel.expect("a channel").trim_matches('"').to_owned()
}

/// Returns the output of `rustc --version`, such as `rustc 1.95.0 (59807616e 2026-04-14)`.
fn rustc_version() -> String {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("--version").output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}
