//! The headers of real files, checked by the C compilers for 64-bit and 32-bit Windows.

use core::fmt::Write;
use std::collections::BTreeSet;

use wmi_core::schema::{Array, CimType, Class, File, Property};
use wmi_tests::{corpus, mingw};
use wmi_tools::bmf;
use wmi_tools::header::Header;
use wmi_tools::layout::{BlockLayout, ElementType};
use wmi_tools::mof::Reader;
use wmi_tools::{Arena, Classes};

/// The parts of `windef.h` that headers need; the whole file compiles twenty times slower.
const INCLUDES: &str = "\
#include <stddef.h>
#include <guiddef.h>
typedef unsigned char BOOLEAN;
typedef char CHAR;
typedef unsigned char UCHAR;
typedef short SHORT;
typedef unsigned short USHORT;
typedef long LONG;
typedef unsigned long ULONG;
typedef long long LONGLONG;
typedef unsigned long long ULONGLONG;
typedef wchar_t WCHAR;
#ifndef FIELD_OFFSET
#define FIELD_OFFSET(structure, member) ((LONG) offsetof(structure, member))
#define DECLSPEC_ALIGN(bytes) __attribute__((aligned(bytes)))
#endif
";

#[test]
fn declared_types_match_windows() {
    // C accepts a repeated typedef of the same type.
    for check in [mingw::check, mingw::check_32] {
        if let Some(said) = check(&format!("#include <windef.h>\n{INCLUDES}")) {
            assert_eq!(said, Ok(String::new()));
        }
    }
}

/// Returns the header, followed by assertions that its structures match the layouts.
pub(crate) fn asserting<'a>(header: &Header<'_>, classes: &Classes<'a>) -> String {
    let header = header.to_string();
    let mut source = format!("{INCLUDES}{header}");
    // Other headers declare some of the classes.
    let comment = |class: &&Class<'_>| format!("// {} - ", class.name);
    for class in classes
        .iter()
        .filter(|class| header.contains(&comment(class)))
    {
        if let Ok(block) = BlockLayout::of(class, classes) {
            assertions(&mut source, class_structure(class), &block);
        }
        let methods = class.methods.iter();
        for method in methods.filter(|method| method.method_id().is_some()) {
            let stem = method.qualifiers.text("HeaderName").unwrap_or(method.name);
            let with_class = format!("struct _{}_{stem}_", class.name);
            let stem = match header.contains(&with_class) {
                true => format!("{}_{stem}", class.name),
                false => stem.to_owned(),
            };
            for (block, direction) in [
                (BlockLayout::of_input(method, classes), "IN"),
                (BlockLayout::of_output(method, classes), "OUT"),
            ] {
                if let Ok(block) = block {
                    assertions(&mut source, &format!("{stem}_{direction}"), &block);
                }
            }
        }
    }
    source
}

fn class_structure<'a>(class: &Class<'a>) -> &'a str {
    class.qualifiers.text("HeaderName").unwrap_or(class.name)
}

fn assertions(source: &mut String, structure: &str, block: &BlockLayout<'_>) {
    if block.items.is_empty() {
        return;
    }
    let mut equal = |constant: String, value| {
        writeln!(
            source,
            "_Static_assert({constant} == {value}, \"{structure}\");"
        )
        .unwrap();
    };
    for item in &block.items {
        let Some(offset) = item.offset else { break };
        let member = member(item.property, &item.element);
        equal(format!("offsetof({structure}, {member})"), offset);
        if let Some(size) = item.size() {
            equal(format!("sizeof((({structure} *) 0)->{member})"), size);
        }
    }
    equal(format!("_Alignof({structure})"), block.align);
    if let Some(size) = block.size {
        let last = block.items.last().expect("there are items");
        if last.property.cim_type != CimType::String {
            equal(format!("{structure}_SIZE"), size);
        }
    }
}

/// Returns the C name of an item.
fn member<'a>(property: &Property<'a>, element: &ElementType<'_>) -> &'a str {
    match (element, property.name) {
        (ElementType::Text { max: None }, _) if property.dimension() == Array::Scalar => {
            "VariableData"
        }
        // The only C keyword in the corpus that is used as a name.
        (_, "return") => "return_",
        (_, name) => name,
    }
}

/// Returns every file of the corpus by name, except MOF files that include missing headers.
fn files(arena: &Arena) -> Vec<(String, File<'_>)> {
    let folders = ["bmf", "pairs", "expected"].into_iter();
    let files = folders.filter_map(|folder| corpus::files(folder, "bmf"));
    let mut files: Vec<_> = files
        .flatten()
        .map(|(name, bytes)| {
            let file = bmf::decode(arena, &bytes).unwrap();
            (name, file)
        })
        .collect();
    for (name, bytes) in corpus::files("mof", "mof").unwrap_or_default() {
        let reading = Reader::new(arena).read(&name, &bytes);
        if !reading.has_errors() {
            files.push((name, reading.file));
        }
    }
    files
}

/// Returns whether two classes of the file have a method of one name, or a name is a C keyword.
/// `wmimofck`'s header would not compile then, and neither need ours.
fn is_beyond_c(file: &File<'_>) -> bool {
    let mut methods = BTreeSet::new();
    file.classes().any(|class| {
        let mut parameters = class.methods.iter().flat_map(|method| method.parameters);
        parameters.any(|parameter| parameter.name == "return")
            || class
                .methods
                .iter()
                .any(|method| !methods.insert(method.name))
    })
}

#[test]
fn corpus_headers_compile() {
    let arena = Arena::new();
    for (name, file) in files(&arena) {
        let header = Header::new("test.h", &file).method_structs(true);
        let Some(said) = mingw::check(&format!("{INCLUDES}{header}")) else {
            return;
        };
        if !is_beyond_c(&file) {
            assert_eq!(said, Ok(String::new()), "{name}");
        }
    }
}

#[test]
fn corpus_structures_match_their_layouts() {
    let arena = Arena::new();
    for (name, file) in files(&arena) {
        let header = Header::new("test.h", &file)
            .method_structs(true)
            .corrected(true);
        let source = asserting(&header, &Classes::from(&file));
        for check in [mingw::check, mingw::check_32] {
            match check(&source) {
                None => return,
                Some(said) => assert_eq!(said, Ok(String::new()), "{name}"),
            }
        }
    }
}

#[test]
fn iscsi_header_matches_the_derive() {
    for corrected in [false, true] {
        let header = Header::new("iscsiprf.h", &iscsi_schema::SCHEMA).corrected(corrected);
        let source = asserting(&header, &Classes::from(&iscsi_schema::SCHEMA));
        for check in [mingw::check, mingw::check_32] {
            if let Some(said) = check(&source) {
                assert_eq!(said, Ok(String::new()), "{source}");
            }
        }
    }
}
