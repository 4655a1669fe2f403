//! The command line itself.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use super::{PROGRAM, cargo_wmi, fails, folder, succeeds};
use wmi_tests::{compiled_elsewhere, corpus, golden, skipped};
use wmi_tools::switches::SWITCHES;

const COMMANDS: [&str; 14] = [
    "compile",
    "decompile",
    "header",
    "import",
    "layout",
    "counters",
    "client",
    "decode",
    "check",
    "diff",
    "doc",
    "firmware",
    "guid",
    "new",
];

#[test]
fn help_matches_the_golden_file_and_has_examples() {
    let folder = folder("help");
    let help = |arguments: &[&str]| {
        let (help, said) = succeeds(&folder, arguments, b"");
        assert_eq!(said, "");
        String::from_utf8(help).unwrap()
    };
    let mut all = help(&["--help"]);
    for command in COMMANDS {
        let text = help(&[command, "--help"]);
        assert!(
            text.contains(&format!("Examples:\n  cargo wmi {command}")),
            "{text}"
        );
        assert!(all.contains(&format!("\n  {command} ")), "{command}");
        all = format!("{all}\n===== {command} =====\n\n{text}");
    }
    let listed = all.lines().filter(|line| line.starts_with("===== "));
    assert_eq!(listed.count(), COMMANDS.len());
    // Some lines of clap's option lists end in a blank.
    let all: Vec<_> = all.lines().map(str::trim_end).collect();
    golden::check("cli", "cargo-wmi.help.txt", &(all.join("\n") + "\n"));
}

#[test]
fn every_command_of_the_program_is_tested() {
    let (help, _) = succeeds(&folder("commands"), &["--help"], b"");
    let help = String::from_utf8(help).unwrap();
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let listed: Vec<_> = listed
        .map_while(|line| line.split_whitespace().next())
        .filter(|command| *command != "help")
        .collect();
    assert_eq!(listed, COMMANDS);
}

/// Asserts that a command line, without `cargo wmi`, names a command and options that exist.
#[track_caller]
fn assert_exists(folder: &Path, place: &str, line: &str) {
    let mut words = line.split_whitespace();
    let command = words.next().unwrap_or_default();
    if command == "help" || command.starts_with('-') {
        return;
    }
    assert!(COMMANDS.contains(&command), "{place}: {line}");
    let (help, _) = succeeds(folder, &[command, "--help"], b"");
    let help = String::from_utf8(help).unwrap();
    let options: Vec<_> = help
        .split(|c: char| c.is_whitespace() || "[],=.".contains(c))
        .filter(|word| word.starts_with('-'))
        .collect();
    for option in words.filter(|word| word.starts_with('-')) {
        assert!(options.contains(&option), "{place}: {option}\n{help}");
    }
}

/// Pages and recipes name commands and options that exist.
#[test]
fn documented_commands_exist() {
    let folder = folder("documented");
    let workspace = corpus::workspace();
    let driver = fs::read_dir(workspace.join("wmi-core/driver/src")).unwrap();
    let pages = driver.map(|entry| entry.unwrap().path());
    let pages = pages.filter(|path| path.extension().is_some_and(|it| it == "md"));
    let new = workspace.join("wmi-core/cargo-wmi/src/new");
    let more = [
        workspace.join("README.md"),
        new.join("README.md"),
        new.join("ci.sh"),
    ];
    let mut count = 0;
    for path in pages.chain(more) {
        let text = fs::read_to_string(&path).unwrap();
        for line in text.lines() {
            for named in line.split("cargo wmi ").skip(1) {
                let end = named.find(['`', '|', '>', '<', '"', ':', ';', '#', ',']);
                let named = &named[..end.unwrap_or(named.len())];
                assert_exists(&folder, &path.display().to_string(), named);
                count += 1;
            }
        }
    }
    assert!(count > 20, "{count}");
}

/// The table of switches names commands and options that exist.
#[test]
fn counterparts_of_microsofts_switches_exist() {
    let folder = folder("switches");
    let mut known = BTreeSet::new();
    for switch in SWITCHES {
        let name = format!("{} {}", switch.program, switch.switch);
        assert!(known.insert(name.clone()), "{name} stands twice");
        let Some(counterpart) = switch.counterpart else {
            assert!(!switch.remark.is_empty(), "{name} gives no reason");
            continue;
        };
        assert_exists(&folder, &name, counterpart);
    }
    // Every switch of "Using wmimofck.exe".
    for switch in ["-h", "-m", "-u", "-x", "-t", "-c", "-w", "-y", "-z"] {
        let is_known = |name: &String| name.starts_with(&format!("wmimofck {switch}"));
        assert!(known.iter().any(is_known), "{switch}");
    }
    // Every switch of "mofcomp".
    for switch in [
        "-check",
        "-N:",
        "-class:",
        "-instance:",
        "-B:",
        "-WMI",
        "-P:",
        "-U:",
        "-A:",
        "-autorecover",
        "-MOF:",
        "-MFL:",
        "-AMENDMENT:",
        "-ER:",
        "-L:",
    ] {
        let is_known = |name: &String| name.starts_with(&format!("mofcomp {switch}"));
        assert!(known.iter().any(is_known), "{switch}");
    }
}

#[test]
fn runs_alone_and_as_a_cargo_subcommand() {
    let folder = folder("names");
    let version = format!("cargo-wmi {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(succeeds(&folder, &["--version"], b"").0, version.as_bytes());
    assert_eq!(
        succeeds(&folder, &["wmi", "--version"], b"").0,
        version.as_bytes()
    );

    if compiled_elsewhere() {
        return skipped("there is no cargo to run it");
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = Path::new(PROGRAM).parent().map(Into::into).into_iter();
    let path = std::env::join_paths(folders.chain(std::env::split_paths(&path))).unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["wmi", "guid", "--format", "plain"])
        .env("PATH", path)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(output.stdout.len(), 37);
}

#[test]
fn wrong_arguments_fail_with_usage() {
    let folder = folder("usage");
    for arguments in [
        &[][..],
        &["complie"],
        &["compile"],
        &["compile", "a.mof", "--mof", "b.mof"],
        &[
            "compile", "a.mof", "--mof", "b.mof", "--mfl", "b.mfl", "-o", "a.bmf",
        ],
        &["compile", "a.mof", "--amendment", "MS_409"],
        &["compile", "a.mof", "--syntax-only", "-o", "a.bmf"],
        &["compile", "a.mof", "--class", "never"],
        &["compile", "a.mof", "--instance", "forceupdate"],
        &["header", "a.mof", "--hex", "-m"],
        &["header", "a.mof", "--language", "German"],
        &["compile", "a.mof", "--optimum"],
        &["compile", "a.mof", "-D", "1N"],
        &["layout", "a.mof", "--svg", "--json"],
        &["check", "a.mof", "--allow", "everything"],
        &["diff", "a.mof"],
        &["guid", "--format", "pretty"],
    ] {
        let said = fails(&folder, arguments, b"", 2);
        assert!(
            said.contains("Usage: ") || said.contains("try '--help'"),
            "{arguments:?}: {said}"
        );
    }
}

#[test]
fn colours_are_for_terminals_or_on_request() {
    let folder = folder("colours");
    let escapes = |force: bool| {
        let mut command = cargo_wmi(&folder, &["compile", "missing.mof"]);
        if force {
            command.env("CLICOLOR_FORCE", "1");
        }
        command.output().unwrap().stderr.contains(&0x1b)
    };
    assert!(!escapes(false));
    assert!(escapes(true));
}
