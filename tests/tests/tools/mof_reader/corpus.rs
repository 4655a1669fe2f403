//! Files that Microsoft's compiler accepts, compared with its output.

use wmi_tests::corpus;
use wmi_tools::bmf::{Packing, decode, decode_container, encode, encode_payload};
use wmi_tools::mof::{Reader, Reading};
use wmi_tools::{Arena, Severity};

use super::complaints;
use super::with_headers::WithHeaders;

#[test]
fn mof_compiles_to_mofcomps_file() {
    let Some(pairs) = corpus::files("pairs", "mof") else {
        return;
    };
    assert!(!pairs.is_empty());
    for (name, text) in pairs {
        let expected = corpus::read(&format!("pairs/{}.bmf", name.trim_end_matches(".mof")));
        let arena = Arena::new();
        let reading = Reader::new(&arena).read(&name, &text);
        assert_eq!(complaints(&reading), "", "{name}");
        let written = encode(&reading.file, Packing::Greedy).unwrap();
        assert!(Some(written) == expected, "{name}");
    }
}

#[test]
fn acpimof_compiles_to_the_expected_file() {
    let (Some(text), Some(payload), Some(file)) = (
        corpus::read("mof/acpimof.mof"),
        corpus::read("expected/acpimof.payload.bin"),
        corpus::read("expected/acpimof.bmf"),
    ) else {
        return;
    };
    let arena = Arena::new();
    let reading = Reader::new(&arena).read("acpimof.mof", &text);
    assert_eq!(complaints(&reading), "");
    assert!(encode_payload(&reading.file).unwrap() == payload);
    assert!(encode(&reading.file, Packing::Greedy).unwrap() == file);
}

#[test]
fn decompiled_files_compile_to_the_same_payload() {
    for folder in ["bmf", "bmf-large", "bmf-old", "pairs", "expected"] {
        let Some(files) = corpus::files(folder, "bmf") else {
            return;
        };
        assert!(!files.is_empty());
        for (name, bytes) in files {
            let arena = Arena::new();
            let file = decode(&arena, &bytes).unwrap();
            let text = file.mof().to_string();
            let reading = Reader::new(&arena).read(&name, text.as_bytes());
            assert_only_misspelt_types(&reading, &name);
            // Text does not say of which edition it is.
            let again = reading.file.with_edition(file.edition);
            let payload = encode_payload(&again).unwrap();
            assert!(payload == decode_container(&bytes).unwrap(), "{name}");
        }
    }
}

/// Asserts that nothing was reported but types such as `byte`, which Microsoft's compiler takes for
/// class names without a word: shipped drivers have them.
fn assert_only_misspelt_types(reading: &Reading<'_>, name: &str) {
    let others = reading.diagnostics.iter().filter(|diagnostic| {
        diagnostic.severity == Severity::Error
            || !diagnostic.message.ends_with("is read as a class name")
    });
    assert_eq!(others.count(), 0, "{name}: {}", complaints(reading));
}

#[test]
fn driver_files_are_read() {
    let Some(files) = corpus::files("mof", "mof") else {
        return;
    };
    for (name, text) in files {
        if ["common.mof", "def.mof"].contains(&name.as_str()) {
            continue;
        }
        let arena = Arena::new();
        let reading = Reader::new(&arena).read(&name, &text);
        assert_eq!(complaints(&reading), "", "{name}");
        let text = String::from_utf8_lossy(&text).replace('\0', "");
        let declared = text
            .lines()
            .filter(|line| line.starts_with("class "))
            .count();
        assert_eq!(reading.file.classes().count(), declared, "{name}");
    }
}

#[test]
fn files_that_need_the_preprocessor_are_read() {
    let (Some(text), Some(common)) = (corpus::read("mof/def.mof"), corpus::read("mof/common.mof"))
    else {
        return;
    };
    let arena = Arena::new();
    let mut loader = WithHeaders;
    let reading = Reader::new(&arena)
        .loader(&mut loader)
        .read("def.mof", &text);
    assert_eq!(complaints(&reading), "");
    let common = String::from_utf8(common).unwrap();
    let declared = common.lines().filter(|line| line.starts_with("class "));
    assert_eq!(reading.file.classes().count(), declared.count());
    encode(&reading.file, Packing::Greedy).unwrap();
}
