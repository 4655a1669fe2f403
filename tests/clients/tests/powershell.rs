//! Generated PowerShell modules parse, whatever the schema says, by the grammar of tree-sitter.
//!
//! The grammar differs from PowerShell. It rejects an `enum` with an attribute, and a function on one
//! line with a `param` block; generated modules have neither. It accepts commands and types that do not
//! exist, which PowerShell resolves later, and typographic quotes within quoted strings, which end the
//! string in PowerShell; a test of its own looks for these.

use tree_sitter::{Node, Parser};
use wmi_core::schema::{
    Array, CimType, Class, File, Method, Object, ObjectKind, Property, Qualifier, Value,
};
use wmi_tests::{corpus, golden};
use wmi_tools::bmf;
use wmi_tools::mof::Reader;
use wmi_tools::{Arena, client_source};

/// Parses a module; returns the lines at fault.
fn faults(source: &str) -> Vec<String> {
    let mut parser = Parser::new();
    parser
        .set_language(&tree_sitter_powershell::LANGUAGE.into())
        .unwrap();
    // The grammar does not know the byte order mark, which PowerShell skips.
    let source = source.trim_start_matches('\u{feff}');
    let tree = parser.parse(source, None).unwrap();
    let mut faults = Vec::new();
    visit(tree.root_node(), &mut |node| {
        if node.is_error() || node.is_missing() {
            let row = node.start_position().row;
            let line = source.lines().nth(row).unwrap_or_default();
            faults.push(format!("line {}: {line}", row + 1));
        }
    });
    faults.dedup();
    faults
}

fn visit<'t>(node: Node<'t>, see: &mut dyn FnMut(Node<'t>)) {
    see(node);
    for child in node.children(&mut node.walk()).collect::<Vec<_>>() {
        visit(child, see);
    }
}

/// Returns the module of a MOF text.
fn module(mof: &str) -> String {
    let arena = Arena::new();
    let reading = Reader::new(&arena).read("driver.mof", mof.as_bytes());
    let faults = reading.diagnostics.iter();
    assert_eq!(faults.map(ToString::to_string).collect::<Vec<_>>(), [""; 0]);
    client_source::powershell(&reading.file, "iscsi").source
}

#[test]
fn the_module_of_the_iscsi_classes_parses_and_matches_the_golden_file() {
    let source = module(&iscsi_schema::SCHEMA.mof().to_string());
    assert_eq!(faults(&source), [""; 0]);
    golden::check("powershell", "iscsi.psm1", &source);
}

/// Text that would end a string, a comment, a here-string or a statement if it could, or change how the
/// help is read.
const HOSTILE: &[&str] = &[
    "'; Remove-Item x; '",
    "\u{2019}; Remove-Item x; \u{2018}",
    "\u{201a}; Remove-Item x; \u{201b}",
    "$(Remove-Item x) `\" ${x}",
    "#> Remove-Item x <#",
    "##>> Remove-Item x",
    "#\u{0}> Remove-Item x",
    "a\\n.SYNOPSIS\\nb",
    "a\\n'@\\n\"@\\nRemove-Item x",
    "\u{2028}Remove-Item x\u{85}Remove-Item y\u{202e}",
    "a, b",
];

/// Returns a schema with a text wherever one can stand.
fn hostile(text: &str) -> String {
    let text = text.replace('"', "\\\"");
    let text = text.replace('\0', "\\x1");
    format!(
        r#"
        [WMI, guid("{{7d1f9a52-30c8-4e0b-9f3a-5f6b1d2c8e46}}"), Description("{text}")]
        class Vendor_Part
        {{
            [WmiDataId(1), read, write, Values{{"{text}", "b"}}, ValueMap{{"0", "1"}}]
                uint32 Host;
            [WmiDataId(2), read, write, BitValues{{"{text}"}}, Description("{text}")] uint64 Verbose;
        }};
        [WMI, Dynamic, Provider("WMIProv"), Description("{text}"),
         guid("{{7d1f9a52-30c8-4e0b-9f3a-5f6b1d2c8e47}}")]
        class Vendor_Port : Win32_PerfRawData
        {{
            [key, read] string InstanceName;
            [read] boolean Active;
            [read, WmiDataId(1), CounterType(272696576), DisplayName("{text}")] uint64 Sent;
            [read, write, WmiDataId(2), Description("{text}")] Vendor_Part Part;
            [WmiMethodId(1), Description("{text}")]
            void Reset([in, Description("{text}")] uint8 Force, [out] Vendor_Part Error);
        }};
        [WMI, Dynamic, Provider("WMIProv"), Description("{text}"),
         guid("{{7d1f9a52-30c8-4e0b-9f3a-5f6b1d2c8e48}}")]
        class Vendor_Alarm : WMIEvent
        {{
            [key, read] string InstanceName;
            [read] boolean Active;
            [read, WmiDataId(1), Description("{text}")] uint8 Level;
        }};"#
    )
}

