//! `compile`, `decompile`, `header` and `import`: conversions between the formats.

use std::fs;

use super::{SCHEMA, binary, fails, folder, mof, run_with, succeeds};
use wmi_core::mof::Style;
use wmi_core::schema::{File, ObjectKind};
use wmi_tests::corpus;
use wmi_tools::Arena;
use wmi_tools::bmf::{self, Packing};
use wmi_tools::header::Header;
use wmi_tools::import;
use wmi_vocabulary::text::is_hidden_control;

#[test]
fn compile_matches_the_library_and_reports_the_size() {
    let folder = folder("compile");
    fs::write(folder.join("iscsi.mof"), mof()).unwrap();
    let (written, said) = succeeds(&folder, &["compile", "iscsi.mof", "-o", "iscsi.bmf"], b"");
    assert!(written.is_empty());
    let binary = binary();
    assert_eq!(fs::read(folder.join("iscsi.bmf")).unwrap(), binary);
    let size = binary.len();
    assert_eq!(
        said,
        format!("note: wrote 14 classes and 0 instances to iscsi.bmf ({size} bytes)\n")
    );
}

#[test]
fn dash_names_the_standard_streams() {
    let folder = folder("streams");
    for arguments in [&["compile", "-"][..], &["compile", "-", "-o", "-"]] {
        let (written, said) = succeeds(&folder, arguments, mof().as_bytes());
        assert_eq!(written, binary());
        assert!(said.contains("to standard output ("), "{said}");
    }
    let (text, said) = succeeds(&folder, &["decompile", "-"], &binary());
    let arena = Arena::new();
    let file = bmf::decode(&arena, &binary()).unwrap();
    assert!(text == file.mof().to_string().into_bytes());
    assert_eq!(said, "");
}

#[test]
fn decompiled_mof_compiles_to_the_same_bytes() {
    let folder = folder("decompile");
    fs::write(folder.join("iscsi.bmf"), binary()).unwrap();
    succeeds(&folder, &["decompile", "iscsi.bmf", "-o", "iscsi.mof"], b"");
    assert_eq!(
        succeeds(&folder, &["compile", "iscsi.mof"], b"").0,
        binary()
    );
}

#[test]
fn the_input_is_not_written_over() {
    let folder = folder("over_input");
    fs::write(folder.join("a.mof"), "class A {};").unwrap();
    for output in ["a.mof", "./a.mof"] {
        for command in ["compile", "decompile", "header", "import", "layout"] {
            let said = fails(&folder, &[command, "a.mof", "-o", output], b"", 2);
            let expected =
                format!("error: {output}: this is the input; name another file by `-o OUT`\n");
            assert_eq!(said, expected);
        }
    }
    assert_eq!(fs::read(folder.join("a.mof")).unwrap(), b"class A {};");
}

#[test]
fn outputs_that_are_no_files_say_what_to_name() {
    let folder = folder("no_file");
    fs::create_dir(folder.join("folder")).unwrap();
    for (output, expected) in [
        ("folder", "folder: this is a folder; name a file in it"),
        ("", "`-o` is empty; name a file, or `-` for standard output"),
        (
            "none/a.bmf",
            "none/a.bmf: there is no folder `none`; create it",
        ),
    ] {
        let said = fails(&folder, &["compile", "-", "-o", output], b"class A {};", 2);
        assert_eq!(said, format!("error: {expected}\n"));
    }
}

/// Texts of a schema that stand in the header, and in messages.
#[test]
fn texts_do_not_reach_a_terminal_as_commands() {
    let folder = folder("control_texts");
    let evil = r"\x001B[2J\x202E";
    let text = format!(
        "[WMI, Dynamic, Provider(\"{evil}\"), guid(\"{evil}\"), HeaderName(\"{evil}\"), \
         GuidName1(\"{evil}\"), cpp_quote(\"// {evil}\")]\n\
         class A {{ [key] string InstanceName; boolean Active; \
         [WmiDataId(3), CounterType(65536), DisplayName(\"{evil}\")] uint32 Z; \
         [WmiDataId(1), DefineDataId(\"{evil}\"), DefineValues{{\"{evil}\"}}] uint32 X;\n\
         [WmiDataId(2), WmiSizeIs(\"{evil}\")] uint8 Y[]; }};"
    );
    fs::write(folder.join("plain.mof"), "class A {};").unwrap();
    for arguments in [
        &["header", "-"][..],
        &["header", "-", "--corrected", "-m"],
        &["check", "-"],
        &["check", "-", "--json"],
        &["layout", "-"],
        &["layout", "-", "--json"],
        &["counters", "-"],
        &["counters", "-", "--json"],
        &["client", "-", "--powershell"],
        &["client", "-", "--rust"],
        &["doc", "-"],
        &["diff", "plain.mof", "-"],
        &["decompile", "-"],
        &["import", "-"],
    ] {
        let output = run_with(&folder, arguments, text.as_bytes());
        for stream in [output.stdout, output.stderr] {
            let shown = String::from_utf8(stream).unwrap();
            // The byte order mark that Windows PowerShell needs.
            let shown = shown.trim_start_matches('\u{feff}');
            let hidden = shown.contains(|c: char| c != '\n' && is_hidden_control(c));
            assert!(!hidden, "{arguments:?}: {shown:?}");
        }
    }
}

