//! Writes the whole source: documentation, imports and classes.

use core::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet};

use super::class::{Struct, Written};
use super::meta::WIDTH;
use super::name::{Types, type_name};
use super::text::{one_line, readable_lines};
use super::{Import, Importer, Omission, OmissionKind, Options, constant, provider};
use crate::Classes;
use crate::classes::Name;
use crate::kind::Uses;
use crate::namespace::normal;
use wmi_core::schema::{ChangeFlags, CimType, Class, File, ObjectKind};

/// Consecutive classes under the same pragmas.
pub(super) struct Run<'a> {
    pub(super) namespace: &'a str,
    pub(super) class_flags: Option<ChangeFlags>,
    classes: Vec<&'a Class<'a>>,
}

/// The classes of one namespace; its spellings are merged.
#[derive(Default)]
pub(super) struct Space<'a> {
    pub(super) classes: Classes<'a>,
    pub(super) uses: Uses<'a>,
    /// The structs of the written classes, by the class name as spelled.
    pub(super) written: BTreeMap<&'a str, String>,
    /// The structs that others may embed, by the class name in lower case.
    pub(super) structs: BTreeMap<String, Struct>,
}

/// A class of the file.
struct Member<'a> {
    class: &'a Class<'a>,
    /// The index of its namespace.
    space: usize,
    /// The name of its struct.
    name: String,
    /// The source; `None` if the class is omitted.
    source: Option<String>,
    omissions: Vec<Omission>,
    /// The struct and its members; `None` if the class is omitted.
    written: Option<Written>,
}

pub(super) fn write(file: &File<'_>, options: &Options) -> Import {
    let mut omissions = Vec::new();
    let runs = runs(file, &mut omissions);
    let all = || runs.iter().flat_map(|run| &run.classes).copied();
    let mut importer = Importer {
        space: Space::default(),
        shared_methods: shared_methods(all()),
        enums: BTreeMap::new(),
        new_enums: Vec::new(),
        types: Types::new(),
        uses: BTreeSet::new(),
        out: String::new(),
        omissions: Vec::new(),
    };
    let prefix = common_prefix(all());
    let mut classes: BTreeMap<_, _> = Classes::from(file).by_namespace().into_iter().collect();
    let mut numbers = BTreeMap::new();
    let mut spaces: Vec<Space<'_>> = Vec::new();
    let mut members = Vec::new();
    for run in &runs {
        let namespace = normal(run.namespace);
        let space = *numbers.entry(namespace.clone()).or_insert(spaces.len());
        if space == spaces.len() {
            let classes = classes.remove(&Some(namespace)).unwrap_or_default();
            spaces.push(Space {
                uses: Uses::new(&classes),
                classes,
                ..Space::default()
            });
        }
        members.extend(run.classes.iter().map(|class| Member {
            class,
            space,
            name: importer.struct_name(class, &prefix),
            source: None,
            omissions: Vec::new(),
            written: None,
        }));
    }
    for index in by_need(&members) {
        let Some(member) = members.get_mut(index) else {
            continue;
        };
        let Some(space) = spaces.get_mut(member.space) else {
            continue;
        };
        core::mem::swap(&mut importer.space, space);
        let (class, name) = (member.class, &*member.name);
        match importer.attempt(|importer| importer.class(class, name)) {
            Ok(written) => {
                member.written = Some(written);
                importer.space.written.insert(class.name, name.to_string());
                member.source = Some(core::mem::take(&mut importer.out));
            }
            Err(why) => {
                let omission = Omission::of(class, None, OmissionKind::Class, why);
                importer.omissions.push(omission);
            }
        }
        member.omissions = core::mem::take(&mut importer.omissions);
        core::mem::swap(&mut importer.space, space);
    }
    let mut constants = String::new();
    let mut names = BTreeMap::new();
    let mut rest = members.iter();
    for run in &runs {
        let members = rest.by_ref().take(run.classes.len());
        let written: Vec<_> = members.filter(|member| member.source.is_some()).collect();
        if !written.is_empty() {
            let name = constant::name(run, runs.len() > 1, &mut names);
            let classes: Vec<_> = written.iter().map(|member| member.class).collect();
            let structs = written.iter().map(|member| &*member.name);
            importer.constant(&name, run, file.edition, &classes, structs, &mut constants);
        }
    }
    let provider = options.provider.as_ref().and_then(|options| {
        let written = members.iter();
        let written = written.filter_map(|member| Some((member.class, member.written.as_ref()?)));
        provider::write(&written.collect::<Vec<_>>(), options)
    });
    for member in &mut members {
        omissions.append(&mut member.omissions);
    }
    let mut source = head(options, &importer, &omissions);
    source.extend(members.into_iter().filter_map(|member| member.source));
    source.push_str(&constants);
    // One empty line between items, none at the end.
    let length = source.trim_end().len();
    source.truncate(length);
    source.push('\n');
    Import {
        source,
        provider,
        omissions,
    }
}