/// Returns the shape of a module: the kinds of its nodes without comments.
fn shape(source: &str) -> Vec<String> {
    let mut parser = Parser::new();
    parser
        .set_language(&tree_sitter_powershell::LANGUAGE.into())
        .unwrap();
    let source = source.trim_start_matches('\u{feff}');
    let tree = parser.parse(source, None).unwrap();
    let mut kinds = Vec::new();
    visit(tree.root_node(), &mut |node| {
        if node.kind() != "comment" {
            kinds.push(node.kind().to_owned());
        }
    });
    kinds
}

/// Whether each typographic single quote outside of comments is doubled: PowerShell takes any of them
/// for the end of a string, and the grammar none.
fn typographic_quotes_are_doubled(source: &str) -> bool {
    let parts = source.split("    <#\n").enumerate();
    let code = parts.map(|(index, part)| match index {
        0 => part,
        _ => part.split_once("    #>\n").unwrap().1,
    });
    code.flat_map(str::lines).all(|line| {
        ('\u{2018}'..='\u{201b}').all(|quote| {
            let runs = line.split(|c| c != quote);
            runs.into_iter().all(|run| run.chars().count() % 2 == 0)
        })
    })
}

#[test]
fn no_text_of_a_schema_leaves_its_string_or_comment() {
    let harmless = module(&hostile("text"));
    assert_eq!(faults(&harmless), [""; 0]);
    let harmless = shape(&harmless);
    for text in HOSTILE {
        let source = module(&hostile(text));
        assert_eq!(faults(&source), [""; 0], "{text:?}");
        assert!(shape(&source) == harmless, "{text:?}");
        assert!(typographic_quotes_are_doubled(&source), "{text:?}");
        // The help has the keywords of the writer alone.
        let keywords = source
            .lines()
            .filter(|line| line.trim_start().starts_with(".SYNOPSIS"));
        let functions = source.lines().filter(|line| *line == "    <#");
        assert_eq!(keywords.count(), functions.count(), "{text:?}");
    }
}

const ODD: &str = include_str!("../../cases/mof/clients.mof");

/// Returns the names behind `$` in the parameters of a function.
fn parameters(source: &str, function: &str) -> Vec<String> {
    let (_, body) = source
        .split_once(&format!("function {function} {{"))
        .unwrap();
    let (_, list) = body.split_once("param(").unwrap();
    let (list, _) = list.split_once("\n    )").unwrap();
    let names = list.split('$').skip(1);
    let names = names.map(|it: &str| -> String {
        let is_of_name = |c: char| c.is_alphanumeric() || c == '_';
        it.chars().take_while(|c| is_of_name(*c)).collect()
    });
    names.filter(|name| name != "true").collect()
}

#[test]
fn names_do_not_clash_with_each_other_or_with_those_of_powershell() {
    let source = module(ODD);
    assert_eq!(faults(&source), [""; 0]);
    let set = parameters(&source, "Set-Odd");
    for (item, parameter) in [
        ("Input", "InputValue"),
        ("InputValue", "InputValueValue"),
        ("ErrorActionPreference", "ErrorActionPreferenceValue"),
        ("self", "self"),
        ("Self_", "Self_"),
    ] {
        assert!(set.contains(&parameter.to_owned()), "{set:?}");
        assert!(source.contains(&format!("'{item}' = @{{ Parameter = '{parameter}'; ")));
    }
    let functions = source.lines().filter_map(|line| {
        let (name, _) = line.strip_prefix("function ")?.split_once(' ')?;
        Some(name.to_ascii_lowercase())
    });
    let mut functions: Vec<_> = functions.collect();
    let count = functions.len();
    functions.sort();
    functions.dedup();
    assert_eq!(functions.len(), count);
    for cmdlet in ["get-ciminstance", "set-ciminstance"] {
        assert!(!functions.contains(&cmdlet.to_owned()));
        assert!(functions.contains(&format!("{cmdlet}2")));
    }
    for function in functions.iter().filter(|it| it.contains('-')) {
        let line = source
            .lines()
            .find(|line| line.to_ascii_lowercase() == format!("function {function} {{"));
        let name = &line.unwrap()["function ".len()..];
        let mut names = parameters(&source, name.trim_end_matches(" {"));
        let count = names.len();
        names
            .iter_mut()
            .for_each(|name| name.make_ascii_lowercase());
        names.sort();
        names.dedup();
        assert_eq!(names.len(), count, "{function}");
    }
}

