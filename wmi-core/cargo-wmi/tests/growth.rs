//! Commands take memory and allocations in proportion to the schema: three times the classes take three
//! times as much, and the size of the text bounds the peak. Nothing is timed.

use core::fmt::Write;

use wmi_core::mof::Style;
use wmi_core::schema::File;
use wmi_tests::allocations::{Counting, memory};
use wmi_tools::bmf::{self, Packing};
use wmi_tools::check::check;
use wmi_tools::diff::diff;
use wmi_tools::doc::SchemaPage;
use wmi_tools::header::Header;
use wmi_tools::import::{DriverModel, Options, ProviderOptions};
use wmi_tools::mof::Reader;
use wmi_tools::{Arena, amendment, client_source, import};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Returns MOF of classes of every kind, four at a time. Each refers to the class before it.
fn mof(classes: usize) -> String {
    let mut mof = String::from("#pragma namespace(\"\\\\\\\\.\\\\root\\\\wmi\")\n");
    for number in 0..classes / 4 {
        let guid = |kind| format!("{{7d1f9a52-30c8-4e0b-{kind:04x}-{number:012x}}}");
        let texts = "Description(\"Some text.\") : amended";
        let before = number.saturating_sub(1);
        // Writing to a `String` cannot fail.
        let _ = write!(
            mof,
            r#"
[WMI, guid("{}"), {texts}]
class Vendor_Part{number:05} {{ [WmiDataId(1)] uint32 From; [WmiDataId(2)] uint8 To; }};
[WMI, Dynamic, Provider("WMIProv"), guid("{}"), {texts}]
class Vendor_State{number:05}
{{
    [key, read] string InstanceName;
    [read] boolean Active;
    [read, write, WmiDataId(1), {texts}] uint32 Limit;
    [read, WmiDataId(2), Values{{"Idle", "Busy"}} : amended, ValueMap{{"0","1"}}] uint32 State;
    [read, WmiDataId(3)] Vendor_Part{before:05} Part;
    [read, WmiDataId(4), MaxLen(40)] string Label;
    [Implemented, WmiMethodId(1), {texts}] void Reset([in] uint32 Mask, [out] uint64 Before);
}};
[WMI, Dynamic, Provider("WMIProv"), HiPerf, DisplayName("Vendor {number}") : amended, guid("{}")]
class Vendor_Counters{number:05} : Win32_PerfRawData
{{
    [key, read] string InstanceName;
    [read] boolean Active;
    [read, WmiDataId(1), CounterType(272696576), DisplayName("Sent") : amended] uint64 Sent;
}};
[WMI, Dynamic, Provider("WMIProv"), guid("{}"), {texts}]
class Vendor_Event{number:05} : WMIEvent
{{
    [key, read] string InstanceName;
    [read] boolean Active;
    [read, WmiDataId(1)] boolean Up;
}};
"#,
            guid(1),
            guid(2),
            guid(3),
            guid(4)
        );
    }
    mof
}

