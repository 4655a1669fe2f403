//! Error output as a user sees it: each `golden/mof_errors/*.mof` with its `.txt`.

use std::path::Path;

use wmi_tests::golden;
use wmi_tools::Arena;
use wmi_tools::mof::{Reader, SearchPath};

use super::complaints;

#[test]
fn errors_point_at_the_source() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/mof_errors");
    let entries = std::fs::read_dir(&folder).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut count = 0;
    for name in names.filter(|name| name.ends_with(".mof")) {
        count += 1;
        let text = std::fs::read_to_string(folder.join(&name)).unwrap();
        let arena = Arena::new();
        let mut files = SearchPath::new();
        let reading = Reader::new(&arena)
            .loader(&mut files)
            .read(&name, text.replace("\r\n", "\n").as_bytes());
        assert!(!reading.diagnostics.is_empty(), "{name}");
        for diagnostic in &reading.diagnostics {
            let remedy = diagnostic.help.as_deref().unwrap_or(&diagnostic.label);
            assert!(!remedy.is_empty(), "{diagnostic}");
        }
        let lines: String = complaints(&reading) + "\n";
        let output = name.replace(".mof", ".txt");
        golden::check("tools", &format!("mof_errors/{output}"), &lines);
    }
    assert!(count > 0);
}
