//! `new`. The package `wmi-cargo-tests` builds, tests and links what it writes.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::{fails, folder, names, succeeds};

/// Returns the files below a folder, by their paths in it.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for name in names(folder) {
        let path = folder.join(&name);
        if path.is_dir() {
            let below = self::files(&path).into_iter();
            files.extend(below.map(|(below, content)| (format!("{name}/{below}"), content)));
        } else {
            files.push((name, fs::read(path).unwrap()));
        }
    }
    files
}

fn text(folder: &Path, file: &str) -> String {
    fs::read_to_string(folder.join(file)).unwrap()
}

/// Each section is one that Windows looks for, or one that a line of the INF names; each line that names
/// a section names one that is there, and each `%string%` has its text.
fn assert_inf_is_whole(inf: &str) {
    let lines = inf
        .lines()
        .map(|line| line.split(';').next().unwrap().trim());
    let lines: Vec<_> = lines.filter(|line| !line.is_empty()).collect();
    let heading = |line: &&&str| line.starts_with('[');
    let sections: Vec<_> = lines.iter().filter(heading).copied().collect();
    let mut named: BTreeSet<_> = ["Version", "DestinationDirs", "SourceDisksNames"]
        .into_iter()
        .chain(["SourceDisksFiles", "Manufacturer", "Strings"])
        .map(str::to_owned)
        .collect();
    let strings = lines.iter().skip_while(|line| **line != "[Strings]");
    let strings: BTreeSet<_> = strings.filter_map(|line| line.split_once(" = ")).collect();
    for line in &lines {
        for string in line.split('%').skip(1).step_by(2) {
            assert!(
                string == "13" || strings.iter().any(|(name, _)| *name == string),
                "%{string}% has no text: {inf}"
            );
        }
        let Some((key, value)) = line.split_once(" = ") else {
            continue;
        };
        let values: Vec<_> = value.split(", ").collect();
        match (key, &values[..]) {
            ("%Provider%", [models, platforms @ ..]) => {
                named.extend(
                    platforms
                        .iter()
                        .map(|platform| format!("{models}.{platform}")),
                );
            }
            ("%Device%", [install, _]) => {
                for part in ["", ".Services", ".WMI", ".Wdf"] {
                    let section = format!("{install}.NT{part}");
                    let is_there = sections.contains(&&*format!("[{section}]"));
                    assert!(is_there || part == ".Wdf", "{section}: {inf}");
                    named.extend(is_there.then_some(section));
                }
            }
            ("CopyFiles" | "AddReg", [section])
            | ("AddService" | "KmdfService" | "WMIInterface", [.., section]) => {
                named.insert((*section).to_owned());
            }
            _ => {}
        }
    }
    let headings: BTreeSet<_> = named.iter().map(|section| format!("[{section}]")).collect();
    let written: BTreeSet<_> = sections
        .iter()
        .map(|section| (*section).to_owned())
        .collect();
    assert_eq!(
        written.len(),
        sections.len(),
        "a section stands twice: {inf}"
    );
    assert_eq!(written, headings, "{inf}");
}

#[test]
fn project_is_whole_and_names_its_driver() {
    let folder = folder("new");
    for (model, own) in [
        ("--wdm", &["irp.rs", "plug_and_play.rs"][..]),
        ("--kmdf", &["wdf.rs"]),
        ("--storport", &["storport.rs"]),
    ] {
        let name = format!("my{model}");
        let (_, said) = succeeds(&folder, &["new", &name, model], b"");
        assert!(said.contains(&format!("to {name}; ")), "{said}");
        let project = folder.join(&name);
        let written = files(&project);
        let all: BTreeSet<_> = written.iter().map(|(file, _)| file.clone()).collect();
        let mut expected: BTreeSet<_> = [
            ".gitignore",
            "Cargo.toml",
            "README.md",
            "build.rs",
            "ci.sh",
            "src/device.rs",
            "src/kernel/mod.rs",
            "src/kernel/runtime.rs",
            "src/lib.rs",
            "src/main.rs",
            "src/provider.rs",
            "src/schema.rs",
            "wmi/driver.bmf",
            "wmi/driver.mof",
        ]
        .map(str::to_owned)
        .into();
        expected.insert(format!("{name}.inf"));
        expected.extend(own.iter().map(|file| format!("src/kernel/{file}")));
        assert_eq!(all, expected);
        // No place of a template is left.
        for (file, content) in &written {
            let content = String::from_utf8_lossy(content);
            let mut places = content.split("{{").skip(1);
            assert!(
                places.all(|rest| rest.split_once("}}").is_none_or(|(key, _)| {
                    !key.chars()
                        .all(|c| c.is_ascii_lowercase() || "-_".contains(c))
                })),
                "{file}: {content}"
            );
        }
        let inf = text(&project, &format!("{name}.inf"));
        assert!(inf.contains(&format!("\r\nServiceBinary = %13%\\{name}.sys\r\n")));
        assert!(inf.contains("[Driver_Install.NT.WMI]\r\n"), "{inf}");
        assert_eq!(inf.matches('\n').count(), inf.matches("\r\n").count());
        assert_inf_is_whole(&inf);
        let version = env!("CARGO_PKG_VERSION");
        let dependency = format!("\nwmi-driver = {{ version = \"={version}\" }}\n");
        let manifest = text(&project, "Cargo.toml");
        assert!(manifest.contains(&dependency), "{manifest}");
    }
    assert_eq!(names(&folder), ["my--kmdf", "my--storport", "my--wdm"]);
}

