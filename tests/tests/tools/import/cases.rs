//! Schemas that once exposed a fault, one for each kind, from `cases`.

use core::time::Duration;
use std::path::{Path, PathBuf};
use std::time::Instant;

use wmi_tools::Arena;
use wmi_tools::bmf::decode;
use wmi_tools::import::{Import, OmissionKind, Options, rust};

use super::read;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("cases")
}

/// Returns the MOF texts among the cases that have no errors.
pub(crate) fn texts() -> Vec<(String, Vec<u8>)> {
    let refused = ["names-with-units.mof", "text-shift-jis.mof", "u64max.mof"];
    let beyond_binary_mof = ["i64min.mof", "numbers-defaults.mof"];
    let entries = std::fs::read_dir(folder().join("mof")).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !refused.contains(&&**name) && !beyond_binary_mof.contains(&&**name))
        .collect();
    names.sort();
    let texts = names.into_iter().map(|name| {
        let bytes = std::fs::read(folder().join("mof").join(&name)).unwrap();
        (name, bytes)
    });
    texts.collect()
}

pub(crate) fn old_edition() -> Vec<u8> {
    std::fs::read(folder().join("bmf/old-edition.bmf")).unwrap()
}

fn case(name: &str) -> Import {
    let bytes = std::fs::read(folder().join("mof").join(name)).unwrap();
    let arena = Arena::new();
    rust(&read(&arena, name, &bytes), &Options::new(name))
}

fn omissions(import: &Import) -> Vec<(OmissionKind, String)> {
    let omissions = import.omissions.iter();
    omissions
        .map(|omission| (omission.kind, omission.to_string()))
        .collect()
}

#[test]
fn classes_may_embed_later_classes() {
    let import = case("late-item.mof");
    assert_eq!(omissions(&import), []);
    assert!(
        import.source.contains("pub e: [Elem2; 3],"),
        "{}",
        import.source
    );
    // The order of the file is kept, whatever the dependencies.
    let first = import.source.find("pub struct LateItem").unwrap();
    assert!(first < import.source.find("pub struct Elem2").unwrap());
    assert!(import.source.contains("&[LateItem::CLASS, Elem2::CLASS]"));
    assert_eq!(omissions(&case("late-method-parameter.mof")), []);
    let circle = "[WMI] class A { [WmiDataId(1)] B b; }; [WMI] class B { [WmiDataId(1)] A a; };";
    let kinds: Vec<_> = super::import(circle)
        .omissions
        .iter()
        .map(|omission| omission.kind)
        .collect();
    assert_eq!(kinds, [OmissionKind::DataBlock, OmissionKind::DataBlock]);
    let late_base = "[WMI, guid(\"{1d1c0a63-5c3b-4b5e-8a0e-2f3c4d5e6f70}\")] class A : Z \
                     { [key, read] string InstanceName; [read] boolean Active; }; \
                     [abstract] class Z {};";
    assert!(super::import(late_base).source.contains("base = Z"));
}

#[test]
fn namespace_spelling_does_not_matter() {
    for name in [
        "dot-dot",
        "none-dot",
        "none-none",
        "short-dot",
        "slash-dot",
        "upper-dot",
    ] {
        let import = case(&format!("namespace-{name}.mof"));
        assert_eq!(omissions(&import), [], "{name}");
        assert!(
            import.source.contains("pub p: Part,"),
            "{name}: {}",
            import.source
        );
    }
    let other = omissions(&case("namespace-other-dot.mof"));
    let (kind, text) = &other[0];
    assert_eq!((other.len(), *kind), (1, OmissionKind::DataBlock));
    assert!(
        text.contains(r"`Vendor_Part` is declared in another namespace, `\\.\root\cimv2`"),
        "{text}"
    );
}

/// The derive refuses them, so the items are only declared.
#[test]
fn defaults_of_another_type_have_no_typed_item() {
    let import = case("defaults-of-another-type.mof");
    let expected = "types of the items of Vendor_Retries: `Count`: its default value is not of the \
                    type `uint32`";
    assert_eq!(
        omissions(&import),
        [(OmissionKind::DataBlock, expected.to_owned())]
    );
    let source = import.source;
    assert!(source.contains("uint32 Count = \"1\""), "{source}");
    let method = "[WMI, guid(\"{7a1d5c52-0a91-4b7f-8f0e-3c1f2f6b9da2}\")] class A \
                  { [WmiMethodId(1), Implemented] void F([in] uint32 X = \"a\"); };";
    let import = super::import(method);
    let expected = "method A.F: `X`: its default value is not of the type `uint32`";
    assert_eq!(
        omissions(&import),
        [(OmissionKind::Method, expected.to_owned())]
    );
}

#[test]
fn parameter_defaults_are_kept() {
    let import = case("dflt.mof");
    assert_eq!(omissions(&import), []);
    assert!(
        import.source.contains("#[wmi(in, default = 0)]"),
        "{}",
        import.source
    );
}