/// Runs `command` on 100 and on 300 classes. Both the most memory at one time and the sum of all
/// allocations must grow by three, and the first must be below `factor` times the size of the text.
///
/// A step that looks at every class for every class would make the sum grow by nine.
#[track_caller]
fn grows_linearly(factor: usize, command: impl Fn(&str, &File<'_>)) {
    grows_linearly_with(mof, factor, command);
}

/// Returns MOF of one class with this many items, named values and methods.
fn large_class(size: usize) -> String {
    let mut mof = String::from(
        "[WMI, Dynamic, Provider(\"WMIProv\"), guid(\"{7d1f9a52-30c8-4e0b-9f3a-5f6b1d2c8e47}\")]\n\
         class Vendor_Large\n{\n    [key, read] string InstanceName;\n    [read] boolean Active;\n",
    );
    for number in 1..=size {
        // Writing to a `String` cannot fail.
        let _ = writeln!(
            mof,
            "    [read, write, WmiDataId({number}), Description(\"Some text.\") : amended]\n    \
             uint32 Item{number};\n    [Implemented, WmiMethodId({number})] void \
             Call{number}([in] uint32 X, [out] uint32 Y);"
        );
    }
    let names: Vec<_> = (0..size)
        .map(|number| format!("\"Name {number}\""))
        .collect();
    let _ = writeln!(
        mof,
        "    [read, WmiDataId({}), Values{{{}}}] uint32 Named;\n}};",
        size + 1,
        names.join(", ")
    );
    mof
}

/// Runs `command` on MOF of 100 and of 300 parts, like [`grows_linearly`].
#[track_caller]
fn grows_linearly_with(mof: fn(usize) -> String, factor: usize, command: impl Fn(&str, &File<'_>)) {
    let measured = [100, 300].map(|parts| {
        let text = mof(parts);
        let arena = Arena::new();
        let reading = Reader::new(&arena).read("a.mof", text.as_bytes());
        assert!(!reading.has_errors(), "{:?}", reading.diagnostics.first());
        (text.len(), memory(|| command(&text, &reading.file)))
    });
    let [(_, few), (size, many)] = measured;
    // A buffer that doubles may be almost twice as large as needed.
    assert!(many.peak <= few.peak * 5, "{few:?}, {many:?}");
    assert!(many.allocated <= few.allocated * 4, "{few:?}, {many:?}");
    assert!(
        many.peak <= factor * size,
        "{many:?} for {size} bytes of text"
    );
}

#[test]
fn compile_grows_linearly() {
    grows_linearly(40, |text, _| {
        let arena = Arena::new();
        let reading = Reader::new(&arena).read("a.mof", text.as_bytes());
        bmf::encode(&reading.file, Packing::Greedy).unwrap();
    });
}

#[test]
fn decompile_grows_linearly() {
    grows_linearly(40, |_, file| {
        let bytes = bmf::encode(file, Packing::Greedy).unwrap();
        let arena = Arena::new();
        let file = bmf::decode(&arena, &bytes).unwrap();
        let _ = file.mof().to_string();
    });
}

#[test]
fn splitting_and_merging_grow_linearly() {
    grows_linearly(20, |_, file| {
        let halves = [Style::Neutral, Style::Mfl].map(|style| file.mof().style(style).to_string());
        let arena = Arena::new();
        let [neutral, texts] = &halves;
        let texts = [("a.mof", neutral.as_bytes()), ("a.mfl", texts.as_bytes())];
        let reading = Reader::new(&arena).read_all(&texts);
        assert!(reading.misplaced_texts().is_empty());
        let _ = amendment::merge(&arena, &reading.file, None);
    });
}

#[test]
fn check_grows_linearly() {
    grows_linearly(20, |_, file| drop(check(file)));
}

#[test]
fn diff_grows_linearly() {
    grows_linearly(20, |_, file| assert!(diff(file, file).is_empty()));
}

#[test]
fn header_grows_linearly() {
    grows_linearly(20, |_, file| {
        let header = Header::new("a.h", file)
            .method_structs(true)
            .corrected(true);
        let _ = header.to_string();
    });
}

#[test]
fn doc_grows_linearly() {
    grows_linearly(100, |_, file| {
        let _ = SchemaPage::new("a", file).to_string();
    });
}

#[test]
fn client_grows_linearly() {
    grows_linearly(100, |_, file| drop(client_source::powershell(file, "A")));
    grows_linearly(200, |_, file| drop(client_source::rust(file, "A")));
}

#[test]
fn import_grows_linearly() {
    grows_linearly(100, |_, file| {
        let mut options = Options::new("a.mof");
        options.provider = Some(ProviderOptions::new(DriverModel::Wdm));
        assert!(import::rust(file, &options).provider.is_some());
    });
}

#[test]
fn large_classes_take_memory_in_proportion() {
    let compile = |text: &str, _: &File<'_>| {
        let arena = Arena::new();
        let reading = Reader::new(&arena).read("a.mof", text.as_bytes());
        let bytes = bmf::encode(&reading.file, Packing::Greedy).unwrap();
        let _ = bmf::decode(&arena, &bytes).unwrap().mof().to_string();
    };
    grows_linearly_with(large_class, 60, compile);
    grows_linearly_with(large_class, 40, |_, file| drop(check(file)));
    grows_linearly_with(large_class, 500, |_, file| {
        let _ = SchemaPage::new("a", file).to_string();
    });
    grows_linearly_with(large_class, 200, |_, file| {
        drop(client_source::powershell(file, "A"));
    });
    grows_linearly_with(large_class, 400, |_, file| {
        drop(client_source::rust(file, "A"))
    });
}

#[test]
#[should_panic(expected = "allocated")]
fn a_look_at_all_classes_for_each_class_is_found() {
    grows_linearly(1000, |text, file| {
        for _ in file.classes() {
            drop(text.to_owned());
        }
    });
}
