//! Bytes listed as text: the output of `acpidump`, hex dumps of `xxd` and `hexdump -C`, and lists in
//! braces, as in C arrays and in ASL.

use std::borrow::Cow;

use super::aml;
use super::asl::{Token, Tokens};
use crate::{bmf, hex_dump};

/// The bytes in a row of a dump.
const ROW: usize = 16;
/// `*` in a dump stands for rows like the one before. A dump must not claim more bytes than this for
/// each of its own.
const MOST_REPEATED: usize = 64;

/// Returns the bytes that a text lists, if they hold a binary MOF or an ACPI table: the rows of
/// `acpidump`, `xxd` or `hexdump -C`, or the lists in braces of C arrays and of ASL, one after another.
///
/// ```
/// use wmi_tools::firmware::listed_bytes;
///
/// let dump = "SSDT @ 0x0000000000000000\n    0000: 53 53 44 54 ...";
/// assert_eq!(listed_bytes(dump.as_bytes()), None); // the table is not whole
/// ```
#[must_use]
pub fn listed_bytes(bytes: &[u8]) -> Option<Vec<u8>> {
    let text = text(bytes)?;
    rows(&text).or_else(|| lists(&text))
}

/// Returns the input as text, if it has no NUL, which tables and binary MOFs have.
pub(super) fn text(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let is_text = !bytes.contains(&0);
    is_text.then(|| String::from_utf8_lossy(bytes))
}

/// Returns whether the bytes are what somebody would list.
fn is_wanted(bytes: &[u8]) -> bool {
    let mut rests = (0..bytes.len()).filter_map(|at| bytes.get(at..));
    rests.any(bmf::is_container)
        || aml::header(bytes).is_some_and(|(_, length)| length <= bytes.len())
}

/// Returns the bytes of the rows of a dump. Other lines may stand between them.
pub(super) fn rows(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut repeated: Option<[u8; ROW]> = None;
    let mut last = None;
    let limit = text.len().saturating_mul(MOST_REPEATED);
    for line in text.lines() {
        let line = line.trim();
        if line == "*" {
            repeated = last;
            continue;
        }
        let Some((address, row)) = hex_dump::row(line) else {
            continue;
        };
        if let Some(row) = repeated.take() {
            let offset = usize::try_from(address).unwrap_or(usize::MAX);
            while bytes.len() < offset && bytes.len() < limit {
                bytes.extend(row);
            }
        }
        last = row.first_chunk().copied();
        bytes.extend(row);
    }
    is_wanted(&bytes).then_some(bytes)
}

/// Returns the bytes of all lists in braces.
pub(super) fn lists(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut tokens = Tokens::new(text);
    while let Some(token) = tokens.next() {
        if token == Token::Symbol('{') {
            let mut list = tokens.clone();
            if let Some(found) = list.bytes() {
                bytes.extend(found);
                tokens = list;
            }
        }
    }
    is_wanted(&bytes).then_some(bytes)
}