fn case(name: &str) -> Vec<u8> {
    fs::read(corpus::workspace().join("tests/cases").join(name)).unwrap()
}

#[test]
fn old_edition_is_kept_on_request() {
    let folder = folder("old_edition");
    let old = case("bmf/old-edition.bmf");
    let (text, said) = succeeds(&folder, &["decompile", "-"], &old);
    assert!(said.contains("`cargo wmi compile --old-edition`"), "{said}");
    assert_eq!(
        succeeds(&folder, &["compile", "-", "--old-edition"], &text).0,
        old
    );
    assert_ne!(succeeds(&folder, &["compile", "-"], &text).0, old);
    assert_eq!(succeeds(&folder, &["compile", "-"], &old).0, old);
    let (source, said) = succeeds(&folder, &["import", "-"], &old);
    let source = String::from_utf8(source).unwrap();
    assert!(!source.contains("Edition"), "{source}");
    assert!(said.contains("`--exact` keeps the old"), "{said}");
    let (source, _) = succeeds(&folder, &["import", "-", "--exact"], &old);
    let source = String::from_utf8(source).unwrap();
    assert!(source.contains(".with_edition(Edition::Old)"), "{source}");
}

#[test]
fn unspellable_names_leave_no_output() {
    let folder = folder("hostile_names");
    let hostile = case("bmf/hostile-names.bmf");
    for command in [
        "decompile",
        "header",
        "import",
        "layout",
        "check",
        "compile",
    ] {
        let said = fails(&folder, &[command, "-"], &hostile, 1);
        assert!(said.contains("MOF text cannot spell a name"), "{said}");
        assert!(!said.contains("#include"), "{said}");
    }
}

#[test]
fn decompile_notes_what_cannot_be_recompiled() {
    let folder = folder("not_kept");
    // An alias that no object declares.
    let text = b"instance of A as $a { b = $a; };";
    let (binary, _) = succeeds(
        &folder,
        &["compile", "-"],
        &[&b"class A {}; "[..], text].concat(),
    );
    let arena = Arena::new();
    let file = bmf::decode(&arena, &binary).unwrap();
    let ObjectKind::Instance(instance) = file.objects[1].kind else {
        panic!("an instance");
    };
    let mut object = file.objects[1];
    object.kind = ObjectKind::Instance(instance.with_alias(None));
    let objects = [file.objects[0], object];
    let binary = bmf::encode(&File::new(&objects), Packing::Greedy).unwrap();
    let (_, said) = succeeds(&folder, &["decompile", "-"], &binary);
    assert!(said.contains("gives a different binary MOF"), "{said}");
    // Bytes behind the end of a text.
    let text = b"[Description(\"before and after\")] class A {};";
    let reading = wmi_tools::mof::Reader::new(&arena).read("a.mof", text);
    let mut payload = bmf::encode_payload(&reading.file).unwrap();
    let and = payload.windows(6).position(|bytes| bytes == b"a\0n\0d\0");
    payload[and.unwrap()] = 0;
    let (text, said) = succeeds(&folder, &["decompile", "-"], &payload);
    assert!(!String::from_utf8(text).unwrap().contains("after"));
    assert!(said.contains("gives a different binary MOF"), "{said}");
}

#[test]
fn optimal_packing_is_smaller_and_equivalent() {
    let folder = folder("optimal");
    let (optimal, _) = succeeds(&folder, &["compile", "-", "--optimal"], mof().as_bytes());
    assert_eq!(
        optimal,
        bmf::encode_schema(&SCHEMA, Packing::Optimal).unwrap()
    );
    assert!(optimal.len() < binary().len());
    let (text, _) = succeeds(&folder, &["decompile", "-"], &optimal);
    assert_eq!(succeeds(&folder, &["compile", "-"], &text).0, binary());
}

