//! The C compiler for Windows, mingw-w64, as a witness of layouts and constants.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::skipped;

const COMPILER: &str = "x86_64-w64-mingw32-gcc";

/// What the compiler says to a C source: nothing if it accepts it. `None`, visibly, where there
/// is no such compiler.
#[must_use]
pub fn check(source: &str) -> Option<Result<String, String>> {
    run(source, &["-fsyntax-only"])
}

/// The source after the preprocessor, with the macros that are then defined.
#[must_use]
pub fn macros(source: &str) -> Option<Result<String, String>> {
    run(source, &["-E", "-dM"])
}

fn run(source: &str, flags: &[&str]) -> Option<Result<String, String>> {
    let spawned = Command::new(COMPILER)
        .args(["-std=c11", "-Wall", "-Werror", "-x", "c", "-"])
        .args(flags)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = match spawned {
        Ok(child) => child,
        Err(why) => {
            skipped(&format!("{COMPILER}: {why}"));
            return None;
        }
    };
    let mut input = child.stdin.take().expect("it is piped");
    input
        .write_all(source.as_bytes())
        .expect("the compiler reads its input");
    drop(input);
    let output = child.wait_with_output().expect("the compiler ends");
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Some(if output.status.success() {
        Ok(text(output.stdout))
    } else {
        Err(text(output.stderr))
    })
}
