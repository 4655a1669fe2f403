//! Localised schemas: split into halves, compiled and read together.

use std::fs;
use std::path::{Path, PathBuf};

use super::{SCHEMA, binary, fails, folder, mof, names, succeeds};
use wmi_core::mof::Style;
use wmi_tools::bmf;
use wmi_tools::mof::Reader;
use wmi_tools::{Arena, amendment};

/// Returns a folder with the halves of the schema, and the texts in German.
fn halves(test: &str) -> PathBuf {
    let folder = folder(test);
    fs::write(folder.join("all.mof"), mof()).unwrap();
    let split = ["compile", "all.mof", "--mof", "a.mof", "--mfl", "a.mfl"];
    let (written, said) = succeeds(&folder, &split, b"");
    assert!(written.is_empty());
    assert!(said.starts_with("note: wrote a.mof and a.mfl;"), "{said}");
    let english = text(&folder, "a.mfl");
    let german = english
        .replace("ms_409", "ms_407")
        .replace("LOCALE(1033)", "LOCALE(1031)")
        .replace("Description(\"", "Description(\"DE ");
    fs::write(folder.join("de.mfl"), german).unwrap();
    folder
}

fn text(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap()
}

#[test]
fn halves_match_the_library_and_merge_into_the_same_bytes() {
    let folder = halves("halves");
    let arena = Arena::new();
    let whole = bmf::decode(&arena, &binary()).unwrap();
    let neutral = whole.mof().style(Style::Neutral).to_string();
    assert!(text(&folder, "a.mof") == neutral);
    assert!(text(&folder, "a.mfl") == whole.mof().style(Style::Mfl).to_string());
    let together = ["compile", "a.mof", "a.mfl", "de.mfl"];
    let (bytes, _) = succeeds(&folder, &together, b"");
    let file = bmf::decode(&arena, &bytes).unwrap();
    assert_eq!(amendment::languages(&file), [0x409, 0x407]);
    let english = amendment::merge(&arena, &bmf::decode(&arena, &bytes).unwrap(), Some(0x409));
    let classes: Vec<_> = english.classes().filter(|it| !it.is_amendment()).collect();
    assert_eq!(classes, SCHEMA.classes);

    // Without the second language, what is left is the schema itself.
    let (bytes, _) = succeeds(&folder, &["compile", "a.mof", "a.mfl"], b"");
    let file = bmf::decode(&arena, &bytes).unwrap();
    let merged = amendment::merge(&arena, &file, None);
    assert!(bmf::encode(&merged, bmf::Packing::Greedy).unwrap() == binary());
}

#[test]
fn descriptions_come_from_the_chosen_language() {
    let folder = halves("languages");
    let header = |arguments: &[&str]| {
        let arguments = [&["header", "a.mof"], arguments].concat();
        String::from_utf8(succeeds(&folder, &arguments, b"").0).unwrap()
    };
    let whole = |place: &str| {
        String::from_utf8(succeeds(&folder, &["header", place, "-o", "-"], b"").0).unwrap()
    };
    let english = header(&["a.mfl", "de.mfl"]);
    assert_eq!(english, whole("all.mof").replace("_all_h_", "_a_h_"));
    assert!(!english.contains("// DE "), "{english}");
    assert!(header(&["de.mfl"]).contains("// DE "));
    let german = header(&["a.mfl", "de.mfl", "--language", "ms_407"]);
    assert!(german.contains("// DE "), "{german}");
    assert!(!header(&[]).contains("// DE "));

    let import = ["import", "a.mof", "a.mfl", "de.mfl", "--language", "MS_407"];
    let (source, _) = succeeds(&folder, &import, b"");
    let source = String::from_utf8(source).unwrap();
    assert!(source.contains("/// DE "), "{source}");
    for command in ["check", "layout", "counters"] {
        let (with_texts, _) = succeeds(&folder, &[command, "a.mof", "a.mfl", "de.mfl"], b"");
        let (alone, _) = succeeds(&folder, &[command, "a.mof"], b"");
        assert!(with_texts == alone, "{command}");
    }

    let arguments = ["header", "a.mof", "a.mfl", "--language", "MS_40C"];
    let said = fails(&folder, &arguments, b"", 1);
    let expected = "error: a.mof, a.mfl: it has no texts of MS_40C; it has those of MS_409\n";
    assert_eq!(said, expected);
    let said = fails(
        &folder,
        &["header", "a.mof", "--language", "MS_40C"],
        b"",
        1,
    );
    assert!(
        said.ends_with("it has none apart from its classes\n"),
        "{said}"
    );
    let (_, said) = succeeds(&folder, &["check", "de.mfl"], b"");
    let expected = "warning: `ISCSI_IP_Address`: the texts of MS_407 belong to no class; read them \
                    together with the MOF that declares it\n";
    assert!(said.contains(expected), "{said}");
    assert!(said.contains("--> de.mfl:"), "{said}");
}

