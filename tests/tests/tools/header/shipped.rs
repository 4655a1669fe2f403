//! `wmidata.h`, which Microsoft generated from Windows' own classes, as shipped by mingw-w64:
//! without comments, and with its definitions before its structures.
//!
//! The MOF of those classes is not public. The test therefore reconstructs the classes from the
//! structures. Our header of these classes must define the same names with the same tokens.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::build::{flag, item, method, number, text, with_methods};
use wmi_core::schema::{Class, Method, Property};
use wmi_tests::skipped;
use wmi_tools::header::Header;

const PLACES: &[&str] = &[
    "/usr/x86_64-w64-mingw32/include/ddk/wmidata.h",
    "/usr/share/mingw-w64/include/ddk/wmidata.h",
];

/// The definitions of a header, as tokens, in order.
struct Shipped {
    /// Structures: name and member declarations (type, name, dimension).
    structures: Vec<(String, Vec<Declared>)>,
    /// `#define name value`.
    defines: Vec<(String, String)>,
    /// `DEFINE_GUID(name, value)`.
    guids: Vec<(String, String)>,
}

struct Declared {
    c_type: String,
    name: String,
    dimension: Option<String>,
}

fn shipped() -> Option<Shipped> {
    let path = PLACES.iter().find(|path| Path::new(path).exists());
    let Some(path) = path else {
        skipped("mingw-w64 is not there, so its wmidata.h is not compared");
        return None;
    };
    Some(read(&fs::read_to_string(path).expect("it can be read")))
}

