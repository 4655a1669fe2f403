//! Imports files, compiles the sources and compares: the binary MOF of each source equals that of
//! its file.
//!
//! All sources are modules of one package in the target directory, which is compiled once and run;
//! `.ci/run` does that, as it takes long. `cargo test` compiles the source of every construct.

use core::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use wmi_core::schema::{Class, File, Method, Object, ObjectKind};
use wmi_tests::corpus;
use wmi_tools::Arena;
use wmi_tools::bmf::{decode, decode_container, encode_payload};
use wmi_tools::import::{Import, Omission, OmissionKind, Options, rust};

use super::{EVERYTHING, hostile, read};

/// An imported file.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) import: Import,
    /// The expected payload of the source's binary MOF: that of the file without the omissions.
    payload: Vec<u8>,
    /// Whether nothing was omitted.
    whole: bool,
}

impl Case {
    pub(crate) fn new(name: &str, file: &File<'_>) -> Self {
        let import = rust(file, &Options::new(name));
        let all = encode_payload(file).ok();
        let payload = without(file, &import.omissions);
        Self {
            name: name.to_owned(),
            whole: all.as_ref() == Some(&payload),
            import,
            payload,
        }
    }
}

/// Encodes a file without the omitted parts.
fn without(file: &File<'_>, omissions: &[Omission]) -> Vec<u8> {
    let omits = |class: &str, member: Option<&str>, what| {
        let is = |omission: &&Omission| {
            omission.class == class && omission.member.as_deref() == member && omission.kind == what
        };
        omissions.iter().any(|omission| is(&omission))
    };
    let kept = |class: &Class<'_>, method: &Method<'_>| {
        !omits(class.name, Some(method.name), OmissionKind::Method)
    };
    let mut methods: Vec<Vec<Method<'_>>> = Vec::new();
    for class in file.classes() {
        let own = class.methods.iter().copied();
        methods.push(own.filter(|method| kept(class, method)).collect());
    }
    let mut next = methods.iter();
    let mut objects: Vec<Object<'_>> = Vec::new();
    for object in file.objects {
        let ObjectKind::Class(class) = object.kind else {
            continue;
        };
        let methods = next.next().expect("each class has a list of methods");
        if !omits(class.name, None, OmissionKind::Class) {
            let mut object = *object;
            object.kind = ObjectKind::Class(class.with_methods(methods));
            if omits(class.name, None, OmissionKind::Pragma) {
                object.instance_flags = None;
            }
            objects.push(object);
        }
    }
    let kept = File::new(&objects).with_edition(file.edition);
    encode_payload(&kept).expect("a part of a file that could be encoded")
}

/// Returns every file of the corpus, and one that does not need the corpus.
pub(crate) fn cases() -> Vec<Case> {
    let arena = Arena::new();
    let everything = read(&arena, "everything.mof", EVERYTHING.as_bytes());
    let mut cases = vec![
        Case::new("everything.mof", &everything),
        hostile::with_file(|file| Case::new("hostile", file)),
    ];
    for (name, bytes) in super::cases::texts() {
        let arena = Arena::new();
        cases.push(Case::new(&name, &read(&arena, &name, &bytes)));
    }
    let old = super::cases::old_edition();
    cases.push(Case::new(
        "old-edition.bmf",
        &decode(&Arena::new(), &old).unwrap(),
    ));
    for folder in ["bmf", "bmf-large", "bmf-old", "pairs", "expected"] {
        for (name, bytes) in corpus::files(folder, "bmf").unwrap_or_default() {
            let arena = Arena::new();
            let case = Case::new(&name, &decode(&arena, &bytes).unwrap());
            assert!(!case.whole || case.payload == decode_container(&bytes).unwrap());
            cases.push(case);
        }
    }
    for folder in ["mof", "pairs"] {
        for (name, bytes) in corpus::files(folder, "mof").unwrap_or_default() {
            // `def.mof` includes it.
            if name == "common.mof" {
                continue;
            }
            let arena = Arena::new();
            let case = Case::new(&name, &read(&arena, &name, &bytes));
            cases.push(case);
        }
    }
    cases
}

/// The importer's source of every construct; `source` compares it with what the importer writes.
#[allow(dead_code, unreachable_pub, reason = "written for a crate of its own")]
#[path = "../../../golden/import.rs"]
mod everything;

#[test]
fn source_of_every_construct_reproduces_the_binary_mof() {
    let arena = Arena::new();
    let file = read(&arena, "everything.mof", EVERYTHING.as_bytes());
    let expected = Case::new("everything.mof", &file).payload;
    let schemas = [&everything::WMI_SCHEMA, &everything::OTHER_SCHEMA];
    let objects = schemas.into_iter().flat_map(|schema| {
        let classes = schema.classes.iter();
        classes.map(|class| Object::from_schema(schema, class))
    });
    let objects: Vec<_> = objects.collect();
    assert!(encode_payload(&File::new(&objects)).unwrap() == expected);
}

