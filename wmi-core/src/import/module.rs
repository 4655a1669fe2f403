//! The whole source: what it imports, the classes, and the constants that list them.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::meta::WIDTH;
use super::name::{Types, type_name, words};
use super::text::{comment, literal, one_line, readable_lines};
use super::{Import, Importer, Omission, Options, What};
use crate::schema::{ChangeFlags, CimType, Class, Classes, File, ObjectKind, Schema};

/// Classes under the same pragmas, one after the other.
struct Run<'a> {
    namespace: &'a str,
    class_flags: Option<ChangeFlags>,
    classes: Vec<&'a Class<'a>>,
}

pub(super) fn write(file: &File<'_>, options: &Options) -> Import {
    let mut omissions = Vec::new();
    let runs = runs(file, &mut omissions);
    let all = || runs.iter().flat_map(|run| &run.classes).copied();
    let mut importer = Importer {
        classes: Classes::default(),
        embedded: BTreeSet::new(),
        shared_methods: shared_methods(all()),
        written: Vec::new(),
        structs: BTreeMap::new(),
        enums: Vec::new(),
        types: Types::new(),
        uses: BTreeSet::new(),
        out: String::new(),
        omissions,
    };
    let prefix = common_prefix(all());
    let mut constants = String::new();
    let mut names: BTreeSet<String> = BTreeSet::new();
    for run in &runs {
        importer.classes = run.classes.iter().copied().collect();
        importer.embedded = embedded(&run.classes);
        importer.structs.clear();
        importer.written.clear();
        let structs: Vec<String> = run
            .classes
            .iter()
            .map(|class| importer.struct_name(class, &prefix))
            .collect();
        let mut classes = Vec::new();
        for (class, name) in run.classes.iter().zip(structs) {
            match importer.attempt(|importer| importer.class(class, &name)) {
                Ok(()) => {
                    importer.written.push((class.name, name));
                    classes.push(*class);
                }
                Err(why) => {
                    importer
                        .omissions
                        .push(Omission::of(class, None, What::Class, why));
                }
            }
        }
        if !classes.is_empty() {
            let name = constant_name(run, runs.len() > 1, &mut names);
            importer.constant(&name, run, &classes, &mut constants);
        }
    }
    let mut source = head(options, &importer);
    source.push_str(&importer.out);
    source.push_str(&constants);
    // One empty line between items, none at the end.
    let length = source.trim_end().len();
    source.truncate(length);
    source.push('\n');
    Import {
        source,
        omissions: importer.omissions,
    }
}

fn runs<'a>(file: &File<'a>, omissions: &mut Vec<Omission>) -> Vec<Run<'a>> {
    let mut runs: Vec<Run<'a>> = Vec::new();
    for object in file.objects {
        let class = match &object.kind {
            ObjectKind::Class(class) => class,
            ObjectKind::Instance(instance) => {
                omissions.push(Omission {
                    class: instance.class.to_string(),
                    member: None,
                    what: What::Instance,
                    why: "a driver's schema has classes alone".to_string(),
                });
                continue;
            }
        };
        if object.instance_flags.is_some() {
            let why = "`instanceflags` concern instances alone".to_string();
            omissions.push(Omission::of(class, None, What::Pragma, why));
        }
        let same = |run: &&mut Run<'_>| {
            run.namespace == object.namespace && run.class_flags == object.class_flags
        };
        match runs.last_mut().filter(same) {
            Some(run) => run.classes.push(class),
            None => runs.push(Run {
                namespace: object.namespace,
                class_flags: object.class_flags,
                classes: alloc::vec![class],
            }),
        }
    }
    runs
}

/// The classes that are part of others, in lower case.
fn embedded(classes: &[&Class<'_>]) -> BTreeSet<String> {
    let properties = classes.iter().flat_map(|class| class.properties);
    let methods = classes.iter().flat_map(|class| class.methods);
    let parameters = methods.flat_map(|method| method.parameters);
    properties
        .chain(parameters)
        .filter(|property| property.cim_type == CimType::Object)
        .map(|property| property.type_name.to_lowercase())
        .collect()
}

/// The struct names that more than one method would like to have.
fn shared_methods<'a>(classes: impl Iterator<Item = &'a Class<'a>>) -> BTreeSet<String> {
    let mut known = BTreeSet::new();
    let methods = classes.flat_map(|class| class.methods);
    let names = methods.map(|method| type_name(method.name));
    names.filter(|name| !known.insert(name.clone())).collect()
}