const WITH_MACROS: &str = r#"
#include "guids.h"
#ifdef CHECKED
[WMI, guid(VENDOR_GUID)]
class Vendor_Queue
{
    [WmiDataId(FIRST)] uint32 Length;
};
#endif
"#;

#[test]
fn include_folders_and_macros_are_passed_on() {
    let folder = folder("macros");
    fs::create_dir(folder.join("include")).unwrap();
    let guid = "#define VENDOR_GUID \"{7d1f9a52-30c8-4e0b-9f3a-5f6b1d2c8e47}\"\n";
    fs::write(folder.join("include/guids.h"), guid).unwrap();
    fs::write(folder.join("queue.mof"), WITH_MACROS).unwrap();
    let arguments = [
        "decompile",
        "-I",
        "include",
        "-D",
        "CHECKED",
        "-D",
        "FIRST=1",
        "queue.mof",
    ];
    let (text, said) = succeeds(&folder, &arguments, b"");
    let text = String::from_utf8(text).unwrap();
    assert!(
        text.contains("guid(\"{7d1f9a52-30c8-4e0b-9f3a-5f6b1d2c8e47}\")"),
        "{text}"
    );
    assert!(text.contains("[WmiDataId(1)]"), "{text}");
    assert_eq!(said, "");

    // Without the options, the errors name what is missing.
    let said = fails(&folder, &["compile", "queue.mof"], b"", 1);
    assert!(said.contains("cannot find `guids.h`"), "{said}");
    assert!(said.ends_with("error: queue.mof: 1 error\n"), "{said}");
    // A file without a class is an error.
    let said = fails(&folder, &["compile", "-I", "include", "queue.mof"], b"", 1);
    assert_eq!(said, "error: queue.mof: it has no classes\n");
}

#[test]
fn errors_show_their_lines_and_leave_no_output() {
    let folder = folder("faults");
    let text = "class A\n{\n    uint32 2X;\n};\nclass B\n{\n    [read uint32 Y;\n};\n";
    fs::write(folder.join("faults.mof"), text).unwrap();
    fs::write(folder.join("faults.bmf"), "old").unwrap();
    let said = fails(
        &folder,
        &["compile", "faults.mof", "-o", "faults.bmf"],
        b"",
        1,
    );
    for expected in ["faults.mof:3:12", "uint32 2X;", "faults.mof:7:"] {
        assert!(said.contains(expected), "{said}");
    }
    assert!(said.ends_with("error: faults.mof: 2 errors\n"), "{said}");
    assert_eq!(fs::read(folder.join("faults.bmf")).unwrap(), b"old");

    let said = fails(&folder, &["compile", "-"], text.as_bytes(), 1);
    assert!(said.contains("<stdin>:3:12"), "{said}");
}

#[test]
fn warnings_are_printed_and_exit_zero() {
    let folder = folder("warnings");
    let text = "#pragma deleteclass(\"Old\", nofail)\nclass A { uint32 X; };\n";
    let output = run_with(&folder, &["compile", "-"], text.as_bytes());
    assert_eq!(output.status.code(), Some(0));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with("warning: "), "{said}");
    assert!(said.ends_with("bytes)\n"), "{said}");
}

#[test]
fn damaged_file_error_names_the_byte() {
    let folder = folder("damaged");
    let mut damaged = binary();
    damaged.truncate(100);
    let said = fails(&folder, &["decompile", "-"], &damaged, 1);
    assert_eq!(
        said,
        "error: <stdin>: this binary MOF is damaged at byte 0x8: \
         the file is shorter than its header says\n"
    );
}

#[test]
fn header_matches_the_library() {
    let folder = folder("header");
    fs::write(folder.join("iscsi.bmf"), binary()).unwrap();
    let header = |arguments: &[&str]| {
        let arguments = [&["header"], arguments].concat();
        String::from_utf8(succeeds(&folder, &arguments, b"").0).unwrap()
    };
    assert_eq!(
        header(&["iscsi.bmf"]),
        Header::new("iscsi.h", &SCHEMA).to_string()
    );
    let all = Header::new("iscsi.h", &SCHEMA)
        .method_structs(true)
        .variable_members(true);
    assert_eq!(header(&["iscsi.bmf", "-m", "-u"]), all.clone().to_string());
    assert_eq!(
        header(&["iscsi.bmf", "-mu", "--corrected"]),
        all.corrected(true).to_string()
    );
    assert_eq!(header(&["iscsi.bmf", "-o", "other.h"]), "");
    let written = fs::read_to_string(folder.join("other.h")).unwrap();
    assert_eq!(written, Header::new("other.h", &SCHEMA).to_string());
}

