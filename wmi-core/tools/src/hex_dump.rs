//! Bytes from the text of a hex dump: WinDbg's `db`, `xxd`, `hexdump -C`, and plain hexadecimal digits
//! as in a C array. Owns how each marks addresses and the text column; which bytes they are is the
//! caller's.
//!
//! Sources: "d, da, db, ..." in the Windows debugger documentation; the manual pages of `xxd` and
//! `hexdump`.

use core::fmt;

/// The most bytes that a dump gives, 16 MiB: a line that stands for repeated ones is a few bytes of text.
const MOST: usize = 0x100_0000;

/// Why text is not a hex dump.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HexDumpError {
    /// The line at fault, from 1.
    pub line: usize,
    fault: Fault,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Fault {
    Empty,
    NotHex(String),
    OddDigits(String),
    Unreadable,
    Words(usize),
    Gap { expected: u64, found: u64 },
    TooLarge,
}

impl fmt::Display for HexDumpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: ", self.line)?;
        match &self.fault {
            Fault::Empty => f.write_str("the dump has no bytes"),
            Fault::NotHex(text) => write!(f, "{text:?} is not a hexadecimal number"),
            Fault::OddDigits(text) => write!(
                f,
                "{text:?} has an odd number of digits; write two for each byte"
            ),
            Fault::Unreadable => f.write_str(
                "`??` is memory that the debugger could not read; dump memory that is present",
            ),
            Fault::Words(digits) => write!(
                f,
                "numbers of {digits} digits depend on the byte order; dump bytes, by `db` in WinDbg"
            ),
            Fault::Gap { expected, found } => write!(
                f,
                "the address is {found:#x}, but {expected:#x} follows the line before; a line is \
                 missing"
            ),
            Fault::TooLarge => write!(f, "the dump has more than {MOST} bytes"),
        }
    }
}

impl core::error::Error for HexDumpError {}

/// How the lines of a dump are built.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    /// Digits, blanks, commas, `0x` and braces.
    Plain,
    /// An address and a colon: `xxd`.
    Colon,
    /// An address and two blanks: WinDbg, `hexdump -C`.
    Blanks,
}

/// Returns the bytes of a hex dump.
///
/// Lines with addresses must follow each other; `*` stands for repeated lines, as in `hexdump`. Lines of
/// a debugger's prompt are skipped.
///
/// ```
/// use wmi_tools::hex_dump::parse_hex_dump;
///
/// let debugger = "ffffe001`80001000  01 00 50 00-02 00 00 00                          ..P.....\n";
/// assert_eq!(parse_hex_dump(debugger)?, [1, 0, 0x50, 0, 2, 0, 0, 0]);
/// assert_eq!(parse_hex_dump("0x01, 0x00")?, [1, 0]);
/// # Ok::<(), wmi_tools::hex_dump::HexDumpError>(())
/// ```
///
/// # Errors
///
/// [`HexDumpError`] at the first line that is not part of a dump, does not follow the line before, or
/// holds numbers larger than bytes; or if there are no bytes or more than 16 MiB.
pub fn parse_hex_dump(text: &str) -> Result<Vec<u8>, HexDumpError> {
    let mut bytes = Vec::new();
    let mut form = None;
    // The address of the next line, the bytes of the line before, and whether `*` stood between.
    let mut next: Option<u64> = None;
    let mut before: Vec<u8> = Vec::new();
    let mut repeats = false;
    let mut last = 1;
    for (line, number) in text.lines().zip(1..) {
        let fail = |fault| HexDumpError {
            line: number,
            fault,
        };
        last = number;
        let line = line.trim_start_matches('\u{feff}').trim();
        if line.is_empty() || line.contains("kd>") {
            continue;
        }
        if line == "*" && next.is_some() {
            repeats = true;
            continue;
        }
        let form = *form.get_or_insert_with(|| form_of(line));
        let (address, rest) = match form {
            Form::Plain => (None, line),
            Form::Colon | Form::Blanks => {
                let (address, rest) = split_address(line, form)
                    .ok_or_else(|| fail(Fault::NotHex(first_word(line).to_owned())))?;
                (Some(address), rest)
            }
        };
        if let (Some(found), Some(expected)) = (address, next) {
            let missing = found.checked_sub(expected);
            let missing = missing.and_then(|missing| usize::try_from(missing).ok());
            match missing {
                Some(0) => {}
                Some(missing) if repeats && !before.is_empty() => {
                    if missing > MOST.saturating_sub(bytes.len()) {
                        return Err(fail(Fault::TooLarge));
                    }
                    bytes.extend(before.iter().copied().cycle().take(missing));
                }
                _ => return Err(fail(Fault::Gap { expected, found })),
            }
            repeats = false;
        }
        let row = match form {
            Form::Plain => plain(rest),
            Form::Colon => columns(rest, false),
            Form::Blanks => columns(rest, true),
        };
        before = row.map_err(fail)?;
        bytes.extend_from_slice(&before);
        if bytes.len() > MOST {
            return Err(fail(Fault::TooLarge));
        }
        let length = u64::try_from(before.len()).unwrap_or(u64::MAX);
        next = address.map(|address| address.saturating_add(length));
    }
    match bytes.is_empty() {
        true => Err(HexDumpError {
            line: last,
            fault: Fault::Empty,
        }),
        false => Ok(bytes),
    }
}