/// Of what the grammar does not check: limits of attributes, objects of classes that are left out, the
/// result of a method, classes that are both a base and embedded.
#[test]
fn what_powershell_cannot_hold_is_left_out() {
    let source = module(ODD);
    assert!(!source.contains("ValidateLength(0, 0)"));
    for object in [
        "'Size' = @{",
        "'Endless' = @{",
        "Class = 'Größe'",
        "Class = 'Odd_Endless'",
    ] {
        assert!(!source.contains(object), "{object}");
    }
    assert!(source.contains("'ReturnValue' = @{ Parameter = 'ReturnValue'; Type = 'uint32' }"));
    assert!(source.contains("function New-Odd_Base {"));
    assert!(source.contains(
        "[AllowEmptyString()]\n        [ValidateCount(2, 2)]\n        [string[]] $Texts"
    ));
}

/// A binary MOF may have names that differ in case alone, and arrays without elements.
#[test]
fn parameters_of_one_name_leave_their_method_out() {
    let parameter = |name| {
        const IN: &[Qualifier<'static>] = &[Qualifier::new("in", Value::Boolean(true))];
        Property::new(name, CimType::Uint32, "uint32").with_qualifiers(IN)
    };
    let twice = [parameter("X"), parameter("x")];
    let empty = [parameter("Y").with_array(Array::Fixed(0))];
    let id = [Qualifier::new("WmiMethodId", Value::Integer(1))];
    let methods = [
        Method::new("Twice")
            .with_parameters(&twice)
            .with_qualifiers(&id),
        Method::new("Empty")
            .with_parameters(&empty)
            .with_qualifiers(&id),
    ];
    let provider = [Qualifier::new("Dynamic", Value::Boolean(true))];
    let class = Class::new("Odd")
        .with_methods(&methods)
        .with_qualifiers(&provider);
    let objects = [Object::new(r"root\wmi", ObjectKind::Class(class))];
    let client = client_source::powershell(&File::new(&objects), "odd");
    let left_out: Vec<_> = client.left_out.iter().map(ToString::to_string).collect();
    assert_eq!(
        left_out,
        [
            "Odd.x: another parameter has its name",
            "Odd.Twice: one of its parameters is left out",
        ]
    );
    assert_eq!(faults(&client.source), [""; 0]);
    assert!(!client.source.contains("ValidateCount(0"));
}

#[test]
fn the_grammar_finds_faults() {
    assert_eq!(faults("function Get-A {\n"), ["line 1: function Get-A {"]);
    assert!(!faults("$a = 'it's'\n").is_empty());
}

/// The grammar takes an attribute before `enum` for a fault, and a `param` block that follows the brace
/// on one line. PowerShell takes both, so generated modules avoid them only for this test.
#[test]
fn the_grammar_rejects_what_modules_avoid() {
    assert!(!faults("[Flags()] enum A {\n    B = 1\n}\n").is_empty());
    assert!(!faults("function A { param($B) $B }\n").is_empty());
}

#[test]
fn modules_of_the_corpus_parse() {
    for folder in ["bmf", "bmf-large", "bmf-old"] {
        let Some(files) = corpus::files(folder, "bmf") else {
            return;
        };
        for (name, bytes) in files {
            let arena = Arena::new();
            let Ok(file) = bmf::decode(&arena, &bytes) else {
                continue;
            };
            let client = client_source::powershell(&file, &name);
            assert_eq!(faults(&client.source), [""; 0], "{name}");
        }
    }
}
