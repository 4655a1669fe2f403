//! Checks the assembly that the compiler makes of counters and replies.
//!
//! The package `wmi-codegen` holds the functions. It and all its dependencies are compiled to
//! assembly, so that calls can be followed to their end.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use wmi_tests::skipped;

const TARGET: &str = "x86_64-unknown-linux-gnu";

#[test]
fn counter_methods_are_one_instruction() {
    let Some(assembly) = Assembly::of_codegen() else {
        return;
    };
    for (function, instruction) in [
        ("increment", "lock incq 16(%rdi)"),
        ("add", "lock addq %rsi, 24(%rdi)"),
        ("decrement", "lock decq (%rdi)"),
        ("sub", "lock subq %rsi, 40(%rdi)"),
        ("set", "movq %rsi, 40(%rdi)"),
        ("get", "movq 8(%rdi), %rax"),
        ("item", "movq 160(%rdi), %rax"),
        ("single_writer_increment", "incq (%rdi)"),
        ("single_writer_add", "addl %esi, 8(%rdi)"),
        ("single_writer_decrement", "decq (%rdi)"),
        ("single_writer_sub", "subl %esi, 8(%rdi)"),
    ] {
        let symbol = assembly.symbol(function);
        let instructions = assembly.instructions(symbol);
        assert_eq!(instructions, [instruction, "retq"], "{function}");
    }
}

/// The compiler chooses the offsets of the fields, so they are left out here.
#[test]
fn counters_of_two_items_are_one_instruction_for_each() {
    let Some(assembly) = Assembly::of_codegen() else {
        return;
    };
    for (function, expected) in [
        (
            "record",
            &["lock incl (%rdi)", "lock addq %rsi, (%rdi)"][..],
        ),
        (
            "add_samples",
            &["lock addl %edx, (%rdi)", "lock addl %esi, (%rdi)"],
        ),
        ("set_fraction", &["movl %edx, (%rdi)", "movl %esi, (%rdi)"]),
        (
            "single_writer_record",
            &["incl (%rdi)", "addl %esi, (%rdi)"],
        ),
        ("add_ticks", &["lock addq %rsi, (%rdi)"]),
        (
            "add_ticks_until",
            &["lock addq %rsi, (%rdi)", "movq %rdx, (%rdi)"],
        ),
        ("start", &["movq %rsi, (%rdi)"]),
    ] {
        let instructions = assembly.instructions(assembly.symbol(function));
        let plain: Vec<String> = instructions
            .iter()
            .map(|line| without_offset(line))
            .collect();
        assert_eq!(plain, [expected, &["retq"]].concat(), "{function}");
    }
    let index = ["andl $63, %esi", "shll $7, %esi"];
    let instructions = assembly.instructions(assembly.symbol("per_cpu_record"));
    assert_eq!(instructions[..2], index);
    assert_eq!(instructions.len(), 5, "{instructions:?}");
}

/// The line without the number before a parenthesis.
fn without_offset(line: &str) -> String {
    match line.split_once('(') {
        Some((before, behind)) => {
            let before = before.trim_end_matches(|digit: char| digit.is_ascii_digit());
            format!("{before}({behind}")
        }
        None => line.to_owned(),
    }
}

/// The index is the remainder by a power of two, times the size of a group.
#[test]
fn per_cpu_counters_are_one_indexed_instruction() {
    let Some(assembly) = Assembly::of_codegen() else {
        return;
    };
    for (function, size, instruction) in [
        ("per_cpu_increment", "$8", "lock incq 16(%rdi,%rsi)"),
        ("per_cpu_single_writer", "$7", "incq (%rdi,%rsi)"),
    ] {
        let index = [String::from("andl $63, %esi"), format!("shll {size}, %esi")];
        let instructions = assembly.instructions(assembly.symbol(function));
        assert_eq!(instructions[..2], index, "{function}");
        assert_eq!(instructions[2..], [instruction, "retq"], "{function}");
    }
    let odd = assembly.instructions(assembly.symbol("per_cpu_odd"));
    assert!(
        odd.ends_with(&["lock incq 16(%rdi,%rsi)", "retq"]),
        "{odd:?}"
    );
    assert!(
        odd.iter()
            .all(|line| !line.starts_with('j') && !line.starts_with("div")),
        "{odd:?}"
    );
}

#[test]
fn replies_and_readers_cannot_panic() {
    let Some(assembly) = Assembly::of_codegen() else {
        return;
    };
    for function in [
        "snapshot",
        "per_cpu_increment",
        "per_cpu_odd",
        "per_cpu_snapshot",
        "write_all",
        "write_blocks",
        "write_named",
        "write_single",
        "read",
        "driver::dispatch",
        "driver::send",
    ] {
        let outside = assembly.reached_outside(assembly.symbol(function));
        // Anything else that a function could call, such as a panic, is an outside symbol.
        assert!(
            outside.iter().all(|&name| harmless(name)),
            "{function} reaches {outside:?}"
        );
    }
}