#[test]
fn empty_lists_are_kept() {
    let import = case("empty.mof");
    assert_eq!(omissions(&import), []);
    assert!(
        import.source.contains("Values{} : amended"),
        "{}",
        import.source
    );
}

/// Parts without a form in Rust are listed, and their replacement compiles.
#[test]
fn inexpressible_parts_are_listed() {
    for (name, kind, why) in [
        (
            "sizein.mof",
            OmissionKind::Method,
            "`Data` goes out without `Count`",
        ),
        ("sizeis.mof", OmissionKind::DataBlock, "`WmiSizeIs`"),
        (
            "default-scale-real.mof",
            OmissionKind::DataBlock,
            "`DefaultScale`",
        ),
        (
            "default-scale-large.mof",
            OmissionKind::DataBlock,
            "an integer from -7 to 7",
        ),
    ] {
        let omissions = omissions(&case(name));
        let (found, text) = &omissions[0];
        assert_eq!((omissions.len(), *found), (1, kind), "{name}: {text}");
        assert!(text.contains(why), "{name}: {text}");
    }
}

/// The derive makes `MAX` from the length of an array, and an array with a count has none.
#[test]
fn counted_arrays_with_max_are_listed() {
    let text = "[WMI, guid(\"{1d1c0a63-5c3b-4b5e-8a0e-2f3c4d5e6f70}\")] class A { \
                [key, read] string InstanceName; [read] boolean Active; [WmiDataId(1)] uint32 N; \
                [WmiDataId(2), WmiSizeIs(\"N\"), MAX(5)] uint8 Raw[]; };";
    let import = super::import(text);
    let omissions = omissions(&import);
    assert_eq!(omissions.len(), 1, "{omissions:?}");
    assert!(omissions[0].1.contains("`Raw`: `MAX`"), "{omissions:?}");
    assert!(!import.source.contains("pub raw"), "{}", import.source);
}

/// Names compare without case, and the qualifier keeps its spelling.
#[test]
fn counts_may_be_spelled_in_another_case() {
    let import = case("size-is-in-another-case.mof");
    assert_eq!(omissions(&import), []);
    for field in [
        "pub n_: Count<u32>,",
        "#[wmi(data_id = 2, read, size_is = \"n\")]",
        "#[wmi(data_id = 3, read, size_is = n_)]",
        "pub count_: Count<u32>,",
        "size_is = \"count\"",
    ] {
        assert!(import.source.contains(field), "{field}: {}", import.source);
    }
}

#[test]
fn char16_and_names_of_rust_are_expressed() {
    let import = case("names-of-rust.mof");
    assert_eq!(omissions(&import), []);
    for field in [
        "pub new_: Char16,",
        "pub self_: [Char16; 4],",
        "pub r#match: u32,",
        "pub new: &'a [Char16],",
    ] {
        assert!(import.source.contains(field), "{field}: {}", import.source);
    }
}

#[test]
fn old_edition_is_kept() {
    let arena = Arena::new();
    let import = rust(
        &decode(&arena, &old_edition()).unwrap(),
        &Options::default(),
    );
    assert!(
        import.source.contains(".with_edition(Edition::Old)"),
        "{}",
        import.source
    );
    assert!(
        import
            .source
            .contains("use wmi_core::schema::{Class, Edition, Schema};")
    );
}

/// Returns MOF with many classes, methods, enumerations, bases, embedded classes and amendments.
fn many(count: usize) -> String {
    let mut text = String::from("#pragma namespace(\"\\\\\\\\.\\\\root\\\\wmi\")\n");
    for number in 0..count {
        let base = match number % 7 {
            0 => String::new(),
            _ => format!(" : Vendor_C{}", number - 1),
        };
        text += &format!(
            "[WMI, Dynamic, Provider(\"WmiProv\"), \
             guid(\"{{9c2a9f56-66f4-4a59-9f0c-{number:012x}}}\")]\n\
             class Vendor_C{number}{base} {{\n\
             [key, read] string InstanceName; [read] boolean Active;\n\
             [WmiDataId(1), read, ValueMap{{\"0\", \"{number}1\"}}, Values{{\"Off\", \"On\"}}] uint32 State;\n\
             [WmiDataId(2), read] Vendor_Part{number} Part;\n\
             [WmiMethodId(1), Implemented] void Reset([in] uint32 How, [out] Vendor_Part{number} P);\n}};\n\
             [WMI] class Vendor_Part{number} {{ [WmiDataId(1), read] uint32 A; }};\n"
        );
    }
    text
}

#[test]
fn import_time_is_linear_in_the_classes() {
    let time = |count| {
        let arena = Arena::new();
        let file = read(&arena, "many.mof", many(count).as_bytes());
        let start = Instant::now();
        let import = rust(&file, &Options::default());
        assert!(import.source.len() > count * 100);
        start.elapsed()
    };
    let short = time(150) + Duration::from_millis(20);
    let long = time(1_200);
    assert!(long < short * 24, "{short:?}, {long:?}");
}