/// What the names of all driver classes start with, up to an underscore: who published them.
fn common_prefix<'a>(classes: impl Iterator<Item = &'a Class<'a>>) -> String {
    let mut names = classes
        .filter(|class| class.qualifier("guid").is_some())
        .map(|class| class.name);
    let Some(first) = names.next() else {
        return String::new();
    };
    let Some((prefix, _)) = first.split_once('_') else {
        return String::new();
    };
    let mut others = names.peekable();
    let is_shared = others.peek().is_some()
        && others.all(|name| {
            let rest = name
                .strip_prefix(prefix)
                .and_then(|rest| rest.strip_prefix('_'));
            rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic()))
        });
    if is_shared {
        format!("{prefix}_")
    } else {
        String::new()
    }
}

fn constant_name(run: &Run<'_>, several: bool, names: &mut BTreeSet<String>) -> String {
    let last = run.namespace.rsplit('\\').next().unwrap_or_default();
    let first = if several {
        format!("{}_SCHEMA", words(last).join("_").to_uppercase())
    } else {
        "SCHEMA".to_string()
    };
    let numbered = (2u32..).map(|number| format!("{first}_{number}"));
    let mut candidates = core::iter::once(first.clone()).chain(numbered);
    let name = candidates
        .find(|name| !names.contains(name))
        .unwrap_or_default();
    names.insert(name.clone());
    name
}

impl<'a> Importer<'a> {
    /// The name of a class's struct: that of the class in Rust's convention, without what all
    /// classes of the file share.
    fn struct_name(&mut self, class: &Class<'_>, prefix: &str) -> String {
        let short = class.name.strip_prefix(prefix).unwrap_or(class.name);
        let (short, long) = (type_name(short), type_name(class.name));
        let class = format!("{long}Class");
        self.types.claim(&[short, long, class], &["Items", "View"])
    }

    /// The constant that lists the classes.
    fn constant(&mut self, name: &str, run: &Run<'a>, classes: &[&'a Class<'a>], out: &mut String) {
        self.uses.insert("Schema");
        let structs: Vec<_> = self
            .written
            .iter()
            .map(|(_, name)| format!("{name}::CLASS"))
            .collect();
        let external = external_bases(classes);
        let mut calls = Vec::new();
        if !run.namespace.eq(Schema::published(&[]).namespace) {
            calls.push(format!(".with_namespace({})", literal(run.namespace)));
        }
        if let Some(flags) = run.class_flags {
            self.uses.insert("ChangeFlags");
            calls.push(format!(".with_class_flags({})", change_flags(flags)));
        }
        let docs = format!(
            "The classes in `{}`, in the order of the file.",
            run.namespace
        );
        comment(&readable_lines(&docs, 0), out, 0);
        let breaks_a_rule = crate::schema::fault(classes, &external).is_some();
        let constructor = if breaks_a_rule { "published" } else { "new" };
        let list = list(&structs);
        if calls.is_empty() && (external.is_empty() || breaks_a_rule) {
            out.push_str(&format!(
                "pub const {name}: Schema<'static> = Schema::{constructor}({list});\n\n"
            ));
            return;
        }
        self.uses.insert("Class");
        let classes = name.replace("SCHEMA", "CLASSES");
        let call = if external.is_empty() || breaks_a_rule {
            format!("Schema::{constructor}({classes})")
        } else {
            let external: Vec<_> = external.iter().map(|base| format!("{base:?}")).collect();
            format!(
                "Schema::with_external_bases({classes}, &[{}])",
                external.join(", ")
            )
        };
        let start = format!("pub const {name}: Schema<'static> =");
        let chain = format!("{call}{}", calls.concat());
        const CHAIN_WIDTH: usize = 60;
        let one_line = start.len().saturating_add(chain.len()).saturating_add(2);
        let is_short = calls.len() <= 1 || chain.len() <= CHAIN_WIDTH;
        if is_short && one_line <= WIDTH {
            out.push_str(&format!("{start} {chain};\n\n"));
        } else if is_short && chain.len().saturating_add(5) <= WIDTH {
            out.push_str(&format!("{start}\n    {chain};\n\n"));
        } else if start.len().saturating_add(call.len()).saturating_add(1) <= WIDTH {
            out.push_str(&format!(
                "{start} {call}\n    {};\n\n",
                calls.join("\n    ")
            ));
        } else {
            out.push_str(&format!(
                "{start}\n    {call}\n        {};\n\n",
                calls.join("\n        ")
            ));
        }
        out.push_str(&format!(
            "const {classes}: &[&Class<'static>] = {list};\n\n"
        ));
    }
}