const DISK: &str = r#"
#pragma namespace("\\\\.\\root\\wmi")
[WMI] class Vendor_Disk { [WmiDataId(1)] uint64 Size; };
"#;

const MISSPELT: &str = r#"
#pragma namespace("\\\\.\\root\\wmi\\ms_407")
[AMENDMENT, LOCALE(0x407), Description("Eine Platte.") : amended]
class Vendor_Disk
{
    [Description("Die Größe.") : amended] uint64 Sise;
};
"#;

#[test]
fn texts_without_a_place_are_reported_where_they_are() {
    let folder = folder("misplaced");
    fs::write(folder.join("disk.mof"), DISK).unwrap();
    fs::write(folder.join("de.mfl"), MISSPELT).unwrap();
    let expected = "warning: `Vendor_Disk.Sise`: the texts of MS_407 belong to no property or \
                    method that the class declares; correct the name, or remove them\n";
    let mut bytes = Vec::new();
    for command in ["compile", "header", "import", "check", "doc"] {
        let (output, said) = succeeds(&folder, &[command, "disk.mof", "de.mfl"], b"");
        assert!(said.contains(expected), "{command}: {said}");
        assert!(said.contains("--> de.mfl:6:50"), "{command}: {said}");
        if command == "compile" {
            bytes = output;
        }
    }
    // Binary MOF has no lines to show.
    let (_, said) = succeeds(&folder, &["header", "-"], &bytes);
    let expected = expected.replace("warning: ", "warning: <stdin>: ");
    assert!(said.contains(&expected), "{said}");
    // The classes of an MFL alone are in another driver image.
    let (_, said) = succeeds(&folder, &["compile", "de.mfl"], b"");
    assert!(!said.contains("warning"), "{said}");
}

/// The halves are ASCII, so that no code page can damage them; other characters are escaped.
#[test]
fn texts_outside_ascii_come_back_from_the_halves() {
    let folder = folder("outside_ascii");
    let text = "#pragma amendment(\"MS_407\")\n#pragma namespace(\"\\\\\\\\.\\\\root\\\\wmi\")\n\
                [Description(\"Größe in µm, 温度 😀\") : amended] class A { uint8 X; };";
    let units = core::iter::once(0xfeff).chain(text.encode_utf16());
    let wide: Vec<u8> = units.flat_map(u16::to_le_bytes).collect();
    let split = ["compile", "-", "--mof", "n.mof", "--mfl", "n.mfl"];
    succeeds(&folder, &split, &wide);
    assert!(self::text(&folder, "n.mfl").is_ascii());
    let together = ["compile", "n.mof", "n.mfl"];
    let (bytes, _) = succeeds(&folder, &together, b"");
    let arena = Arena::new();
    let file = bmf::decode(&arena, &bytes).unwrap();
    let file = amendment::merge(&arena, &file, Some(0x407));
    let class = file.classes().next().unwrap();
    let description = class.qualifiers.text("Description");
    assert_eq!(description, Some("Größe in µm, 温度 😀"));
}

