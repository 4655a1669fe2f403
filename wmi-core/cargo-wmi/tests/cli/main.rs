//! Runs `cargo wmi` as a program.

mod check;
mod client;
mod compile;
mod counters;
mod decode;
mod diff;
mod doc;
mod firmware;
mod guid;
mod help;
mod layout;
mod localised;
mod new;
mod output;
mod recognise;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use wmi_core::schema::Schema;
use wmi_tools::bmf::{self, Packing};

/// Prepares `cargo-wmi ARGUMENTS` in a folder.
fn cargo_wmi(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    command
        .args(arguments)
        .current_dir(folder)
        .env_remove("NO_COLOR")
        .env_remove("CLICOLOR")
        .env_remove("CLICOLOR_FORCE");
    command
}

/// The program, built by Cargo for the tests.
const PROGRAM: &str = env!("CARGO_BIN_EXE_cargo-wmi");

/// Returns an empty folder for a test, below the target directory.
fn folder(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("cargo_wmi")
        .join(test);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// Starts a program. Wine, on which CI runs these tests as Windows programs, sometimes fails to under
/// load, with `ERROR_INTERNAL_ERROR`.
fn start(command: &mut Command) -> Child {
    const ERROR_INTERNAL_ERROR: i32 = 1359;
    let mut tries = 0..3;
    loop {
        match command.spawn() {
            Err(error)
                if cfg!(windows)
                    && error.raw_os_error() == Some(ERROR_INTERNAL_ERROR)
                    && tries.next().is_some() => {}
            other => return other.unwrap(),
        }
    }
}

/// Runs the program with this input on standard input.
fn run_with(folder: &Path, arguments: &[&str], input: &[u8]) -> Output {
    let mut command = cargo_wmi(folder, arguments);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = start(&mut command);
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || {
        // A program that fails early does not read all of it.
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

/// Runs the program, which must succeed; returns its output and its messages.
#[track_caller]
fn succeeds(folder: &Path, arguments: &[&str], input: &[u8]) -> (Vec<u8>, String) {
    let output = run_with(folder, arguments, input);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {said}");
    (output.stdout, said)
}

/// Runs the program, which must fail with this status and write nothing; returns its messages.
#[track_caller]
fn fails(folder: &Path, arguments: &[&str], input: &[u8], status: i32) -> String {
    let output = run_with(folder, arguments, input);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(status), "{arguments:?}: {said}");
    assert!(output.stdout.is_empty(), "{arguments:?}: {said}");
    said
}

/// Returns the names in a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

const SCHEMA: Schema<'static> = iscsi_schema::SCHEMA;

/// Returns the schema as MOF text.
fn mof() -> String {
    SCHEMA.mof().to_string()
}

/// Returns the schema as binary MOF.
fn binary() -> Vec<u8> {
    bmf::encode_schema(&SCHEMA, Packing::Greedy).unwrap()
}
