//! Our MOF text, read by the compiler of another project: pywbem. It implements the standard's MOF
//! and not Microsoft's, so Microsoft's extensions are removed first.
//!
//! Needs Python with pywbem: the environment variable `WMI_PYTHON`, or else `python3`.

mod facts;
mod standard;

use std::path::Path;
use std::process::Command;

use wmi_core::schema::Class;
use wmi_tests::{corpus, skipped};
use wmi_tools::Arena;
use wmi_tools::mof::Reader;

/// Returns pywbem's reading of these texts, or prints that pywbem is missing and returns `None`.
fn pywbem(test: &str, texts: &[String]) -> Option<Vec<String>> {
    let python = std::env::var_os("WMI_PYTHON").unwrap_or_else(|| "python3".into());
    let probe = Command::new(&python).args(["-c", "import pywbem"]).output();
    if !probe.is_ok_and(|probe| probe.status.success()) {
        skipped("there is no Python with pywbem, so MOF text has no second reader");
        return None;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("second_opinion")
        .join(test);
    std::fs::create_dir_all(&folder).unwrap();
    let mut command = Command::new(python);
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools/second_opinion/facts.py"));
    for (index, text) in texts.iter().enumerate() {
        let path = folder.join(format!("{index}.mof"));
        std::fs::write(&path, text).unwrap();
        command.arg(path);
    }
    let output = command.output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}");
    let facts = String::from_utf8(output.stdout).unwrap();
    Some(facts.lines().map(str::to_owned).collect())
}

/// Fails if pywbem reads the classes differently.
fn compare<'a>(test: &str, classes: impl Iterator<Item = &'a Class<'a>>) {
    let classes: Vec<_> = classes.map(standard::class).collect();
    assert!(!classes.is_empty());
    let texts: Vec<_> = classes.iter().map(standard::text).collect();
    let Some(read) = pywbem(test, &texts) else {
        return;
    };
    let said: Vec<_> = classes.iter().flat_map(facts::of_class).collect();
    for (read, said) in read.iter().zip(&said) {
        assert_eq!(read, said);
    }
    assert_eq!(read.len(), said.len());
}

#[test]
fn pywbem_reads_derived_classes_alike() {
    compare("derived", iscsi_schema::SCHEMA.classes.iter().copied());
}

#[test]
fn pywbem_reads_driver_classes_alike() {
    let arena = Arena::new();
    let Some(files) = corpus::files("mof", "mof") else {
        return;
    };
    let mut classes = Vec::new();
    for (name, text) in files {
        let reading = Reader::new(&arena).read(&name, &text);
        // Files with errors include files missing from the corpus.
        if !reading.has_errors() {
            classes.extend(reading.file.classes());
        }
    }
    compare("drivers", classes.into_iter());
}

#[test]
fn pywbem_reads_decompiled_classes_alike() {
    let arena = Arena::new();
    let Some(files) = corpus::files("bmf", "bmf") else {
        return;
    };
    let mut classes = Vec::new();
    for (_, bytes) in files {
        classes.extend(wmi_tools::bmf::decode(&arena, &bytes).unwrap().classes());
    }
    compare("decompiled", classes.into_iter());
}