/// Returns the address and the bytes of a line that has an address; the last line of `hexdump` has
/// nothing else. `None` if the line is not part of a dump with addresses.
#[cfg(feature = "firmware")]
pub(crate) fn row(line: &str) -> Option<(u64, Vec<u8>)> {
    let form = match form_of(line) {
        Form::Plain if first_word(line) != line || !is_address(line) => return None,
        Form::Plain => Form::Blanks,
        form => form,
    };
    let (address, rest) = split_address(line, form)?;
    let bytes = columns(rest, form == Form::Blanks).ok()?;
    Some((address, bytes))
}

/// Returns the form of a dump from its first line.
fn form_of(line: &str) -> Form {
    let word = first_word(line);
    let digits = word.trim_end_matches(':');
    match line.get(word.len()..) {
        Some(_) if is_address(digits) && digits.len() < word.len() => Form::Colon,
        Some(rest) if is_address(digits) && rest.starts_with("  ") => Form::Blanks,
        // The end of a dump of no bytes by `hexdump`, or a line of digits.
        _ => Form::Plain,
    }
}

fn is_address(digits: &str) -> bool {
    digits.len() >= 4 && digits.chars().all(is_of_address)
}

fn is_of_address(c: char) -> bool {
    c.is_ascii_hexdigit() || c == '`'
}

fn first_word(line: &str) -> &str {
    line.split_whitespace().next().unwrap_or_default()
}

fn split_address(line: &str, form: Form) -> Option<(u64, &str)> {
    let word = first_word(line);
    let rest = line.get(word.len()..)?;
    let digits = match form {
        Form::Colon => word.strip_suffix(':')?,
        _ => word,
    };
    let digits: String = digits.chars().filter(|c| *c != '`').collect();
    Some((u64::from_str_radix(&digits, 16).ok()?, rest))
}

/// Returns the bytes of a line up to its text column: the first run of blanks, but for the one after
/// eight bytes in `hexdump`.
fn columns(rest: &str, is_of_bytes: bool) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    let mut rest = rest.trim_start();
    loop {
        let end = rest.find([' ', '-', '\t']).unwrap_or(rest.len());
        let (group, after) = rest.split_at(end);
        // `hexdump` puts its text between bars.
        if group.is_empty() || group.starts_with('|') {
            return Ok(bytes);
        }
        if group.contains('?') {
            return Err(Fault::Unreadable);
        }
        if is_of_bytes && group.len() > 2 && group.chars().all(is_of_address) {
            return Err(Fault::Words(group.chars().filter(|c| *c != '`').count()));
        }
        push_digits(group, &mut bytes)?;
        let blanks = after.len().saturating_sub(after.trim_start().len());
        let is_middle = bytes.len() == 8 && blanks == 2 && after.contains('|');
        rest = match after.strip_prefix('-') {
            Some(after) => after,
            None if blanks < 2 || is_middle => after.trim_start(),
            None => return Ok(bytes),
        };
    }
}

/// Returns the bytes of a line of digits, blanks and the punctuation of a C array.
fn plain(line: &str) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    let is_between = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '{' | '}' | '-' | ':');
    for word in line.split(is_between).filter(|word| !word.is_empty()) {
        let digits = word.strip_prefix("0x").or_else(|| word.strip_prefix("0X"));
        match digits {
            Some(digits) if digits.len() > 2 => return Err(Fault::Words(digits.len())),
            Some(digits) if digits.len() == 1 => push_digits(&format!("0{digits}"), &mut bytes)?,
            digits => push_digits(digits.unwrap_or(word), &mut bytes)?,
        }
    }
    Ok(bytes)
}

fn push_digits(digits: &str, bytes: &mut Vec<u8>) -> Result<(), Fault> {
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return Err(Fault::NotHex(digits.chars().take(40).collect()));
    }
    if digits.len() % 2 == 1 {
        return Err(Fault::OddDigits(digits.chars().take(40).collect()));
    }
    for pair in digits.as_bytes().chunks(2) {
        let value = core::str::from_utf8(pair).map(|pair| u8::from_str_radix(pair, 16));
        if let Ok(Ok(byte)) = value {
            bytes.push(byte);
        }
    }
    Ok(())
}
