//! `wmi_tools::build`: the files it writes, when it rewrites them, and its errors.

mod fresh;
mod inf;
mod resource;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use iscsi_schema::SCHEMA;
use wmi_core::mof::Style;
use wmi_core::schema::{CimType, Class, Flavor, Property, Qualifier, Schema, Value};
use wmi_tools::bmf::{self, Packing};
use wmi_tools::build::{Artifact, Build, BuildError};
use wmi_tools::header::Header;
use wmi_tools::{Arena, amendment};

/// Returns an empty folder for a test, below the target directory.
fn folder(test: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
        .join("build_script")
        .join(test);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// Links as a build script does. Ignored: other tests run it with Cargo's variables set.
#[test]
#[ignore = "another test runs it"]
fn as_build_script() {
    BUILD.link().unwrap();
}

/// Runs one ignored test of this program in a process of its own with these variables. Returns
/// whether it passed, and its output.
fn run_alone(test: &str, variables: &[(&str, &Path)]) -> (bool, String) {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--ignored", "--nocapture"])
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    let printed = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(printed).unwrap())
}

/// Builds a schema without classes as a build script does.
#[test]
#[ignore = "another test runs it"]
fn as_build_script_without_classes() {
    Build::new("iscsi", &Schema::new(&[])).link().unwrap();
}

#[test]
fn empty_schema_fails_the_build() {
    let folder = folder("no_classes");
    let (passed, printed) = run_alone(
        "build_script::as_build_script_without_classes",
        &[("OUT_DIR", &folder)],
    );
    assert!(!passed);
    assert!(
        printed.contains("cargo::error=the schema has no classes; add those of the driver"),
        "{printed}"
    );
}

const BUILD: Build<'static> = Build::new("iscsi", &SCHEMA);

#[test]
fn artifacts_match_the_library() {
    let written = BUILD.write_to(folder("artifacts")).unwrap();
    assert_eq!(written.changed(), Artifact::ALL);
    let text = |artifact| fs::read_to_string(written.path(artifact)).unwrap();
    assert_eq!(
        text(Artifact::Mof),
        SCHEMA.mof().style(Style::Neutral).to_string()
    );
    assert_eq!(
        text(Artifact::Mfl),
        SCHEMA.mof().style(Style::Mfl).to_string()
    );
    let header = Header::new("iscsi.h", &SCHEMA)
        .method_structs(true)
        .variable_members(true);
    assert_eq!(text(Artifact::Header), header.corrected(true).to_string());
    assert!(
        text(Artifact::ResourceScript)
            .ends_with("LANGUAGE 0x09, 0x01\nMofResource MOFDATA \"iscsi.bmf\"\n")
    );
    let binary = fs::read(written.path(Artifact::BinaryMof)).unwrap();
    assert_eq!(
        binary,
        bmf::encode_schema(&SCHEMA, Packing::Greedy).unwrap()
    );
    let names: Vec<_> = fs::read_dir(written.folder()).unwrap().collect();
    assert_eq!(names.len(), Artifact::ALL.len());
}

#[test]
fn options_affect_their_artifacts() {
    let build = BUILD
        .resource_name("IscsiMof")
        .language(0x407)
        .packing(Packing::Optimal);
    let content = |artifact| build.content(artifact).unwrap();
    let script = String::from_utf8(content(Artifact::ResourceScript)).unwrap();
    assert!(
        script.ends_with("LANGUAGE 0x07, 0x01\nIscsiMof MOFDATA \"iscsi.bmf\"\n"),
        "{script}"
    );
    let ndis = BUILD.ndis().content(Artifact::ResourceScript).unwrap();
    assert!(ndis.ends_with(b"\nNdisMofResource MOFDATA \"iscsi.bmf\"\n"));
    let optimal = bmf::encode_schema(&SCHEMA, Packing::Optimal).unwrap();
    assert_eq!(content(Artifact::BinaryMof), optimal);
    let plain = BUILD.header(|header| {
        header
            .method_structs(false)
            .variable_members(false)
            .corrected(false)
    });
    let header = plain.content(Artifact::Header).unwrap();
    assert_eq!(
        header,
        Header::new("iscsi.h", &SCHEMA).to_string().into_bytes()
    );

    let alone = BUILD.artifacts(&[Artifact::Header]);
    let written = alone.write_to(folder("choices")).unwrap();
    assert_eq!(fs::read_dir(written.folder()).unwrap().count(), 1);
}

#[test]
fn unchanged_files_are_not_rewritten() {
    let folder = folder("changes");
    BUILD.write_to(&folder).unwrap();
    let times = || {
        Artifact::ALL.map(|artifact| {
            let path = folder.join("iscsi").with_extension(artifact.extension());
            fs::metadata(path).unwrap().modified().unwrap()
        })
    };
    let before = times();
    assert_eq!(BUILD.write_to(&folder).unwrap().changed(), []);
    assert_eq!(times(), before);

    // An edited file is restored.
    fs::write(folder.join("iscsi.mof"), "class Edited {};").unwrap();
    assert_eq!(BUILD.write_to(&folder).unwrap().changed(), [Artifact::Mof]);
    // A changed option rewrites only the files it affects.
    let renamed = BUILD.resource_name("IscsiMof");
    assert_eq!(
        renamed.write_to(&folder).unwrap().changed(),
        [Artifact::ResourceScript]
    );
}