#[test]
fn import_matches_the_library_and_lists_omissions() {
    let folder = folder("import");
    fs::write(folder.join("iscsi.bmf"), binary()).unwrap();
    let (source, said) = succeeds(&folder, &["import", "./iscsi.bmf", "--strict"], b"");
    let arena = Arena::new();
    let file = bmf::decode(&arena, &binary()).unwrap();
    let import = import::rust(&file, &import::Options::new("iscsi.bmf"));
    assert_eq!(String::from_utf8(source).unwrap(), import.source);
    let expected = "note: wrote 14 classes to standard output\n";
    assert_eq!(said, expected);

    let text = "[WMI] class A { [WmiDataId(1)] uint32 X; };\ninstance of A { X = 1; };\n";
    let (source, said) = succeeds(&folder, &["import", "-"], text.as_bytes());
    assert!(String::from_utf8(source).unwrap().contains("pub struct A"));
    assert!(
        said.starts_with("warning: <stdin>: instance of A: "),
        "{said}"
    );
    assert!(
        said.ends_with("note: wrote 1 class to standard output; it lists 1 omission\n"),
        "{said}"
    );

    // Localised texts move to their classes, unless `--exact` is given.
    let halves = [Style::Neutral, Style::Mfl].map(|style| SCHEMA.mof().style(style).to_string());
    let merged = halves.concat();
    let (source, _) = succeeds(&folder, &["import", "-", "--strict"], merged.as_bytes());
    let source = String::from_utf8(source).unwrap();
    assert!(!source.contains("ms_409") && source.contains("/// A network address"));
    let (source, said) = succeeds(&folder, &["import", "-", "--exact"], merged.as_bytes());
    assert!(String::from_utf8(source).unwrap().contains("MS_409_SCHEMA"));
    assert!(said.contains("instance of __namespace: "), "{said}");

    fs::write(folder.join("a.rs"), "old").unwrap();
    fails(
        &folder,
        &["import", "-", "--strict", "-o", "a.rs"],
        text.as_bytes(),
        1,
    );
    assert_eq!(fs::read(folder.join("a.rs")).unwrap(), b"old");
}

#[test]
fn provider_goes_beside_the_classes_and_is_never_replaced() {
    let folder = folder("provider");
    let arguments = ["import", "-", "-o", "classes.rs", "--provider", "--kmdf"];
    let (_, said) = succeeds(&folder, &arguments, &binary());
    assert!(
        said.contains("note: wrote the provider to provider.rs\n"),
        "{said}"
    );
    let provider = fs::read_to_string(folder.join("provider.rs")).unwrap();
    assert!(
        provider.contains("use super::classes as schema;"),
        "{provider}"
    );
    assert!(provider.contains("Provider::kmdf("), "{provider}");

    // What was filled in stays, and neither file is written.
    fs::write(folder.join("provider.rs"), "filled in").unwrap();
    fs::write(folder.join("classes.rs"), "old").unwrap();
    let said = fails(&folder, &arguments, &binary(), 2);
    assert!(said.contains("provider.rs: the file exists"), "{said}");
    assert_eq!(fs::read(folder.join("provider.rs")).unwrap(), b"filled in");
    assert_eq!(fs::read(folder.join("classes.rs")).unwrap(), b"old");
}

#[test]
fn provider_needs_a_module_and_a_block() {
    let folder = folder("provider_refused");
    let refused = |arguments: &[&str], input: &[u8], status, why: &str| {
        let arguments = [&["import", "-", "--provider"], arguments].concat();
        let said = fails(&folder, &arguments, input, status);
        assert!(said.contains(why), "{arguments:?}: {said}");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 0, "{arguments:?}");
    };
    refused(&[], &binary(), 2, "name their file by `-o OUT`");
    for file in ["provider.rs", "my-schema.rs", "schema"] {
        refused(&["-o", file], &binary(), 2, "name it like `schema.rs`");
    }
    refused(
        &["-o", "a.rs", "--wdm", "--kmdf"],
        &binary(),
        2,
        "cannot be used with",
    );
    let embedded = b"[WMI] class A { [WmiDataId(1)] uint32 X; };";
    refused(&["-o", "a.rs"], embedded, 1, "no class has a block");
    let said = fails(&folder, &["import", "-", "--kmdf"], &binary(), 2);
    assert!(said.contains("--provider"), "{said}");
}