/// Returns the classes ordered so that each follows the classes it needs: its base, and those that
/// it and its methods embed.
fn by_need(members: &[Member<'_>]) -> Vec<usize> {
    let mut places = BTreeMap::new();
    for (index, member) in members.iter().enumerate() {
        let key = (member.space, Name(member.class.name));
        places.entry(key).or_insert(index);
    }
    // The last one is popped first.
    let needs = |index: usize| -> Vec<usize> {
        let Some(Member { class, space, .. }) = members.get(index) else {
            return Vec::new();
        };
        let parameters = class.methods.iter().flat_map(|method| method.parameters);
        let embedded = class.properties.iter().chain(parameters);
        let embedded = embedded.filter(|item| item.cim_type == CimType::Object);
        let names = class.superclass.into_iter();
        let names = names.chain(embedded.map(|item| item.type_name));
        let needs = names.filter_map(|name| places.get(&(*space, Name(name))).copied());
        let mut needs: Vec<_> = needs.collect();
        needs.reverse();
        needs
    };
    let mut order = Vec::with_capacity(members.len());
    let mut seen = BTreeSet::new();
    for root in 0..members.len() {
        if !seen.insert(root) {
            continue;
        }
        let mut waiting = vec![(root, needs(root))];
        while let Some((index, rest)) = waiting.last_mut() {
            match rest.pop() {
                Some(need) if seen.insert(need) => waiting.push((need, needs(need))),
                Some(_) => {}
                None => {
                    order.push(*index);
                    waiting.pop();
                }
            }
        }
    }
    order
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
                    kind: OmissionKind::Instance,
                    why: "a driver's schema has only classes".to_string(),
                });
                continue;
            }
        };
        if object.instance_flags.is_some() {
            let why = "`instanceflags` only concern instances".to_string();
            omissions.push(Omission::of(class, None, OmissionKind::Pragma, why));
        }
        let same = |run: &&mut Run<'_>| {
            run.namespace == object.namespace && run.class_flags == object.class_flags
        };
        match runs.last_mut().filter(same) {
            Some(run) => run.classes.push(class),
            None => runs.push(Run {
                namespace: object.namespace,
                class_flags: object.class_flags,
                classes: vec![class],
            }),
        }
    }
    runs
}

/// Returns the struct names that fit more than one method.
fn shared_methods<'a>(classes: impl Iterator<Item = &'a Class<'a>>) -> BTreeSet<String> {
    let mut known = BTreeSet::new();
    let methods = classes.flat_map(|class| class.methods);
    let names = methods.map(|method| type_name(method.name));
    names.filter(|name| !known.insert(name.clone())).collect()
}

/// Returns the prefix that all driver classes share, up to an underscore: the publisher.
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

impl<'a> Importer<'a> {
    /// Returns the struct name of a class: its name in Rust's convention, without the prefix shared
    /// by all classes of the file.
    fn struct_name(&mut self, class: &Class<'_>, prefix: &str) -> String {
        let short = class.name.strip_prefix(prefix).unwrap_or(class.name);
        let (short, long) = (type_name(short), type_name(class.name));
        let class = format!("{long}Class");
        self.types.claim(&[short, long, class], &["Items", "View"])
    }
}

/// Returns the documentation of the module, the omissions, and the imports.
fn head(options: &Options, importer: &Importer<'_>, omissions: &[Omission]) -> String {
    let mut head = String::new();
    let title = match &*options.origin {
        "" => "Imported WMI classes.".to_string(),
        origin => format!("The WMI classes of `{origin}`."),
    };
    for line in readable_lines(&title, 0) {
        head.push_str(&format!("//! {line}\n"));
    }
    head.push('\n');
    if !omissions.is_empty() {
        head.push_str("// Not expressed here:\n");
        for omission in omissions {
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
    if let Some(line) = import("core::sync::atomic", &atomics) {
        head.push_str(&line);
        head.push('\n');
    }
    let items = used(&[
        "Char16",
        "Count",
        "DateTime",
        "Flags",
        "Text",
        "WmiClass",
        "WmiEnum",
        "WmiFlags",
        "WmiMethod",
    ]);
    let model = used(&["ChangeFlags", "Class", "Edition", "Schema"]);
    let items_line = import("wmi_core", &items);
    let model_line = import("wmi_core::schema", &model);
    // Lists come after single paths.
    let lines = if items.len() > 1 {
        [model_line, items_line]
    } else {
        [items_line, model_line]
    };
    head.extend(lines.into_iter().flatten());
    head.push('\n');
    head
}

/// Returns `use path::A;` or `use path::{A, B};`.
pub(super) fn import<S: Borrow<str>>(path: &str, names: &[S]) -> Option<String> {
    let line = match names {
        [] => return None,
        [name] => format!("use {path}::{};\n", name.borrow()),
        names => format!("use {path}::{{{}}};\n", names.join(", ")),
    };
    if line.len() <= WIDTH {
        return Some(line);
    }
    let mut lines = format!("use {path}::{{\n   ");
    let mut width = 3usize;
    for name in names {
        let name = format!(" {},", name.borrow());
        width = width.saturating_add(name.len());
        if width > WIDTH {
            lines.push_str("\n   ");
            width = name.len().saturating_add(3);
        }
        lines.push_str(&name);
    }
    lines.push_str("\n};\n");
    Some(lines)
}
