//! The C compiler for Windows, mingw-w64, as a witness of layouts and constants.

use std::io::{self, Write};
use std::process::{Child, Command, Stdio};

use crate::skipped;

/// A compiler and the flags that it needs.
type Compiler = (&'static str, &'static [&'static str]);

/// Compilers for 64 bits and for 32; of several, the first that there is.
const FOR_64: &[Compiler] = &[("x86_64-w64-mingw32-gcc", &[])];
const FOR_32: &[Compiler] = &[
    ("i686-w64-mingw32-gcc", &[]),
    ("x86_64-w64-mingw32-gcc", &["-m32"]),
];

/// What the compiler says to a C source: nothing if it accepts it. `None`, visibly, where there
/// is no such compiler.
#[must_use]
pub fn check(source: &str) -> Option<Result<String, String>> {
    run(FOR_64, source, &["-fsyntax-only"])
}

/// The same for Windows of 32 bits.
#[must_use]
pub fn check_32(source: &str) -> Option<Result<String, String>> {
    run(FOR_32, source, &["-fsyntax-only"])
}

/// The source after the preprocessor, with the macros that are then defined.
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

/// Where the headers of kernel drivers are, which include each other from there.
const DDK: [&str; 2] = [
    "/usr/x86_64-w64-mingw32/include/ddk",
    "/usr/share/mingw-w64/include/ddk",
];

/// The compiler as it waits for its input.
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
