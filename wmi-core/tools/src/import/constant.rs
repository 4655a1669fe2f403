//! The constants that list the classes.

use std::collections::{BTreeMap, BTreeSet};

use super::Importer;
use super::meta::WIDTH;
use super::module::Run;
use super::name::words;
use super::text::{comment, literal, readable_lines};
use crate::classes::Name;
use wmi_core::schema::{ChangeFlags, Class, Edition, Schema};

/// `rustfmt`'s widths of a list, of the arguments of a call, and of a chain of calls.
const LIST_WIDTH: usize = 60;
const CALL_WIDTH: usize = 60;
const CHAIN_WIDTH: usize = 60;
/// The maximum number of classes that the compiler checks in linear time; beyond it the check is
/// quadratic.
const MOST_CHECKED: usize = 3072;
/// The width up to which an item is short.
const SHORT: usize = 10;

/// Returns the name of a constant; of `several` constants, by the last part of the namespace.
pub(super) fn name(run: &Run<'_>, several: bool, names: &mut BTreeMap<String, u32>) -> String {
    let last = run.namespace.rsplit('\\').next().unwrap_or_default();
    let plain = last.replace(|c: char| !c.is_ascii_alphanumeric(), "_");
    let start = words(&plain).join("_").to_uppercase();
    let first = if several && start.starts_with(|c: char| c.is_ascii_alphabetic()) {
        format!("{start}_SCHEMA")
    } else {
        "SCHEMA".to_string()
    };
    let count = names.entry(first.clone()).or_insert(0);
    *count = count.saturating_add(1);
    match count {
        1 => first,
        count => format!("{first}_{count}"),
    }
}

impl<'a> Importer<'a> {
    /// Writes the constant of the classes of a run.
    pub(super) fn constant(
        &mut self,
        name: &str,
        run: &Run<'a>,
        edition: Edition,
        classes: &[&'a Class<'a>],
        structs: impl Iterator<Item = impl core::fmt::Display>,
        out: &mut String,
    ) {
        self.uses.insert("Schema");
        let structs: Vec<_> = structs.map(|name| format!("{name}::CLASS")).collect();
        let mut external = external_bases(classes);
        let breaks_a_rule = classes.len() > MOST_CHECKED || !Schema::is_sound(classes, &external);
        if breaks_a_rule {
            external.clear();
        }
        let constructor = if breaks_a_rule { "published" } else { "new" };
        let mut calls = Vec::new();
        if run.namespace != Schema::published(&[]).namespace {
            calls.push(format!(".with_namespace({})", literal(run.namespace)));
        }
        if let Some(flags) = run.class_flags {
            self.uses.insert("ChangeFlags");
            calls.push(format!(".with_class_flags({})", change_flags(flags)));
        }
        if edition == Edition::Old {
            self.uses.insert("Edition");
            calls.push(".with_edition(Edition::Old)".to_string());
        }
        let docs = format!(
            "The classes in `{}`, in the order of the file.",
            run.namespace
        );
        comment(&readable_lines(&docs, 0), out, 0);
        let start = format!("pub const {name}: Schema<'static> =");
        if calls.is_empty() && external.is_empty() {
            let list = list(&structs, LIST_WIDTH);
            assign(&start, &format!("Schema::{constructor}({list})"), out);
            return;
        }
        self.uses.insert("Class");
        let list_name = name.replace("SCHEMA", "CLASSES");
        let bases: Vec<_> = external.iter().map(|base| format!("{base:?}")).collect();
        let bases_name = name.replace("SCHEMA", "EXTERNAL_BASES");
        let inline = list(
            &bases,
            CALL_WIDTH.saturating_sub(list_name.len()).saturating_sub(5),
        );
        let is_inline = !inline.contains('\n');
        let call = match (&*bases, is_inline) {
            ([], _) => format!("Schema::{constructor}({list_name})"),
            (_, true) => format!("Schema::with_external_bases({list_name}, {inline})"),
            (_, false) => format!("Schema::with_external_bases({list_name}, {bases_name})"),
        };
        chain(&start, &call, &calls, out);
        let list_start = format!("const {list_name}: &[&Class<'static>] =");
        assign(&list_start, &list(&structs, LIST_WIDTH), out);
        if !is_inline {
            let start = format!("const {bases_name}: &[&str] =");
            assign(&start, &list(&bases, LIST_WIDTH), out);
        }
    }
}

/// Writes `start value;` and an empty line; the value is on the next line if it does not fit.
fn assign(start: &str, value: &str, out: &mut String) {
    let width = start.len().saturating_add(value.len()).saturating_add(2);
    let separator = if value.contains('\n') || width <= WIDTH {
        " "
    } else {
        "\n    "
    };
    out.push_str(&format!("{start}{separator}{value};\n\n"));
}

/// Writes `start call.calls;`, one call per line if they do not fit on one.
fn chain(start: &str, call: &str, calls: &[String], out: &mut String) {
    let whole = format!("{call}{}", calls.concat());
    let fits = |before: usize, text: &str| before.saturating_add(text.len()) < WIDTH;
    let is_short = calls.len() <= 1 || whole.len() <= CHAIN_WIDTH;
    if is_short && fits(4, &whole) {
        return assign(start, &whole, out);
    }
    let (separator, indent) = if fits(start.len().saturating_add(1), call) {
        (" ", "\n    ")
    } else {
        ("\n    ", "\n        ")
    };
    let calls: Vec<_> = calls.iter().map(|call| format!("{indent}{call}")).collect();
    out.push_str(&format!("{start}{separator}{call}{};\n\n", calls.concat()));
}

/// Writes `&[A::CLASS, ..]` on one line, or one item per line.
fn list(items: &[String], width: usize) -> String {
    let one_line = items.join(", ");
    if one_line.len() <= width {
        return format!("&[{one_line}]");
    }
    // Short literals share lines.
    let share = items
        .iter()
        .all(|item| item.starts_with('"') && item.len() <= SHORT);
    let mut lines: Vec<String> = Vec::new();
    for item in items {
        let fits = |line: &&mut String| {
            let width = line.len().saturating_add(item.len()).saturating_add(2);
            share && width <= WIDTH
        };
        match lines.last_mut().filter(fits) {
            Some(line) => line.push_str(&format!(" {item},")),
            None => lines.push(format!("    {item},")),
        }
    }
    format!("&[\n{}\n]", lines.join("\n"))
}

fn change_flags(flags: ChangeFlags) -> String {
    let constants = [
        (ChangeFlags::UPDATE_ONLY, "UPDATE_ONLY"),
        (ChangeFlags::CREATE_ONLY, "CREATE_ONLY"),
        (ChangeFlags::SAFE_UPDATE, "SAFE_UPDATE"),
        (ChangeFlags::FORCE_UPDATE, "FORCE_UPDATE"),
    ];
    match constants.iter().find(|(known, _)| *known == flags) {
        Some((_, name)) => format!("ChangeFlags::{name}"),
        None => format!("ChangeFlags::from_bits({:#x})", flags.bits()),
    }
}

/// Returns the bases that are neither among these classes nor present on every machine.
fn external_bases<'a>(classes: &[&Class<'a>]) -> Vec<&'a str> {
    let mut known: BTreeSet<_> = classes.iter().map(|class| Name(class.name)).collect();
    known.extend(Schema::SYSTEM_BASES.iter().map(|base| Name(base)));
    let bases = classes.iter().filter_map(|class| class.superclass);
    bases.filter(|base| known.insert(Name(base))).collect()
}
