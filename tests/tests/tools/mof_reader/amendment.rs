//! Localised schemas are split into neutral MOF and MFL, and merged back.

use wmi_core::mof::Style;
use wmi_core::schema::{ChangeFlags, Class, File, Flavor, Object, ObjectKind, Qualifiers};
use wmi_tests::corpus;
use wmi_tools::bmf::{self, encode_payload};
use wmi_tools::mof::Reader;
use wmi_tools::{Arena, amendment};

use super::with_headers::WithHeaders;

/// Splits a file, and reads the halves as one.
fn split<'a>(arena: &'a Arena, file: &File<'_>) -> File<'a> {
    let halves = [Style::Neutral, Style::Mfl].map(|style| file.mof().style(style).to_string());
    let [neutral, texts] = &halves;
    assert!(!neutral.contains(": amended") || neutral.contains("instance of"));
    let reading = Reader::new(arena).read_all(&[
        ("neutral.mof", neutral.as_bytes()),
        ("texts.mfl", texts.as_bytes()),
    ]);
    assert!(!reading.has_errors(), "{:?}", reading.diagnostics);
    reading.file.with_edition(file.edition)
}

fn read<'a>(arena: &'a Arena, text: &str) -> File<'a> {
    let reading = Reader::new(arena).read("test.mof", text.as_bytes());
    assert!(!reading.has_errors(), "{:?}", reading.diagnostics);
    reading.file
}

/// Returns a class without the order of its qualifiers, which splitting loses.
fn sorted(class: &Class<'_>) -> Vec<Vec<String>> {
    let list = |qualifiers: Qualifiers<'_>| {
        let mut list: Vec<_> = qualifiers.iter().map(|it| format!("{it:?}")).collect();
        list.sort();
        list
    };
    let mut all = vec![
        vec![class.name.to_owned(), format!("{:?}", class.superclass)],
        list(class.qualifiers),
    ];
    for property in class.properties {
        let bare = property.with_qualifiers(&[]);
        all.extend([vec![format!("{bare:?}")], list(property.qualifiers)]);
    }
    for method in class.methods {
        all.extend([vec![method.name.to_owned()], list(method.qualifiers)]);
        for parameter in method.parameters {
            let bare = parameter.with_qualifiers(&[]);
            all.extend([vec![format!("{bare:?}")], list(parameter.qualifiers)]);
        }
    }
    all
}

/// Splits and merges a file whose texts are at its classes, which must give the same file; returns
/// whether it also gives the same binary MOF.
#[track_caller]
fn closed_loop(name: &str, file: &File<'_>) -> bool {
    let arena = Arena::new();
    let merged = amendment::merge(&arena, &split(&arena, file), None);
    assert_eq!(merged.objects.len(), file.objects.len(), "{name}");
    for (merged, object) in merged.objects.iter().zip(file.objects) {
        match (&merged.kind, &object.kind) {
            (ObjectKind::Class(merged), ObjectKind::Class(class)) => {
                assert_eq!(sorted(merged), sorted(class), "{name}");
            }
            (merged, kind) => assert_eq!(merged, kind, "{name}"),
        }
        assert_eq!(merged.namespace, object.namespace, "{name}");
        assert_eq!(merged.class_flags, object.class_flags, "{name}");
        assert_eq!(merged.instance_flags, object.instance_flags, "{name}");
    }
    encode_payload(&merged) == encode_payload(file)
}

#[test]
fn schema_comes_back_from_its_halves_byte_for_byte() {
    let classes = iscsi_schema::SCHEMA.classes;
    let objects: Vec<_> = classes
        .iter()
        .map(|class| Object::from_schema(&iscsi_schema::SCHEMA, class))
        .collect();
    assert!(closed_loop("iscsi", &File::new(&objects)));
}

#[test]
fn microsofts_mof_comes_back_from_its_halves() {
    let Some(files) = corpus::files("mof", "mof") else {
        return;
    };
    for (name, bytes) in files {
        let arena = Arena::new();
        let mut headers = WithHeaders;
        let reading = Reader::new(&arena).loader(&mut headers).read(&name, &bytes);
        closed_loop(&name, &reading.file);
    }
}

