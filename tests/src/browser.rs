//! Chromium without a window, as a witness of pages.

use std::fs;
use std::path::Path;
use std::process::Command;

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
    let run = |program: &&str| {
        Command::new(program)
            // The sandbox needs privileges that a container does not have.
            .args(["--headless=new", "--no-sandbox", "--disable-gpu"])
            .args(["--allow-file-access-from-files", "--disable-web-security"])
            .args(["--enable-logging=stderr", "--virtual-time-budget=20000"])
            .arg(format!(
                "--user-data-dir={}",
                folder.join("profile").display()
            ))
            .arg(format!("--window-size={width},900"))
            .arg("--dump-dom")
            .arg(format!("file://{}", folder.join(file).display()))
            .output()
            .ok()
    };
    let Some(output) = PROGRAMS.iter().find_map(run) else {
        skipped("there is no Chromium to load the page");
        return None;
    };
    // A profile has thousands of files.
    let _ = fs::remove_dir_all(folder.join("profile"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let log = text(&output.stderr);
    assert!(output.status.success(), "{log}");
    let console = log.lines().filter(|line| line.contains("CONSOLE"));
    Some(Loaded {
        document: text(&output.stdout),
        console: console.map(ToOwned::to_owned).collect(),
    })
}