#[test]
fn halves_are_written_both_or_not_at_all() {
    let folder = folder("both");
    fs::write(folder.join("a.mof"), mof()).unwrap();
    fs::write(folder.join("plain.mof"), "class A {};").unwrap();
    fs::create_dir(folder.join("folder")).unwrap();
    for (input, mof, mfl, status, expected) in [
        ("a.mof", "n.mof", "folder", 2, "folder: this is a folder"),
        (
            "a.mof",
            "n.mof",
            "none/n.mfl",
            2,
            "there is no folder `none`",
        ),
        ("a.mof", "n.mof", "-", 2, "standard output cannot take two"),
        ("a.mof", "n.mof", "./n.mof", 2, "name the same file"),
        ("a.mof", "n.mof", "a.mof", 2, "a.mof: this is the input"),
        (
            "plain.mof",
            "n.mof",
            "n.mfl",
            1,
            "it has no localised texts",
        ),
    ] {
        let arguments = ["compile", input, "--mof", mof, "--mfl", mfl];
        let said = fails(&folder, &arguments, b"", status);
        assert!(said.contains(expected), "{said}");
        assert_eq!(names(&folder), ["a.mof", "folder", "plain.mof"]);
    }
    assert_eq!(text(&folder, "a.mof"), mof());
}

const AMENDED: &str = "#pragma amendment(\"MS_407\")\n\
                       [Description(\"Eine Platte\") : amended] class Vendor_Disk { uint8 X; };";

#[test]
fn pragma_amendment_asks_for_both_halves() {
    let folder = folder("pragma");
    let said = fails(&folder, &["compile", "-"], AMENDED.as_bytes(), 1);
    assert!(said.contains("name the halves by `--mof FILE`"), "{said}");
    let arguments = ["compile", "-", "--mof", "n.mof", "--mfl", "n.mfl"];
    succeeds(&folder, &arguments, AMENDED.as_bytes());
    assert!(text(&folder, "n.mfl").contains("LOCALE(1031)"));
    let arguments = [&arguments[..], &["--amendment", "MS_40C"]].concat();
    succeeds(&folder, &arguments, AMENDED.as_bytes());
    assert!(text(&folder, "n.mfl").contains("LOCALE(1036)"));
    succeeds(
        &folder,
        &["compile", "-", "--syntax-only"],
        AMENDED.as_bytes(),
    );
}

#[test]
fn several_inputs_are_text() {
    let folder = folder("several");
    fs::write(folder.join("a.bmf"), binary()).unwrap();
    let said = fails(&folder, &["compile", "-", "a.bmf"], b"class A {};", 1);
    assert!(said.starts_with("error: a.bmf: several inputs"), "{said}");
    let said = fails(&folder, &["compile", "-", "-"], b"class A {};", 2);
    assert!(said.contains("only one input can be standard"), "{said}");
    fs::write(
        folder.join("b.mof"),
        "#ifdef SIZE\nclass B { uint8 X[SIZE]; };\n#endif",
    )
    .unwrap();
    let first = b"#define SIZE 4\nclass A {};";
    let (bytes, _) = succeeds(&folder, &["compile", "-", "b.mof"], first);
    let arena = Arena::new();
    assert_eq!(bmf::decode(&arena, &bytes).unwrap().classes().count(), 2);
}

#[test]
fn invalid_class_for_drivers_leaves_no_output() {
    let folder = folder("wmi");
    let invalid = b"[WMI, Dynamic, Provider(\"WMIProv\")]\nclass A\n{\n    uint8 X;\n};\n";
    let (bytes, _) = succeeds(&folder, &["compile", "-"], invalid);
    assert!(!bytes.is_empty());
    let said = fails(
        &folder,
        &["compile", "-", "--wmi", "-o", "a.bmf"],
        invalid,
        1,
    );
    assert!(said.contains("[missing-guid]"), "{said}");
    assert!(said.contains("<stdin>:2:7"), "{said}");
    assert!(names(&folder).is_empty());
    let (bytes, _) = succeeds(&folder, &["compile", "-", "--wmi"], mof().as_bytes());
    assert!(bytes == binary());
}