#[test]
#[ignore = "compiles a package with Cargo; `.ci/run` runs it"]
fn imported_sources_reproduce_the_binary_mof() {
    if wmi_tests::compiled_elsewhere() {
        return wmi_tests::skipped("there is no compiler for the sources");
    }
    let cases = cases();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("imported");
    let sources = write_package(&folder, &cases);
    let output = cargo(&folder, &["run", "--quiet", "--offline"]);
    assert!(output.is_empty(), "the compiler said: {output}");
    let mut report = String::new();
    for (case, source) in cases.iter().zip(sources) {
        let payload = fs::read(folder.join(format!("out/{source}"))).unwrap();
        assert!(payload == case.payload, "{}: payload", case.name);
        // Every class of a published file can be expressed in Rust.
        let left_out = |omission: &Omission| {
            matches!(omission.kind, OmissionKind::Class | OmissionKind::Pragma)
        };
        // The names of these are not legal in Rust.
        let is_odd = ["hostile", "clients.mof"].contains(&&*case.name);
        assert!(
            is_odd || !case.import.omissions.iter().any(left_out),
            "{}: {:?}",
            case.name,
            case.import.omissions
        );
        if !case.whole {
            writeln!(report, "{} is not whole:", case.name).unwrap();
            for omission in &case.import.omissions {
                writeln!(report, "    {omission}").unwrap();
            }
        }
    }
    let whole = cases.iter().filter(|case| case.whole).count();
    println!("{report}{whole} of {} files whole", cases.len());
}

/// Writes the package. Returns the module number of each case; equal sources share a module.
fn write_package(folder: &Path, cases: &[Case]) -> Vec<usize> {
    let sources = folder.join("src");
    let _ = fs::remove_dir_all(&sources);
    let _ = fs::remove_dir_all(folder.join("out"));
    fs::create_dir_all(&sources).unwrap();
    fs::create_dir_all(folder.join("out")).unwrap();
    let workspace = corpus::workspace();
    let manifest = format!(
        "[package]\nname = \"imported\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [dependencies]\nwmi-core = {{ path = {:?}, features = [\"derive\"] }}\n\
         wmi-tools = {{ path = {:?} }}\n\n\
         [profile.dev]\ndebug = false\nincremental = false\n\n[workspace]\n",
        workspace.join("wmi-core"),
        workspace.join("wmi-core/tools")
    );
    fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    // The lock file pins dependencies that are already downloaded.
    fs::copy(workspace.join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();

    let mut modules: Vec<&str> = Vec::new();
    // A binary: unused code is not generated.
    let mut main = String::from(
        "#![deny(warnings)]\n#![allow(dead_code)]\n\n\
         use wmi_tools::bmf::encode_payload;\nuse wmi_core::schema::{File, Object, Schema};\n\n\
         fn write(number: usize, schemas: &[Schema<'static>]) {\n    \
         let objects: Vec<_> = schemas.iter().flat_map(|schema| {\n        \
         schema.classes.iter().map(|class| Object::from_schema(schema, class))\n    \
         }).collect();\n    \
         let file = File::new(&objects).with_edition(schemas[0].edition);\n    \
         let payload = encode_payload(&file).unwrap();\n    \
         std::fs::write(format!(\"out/{number}\"), payload).unwrap();\n}\n\n",
    );
    let mut calls = String::new();
    let mut numbers = Vec::new();
    for case in cases {
        // The first line names the origin.
        let (_, body) = case.import.source.split_once('\n').unwrap();
        if let Some(known) = modules.iter().position(|module| *module == body) {
            numbers.push(known);
            continue;
        }
        let number = modules.len();
        modules.push(body);
        numbers.push(number);
        fs::write(sources.join(format!("m{number}.rs")), &case.import.source).unwrap();
        writeln!(main, "mod m{number};").unwrap();
        let schemas: Vec<_> = constants(body)
            .map(|name| format!("m{number}::{name}"))
            .collect();
        writeln!(calls, "    write({number}, &[{}]);", schemas.join(", ")).unwrap();
    }
    write!(main, "\nfn main() {{\n{calls}}}\n").unwrap();
    fs::write(sources.join("main.rs"), main).unwrap();
    numbers
}

/// Returns the names of the schemas in a source.
fn constants(source: &str) -> impl Iterator<Item = &str> {
    source.lines().filter_map(|line| {
        let (name, rest) = line.strip_prefix("pub const ")?.split_once(": ")?;
        rest.starts_with("Schema<").then_some(name)
    })
}

/// Runs Cargo and returns its output.
fn cargo(folder: &PathBuf, arguments: &[&str]) -> String {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(arguments)
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .env_remove("RUSTFLAGS")
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    assert!(output.status.success(), "{text}");
    text
}
