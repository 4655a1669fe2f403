//! Chromium without a window, as a witness of pages.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::skipped;

/// The names of the program on different systems; the first that is installed is used.
const PROGRAMS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// What a browser made of a page.
#[derive(Debug)]
pub struct Loaded {
    /// The document after its scripts have run, as HTML.
    pub document: String,
    /// The messages on the console.
    pub console: Vec<String>,
}

/// Loads a file of `folder` in a window of this width and returns the document. If there is no
/// browser, prints that the test is skipped and returns `None`. Pages may read each other.
///
/// # Panics
///
/// If the browser fails.
#[must_use]
pub fn load(folder: &Path, file: &str, width: u32) -> Option<Loaded> {
    let arguments = [
        "--allow-file-access-from-files".to_owned(),
        "--disable-web-security".to_owned(),
        "--enable-logging=stderr".to_owned(),
        "--virtual-time-budget=20000".to_owned(),
        format!("--window-size={width},900"),
        "--dump-dom".to_owned(),
    ];
    let output = run(folder, file, &arguments)?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let log = text(&output.stderr);
    let console = log.lines().filter(|line| line.contains("CONSOLE"));
    Some(Loaded {
        document: text(&output.stdout),
        console: console.map(ToOwned::to_owned).collect(),
    })
}

/// Prints a file of `folder` and returns the number of sheets. If there is no browser, prints that the
/// test is skipped and returns `None`.
///
/// # Panics
///
/// If the browser fails.
#[must_use]
pub fn sheets(folder: &Path, file: &str) -> Option<usize> {
    let printed = folder.join("printed.pdf");
    run(
        folder,
        file,
        &[format!("--print-to-pdf={}", printed.display())],
    )?;
    let pdf = fs::read(printed).unwrap();
    let lines = pdf.split(|byte| *byte == b'\n');
    Some(lines.filter(|line| line.ends_with(b"/Type /Page")).count())
}

/// Runs the browser on a file of `folder`, or prints that the test is skipped if there is none.
fn run(folder: &Path, file: &str, arguments: &[String]) -> Option<Output> {
    let profile = folder.join("profile");
    let run = |program: &&str| {
        Command::new(program)
            // The sandbox needs privileges that a container does not have.
            .args(["--headless=new", "--no-sandbox", "--disable-gpu"])
            .arg(format!("--user-data-dir={}", profile.display()))
            .args(arguments)
            .arg(format!("file://{}", folder.join(file).display()))
            .output()
            .ok()
    };
    let Some(output) = PROGRAMS.iter().find_map(run) else {
        skipped("there is no Chromium to load the page");
        return None;
    };
    // A profile has thousands of files.
    let _ = fs::remove_dir_all(profile);
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{log}");
    Some(output)
}
