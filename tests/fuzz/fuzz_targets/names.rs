//! Binary MOF of both editions whose names and texts are any UTF-16 units. It is refused, or its MOF
//! text holds nothing that could act on a reader or a terminal, and compiles to the same bytes.

#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use wmi_core::schema::{Edition, File};
use wmi_fuzz::Template;
use wmi_tools::Arena;
use wmi_tools::bmf::{decode_payload, encode_payload};
use wmi_tools::header::Header;
use wmi_tools::mof::Reader;

/// A name of eight letters in each place where a payload has one, and texts. Each has another last
/// letter, which stays, so that no two become one.
const TEXT: &str = r#"
#pragma namespace("\\\\.\\root\\NamedNsa")
[NamedQub("NamedStc")] class NamedBad as $NamedAle { };
[WMI, HeaderName("NamedHdu"), guid("{7a1d5c52-0a91-4b7f-8f0e-3c1f2f6b9d10}")] class NamedClf : NamedBad {
    [WmiDataId(1), Values{"NamedVag"}, ValueMap{"NamedMav"}, DefineValues{"NamedDew"},
     DefineDataId("NamedDdx")] uint32 NamedPrh;
    [WmiDataId(2)] NamedTyi NamedObj;
    NamedRek ref NamedLnl;
    [WmiMethodId(1), Implemented] void NamedMem([in, NamedPqn, ID(0)] uint32 NamedPao);
};
instance of NamedInp as $NamedIaq { NamedKer = "NamedTxs"; NamedLst = $NamedIaq; };
"#;

fn template(edition: Edition) -> &'static Template {
    static OF: [OnceLock<Template>; 2] = [OnceLock::new(), OnceLock::new()];
    OF[usize::from(edition == Edition::Old)].get_or_init(|| Template::new(TEXT, edition))
}

/// Whether text can be shown: lines of what a keyboard has, and letters and digits.
fn is_harmless(text: &str) -> bool {
    text.chars()
        .all(|c| matches!(c, '\n' | '\t' | ' '..='~') || c.is_alphanumeric())
}

fuzz_target!(|bytes: &[u8]| {
    let [first, bytes @ ..] = bytes else {
        return;
    };
    let edition = match first % 2 {
        0 => Edition::Current,
        _ => Edition::Old,
    };
    let (payload, has_nul) = template(edition).with_names(bytes);
    check(edition, &payload, has_nul);
});

fn check(edition: Edition, payload: &[u8], has_nul: bool) {
    let arena = Arena::new();
    let file = match decode_payload(&arena, payload) {
        Ok(file) => file,
        Err(error) => return assert!(is_harmless(&error.to_string()), "{error}"),
    };
    assert_eq!(file.edition, edition);
    // A NUL ends a text before its bytes end, which then are not read.
    let written = encode_payload(&file).expect("what was read is written");
    assert!(written == payload || has_nul);
    let text = file.mof().to_string();
    assert!(is_harmless(&text), "{text}");
    let header = Header::new("a.h", &file).to_string();
    assert!(is_harmless(&header), "{header}");
    read_again(&file, &text, &written, has_nul);
}

/// Only names that a NUL has cut off may keep the text from being read: two may have become one.
fn read_again(file: &File<'_>, text: &str, payload: &[u8], has_nul: bool) {
    let arena = Arena::new();
    let reading = Reader::new(&arena).read("again", text.as_bytes());
    if reading.has_errors() {
        assert!(has_nul, "{text}\n{:?}", reading.diagnostics);
        return;
    }
    let again = reading.file.with_edition(file.edition);
    assert_eq!(again, *file, "{text}");
    assert!(encode_payload(&again).as_deref() == Ok(payload), "{text}");
}