/// `&[A::CLASS, ..]`, on one line or one line each.
fn list(structs: &[String]) -> String {
    const ARRAY_WIDTH: usize = 60;
    let one_line = structs.join(", ");
    if one_line.len() <= ARRAY_WIDTH.saturating_sub(3) {
        return format!("&[{one_line}]");
    }
    let lines: Vec<_> = structs
        .iter()
        .map(|name| format!("    {name},\n"))
        .collect();
    format!("&[\n{}]", lines.concat())
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

/// The bases that are neither among these classes nor on every machine.
fn external_bases<'a>(classes: &[&Class<'a>]) -> Vec<&'a str> {
    let mut external: Vec<&str> = Vec::new();
    for base in classes.iter().filter_map(|class| class.superclass) {
        let is = |name: &&str| name.eq_ignore_ascii_case(base);
        let is_class = classes.iter().any(|class| is(&class.name));
        let is_known = Schema::SYSTEM_BASES.iter().any(is) || external.iter().any(is);
        if !is_class && !is_known {
            external.push(base);
        }
    }
    external
}

/// The documentation of the module, what could not be expressed, and the imports.
fn head(options: &Options, importer: &Importer<'_>) -> String {
    let mut head = String::new();
    let title = match &*options.origin {
        "" => "Imported WMI classes.".to_string(),
        origin => format!("The WMI classes of `{origin}`."),
    };
    for line in readable_lines(&title, 0) {
        head.push_str(&format!("//! {line}\n"));
    }
    head.push('\n');
    if !importer.omissions.is_empty() {
        head.push_str("// Not expressed here:\n");
        for omission in &importer.omissions {
            let line = one_line(&omission.to_string());
            head.push_str(&format!("// - {line}\n"));
        }
        head.push('\n');
    }
    let used = |names: &[&str]| -> Vec<String> {
        let used = names.iter().filter(|name| importer.uses.contains(**name));
        used.map(ToString::to_string).collect()
    };
    let atomics = used(&[
        "AtomicI8",
        "AtomicI16",
        "AtomicI32",
        "AtomicI64",
        "AtomicU8",
        "AtomicU16",
        "AtomicU32",
        "AtomicU64",
    ]);
    if let Some(names) = braced(&atomics) {
        head.push_str(&format!("use core::sync::atomic::{names};\n\n"));
    }
    let items = used(&[
        "Count",
        "DateTime",
        "Flags",
        "Text",
        "WmiClass",
        "WmiEnum",
        "WmiFlags",
        "WmiMethod",
    ]);
    let model = used(&["ChangeFlags", "Class", "Schema"]);
    let items_line = braced(&items).map(|names| format!("use wmi_core::{names};\n"));
    let model_line = braced(&model).map(|names| format!("use wmi_core::schema::{names};\n"));
    // A list comes after a path.
    let lines = if items.len() > 1 {
        [model_line, items_line]
    } else {
        [items_line, model_line]
    };
    head.extend(lines.into_iter().flatten());
    head.push('\n');
    head
}

/// `A`, or `{A, B}`.
fn braced(names: &[String]) -> Option<String> {
    match names {
        [] => None,
        [name] => Some(name.clone()),
        names => Some(format!("{{{}}}", names.join(", "))),
    }
}