/// The pairs of MOF and Microsoft's binary MOF, and the binary MOF of shipped firmware.
#[test]
fn binary_mof_comes_back_from_its_halves() {
    for folder in ["pairs", "bmf", "bmf-large"] {
        let Some(files) = corpus::files(folder, "bmf") else {
            return;
        };
        for (name, bytes) in files {
            let arena = Arena::new();
            let file = bmf::decode(&arena, &bytes).unwrap();
            if file.objects.iter().any(Object::is_amendment) {
                continue;
            }
            let has_text = file.mof().style(Style::Mfl).to_string() != "";
            let is_same = closed_loop(&name, &file);
            assert!(is_same || has_text, "{name}");
        }
    }
}

/// Microsoft's own halves, merged by Microsoft's tools into the firmware of a machine.
#[test]
fn halves_of_mofcomp_are_written_as_mofcomp_writes_them() {
    let name = "bmf/Hewlett-Packard-WMIBinaryMofResource-4f32563a.bmf";
    let Some(bytes) = corpus::read(name) else {
        return;
    };
    let arena = Arena::new();
    let file = bmf::decode(&arena, &bytes).unwrap();
    assert_eq!(amendment::languages(&file), [0x409]);
    let again = split(&arena, &file);
    let part = |file: &File<'_>, texts: bool| {
        let objects = file.objects.iter();
        let objects = objects.filter(|object| object.is_amendment() == texts);
        objects
            .map(|object| format!("{:?}", object.kind))
            .collect::<Vec<_>>()
    };
    assert_eq!(part(&again, false), part(&file, false));
    // The same order of texts, `AMENDMENT` and `LOCALE`, the same base and members.
    assert_eq!(part(&again, true), part(&file, true));
    // Each finds its class, and comes back from it; they are in the order of the classes then.
    let merged = amendment::merge(&arena, &file, None);
    assert!(!merged.objects.iter().any(Object::is_amendment));
    let mut split = part(&split(&arena, &merged), true);
    let mut expected = part(&file, true);
    split.sort();
    expected.sort();
    assert_eq!(split, expected);
}

const DISK: &str = r#"
#pragma classflags("forceupdate")
#pragma namespace("\\\\.\\root\\wmi")
[WMI, guid("{2a7f2f0e-64a1-4f6d-9d36-b8b6a2f0c7d4}"), Locale("MS\\0x409"),
 Description("A disk.") : amended ToSubclass]
class Vendor_Disk
{
    [key, read] string InstanceName;
    [read] boolean Active;
    [read, WmiDataId(1), Description("Its size.") : amended] uint64 Size;
};
"#;

const GERMAN: &str = r#"
#pragma namespace("\\\\.\\root\\wmi")
instance of __namespace { name = "ms_407"; };
#pragma namespace("\\\\.\\root\\wmi\\ms_407")
[AMENDMENT, LOCALE(0x407), Description("Eine Platte.") : amended]
class Vendor_Disk
{
    [Description("Die Größe.") : amended] uint64 Size;
};
"#;

fn description<'a>(file: &File<'a>) -> [Option<&'a str>; 2] {
    let class = file.classes().next().unwrap();
    let size = class.property("Size").unwrap();
    [class.qualifiers, size.qualifiers].map(|list| list.text("Description"))
}

#[test]
fn given_language_replaces_the_texts_of_the_classes() {
    let arena = Arena::new();
    let reading = Reader::new(&arena).read_all(&[
        ("disk.mof", DISK.as_bytes()),
        ("disk_de.mfl", GERMAN.as_bytes()),
    ]);
    assert!(!reading.has_errors(), "{:?}", reading.diagnostics);
    let file = reading.file;
    assert_eq!(amendment::languages(&file), [0x407]);
    // The flags of the first text hold in the second.
    assert!(file.objects.iter().all(|it| it.class_flags.is_some()));
    let german = amendment::merge(&arena, &file, Some(0x407));
    assert_eq!(
        description(&german),
        [Some("Eine Platte."), Some("Die Größe.")]
    );
    assert_eq!(german.objects.len(), 1);
    let default = amendment::merge(&arena, &file, None);
    assert_eq!(description(&default), [Some("A disk."), Some("Its size.")]);
    let missing = amendment::merge(&arena, &file, Some(0x40c));
    assert_eq!(missing, file);
}

