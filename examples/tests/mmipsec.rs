//! The example that a newcomer runs first, tested as a program.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use iscsi_schema::{MSiSCSI_MMIPSECStats, MSiSCSI_MMIPSECStatsItems};
use wmi_core::mof::Style;
use wmi_core::schema::Schema;
use wmi_core::wnode::Wnode;
use wmi_core::{FixedClass, WmiClass};

/// Prepares `mmipsec ARGUMENTS`, run at the root of the workspace. `cargo test` has built the
/// program beside this test.
fn mmipsec(arguments: &[&str]) -> Command {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let test = std::env::current_exe().unwrap();
    let program = format!("../examples/mmipsec{}", std::env::consts::EXE_SUFFIX);
    let mut command = Command::new(test.with_file_name(program));
    command
        .args(arguments)
        .current_dir(root)
        .env_remove("NO_COLOR")
        .env_remove("CLICOLOR")
        .env_remove("CLICOLOR_FORCE");
    command
}

fn output(arguments: &[&str]) -> Output {
    mmipsec(arguments).output().unwrap()
}

/// Returns the program's output, and fails if the program fails.
fn printed(arguments: &[&str]) -> String {
    let output = output(arguments);
    assert!(
        output.status.success(),
        "{arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn every_part_is_shown_by_default() {
    let all = printed(&[]);
    let documented = MSiSCSI_MMIPSECStats::mof().style(Style::Documented);
    assert!(all.contains(&documented.to_string()));
    assert!(all.contains(&printed(&["layout"])));
    assert!(all.contains(&printed(&["wnode"])));
    assert!(all.ends_with("\nAll 21 counts add up.\n"), "{all}");
}

#[test]
fn colours_are_written_only_to_terminals_or_on_request() {
    let escapes = |command: &mut Command| {
        let output = command.output().unwrap();
        assert!(output.status.success());
        output.stdout.contains(&0x1b)
    };
    assert!(!escapes(&mut mmipsec(&[])));
    assert!(escapes(mmipsec(&[]).env("CLICOLOR_FORCE", "1")));
    let both = [("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")];
    assert!(!escapes(mmipsec(&[]).envs(both)));
}

#[test]
fn lines_fit_a_terminal_and_have_no_trailing_blanks() {
    for line in printed(&[]).lines() {
        assert!(line.len() <= 100, "{line}");
        assert_eq!(line, line.trim_end());
    }
}

#[test]
fn mof_matches_the_library_in_each_style() {
    let file = Schema::new(&[MSiSCSI_MMIPSECStats::CLASS]).mof();
    let documented = MSiSCSI_MMIPSECStats::mof().style(Style::Documented);
    for (style, text) in [
        ("documented", documented.to_string()),
        ("compilable", file.style(Style::Compilable).to_string()),
        ("neutral", file.style(Style::Neutral).to_string()),
        ("mfl", file.style(Style::Mfl).to_string()),
    ] {
        assert!(printed(&["mof", "--style", style]) == text, "{style}");
    }
    assert!(printed(&["mof"]) == file.to_string());
}

#[test]
fn layout_has_one_line_per_item() {
    let layout = printed(&["layout"]);
    let rows: Vec<Vec<_>> = layout
        .lines()
        .skip(1)
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!(rows.len(), 21);
    for (id, row) in (1..).zip(&rows) {
        let offset = 8 * (id - 1);
        assert_eq!(row[..2], [id.to_string(), offset.to_string()]);
        assert_eq!(row[2..5], ["8", "uint64", "PERF_COUNTER_LARGE_RAWCOUNT"]);
    }
    assert_eq!(rows[10][5], "TotalGetSPI");
}

#[test]
fn wnode_names_every_byte_of_the_reply() {
    let raw = output(&["wnode", "--raw"]).stdout;
    let dump = printed(&["wnode"]);

    // The dump has every byte, in order.
    let mut bytes = Vec::new();
    for line in dump.lines().filter(|line| line.starts_with(' ')) {
        let offset = line[..6].trim();
        if !offset.is_empty() {
            assert_eq!(offset, bytes.len().to_string(), "{line}");
            let hex = line[8..31].split_whitespace();
            bytes.extend(hex.map(|byte| u8::from_str_radix(byte, 16).unwrap()));
        }
    }
    assert_eq!(bytes, raw);

    // Every item has the value that the reader finds.
    let Ok(Wnode::AllData(reply)) = Wnode::decode(&raw) else {
        panic!("{dump}");
    };
    assert_eq!(reply.instance_count(), 1);
    let block = reply
        .blocks::<MSiSCSI_MMIPSECStats>()
        .unwrap()
        .next()
        .unwrap();
    for item in MSiSCSI_MMIPSECStats::ITEMS {
        let bytes = &block.as_bytes()[item.offset..][..item.size];
        let value = u64::from_le_bytes(bytes.try_into().unwrap()).to_string();
        let row = dump.lines().find(|line| {
            line.split_whitespace()
                .any(|word| word == item.property.name)
        });
        let printed = row.and_then(|line| line.split_whitespace().last());
        assert_eq!(printed, Some(&*value), "{}", item.property.name);
    }
    assert_eq!(block.active_acquire(), 4);
    assert_eq!(block.key_additions(), 140_000);
}

#[test]
fn every_run_replies_with_the_same_bytes() {
    let [first, second] = [(); 2].map(|()| output(&["wnode", "--raw"]).stdout);
    assert_eq!(first, second);
}

#[test]
fn wrong_arguments_fail_with_usage() {
    for arguments in [
        &["layuot"][..],
        &["mof", "--style", "pretty"],
        &["wnode", "--rwa"],
        &["layout", "more"],
    ] {
        let output = output(arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
        assert!(said.contains("Usage: "), "{arguments:?}: {said}");
    }
}

#[test]
fn broken_pipe_exits_zero() {
    let mut child = mmipsec(&[])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Closed before the program writes anything.
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(!said.contains("error: "), "{said}");
}
