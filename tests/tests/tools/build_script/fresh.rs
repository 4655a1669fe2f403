//! Freshness tests of committed copies.

use std::fs;
use std::panic;
use std::path::Path;

use super::{BUILD, folder, run_alone};
use iscsi_schema::SCHEMA;
use wmi_tools::build::{Artifact, Build};

const TEXTS: Build<'static> = BUILD.artifacts(&[Artifact::Mof, Artifact::Header]);

#[test]
fn line_endings_do_not_make_copies_stale() {
    let folder = folder("fresh");
    let written = BUILD.write_to(&folder).unwrap();
    BUILD.assert_fresh(&folder);
    let mof = fs::read_to_string(written.path(Artifact::Mof)).unwrap();
    fs::write(written.path(Artifact::Mof), mof.replace('\n', "\r\n")).unwrap();
    assert!(BUILD.stale(&folder).unwrap().is_empty());
}

#[test]
fn stale_copy_prints_the_refresh_command() {
    let folder = folder("stale");
    TEXTS.write_to(&folder).unwrap();
    let path = folder.join("iscsi.mof");
    let mof = fs::read_to_string(&path).unwrap();
    fs::write(
        &path,
        mof.replacen("uint64 ActiveAcquire;", "uint32 ActiveAcquire;", 1),
    )
    .unwrap();

    let failure = panic::catch_unwind(|| TEXTS.assert_fresh(&folder)).unwrap_err();
    let failure = failure.downcast::<String>().unwrap();
    for expected in [
        "iscsi.mof differs:\n--- the file\n+++ the schema\n",
        "\n-    uint32 ActiveAcquire;\n+    uint64 ActiveAcquire;\n",
        "\n  cargo test --config \"env.WMI_REFRESH='1'\" -p wmi-tests build_script::fresh::stale_copy_prints",
    ] {
        assert!(failure.contains(expected), "{expected}: {failure}");
    }
    assert!(!failure.contains("iscsi.h"), "{failure}");
}

#[test]
fn missing_and_binary_copies_are_stale() {
    let folder = folder("stale_binary");
    BUILD.write_to(&folder).unwrap();
    fs::remove_file(folder.join("iscsi.rc")).unwrap();
    let binary = folder.join("iscsi.bmf");
    let mut bytes = fs::read(&binary).unwrap();
    bytes[0x20] ^= 1;
    fs::write(&binary, &bytes[..0x100]).unwrap();

    let stale = BUILD.stale(&folder).unwrap();
    let told: Vec<_> = stale.iter().map(|stale| stale.to_string()).collect();
    assert_eq!(told.len(), 2);
    assert!(
        told[0].ends_with(&format!(
            "iscsi.bmf differs from byte 0x20 on: 256 bytes, and the schema gives {}",
            wmi_tools::bmf::encode_schema(&SCHEMA, Default::default())
                .unwrap()
                .len(),
        )),
        "{told:?}"
    );
    assert!(told[1].ends_with("iscsi.rc is missing"), "{told:?}");
}

/// The test as a user writes it; the checked folder is `OUT_DIR`.
#[test]
#[ignore = "another test runs it"]
fn committed_mof_is_current() {
    TEXTS.assert_fresh(std::env::var_os("OUT_DIR").unwrap());
}

#[test]
fn refresh_command_writes_missing_copies() {
    const TEST: &str = "build_script::fresh::committed_mof_is_current";
    let folder = folder("committed");
    let (passed, printed) = run_alone(TEST, &[("OUT_DIR", &folder)]);
    assert!(!passed);
    for expected in [
        "iscsi.mof is missing\n",
        "iscsi.h is missing\n",
        "\n  cargo test --config \"env.WMI_REFRESH='1'\" -p wmi-tests build_script::fresh::committed_mof_is_current",
    ] {
        assert!(printed.contains(expected), "{expected}: {printed}");
    }
    // Cargo sets this variable for the refresh command.
    let (passed, printed) = run_alone(
        TEST,
        &[("OUT_DIR", &folder), ("WMI_REFRESH", Path::new("1"))],
    );
    assert!(passed, "{printed}");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 2);
    let (passed, printed) = run_alone(TEST, &[("OUT_DIR", &folder)]);
    assert!(passed, "{printed}");
}
