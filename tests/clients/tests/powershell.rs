//! Generated PowerShell modules parse, whatever the schema says, by the grammar of tree-sitter.
//!
//! The grammar differs from PowerShell. It rejects an `enum` with an attribute, and a function on one
//! line with a `param` block; generated modules have neither. It accepts commands and types that do not
//! exist, which PowerShell resolves later, and typographic quotes within quoted strings, which end the
//! string in PowerShell; a test of its own looks for these.

use tree_sitter::{Node, Parser};
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