const FRENCH: &str = r#"
#pragma namespace("\\\\.\\root\\wmi\\ms_40c")
[AMENDMENT, LOCALE("MS\\0x40c"), Description("Un disque.")]
class Vendor_Disk
{
    [key] string InstanceName;
    [Description("Sa taille.") : amended] uint64 Taille;
    [Description("Efface.") : amended] void Wipe([in, Description("Le mode.") : amended] uint8 M);
};
[AMENDMENT, LOCALE(0x40c), Description("Encore.") : amended] class Vendor_Disk {};
[AMENDMENT, LOCALE(0x40c), Description("Une file.") : amended] class Vendor_Queue {};
"#;

#[test]
fn texts_without_a_place_are_misplaced() {
    let arena = Arena::new();
    let wipe = "void Wipe([in] uint8 Mode);\n};";
    let disk = DISK.replace("};", wipe);
    let reading = Reader::new(&arena).read_all(&[
        ("disk.mof", disk.as_bytes()),
        ("disk_de.mfl", GERMAN.as_bytes()),
        ("disk_fr.mfl", FRENCH.as_bytes()),
    ]);
    assert!(!reading.has_errors(), "{:?}", reading.diagnostics);
    let found = amendment::misplaced(&reading.file);
    let found: Vec<_> = found.iter().map(ToString::to_string).collect();
    let expected = [
        "`Vendor_Disk`: `Description` is not a localised text of MS_40C; add `: amended` to it",
        "`Vendor_Disk.Taille`: the texts of MS_40C belong to no property or method that the class \
         declares; correct the name, or remove them",
        "`Vendor_Disk.Wipe.M`: the texts of MS_40C belong to no parameter of the method; correct \
         the name, or remove them",
        "`Vendor_Disk`: the class has texts of MS_40C twice, and the first are used; make them one",
        "`Vendor_Queue`: the texts of MS_40C belong to no class; read them together with the MOF \
         that declares it",
    ];
    assert_eq!(found, expected);
    let warnings = reading.misplaced_texts();
    let places = warnings.iter().map(|warning| {
        let source = reading.sources.get(warning.span.source()).unwrap();
        let (line, _) = reading.sources.line_and_column(warning.span);
        (source.name, line)
    });
    let lines = [4, 7, 8, 4, 11].map(|line| ("disk_fr.mfl", line));
    assert_eq!(places.collect::<Vec<_>>(), lines);
    // Declarations are found in the MOF.
    let declared = reading.location("Vendor_Disk", Some("Wipe")).unwrap();
    let source = reading.sources.get(declared.source()).unwrap();
    assert_eq!(source.name, "disk.mof");
}

#[test]
fn microsofts_halves_have_every_text_in_its_place() {
    for folder in ["bmf", "bmf-large"] {
        let Some(files) = corpus::files(folder, "bmf") else {
            return;
        };
        for (name, bytes) in files {
            let arena = Arena::new();
            let file = bmf::decode(&arena, &bytes).unwrap();
            assert_eq!(amendment::misplaced(&file), [], "{name}");
        }
    }
}

#[test]
fn several_languages_stay_apart_in_the_mfl() {
    let arena = Arena::new();
    let file = read(&arena, &(DISK.to_owned() + GERMAN));
    let halves = split(&arena, &file);
    assert_eq!(amendment::languages(&halves), [0x409, 0x407]);
    let english = amendment::merge(&arena, &halves, None);
    assert_eq!(description(&english)[0], Some("A disk."));
    let german = amendment::merge(&arena, &halves, Some(0x407));
    assert_eq!(description(&german)[0], Some("Eine Platte."));
    // Splitting again changes nothing.
    assert_eq!(split(&arena, &halves), halves);
}