#[test]
fn options_hold_until_pragmas() {
    let folder = folder("initial");
    let arguments = [
        "compile",
        "-",
        "--namespace",
        r"root\a",
        "--class",
        "UpdateOnly",
        "--class",
        "safeupdate",
        "--instance",
        "createonly",
    ];
    let text = "class A {};\ninstance of A {};";
    let (bytes, _) = succeeds(&folder, &arguments, text.as_bytes());
    let (text, _) = succeeds(&folder, &["decompile", "-"], &bytes);
    let text = String::from_utf8(text).unwrap();
    let head = "#pragma namespace(\"root\\\\a\")\n\
                #pragma classflags(\"updateonly\", \"safeupdate\")\n\
                #pragma instanceflags(\"createonly\")\n";
    assert!(text.starts_with(head), "{text}");
    let said = fails(
        &folder,
        &["compile", "-", "--class", "createonly"],
        &bytes,
        2,
    );
    assert!(said.contains("are for MOF text"), "{said}");
}

#[test]
fn instances_alone_compile() {
    let folder = folder("instances");
    succeeds(&folder, &["compile", "-"], b"instance of A { X = 1; };");
    let said = fails(&folder, &["compile", "-"], b"#pragma autorecover\n", 1);
    assert_eq!(said, "error: <stdin>: it has no classes\n");
    let syntax = ["compile", "-", "--syntax-only"];
    succeeds(&folder, &syntax, b"#pragma autorecover\n");
}

/// C reads the hexadecimal text as the bytes of the file.
#[test]
fn hexadecimal_text_is_the_binary_mof() {
    let folder = folder("hex");
    let hexadecimal = |input: &[u8]| {
        let (text, _) = succeeds(&folder, &["header", "-", "--hex"], input);
        let text = String::from_utf8(text).unwrap();
        assert!(text.lines().all(|line| line.starts_with("    0x")));
        let numbers = text.split([',', '\n']).map(str::trim);
        let bytes = numbers.filter(|number| !number.is_empty()).map(|number| {
            let digits = number.strip_prefix("0x").unwrap();
            u8::from_str_radix(digits, 16).unwrap()
        });
        bytes.collect::<Vec<_>>()
    };
    assert!(hexadecimal(mof().as_bytes()) == binary());
    assert!(hexadecimal(&tighter()) == tighter());
}

/// Returns a binary MOF that `mofcomp` would pack otherwise.
fn tighter() -> Vec<u8> {
    let arena = Arena::new();
    let file = bmf::decode(&arena, &binary()).unwrap();
    let tighter = bmf::encode(&file, bmf::Packing::Optimal).unwrap();
    assert!(tighter != binary());
    tighter
}

#[test]
fn binary_mof_is_written_as_it_is() {
    let folder = folder("verbatim");
    let input = [tighter(), vec![0; 5]].concat();
    let (bytes, _) = succeeds(&folder, &["compile", "-"], &input);
    assert!(bytes == tighter());
    let (bytes, _) = succeeds(&folder, &["compile", "-", "--optimal"], &binary());
    assert!(bytes == tighter());
}

#[test]
fn halves_merge_into_one_text() {
    let folder = halves("merged");
    let merge = ["decompile", "a.mof", "a.mfl", "de.mfl", "--merge"];
    let merged = |arguments: &[&str]| {
        let arguments = [&merge[..], arguments].concat();
        succeeds(&folder, &arguments, b"").0
    };
    let arena = Arena::new();
    let english = merged(&[]);
    let reading = Reader::new(&arena).read("merged.mof", &english);
    let classes: Vec<_> = reading.file.classes().collect();
    let own = classes.iter().copied().filter(|it| !it.is_amendment());
    assert_eq!(own.collect::<Vec<_>>(), SCHEMA.classes);
    assert_eq!(amendment::languages(&reading.file), [0x407]);
    let german = String::from_utf8(merged(&["--language", "MS_407"])).unwrap();
    assert!(german.contains("DE "), "{german}");
    let without = ["decompile", "a.mof", "de.mfl", "--language", "MS_407"];
    let said = fails(&folder, &without, b"", 2);
    assert!(said.contains("add `--merge`"), "{said}");

    // What one MFL and the neutral MOF become is the text that they were split from.
    let (whole, _) = succeeds(&folder, &["decompile", "a.mof", "a.mfl", "--merge"], b"");
    let (bytes, _) = succeeds(&folder, &["compile", "-"], &whole);
    assert!(bytes == binary());
}

