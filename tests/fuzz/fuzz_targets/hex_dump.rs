//! Any text as a hex dump. Memory is bounded, and a dump of the bytes gives them back.

#![no_main]

use std::fmt::Write;

use libfuzzer_sys::fuzz_target;
use wmi_tools::hex_dump::parse_hex_dump;

fuzz_target!(|input: &[u8]| {
    if let Ok(text) = std::str::from_utf8(input) {
        match parse_hex_dump(text) {
            Ok(bytes) => assert!((1..=0x100_0000).contains(&bytes.len())),
            Err(why) => assert!(why.line <= text.lines().count().max(1)),
        }
    }
    if input.is_empty() {
        return;
    }
    let mut debugger = String::new();
    let mut xxd = String::new();
    for (index, row) in input.chunks(16).enumerate() {
        let address = index * 16;
        let _ = write!(debugger, "fffff800`{address:08x} ");
        let _ = write!(xxd, "{address:08x}:");
        for (place, byte) in row.iter().enumerate() {
            let before = if place == 8 { '-' } else { ' ' };
            let _ = write!(debugger, "{before}{byte:02x}");
            let before = if place % 2 == 0 { " " } else { "" };
            let _ = write!(xxd, "{before}{byte:02x}");
        }
        // The text column, of characters that could be digits.
        let text: String = row.iter().map(|byte| char::from(b'a' + byte % 6)).collect();
        let _ = writeln!(debugger, "  {text}");
        let _ = writeln!(xxd, "  {text}");
    }
    assert_eq!(parse_hex_dump(&debugger).unwrap(), input);
    assert_eq!(parse_hex_dump(&xxd).unwrap(), input);
});