#[test]
fn amended_text_is_written_to_each_file() {
    let folder = folder("amended");
    let changed = |text| {
        let description = [Qualifier::new("Description", Value::String(text))
            .with_flavor(Flavor::AMENDED.union(Flavor::TO_SUBCLASS))];
        let wmi = Qualifier::new("WMI", Value::Boolean(true));
        let qualifiers = [&[wmi][..], &description].concat();
        let class = Class::new("Vendor_Queue").with_qualifiers(&qualifiers);
        let classes = [&class];
        let schema = Schema::new(&classes);
        let written = Build::new("vendor", &schema).write_to(&folder).unwrap();
        written.changed().to_vec()
    };
    assert_eq!(changed("What it has done."), Artifact::ALL);
    assert_eq!(changed("What it has done."), []);
    assert_eq!(
        changed("What it does."),
        [Artifact::Mfl, Artifact::BinaryMof, Artifact::Header]
    );
}

#[test]
fn localised_driver_has_the_texts_of_all_languages_apart() {
    let german = SCHEMA.mof().style(Style::Mfl).to_string();
    let german = german
        .replace("ms_409", "ms_407")
        .replace("LOCALE(1033)", "LOCALE(1031)");
    let translations = [("iscsi_de.mfl", german.as_str())];
    let build = Build::new("iscsi", &SCHEMA).localised(&translations);
    let bmf = build.content(Artifact::BinaryMof).unwrap();
    let arena = Arena::new();
    let file = bmf::decode(&arena, &bmf).unwrap();
    assert_eq!(amendment::languages(&file), [0x409, 0x407]);
    // The schema itself comes back, without the German texts.
    let english = amendment::merge(&arena, &file, None);
    let classes = english.classes().filter(|class| !class.is_amendment());
    assert_eq!(classes.collect::<Vec<_>>(), SCHEMA.classes);

    let wrong = [("iscsi_de.mfl", "class A")];
    let build = Build::new("iscsi", &SCHEMA).localised(&wrong);
    let error = build.content(Artifact::BinaryMof).unwrap_err();
    let BuildError::Translation(text) = &error else {
        panic!("{error}");
    };
    assert!(text.contains("iscsi_de.mfl:1:8"), "{text}");
    assert!(error.to_string().starts_with("a translation of the"));

    let outdated = german.replace("class ISCSI_IP_Address", "class ISCSI_IP");
    let outdated = [("iscsi_de.mfl", outdated.as_str())];
    let build = Build::new("iscsi", &SCHEMA).localised(&outdated);
    let error = build.content(Artifact::BinaryMof).unwrap_err().to_string();
    assert!(error.contains("`ISCSI_IP`: the texts of MS_407"), "{error}");
    assert!(error.contains("--> iscsi_de.mfl:"), "{error}");
}

#[test]
fn build_errors_leave_no_files() {
    let nul = [Qualifier::new("Description", Value::String("a\0b"))];
    let id = [Property::new("Id", CimType::Uint32, "uint32").with_qualifiers(&nul)];
    let class = Class::new("Vendor_Nul").with_properties(&id);
    let classes = [&class];
    let (none, nul) = (Schema::new(&[]), Schema::new(&classes));
    let cases: [(Build<'_>, &str); 12] = [
        (Build::new("iscsi", &none), "the schema has no classes"),
        (Build::new("", &SCHEMA), "\"\" is not a file name"),
        (
            Build::new("iscsi.mof", &SCHEMA),
            "\"iscsi.mof\" is not a file name; give one without folder and extension",
        ),
        (
            Build::new("iscsi.RC", &SCHEMA),
            "\"iscsi.RC\" is not a file name",
        ),
        (
            BUILD.resource_name("my resource"),
            "\"my resource\" is not a resource name",
        ),
        (BUILD.language(0), "0 is not the `LANGID` of a language"),
        (
            Build::new("wmi/iscsi", &SCHEMA),
            "\"wmi/iscsi\" is not a file name",
        ),
        (Build::new("..", &SCHEMA), "\"..\" is not a file name"),
        (BUILD.resource_name(""), "\"\" is not a resource name"),
        (BUILD.resource_name("1st"), "\"1st\" is not a resource name"),
        (
            BUILD.resource_name("My MOF"),
            "\"My MOF\" is not a resource name",
        ),
        (Build::new("nul", &nul), "holds a NUL; remove it"),
    ];
    let folder = folder("refused");
    for (build, expected) in cases {
        let why = build.write_to(&folder).unwrap_err();
        assert!(why.to_string().contains(expected), "{why}");
    }
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
}

#[test]
fn write_errors_name_the_file() {
    let folder = folder("files");
    // A folder is in the place of the file.
    fs::create_dir_all(folder.join("iscsi.bmf")).unwrap();
    let why = BUILD.write_to(&folder).unwrap_err();
    assert!(
        matches!(&why, BuildError::File(path, _) if path.ends_with("iscsi.bmf")),
        "{why}"
    );
    // Tests run without OUT_DIR.
    let why = BUILD.write().unwrap_err();
    assert!(matches!(why, BuildError::NoOutDir), "{why}");
}
