//! Tests that the program lists the output of its build script.

use std::process::Command;

#[test]
fn files_and_classes_are_listed() {
    let output = Command::new(env!("CARGO_BIN_EXE_iscsi-artifacts"))
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    for extension in ["mof", "mfl", "bmf", "h", "rc"] {
        assert!(
            printed.contains(&format!("  iscsi.{extension}\n")),
            "{printed}"
        );
    }
    let classes = printed
        .lines()
        .skip_while(|line| !line.ends_with(" hold:"))
        .skip(1);
    let schema = iscsi_schema::SCHEMA.classes.iter();
    assert!(
        classes
            .map(str::trim_start)
            .eq(schema.map(|class| class.name)),
        "{printed}"
    );
}
