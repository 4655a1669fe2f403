//! Damaged and made-up tables are read or refused, in memory bounded by their size.

use proptest::prelude::*;

use super::{ASL, BROKEN, DUMP, LISTING, VENDOR};
use wmi_tests::allocations;
use wmi_tools::firmware::{Firmware, Report, listed_bytes};

/// Reads whatever it is.
fn try_out(bytes: &[u8]) {
    let _ = listed_bytes(bytes);
    if let Ok(firmware) = Firmware::read(bytes) {
        let report = Report::new(&firmware, &[]);
        for finding in &report.findings {
            assert!(!finding.to_string().is_empty());
        }
    }
}

#[test]
fn cut_and_changed_tables_are_survived() {
    for case in [VENDOR, BROKEN] {
        for end in (0..case.len()).step_by(3) {
            try_out(&case[..end]);
        }
        // The bytes of the binary MOF are not read here.
        let mof = case.windows(4).position(|four| four == b"FOMB").unwrap();
        let mut changed = case.to_vec();
        for at in 0..mof {
            for byte in [0, 0xff, 0x10, 0x5b, 0x11, 0x08] {
                let old = core::mem::replace(&mut changed[at], byte);
                try_out(&changed);
                changed[at] = old;
            }
        }
    }
    for case in [ASL, LISTING, DUMP] {
        for end in (0..case.len()).step_by(37) {
            try_out(&case[..end]);
        }
    }
}

/// Returns a table of this AML.
fn table(aml: &[u8]) -> Vec<u8> {
    let length = u32::try_from(36 + aml.len()).unwrap();
    [b"SSDT", &length.to_le_bytes()[..], &[0; 28], aml].concat()
}

#[test]
fn nested_and_repeated_terms_take_memory_and_time_of_their_size() {
    // A scope within a scope, to the deepest that 65536 bytes can hold.
    let mut nested = b"\x08_WDG\x11\x03\x0a\x00".to_vec();
    while nested.len() < 0x1_0000 {
        let inner = nested.len() + 8;
        let length = [
            0xc0 | (inner & 0xf) as u8,
            (inner >> 4) as u8,
            (inner >> 12) as u8,
            (inner >> 20) as u8,
        ];
        nested = [&[0x10][..], &length, b"ABCD", &nested].concat();
    }
    let names = b"\x08WQAA\x0d".repeat(20_000);
    let buffers = [
        &b"\x14\xc0\xff\xff\x0f_WDG\0"[..],
        &b"\x11\x3f\x0d".repeat(40_000),
    ]
    .concat();
    let scopes = b"\x10\x05\\\x00\x10\x05\\\x00".repeat(20_000);
    // Each entry looks for its object among all.
    let mut entries = b"\x08WQAA\x00".repeat(60_000);
    entries.extend(b"\x08_WDG\x11\xc0\xff\xff\x0f\x0c\xff\xff\xff\xff");
    let end = entries.len();
    entries.extend(
        (0..40_000u32)
            .flat_map(|number| [&number.to_le_bytes()[..], b"ZZZZZZZZZZZZZZ\x01\0"].concat()),
    );
    let length = entries.len() - end + 9;
    entries[end - 9..end - 5].copy_from_slice(&[
        0xc0 | (length & 0xf) as u8,
        (length >> 4) as u8,
        (length >> 12) as u8,
        (length >> 20) as u8,
    ]);
    for aml in [nested, names, buffers, scopes, entries] {
        let table = table(&aml);
        let bytes = allocations::peak(|| try_out(&table));
        assert!(bytes < 200 * table.len(), "{bytes} for {}", table.len());
    }
    for text in [
        "Device (A) {".repeat(30_000),
        "Method (_WDG) {".repeat(30_000),
        "Name (_WDG, Buffer () {".repeat(30_000),
        "Name (_WDG, Buffer (".repeat(60_000),
        "{ 1, ".repeat(60_000),
        "0000: 53\n*\nffffffffff: 53\n".repeat(2_000),
    ] {
        let bytes = allocations::peak(|| try_out(text.as_bytes()));
        assert!(bytes < 200 * text.len(), "{bytes} for {}", text.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        try_out(&bytes);
        try_out(&table(&bytes));
    }

    #[test]
    fn any_terms_are_survived(
        terms in proptest::collection::vec(proptest::sample::select(TERMS), 0..60),
    ) {
        try_out(&table(&terms.concat()));
    }

    #[test]
    fn any_words_are_survived(
        words in proptest::collection::vec(proptest::sample::select(WORDS), 0..60),
    ) {
        try_out(words.concat().as_bytes());
        try_out(words.join(" ").as_bytes());
    }
}

/// The starts of terms.
const TERMS: &[&[u8]] = &[
    b"\x5b\x82\x3fWMI1",
    b"\x10\x0c\\_SB_",
    b"\x08_WDG\x11\x17\x0a\x14",
    b"\x14\x08WMAA\x03",
    b"\x08_HID\x0c\x41\xd0\x0c\x14",
    b"\x08_UID\x0dA\0",
    b"FOMB\x01\0\0\0",
    b"\x06^AAA",
    b"\x15\x2eAAAABBBB\0\0",
    b"\xff\x2f\x08",
];

const WORDS: &[&str] = &[
    "Device (A) {",
    "Name (_WDG, ",
    "Buffer () {",
    "0x41,",
    "}",
    ")",
    "Method (WMAA, 3) {",
    "/*",
    "*/",
    "//",
    "\n",
    "\"",
    "é",
    "Scope (^^B.C) {",
    "0000: 46 4F",
    "*",
    "EisaId (\"PNP0C14\")",
];