/// Shows that the test above follows calls.
#[test]
fn panics_are_detected() {
    let Some(assembly) = Assembly::of_codegen() else {
        return;
    };
    let outside = assembly.reached_outside(assembly.symbol("panics"));
    assert!(
        outside.iter().any(|name| name.contains("panic")),
        "{outside:?}"
    );
}

/// Returns whether this is a C library function that the compiler itself calls to copy or compare
/// bytes.
fn harmless(symbol: &str) -> bool {
    ["memcpy", "memmove", "memset", "memcmp", "bcmp"].contains(&symbol)
}

/// Prefixes of labels within a function, and of constants and jump tables beside it.
const LOCAL: [&str; 5] = [".LBB", ".LCPI", ".LJTI", ".Lfunc", ".Ltmp"];

/// The lines of each label, from all crates.
struct Assembly(BTreeMap<String, Vec<String>>);

impl Assembly {
    /// Compiles `wmi-codegen` and its dependencies. On other machines, prints that the test is
    /// skipped and returns `None`.
    fn of_codegen() -> Option<Self> {
        if !cfg!(all(target_arch = "x86_64", target_os = "linux")) {
            skipped("the expected assembly is for x86-64 Linux");
            return None;
        }
        let mut labels = BTreeMap::new();
        for file in compile() {
            let text = std::fs::read_to_string(&file)
                .unwrap_or_else(|why| panic!("{}: {why}", file.display()));
            let mut lines = &mut Vec::new();
            for line in text.lines() {
                match line.strip_suffix(':') {
                    Some(label) if LOCAL.iter().any(|local| label.starts_with(local)) => {}
                    Some(label) => lines = labels.entry(label.to_owned()).or_default(),
                    None => lines.push(line.split_whitespace().collect::<Vec<_>>().join(" ")),
                }
            }
        }
        Some(Self(labels))
    }

    /// Returns the symbol of a function of `wmi-codegen`: its path with lengths, in either
    /// mangling.
    fn symbol(&self, function: &str) -> &str {
        let parts: String = function
            .split("::")
            .map(|part| format!("{}{part}", part.len()))
            .collect();
        let path = format!("11wmi_codegen{parts}");
        let mut symbols = self.0.keys().filter(|symbol| symbol.contains(&path));
        let symbol = symbols.next().expect("the function is compiled");
        assert_eq!(symbols.next(), None, "{function} has one symbol");
        symbol
    }

    fn instructions(&self, symbol: &str) -> Vec<&str> {
        let lines = self.0[symbol].iter().map(String::as_str);
        lines
            .filter(|line| !line.is_empty() && !line.starts_with('.'))
            .collect()
    }

    /// Returns the symbols that a function refers to, directly or through others, and that no crate
    /// here defines.
    fn reached_outside<'a>(&'a self, symbol: &'a str) -> BTreeSet<&'a str> {
        let mut reached = BTreeSet::new();
        let mut next = vec![symbol];
        while let Some(symbol) = next.pop() {
            if reached.insert(symbol) {
                let lines = self.0.get(symbol).into_iter().flatten();
                next.extend(lines.flat_map(|line| self.references(line)));
            }
        }
        reached.retain(|&symbol| !self.0.contains_key(symbol));
        reached
    }

    /// Returns the symbols in the operands of an instruction, called or with their address taken,
    /// or in a table of addresses.
    fn references<'a>(&self, line: &'a str) -> Vec<&'a str> {
        if line.starts_with('.') && !line.starts_with(".quad") {
            return Vec::new();
        }
        line.split(|c: char| !(c.is_alphanumeric() || "._$@".contains(c)))
            .filter_map(|word| match word.split_once('@') {
                Some((symbol, _)) => Some(symbol),
                None => self.0.contains_key(word).then_some(word),
            })
            .collect()
    }
}

/// Compiles `wmi-codegen`, and returns the assembly files of the package and its dependencies.
fn compile() -> Vec<PathBuf> {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("codegen");
    let output = Command::new(env::var_os("CARGO").expect("the test runs below cargo"))
        .args(["rustc", "--release", "-p", "wmi-codegen", "--lib"])
        // With a target named, the flags do not apply to macros and build scripts.
        .args(["--target", TARGET, "--message-format", "json"])
        .arg("--target-dir")
        .arg(&directory)
        .env_remove("RUSTFLAGS")
        .env("CARGO_ENCODED_RUSTFLAGS", "--emit=asm")
        .output()
        .expect("cargo starts");
    let messages = String::from_utf8_lossy(&output.stdout);
    let problem = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{problem}\n{messages}");
    // The strings in the messages include the file `libname-hash.rmeta` of each crate, which has
    // its assembly beside it as `name-hash.s`.
    let libraries = directory.join(TARGET).join("release/deps/lib");
    let libraries = libraries.to_str().expect("the path is UTF-8");
    messages
        .split('"')
        .filter_map(|file| file.strip_prefix(libraries)?.strip_suffix(".rmeta"))
        .map(|name| {
            directory
                .join(TARGET)
                .join(format!("release/deps/{name}.s"))
        })
        .collect()
}
