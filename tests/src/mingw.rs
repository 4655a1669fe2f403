//! mingw-w64, the C compiler for Windows, as a witness of layouts and constants.

use std::io::{self, Write};
use std::process::{Child, Command, Stdio};

use crate::skipped;

/// A compiler and the flags it needs.
type Compiler = (&'static str, &'static [&'static str]);

/// Compilers for 64-bit and 32-bit Windows; the first that is installed is used.
const FOR_64: &[Compiler] = &[("x86_64-w64-mingw32-gcc", &[])];
const FOR_32: &[Compiler] = &[
    ("i686-w64-mingw32-gcc", &[]),
    ("x86_64-w64-mingw32-gcc", &["-m32"]),
];

/// Compiles a C source for 64-bit Windows without output files, and returns the compiler's
/// messages. If the compiler is missing, prints that the test is skipped and returns `None`.
#[must_use]
pub fn check(source: &str) -> Option<Result<String, String>> {
    run(FOR_64, source, &["-fsyntax-only"])
}

/// Compiles a C source as [`check`] does, for 32-bit Windows.
#[must_use]
pub fn check_32(source: &str) -> Option<Result<String, String>> {
    run(FOR_32, source, &["-fsyntax-only"])
}

/// Preprocesses a C source, and returns the definitions of all macros.
#[must_use]
pub fn macros(source: &str) -> Option<Result<String, String>> {
    run(FOR_64, source, &["-E", "-dM"])
}

fn run(compilers: &[Compiler], source: &str, flags: &[&str]) -> Option<Result<String, String>> {
    let mut missing = Vec::new();
    let child = compilers.iter().find_map(|compiler| {
        let spawned = spawn(*compiler, flags);
        spawned
            .map_err(|why| missing.push(format!("{}: {why}", compiler.0)))
            .ok()
    });
    let Some(mut child) = child else {
        skipped(&missing.join("; "));
        return None;
    };
    let mut input = child.stdin.take().expect("stdin is piped");
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

/// The folders of the kernel drivers' headers, which include each other relative to them.
const DDK: [&str; 2] = [
    "/usr/x86_64-w64-mingw32/include/ddk",
    "/usr/share/mingw-w64/include/ddk",
];

/// Starts the compiler, which then waits for its input.
fn spawn((name, own_flags): Compiler, flags: &[&str]) -> io::Result<Child> {
    Command::new(name)
        .args(["-std=c11", "-Wall", "-Werror", "-x", "c", "-"])
        .args(DDK.iter().flat_map(|folder| ["-idirafter", folder]))
        .args(own_flags)
        .args(flags)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
}
