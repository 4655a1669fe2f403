//! Binary MOF of both editions whose names and texts are any UTF-16 units. It is refused, or its MOF
//! text holds nothing that could act on a reader or a terminal, and compiles to the same bytes.

#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use wmi_core::schema::{Edition, File};
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

/// Units that end, hide, reverse or forge text, beside letters of other scripts.
const UNITS: [u16; 40] = [
    0x00, 0x07, 0x08, 0x09, 0x0a, 0x0d, 0x1b, 0x7f, 0x85, 0x9b, 0xa0, 0xad, 0xd7, 0xdf, 0xe9,
    0x130, 0x17f, 0x212a, 0x2028, 0x2029, 0x200b, 0x200d, 0x200f, 0x202a, 0x202e, 0x2066, 0x2069,
    0xfeff, 0xfffe, 0xffff, 0xd800, 0xdbff, 0xdc00, 0xdfff, 0x0300, 0x0660, 0x4e2d, 0xff21, 0xe000,
    0x61c,
];

/// The template of an edition, and the places of each name in it.
struct Template {
    payload: Vec<u8>,
    names: Vec<Vec<usize>>,
}

impl Template {
    fn new(edition: Edition) -> Self {
        let arena = Arena::new();
        let reading = Reader::new(&arena).read("template", TEXT.as_bytes());
        assert!(!reading.has_errors(), "{:?}", reading.diagnostics);
        let payload = encode_payload(&reading.file.with_edition(edition)).expect("it is written");
        let mut found = std::collections::BTreeMap::<_, Vec<_>>::new();
        let stem: Vec<u8> = "Named".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for (place, bytes) in payload.windows(16).enumerate() {
            if bytes.starts_with(&stem) {
                found.entry(bytes.to_vec()).or_default().push(place);
            }
        }
        let names = found.into_values().collect();
        Self { payload, names }
    }

    fn of(edition: Edition) -> &'static Self {
        static OF: [OnceLock<Template>; 2] = [OnceLock::new(), OnceLock::new()];
        OF[usize::from(edition == Edition::Old)].get_or_init(|| Self::new(edition))
    }
}

/// Whether text can be shown: lines of what a keyboard has, and letters and digits.
fn is_harmless(text: &str) -> bool {
    text.chars()
        .all(|c| matches!(c, '\n' | ' '..='~') || c.is_alphanumeric())
}

fuzz_target!(|bytes: &[u8]| {
    let [first, rest @ ..] = bytes else {
        return;
    };
    let mut bytes = rest;
    let edition = match first % 2 {
        0 => Edition::Current,
        _ => Edition::Old,
    };
    let template = Template::of(edition);
    let (mut payload, mut has_nul) = (template.payload.clone(), false);
    while let [which, rest @ ..] = bytes {
        let places = &template.names[usize::from(*which) % template.names.len()];
        for (index, byte) in rest.iter().take(7).enumerate() {
            let unit = match byte {
                0..0x80 => u16::from(*byte),
                _ => UNITS[usize::from(byte - 0x80) % UNITS.len()],
            };
            has_nul |= unit == 0;
            for place in places {
                let at = place + 2 * index;
                payload[at..at + 2].copy_from_slice(&unit.to_le_bytes());
            }
        }
        bytes = rest.get(7..).unwrap_or_default();
    }
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