#[test]
fn locale_of_the_split_overrides_that_of_the_classes() {
    let arena = Arena::new();
    let file = read(&arena, DISK);
    let text = file.mof().style(Style::Mfl).locale(0x40c).to_string();
    assert!(text.contains("name = \"ms_40c\";"), "{text}");
    assert!(
        text.contains(r#"#pragma namespace("\\\\.\\root\\wmi\\ms_40c")"#),
        "{text}"
    );
    assert!(text.contains("LOCALE(1036)"), "{text}");
}

#[test]
fn flavors_come_back_from_the_halves() {
    let arena = Arena::new();
    let file = read(&arena, DISK);
    assert!(closed_loop("disk", &file));
    let merged = amendment::merge(&arena, &split(&arena, &file), None);
    let class = merged.classes().next().unwrap();
    let flavor = class.qualifier("Description").unwrap().flavor;
    assert_eq!(flavor, Flavor::AMENDED | Flavor::TO_SUBCLASS);
}

#[test]
fn classes_without_a_namespace_have_their_texts_in_that_of_drivers() {
    let arena = Arena::new();
    let file = read(
        &arena,
        "[Description(\"a\") : amended] class A { uint8 X; };",
    );
    let text = file.mof().style(Style::Mfl).to_string();
    assert!(
        text.contains(r#"#pragma namespace("\\\\.\\root\\wmi\\ms_409")"#),
        "{text}"
    );
    assert!(closed_loop("default", &file));
}

#[test]
fn instances_keep_their_texts() {
    let arena = Arena::new();
    let text = "[Description(\"a\") : amended] class A { uint8 X; };\n\
                [Description(\"b\") : amended] instance of A { X = 1; };";
    assert!(closed_loop("instance", &read(&arena, text)));
}

#[test]
fn pragma_amendment_is_read() {
    let arena = Arena::new();
    let amendment = |text: &str| Reader::new(&arena).read("a.mof", text.as_bytes());
    let reading = amendment("#pragma amendment(\"MS_40C\")\nclass A {};");
    assert_eq!(reading.amendment, Some(0x40c));
    assert!(reading.diagnostics.is_empty());
    assert_eq!(amendment("class A {};").amendment, None);
    for wrong in ["", "(\"409\")", "(\"MS_\")", "(\"MS_409\", \"MS_407\")"] {
        let reading = amendment(&format!("#pragma amendment{wrong}\n"));
        let [error] = &reading.diagnostics[..] else {
            panic!("{wrong}: {:?}", reading.diagnostics);
        };
        assert_eq!(
            error.message, "`#pragma amendment` takes one locale",
            "{wrong}"
        );
    }
}

#[test]
fn initial_pragmas_hold_until_others() {
    let arena = Arena::new();
    let text = "class A {};\n#pragma namespace(\"root\\\\b\")\n#pragma classflags(\"createonly\")\n\
                #pragma instanceflags()\nclass B {};";
    let reading = Reader::new(&arena)
        .namespace(r"root\a")
        .class_flags(ChangeFlags::UPDATE_ONLY)
        .instance_flags(ChangeFlags::CREATE_ONLY)
        .read("a.mof", text.as_bytes());
    let [a, b] = reading.file.objects else {
        panic!("two classes");
    };
    assert_eq!(a.namespace, r"root\a");
    assert_eq!(a.class_flags, Some(ChangeFlags::UPDATE_ONLY));
    assert_eq!(a.instance_flags, Some(ChangeFlags::CREATE_ONLY));
    assert_eq!(b.namespace, r"root\b");
    assert_eq!(b.class_flags, Some(ChangeFlags::CREATE_ONLY));
    assert_eq!(b.instance_flags, None);
}

#[test]
fn deletions_take_an_object_and_a_word() {
    let arena = Arena::new();
    let said = |arguments: &str| {
        let text = format!("#pragma deleteclass{arguments}\nclass A {{}};");
        let reading = Reader::new(&arena).read("a.mof", text.as_bytes());
        reading.diagnostics[0].message.clone()
    };
    for right in ["(\"B\", NOFAIL)", "(\"B\", fail)"] {
        assert_eq!(said(right), "`#pragma deleteclass` is not kept");
    }
    for wrong in ["", "(\"B\")", "(\"B\", MAYBE)", "(B, FAIL)"] {
        let expected = "`#pragma deleteclass` takes the name of an object, and `FAIL` or `NOFAIL`";
        assert_eq!(said(wrong), expected, "{wrong}");
    }
}

#[test]
fn errors_of_several_texts_name_their_own() {
    let arena = Arena::new();
    let reading = Reader::new(&arena)
        .read_all(&[("a.mof", b"#if 1\nclass A {};"), ("b.mof", b"klass B {};")]);
    let places = reading.diagnostics.iter().map(|it| {
        let source = reading.sources.get(it.span.source()).unwrap();
        (source.name, it.message.as_str())
    });
    let places: Vec<_> = places.collect();
    assert_eq!(places[0], ("a.mof", "this condition has no `#endif`"));
    assert_eq!(places[1].0, "b.mof");
    assert_eq!(reading.file.classes().count(), 1);
}