#[test]
fn each_project_has_classes_and_guids_of_its_own() {
    let folder = folder("new_guids");
    let guids = |name: &str| {
        succeeds(&folder, &["new", name], b"");
        let schema = text(&folder.join(name), "src/schema.rs");
        assert!(
            schema.contains("#[wmi(name = \"MyDriver_Settings\")]\n"),
            "{schema}"
        );
        let guids = schema.split("guid = \"").skip(1);
        let guids = guids.map(|rest| rest.split('"').next().unwrap().to_owned());
        guids.collect::<BTreeSet<_>>()
    };
    let (first, second) = (guids("my-driver"), guids("my_driver"));
    assert_eq!((first.len(), second.len()), (3, 3));
    assert!(first.is_disjoint(&second));
}

#[test]
fn names_that_cargo_or_windows_refuse_are_refused() {
    let folder = folder("new_names");
    let long = "a".repeat(32);
    for (name, why) in [
        ("3com", "start with a letter; put one before the name"),
        ("_driver", "start with a letter; put one before the name"),
        (
            "my driver",
            "ASCII letters, digits, `-` and `_`; leave out the others",
        ),
        (
            "gerät",
            "ASCII letters, digits, `-` and `_`; leave out the others",
        ),
        (
            "driver.sys",
            "ASCII letters, digits, `-` and `_`; leave out the others",
        ),
        (&long, "31 characters at most; shorten it"),
        ("loop", "keyword of Rust; add a word"),
        ("core", "a crate of this name is in use; add a word"),
        ("wmi_core", "a crate of this name is in use; add a word"),
        ("deps", "Cargo has a folder of this name"),
        ("Nul", "Windows keeps this name for a device; add a word"),
        ("com1", "Windows keeps this name for a device; add a word"),
        ("..", "the last part is not a name; choose one"),
    ] {
        let said = fails(&folder, &["new", name], b"", 2);
        assert!(said.starts_with(&format!("error: {name}: ")), "{said}");
        assert!(said.contains(why), "{name}: {said}");
        assert!(names(&folder).is_empty(), "{name}");
    }
    for name in ["com", "com0", "lpt-port", "a", &long[1..]] {
        succeeds(&folder, &["new", name], b"");
    }
}

#[test]
fn nothing_is_written_over_and_nothing_in_part() {
    let folder = folder("new_existing");
    fs::create_dir(folder.join("empty")).unwrap();
    fs::write(folder.join("file"), "old").unwrap();
    for name in ["empty", "file"] {
        let said = fails(&folder, &["new", name], b"", 2);
        let why = "this exists, and may have been filled in; choose another name";
        assert_eq!(said, format!("error: {name}: {why}\n"));
    }
    let said = fails(&folder, &["new", "missing/driver"], b"", 2);
    let why = "there is no folder `missing`; create it";
    assert_eq!(said, format!("error: missing/driver: {why}\n"));
    let said = fails(&folder, &["new", "driver", "--checkout", "empty"], b"", 2);
    assert!(
        said.contains("empty: this is not a checkout of the library; "),
        "{said}"
    );
    assert_eq!(names(&folder), ["empty", "file"]);
    assert!(names(&folder.join("empty")).is_empty());
    assert_eq!(text(&folder, "file"), "old");
}

#[test]
fn folders_of_killed_runs_are_removed() {
    let folder = folder("new_leftover");
    // No process has this id.
    let leftover = folder.join(".cargo-wmi-4194305-x");
    fs::create_dir_all(leftover.join("src")).unwrap();
    fs::write(leftover.join("src/lib.rs"), "").unwrap();
    if !cfg!(target_os = "linux") {
        return;
    }
    succeeds(&folder, &["new", "driver"], b"");
    assert_eq!(names(&folder), ["driver"]);
}

#[test]
fn checkout_is_named_by_its_whole_path() {
    let folder = folder("new_checkout");
    let library = folder.join("library/wmi-core/driver");
    fs::create_dir_all(&library).unwrap();
    fs::write(library.join("Cargo.toml"), "").unwrap();
    succeeds(&folder, &["new", "driver", "--checkout", "library"], b"");
    let manifest = text(&folder.join("driver"), "Cargo.toml");
    let path = fs::canonicalize(library).unwrap();
    let path = path.to_str().unwrap().trim_start_matches(r"\\?\");
    let path = if cfg!(windows) {
        path.replace('\\', "/")
    } else {
        path.to_owned()
    };
    assert!(
        manifest.contains(&format!("wmi-driver = {{ path = \"{path}\" }}\n")),
        "{manifest}"
    );
}