/// The texts of an MFL are checked like those of a class itself.
#[test]
fn rules_for_drivers_see_the_texts_of_an_mfl() {
    let folder = folder("wmi_texts");
    let text = r#"
        [WMI, Dynamic, Provider("WMIProv"), guid("{2c1f0b7e-6d0b-4d2e-9a3f-5b6c7d8e9f01}")]
        class Vendor_Mode
        {
            [key, read] string InstanceName;
            [read] boolean Active;
            [WmiDataId(1), read, ValueMap{"0", "1"}, Values{"off"} : amended] uint32 Mode;
        };
        #pragma namespace("\\\\.\\root\\other")
        [Description("a") : amended] class Vendor_Other {};"#;
    let split = ["compile", "-", "--mof", "a.mof", "--mfl", "a.mfl"];
    succeeds(&folder, &split, text.as_bytes());
    let mfl = fs::read_to_string(folder.join("a.mfl")).unwrap();
    assert!(mfl.contains("};\n\n#pragma namespace"), "{mfl}");
    for command in [&["check"][..], &["compile", "--wmi", "-o", "a.bmf"]] {
        let alone = [command, &["a.mof"]].concat();
        let (out, said) = succeeds(&folder, &alone, b"");
        let shown = String::from_utf8(out).unwrap() + &said;
        assert!(!shown.contains("uneven-values"), "{shown}");
        let (out, said) = succeeds(&folder, &[command, &["a.mof", "a.mfl"]].concat(), b"");
        let shown = String::from_utf8(out).unwrap() + &said;
        assert!(shown.contains("uneven-values"), "{shown}");
        if command == ["check"] {
            assert!(shown.ends_with(" in 2 classes\n"), "{shown}");
        }
    }
}

/// PerfMon shows a counter by its `DisplayName`, which is a localised text.
#[test]
fn counters_are_shown_by_the_names_of_the_chosen_language() {
    let folder = folder("counter_names");
    let text = r#"
        #pragma namespace("\\\\.\\root\\wmi")
        [WMI, Dynamic, Provider("WMIProv"), HiPerf, PerfDetail(100),
         guid("{2c1f0b7e-6d0b-4d2e-9a3f-5b6c7d8e9f02}"), DisplayName("Queue") : amended]
        class Vendor_Queue : Win32_PerfRawData
        {
            [key, read] string InstanceName;
            [read] boolean Active;
            [WmiDataId(1), read, CounterType(65536), DisplayName("Jobs") : amended] uint32 Count;
        };"#;
    let split = ["compile", "-", "--mof", "a.mof", "--mfl", "a.mfl"];
    succeeds(&folder, &split, text.as_bytes());
    let german = fs::read_to_string(folder.join("a.mfl")).unwrap();
    let german = german.replace("ms_409", "ms_407").replace("1033", "1031");
    fs::write(
        folder.join("de.mfl"),
        german.replace("Jobs", "Auftr\\x00E4ge"),
    )
    .unwrap();
    let shown = |more: &[&str]| {
        let arguments = [&["counters", "a.mof", "a.mfl", "de.mfl"], more].concat();
        String::from_utf8(succeeds(&folder, &arguments, b"").0).unwrap()
    };
    assert!(shown(&[]).contains("Count, shown as \"Jobs\""));
    assert!(shown(&["--language", "MS_407"]).contains("Count, shown as \"Aufträge\""));
}
