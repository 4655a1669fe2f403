//! The resource object and `.res` file, checked with the tools of LLVM and GNU.

use std::fs;
use std::path::Path;

use super::{BUILD, folder, run_alone};
use wmi_tests::image::{link, run};
use wmi_tools::build::{Artifact, Build, Machine, ResourceForm};

const NAMED: Build<'static> = BUILD.resource_name("IscsiMof");

#[test]
fn res_file_matches_the_compiled_script() {
    let folder = folder("res");
    NAMED.write_to(&folder).unwrap();
    if run(&folder, "llvm-rc", &["/FO", "llvm.res", "iscsi.rc"]).is_some() {
        let llvm = fs::read(folder.join("llvm.res")).unwrap();
        let ours = NAMED.resource(ResourceForm::Compiled).unwrap();
        assert_eq!(ours.len(), llvm.len());
        let differs = ours.iter().zip(&llvm).position(|(ours, llvm)| ours != llvm);
        assert_eq!(differs, None);
    }
}

/// Links the objects with GNU ld and returns the MOF resource, as GNU's resource reader finds it.
#[test]
fn gnu_ld_merges_the_resource_object_with_others() {
    let folder = folder("object");
    NAMED.write_to(&folder).unwrap();
    let object = NAMED.resource(ResourceForm::Object(Machine::X64)).unwrap();
    fs::write(folder.join("iscsi.o"), object).unwrap();
    let other = "Other RCDATA { \"others have resources too\" }\n";
    let Some(image) = link(&folder, other, &["iscsi.o"]) else {
        return;
    };
    let mof = fs::read(folder.join("iscsi.bmf")).unwrap();
    assert!(image.windows(mof.len()).any(|bytes| bytes == mof));
    let arguments = ["-J", "coff", "-O", "rc", "driver.sys"];
    let script = run(&folder, "x86_64-w64-mingw32-windres", &arguments).unwrap();
    assert!(script.contains("LANGUAGE 9, 1"), "{script}");
    for resource in [r#""ISCSIMOF" "MOFDATA""#, r#""OTHER" RCDATA"#] {
        assert!(script.contains(resource), "{resource}: {script}");
    }
}

#[test]
fn objects_have_the_machine_type_of_the_target() {
    let folder = folder("machines");
    for (machine, format, relocation) in [
        (Machine::X64, "COFF-x86-64", "IMAGE_REL_AMD64_ADDR32NB"),
        (Machine::Arm64, "COFF-ARM64", "IMAGE_REL_ARM64_ADDR32NB"),
        (Machine::X86, "COFF-i386", "IMAGE_REL_I386_DIR32NB"),
    ] {
        let object = NAMED.resource(ResourceForm::Object(machine)).unwrap();
        fs::write(folder.join("iscsi.o"), object).unwrap();
        let arguments = [
            "--file-headers",
            "--sections",
            "--relocations",
            "--symbols",
            "--coff-resources",
            "iscsi.o",
        ];
        let Some(seen) = run(&folder, "llvm-readobj", &arguments) else {
            return;
        };
        let size = NAMED.content(Artifact::BinaryMof).unwrap().len();
        for expected in [
            format!("Format: {format}\n"),
            format!("0x48 {relocation} .rsrc"),
            "IMAGE_SCN_ALIGN_4BYTES".to_owned(),
            "MOFDATA".to_owned(),
            "ISCSIMOF".to_owned(),
            format!("DataSize: {size}"),
        ] {
            assert!(seen.contains(&expected), "{expected}: {seen}");
        }
    }
}

/// Returns what a build script prints for Cargo, and the files it writes, with these variables.
fn linked(test: &str, variables: &[(&str, &str)]) -> (String, Vec<String>) {
    let folder = folder(test);
    let variables = variables
        .iter()
        .map(|&(name, value)| (name, Path::new(value)));
    let variables: Vec<_> = variables.chain([("OUT_DIR", &*folder)]).collect();
    let (_, stdout) = run_alone("build_script::as_build_script", &variables);
    let said = stdout.lines().filter(|line| line.starts_with("cargo::"));
    let said: Vec<_> = said
        .map(|line| {
            line.replace(folder.to_str().unwrap(), "OUT_DIR")
                .replace('\\', "/")
        })
        .collect();
    let files = fs::read_dir(&folder).unwrap();
    let files = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    (said.join("\n"), files.collect())
}

#[test]
fn each_target_gets_its_link_arguments() {
    const WATCHED: &str = "cargo::rerun-if-changed=Cargo.toml";
    let windows = |env, arch| {
        [
            ("CARGO_CFG_WINDOWS", ""),
            ("CARGO_CFG_TARGET_ENV", env),
            ("CARGO_CFG_TARGET_ARCH", arch),
        ]
    };
    for (test, variables, file) in [
        (
            "link_msvc",
            &windows("msvc", "aarch64")[..],
            Some("iscsi.res"),
        ),
        ("link_gnu", &windows("gnu", "x86_64"), Some("iscsi.res.o")),
        ("link_other", &[], None),
    ] {
        let (said, files) = linked(test, variables);
        let linked = file.map(|file| format!("\ncargo::rustc-link-arg=OUT_DIR/{file}"));
        assert_eq!(said, format!("{WATCHED}{}", linked.unwrap_or_default()));
        assert_eq!(
            files.len(),
            Artifact::ALL.len() + usize::from(file.is_some()),
            "{files:?}"
        );
        assert!(
            file.is_none_or(|file| files.iter().any(|name| name == file)),
            "{files:?}"
        );
    }
    let (said, _) = linked("link_unknown", &windows("gnu", "loongarch64"));
    assert!(
        said.starts_with(&format!("{WATCHED}\ncargo::error=no resource object")),
        "{said}"
    );
}
