//! `guid`.

use std::collections::HashSet;

use super::{folder, succeeds};
use wmi_core::Guid;

fn lines(test: &str, arguments: &[&str]) -> Vec<String> {
    let arguments = [&["guid"], arguments].concat();
    let (text, said) = succeeds(&folder(test), &arguments, b"");
    assert_eq!(said, "");
    let text = String::from_utf8(text).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn guids_are_random_version_4() {
    let guids = lines("guid", &["--format", "plain", "--count", "100"]);
    assert_eq!(guids.iter().collect::<HashSet<_>>().len(), 100);
    for guid in &guids {
        let (_, _, data3, data4) = Guid::parse(guid).unwrap().to_fields();
        assert_eq!((data3 >> 12, data4[0] >> 6), (4, 2), "{guid}");
    }
}

#[test]
fn each_format_can_be_pasted_where_it_belongs() {
    let one = |test: &str, arguments: &[&str]| lines(test, arguments).remove(0);
    for (test, arguments, before, after) in [
        ("attribute", &[][..], "#[wmi(guid = \"", "\")]"),
        ("mof", &["--format", "mof"], "guid(\"{", "}\")"),
        ("braces", &["--format", "braces"], "{", "}"),
    ] {
        let text = one(test, arguments);
        let guid = text
            .strip_prefix(before)
            .and_then(|text| text.strip_suffix(after));
        assert!(Guid::parse(guid.unwrap()).is_ok(), "{text}");
    }
    let text = one("c", &["--format", "c"]);
    let numbers: Vec<_> = text.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    let numbers: Vec<_> = numbers
        .into_iter()
        .filter_map(|number| number.strip_prefix("0x"))
        .map(str::len)
        .collect();
    assert_eq!(numbers, [8, 4, 4, 2, 2, 2, 2, 2, 2, 2, 2], "{text}");
}