/// Returns the tokens separated by single blanks.
fn tokens(text: &str) -> String {
    let mut spaced = String::new();
    for c in text.chars() {
        if c.is_alphanumeric() || c == '_' {
            spaced.push(c);
        } else {
            spaced.extend([' ', c, ' ']);
        }
    }
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Reads a header whose comments take whole lines.
fn read(header: &str) -> Shipped {
    let header = header.replace("\\\n", " ");
    let (mut structures, mut defines, mut guids) = (Vec::new(), Vec::new(), Vec::new());
    for line in header.lines().map(str::trim) {
        if let Some(define) = line.strip_prefix("#define ") {
            let (name, value) = define.split_once(' ').unwrap_or((define, ""));
            defines.push((name.to_owned(), tokens(value)));
        } else if let Some(guid) = line.strip_prefix("DEFINE_GUID(") {
            let (name, value) = guid.split_once(',').expect("a name");
            let value = value.trim_end_matches([')', ';']);
            guids.push((name.to_owned(), tokens(value)));
        } else if let Some(name) = line.strip_prefix("typedef struct _") {
            let name = name.trim_end_matches(" {");
            structures.push((name.to_owned(), Vec::new()));
        } else if let Some(names) = line.strip_prefix("} ") {
            let (name, _) = structures.last().expect("a structure");
            assert_eq!(names, format!("{name}, *P{name};"));
        } else if let Some((c_type, declared)) = line.split_once(' ') {
            let Some(declared) = declared.strip_suffix(';') else {
                continue;
            };
            let (name, dimension) = match declared.split_once('[') {
                Some((name, dimension)) => (name, Some(dimension.trim_end_matches(']').to_owned())),
                None => (declared, None),
            };
            let (_, members) = structures.last_mut().expect("a structure");
            members.push(Declared {
                c_type: c_type.to_owned(),
                name: name.to_owned(),
                dimension,
            });
        }
    }
    Shipped {
        structures,
        defines,
        guids,
    }
}

const TYPES: &[(&str, &str)] = &[
    ("BOOLEAN", "boolean"),
    ("CHAR", "sint8"),
    ("UCHAR", "uint8"),
    ("SHORT", "sint16"),
    ("USHORT", "uint16"),
    ("LONG", "sint32"),
    ("ULONG", "uint32"),
    ("LONGLONG", "sint64"),
    ("ULONGLONG", "uint64"),
    ("WCHAR", "string"),
];

/// Reconstructs the item behind a member: its id and its MOF declaration.
fn read_back(
    structure: &str,
    member: &Declared,
    defines: &BTreeMap<&str, &str>,
) -> Option<(i64, Property<'static>)> {
    let keep = |text: String| -> &'static str { text.leak() };
    let defined = |name: &str, what| defines.get(&*format!("{structure}_{name}_{what}")).copied();
    let mut name = member.name.clone();
    let mut mof = match TYPES.iter().find(|(c, _)| *c == member.c_type) {
        Some((_, mof)) => (*mof).to_owned(),
        None => member.c_type.clone(),
    };
    let mut dimension = member
        .dimension
        .as_ref()
        .map(|length| format!("[{length}]"));
    let id = if name == "VariableData" {
        // A string without maximum: only its id has the name.
        (mof, dimension) = ("string".to_owned(), None);
        let prefix = format!("{structure}_");
        let named = defines.iter().find_map(|(define, id)| {
            let item = define.strip_prefix(&prefix)?.strip_suffix("_ID")?;
            let declared = defined(item, "SIZE").is_some() || item.contains('_');
            (!declared).then_some((item, *id))
        });
        let (item, id) = named?;
        name = item.to_owned();
        id
    } else {
        let id = defined(&name, "ID")?;
        if defined(&name, "SIZE").is_none() {
            dimension = Some("[]".to_owned());
        }
        id
    };
    let id = id.parse().expect("an id");
    let declaration = format!("{mof} {name}{}", dimension.unwrap_or_default());
    Some((id, item(keep(declaration), vec![number("WmiDataId", id)])))
}

/// Returns the definitions of our header of a class, without GUIDs.
fn ours(class: Class<'static>) -> Shipped {
    let header = Header::new("ours.h", [&*Box::leak(Box::new(class))]).method_structs(true);
    let mut ours = read(&header.to_string().replace("\n{", " {"));
    ours.defines.retain(|(name, _)| name != "_ours_h_");
    ours
}

fn check(ours: &Shipped, shipped: &Shipped, defines: &BTreeMap<&str, &str>) {
    for (name, value) in &ours.defines {
        assert_eq!(defines.get(&**name), Some(&&**value), "{name}");
    }
    for (name, members) in &ours.structures {
        let mut found = shipped.structures.iter().filter(|(other, _)| other == name);
        let (_, theirs) = found.next().expect(name);
        let text = |members: &[Declared]| -> Vec<_> {
            let declared = members.iter();
            declared
                .map(|it| format!("{} {}{:?}", it.c_type, it.name, it.dimension))
                .collect()
        };
        assert_eq!(text(members), text(theirs), "{name}");
        let size = format!("{name}_SIZE");
        let has_size = ours.defines.iter().any(|(define, _)| *define == size);
        assert_eq!(has_size, defines.contains_key(&*size), "{name}");
    }
}

#[test]
fn structures_match_the_shipped_header() {
    let Some(shipped) = shipped() else { return };
    let defines = shipped
        .defines
        .iter()
        .map(|(name, value)| (&**name, &**value));
    let defines: BTreeMap<_, _> = defines.collect();
    let mut defined = 0;
    let mut compared = 0;
    for (name, members) in &shipped.structures {
        if name.ends_with("_IN") || name.ends_with("_OUT") {
            continue;
        }
        let items: Option<Vec<_>> = members
            .iter()
            .map(|member| read_back(name, member, &defines))
            .collect();
        // Items without ids are unknown, and some classes name the ids themselves.
        let Some(items) = items else { continue };
        let properties = items.into_iter().map(|(_, property)| property).collect();
        let name: &'static str = name.clone().leak();
        let ours = ours(super::build::class(name, vec![], properties));
        check(&ours, &shipped, &defines);
        defined += ours.defines.len();
        compared += 1;
    }
    println!("{compared} structures, {defined} definitions");
    assert!(compared > 300, "{compared} structures");
}

#[test]
fn methods_match_the_shipped_header() {
    let Some(shipped) = shipped() else { return };
    let defines = shipped
        .defines
        .iter()
        .map(|(name, value)| (&**name, &**value));
    let defines: BTreeMap<_, _> = defines.collect();
    let mut methods: Vec<(&str, i64, Vec<&str>)> = Vec::new();
    for (name, value) in &shipped.defines {
        let structure = ["_IN_", "_OUT_"].iter().find_map(|direction| {
            let (stem, rest) = name.split_once(direction)?;
            rest.ends_with("_ID").then_some((stem, direction))
        });
        match (structure, value.parse()) {
            (Some((stem, _)), _) => {
                let (_, _, stems) = methods.last_mut().expect("a method");
                if stems.last() != Some(&stem) {
                    stems.push(stem);
                }
            }
            // Any other number is an id or a value of an item.
            (None, Ok(id)) if !name.ends_with("_ID") => methods.push((name, id, Vec::new())),
            _ => {}
        }
    }
    let mut compared = 0;
    for (name, id, stems) in methods {
        let [stem] = stems[..] else { continue };
        let Some(method) = method_of(name, id, stem, &shipped, &defines) else {
            continue;
        };
        let class = with_methods(super::build::class("Methods", vec![], vec![]), vec![method]);
        check(&ours(class), &shipped, &defines);
        compared += 1;
    }
    println!("{compared} methods");
    assert!(compared > 40, "{compared} methods");
}

/// Reconstructs a method from its two structures.
fn method_of(
    name: &str,
    id: i64,
    stem: &str,
    shipped: &Shipped,
    defines: &BTreeMap<&str, &str>,
) -> Option<Method<'static>> {
    let mut parameters: BTreeMap<i64, (Property<'static>, bool, bool)> = BTreeMap::new();
    for direction in ["IN", "OUT"] {
        let structure = format!("{stem}_{direction}");
        let found = shipped
            .structures
            .iter()
            .find(|(name, _)| *name == structure);
        for member in found.iter().flat_map(|(_, members)| members) {
            let (place, parameter) = read_back(&structure, member, defines)?;
            let entry = parameters.entry(place).or_insert((parameter, false, false));
            entry.1 |= direction == "IN";
            entry.2 |= direction == "OUT";
        }
    }
    let parameters = parameters.into_values().map(|(parameter, input, output)| {
        let mut directions = Vec::new();
        directions.extend(input.then(|| flag("in")));
        directions.extend(output.then(|| flag("out")));
        parameter.with_qualifiers(directions.leak())
    });
    let mut qualifiers = vec![number("WmiMethodId", id)];
    if stem != name {
        qualifiers.push(text("HeaderName", stem.to_owned().leak()));
    }
    Some(method(
        name.to_owned().leak(),
        qualifiers,
        parameters.collect(),
    ))
}

#[test]
fn guids_match_the_shipped_header() {
    let Some(shipped) = shipped() else { return };
    let mut macros: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (name, value) in &shipped.defines {
        if value.starts_with("{ 0x") {
            let fields = value.replace(['{', '}'], "");
            macros.entry(tokens(&fields)).or_default().push(name);
        }
    }
    let mut compared = 0;
    for (symbol, value) in &shipped.guids {
        let Some([initializer]) = macros.get(value).map(|names| &names[..]) else {
            continue;
        };
        let class = symbol.strip_suffix("_GUID");
        let mut qualifiers = vec![text("guid", guid_text(value).leak())];
        if class.map(|class| format!("{class}Guid")).as_deref() != Some(*initializer) {
            qualifiers.push(text("GuidName1", (*initializer).to_owned().leak()));
        }
        if class.is_none() {
            qualifiers.push(text("GuidName2", symbol.clone().leak()));
        }
        let name = class.unwrap_or("Renamed").to_owned().leak();
        let ours = ours(super::build::class(name, qualifiers, vec![]));
        assert_eq!(ours.guids, [(symbol.clone(), value.clone())]);
        let theirs = shipped
            .defines
            .iter()
            .find(|(name, _)| name == *initializer);
        assert_eq!(ours.defines.first(), theirs);
        compared += 1;
    }
    println!("{compared} GUIDs");
    assert!(compared > 300, "{compared} GUIDs");
}

/// Returns the GUID `0x.. , 0x.. , ..` in MOF spelling.
fn guid_text(fields: &str) -> String {
    let digits = fields.replace(" , ", "").replace("0x", "");
    let mut guid = digits;
    for place in [20, 16, 12, 8] {
        guid.insert(place, '-');
    }
    guid
}
