//! Bytes from the text of a hex dump: of WinDbg, gdb and lldb, of `xxd`, `hexdump` and `od`, and plain
//! hexadecimal digits as in a C array. Owns how each marks addresses and the text column, and in which
//! order it writes the bytes of numbers; which bytes they are is the caller's.
//!
//! Sources: "d, da, db, ..." and "dds, dps, dqs" in the Windows debugger documentation; the manuals of
//! gdb (`x`), `xxd`, `hexdump` and `od`.

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
    Text,
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
                "a number of {digits} digits without an address depends on the byte order; dump bytes"
            ),
            Fault::Text => {
                f.write_str("this shows memory as text, not all of its bytes; use `db` in WinDbg")
            }
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
    /// An address and a colon: `xxd`, gdb, lldb.
    Colon,
    /// An address and two blanks: WinDbg, `hexdump -C`.
    Blanks,
    /// An address and one blank: `od`, `hexdump`.
    Blank,
}

/// Returns the bytes of a hex dump.
///
/// Lines with addresses must follow each other; `*` stands for repeated lines, as in `hexdump`. Lines of
/// a debugger's prompt are skipped. Numbers of several bytes, of WinDbg's `dw`, `dd`, `dq` and `dps`, of gdb
/// and of `od`, are little-endian, as on all processors of Windows.
///
/// ```
/// use wmi_tools::hex_dump::parse_hex_dump;
///
/// let debugger = "ffffe001`80001000  01 00 50 00-02 00 00 00                          ..P.....\n";
/// assert_eq!(parse_hex_dump(debugger)?, [1, 0, 0x50, 0, 2, 0, 0, 0]);
/// let numbers = "ffffe001`80001000  00500001 00000002\n";
/// assert_eq!(parse_hex_dump(numbers)?, [1, 0, 0x50, 0, 2, 0, 0, 0]);
/// assert_eq!(parse_hex_dump("0x01, 0x00")?, [1, 0]);
/// # Ok::<(), wmi_tools::hex_dump::HexDumpError>(())
/// ```
///
/// # Errors
///
/// [`HexDumpError`] at the first line that is not part of a dump, does not follow the line before, or
/// holds numbers larger than bytes without an address; or if there are no bytes or more than 16 MiB.
pub fn parse_hex_dump(text: &str) -> Result<Vec<u8>, HexDumpError> {
    let mut bytes = Vec::new();
    let mut form = None;
    let mut is_octal = None;
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
        if line.is_empty() || is_prompt(line) {
            continue;
        }
        if line == "*" && next.is_some() {
            repeats = true;
            continue;
        }
        let form = *form.get_or_insert_with(|| form_of(line));
        let (address, rest) = match form {
            Form::Plain => (None, line),
            _ => {
                let is_octal = *is_octal.get_or_insert_with(|| has_octal_address(line));
                let (address, rest) = split_address(line, is_octal, next)
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
            form => columns(rest, form),
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
        form => form,
    };
    let (address, rest) = split_address(line, has_octal_address(line), None)?;
    let bytes = columns(rest, form).ok()?;
    Some((address, bytes))
}

/// Returns whether a line is what was typed into a debugger: `kd>`, `0: lkd>`, `0:000>`, each perhaps with
/// the processor, as in `kd:x86>`.
fn is_prompt(line: &str) -> bool {
    let Some((prompt, _)) = line.split_once('>') else {
        return false;
    };
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit());
    let kernel = match prompt.split_once(": ") {
        Some((processor, kernel)) if is_number(processor) => kernel,
        _ => prompt,
    };
    let mut parts = prompt.split(':');
    let is_user = parts.next().is_some_and(is_number) && parts.next().is_some_and(is_number);
    let kernel = kernel.split(':').next();
    is_user && !prompt.contains(' ') || matches!(kernel, Some("kd" | "lkd"))
}

/// Returns the form of a dump from its first line.
fn form_of(line: &str) -> Form {
    // A line of one word is the end of a dump of no bytes by `hexdump`, or a line of digits.
    match split_form(line) {
        Some((_, rest, form)) if !rest.trim().is_empty() => form,
        _ => Form::Plain,
    }
}

/// Splits the address from a line and tells its form.
fn split_form(line: &str) -> Option<(&str, &str, Form)> {
    let end = line.find([' ', '\t', ':']).unwrap_or(line.len());
    let (word, mut rest) = line.split_at(end);
    if !is_address(word) {
        return None;
    }
    // gdb: `0x404010 <data+16>:`.
    if let Some((_, behind)) = rest
        .strip_prefix(" <")
        .and_then(|rest| rest.split_once('>'))
    {
        rest = behind;
    }
    let behind = rest.strip_prefix(':');
    if let Some(behind) = behind.filter(|it| it.is_empty() || it.starts_with([' ', '\t'])) {
        return Some((word, behind, Form::Colon));
    }
    if rest.is_empty() || rest.starts_with("  ") || rest.starts_with('\t') {
        return Some((word, rest, Form::Blanks));
    }
    // Digits alone may be in words of any length, but not in a long one before equally short ones.
    let words = || rest.split_whitespace();
    let length = words().next()?.len();
    let is_like_others = |word: &str| word.len() == length && is_digits(word);
    let is_blank = (6..=7).contains(&word.len())
        && matches!(length, 2 | 4 | 8 | 16)
        && words().all(is_like_others);
    is_blank.then_some((word, rest, Form::Blank))
}

fn is_address(word: &str) -> bool {
    let (digits, least) = match word.strip_prefix("0x") {
        Some(digits) => (digits, 1),
        None => (word, 4),
    };
    digits.len() >= least && is_digits(digits)
}

/// Whether all characters are digits of a number, which WinDbg has a backtick in.
fn is_digits(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_hexdigit() || c == '`')
}

fn first_word(line: &str) -> &str {
    line.split_whitespace().next().unwrap_or_default()
}

/// Returns whether the address of a line is octal: `od` writes seven digits.
fn has_octal_address(line: &str) -> bool {
    let is_byte = |rest: &str| rest.split_whitespace().all(|word| word.len() == 2);
    matches!(split_form(line), Some((word, rest, Form::Blank)) if word.len() == 7 && is_byte(rest))
}

/// Splits the address from a line. Before numbers of several bytes, `od` writes it in octal and `hexdump`
/// in hexadecimal digits, both seven; `expected` tells which.
fn split_address(line: &str, is_octal: bool, expected: Option<u64>) -> Option<(u64, &str)> {
    let (word, rest, form) = split_form(line)?;
    let digits = word.strip_prefix("0x").unwrap_or(word).replace('`', "");
    let octal = u64::from_str_radix(&digits, 8).ok();
    if is_octal {
        return Some((octal?, rest));
    }
    let may_be_octal = word.len() == 7 && form != Form::Colon;
    let octal = octal.filter(|octal| may_be_octal && Some(*octal) == expected);
    let address = octal.or_else(|| u64::from_str_radix(&digits, 16).ok());
    Some((address?, rest))
}

/// Returns the bytes of a line up to its text column: the first run of blanks, but for the one after
/// eight bytes in `hexdump`.
fn columns(rest: &str, form: Form) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    let mut has_numbers = false;
    let mut rest = rest.trim_start();
    loop {
        let end = rest.find([' ', '-', '\t']).unwrap_or(rest.len());
        let (group, after) = rest.split_at(end);
        // `hexdump` puts its text between bars; `iasl -l` fills short rows with dots.
        let is_end = group.starts_with('|') || group.bytes().all(|byte| byte == b'.');
        if is_end {
            return Ok(bytes);
        }
        if group.starts_with('"') && form != Form::Colon {
            return Err(Fault::Text);
        }
        let digits = group.strip_prefix("0x");
        let is_number = match digits {
            Some(digits) => digits.len() > 2,
            None => form != Form::Colon && group.len() > 2,
        };
        let digits = digits.unwrap_or(group);
        if has_numbers && !is_digits(digits) && !digits.contains('?') {
            // The symbol of an address, as `dps` shows it.
            return Ok(bytes);
        }
        if digits.contains('?') {
            return Err(Fault::Unreadable);
        }
        let start = bytes.len();
        let digits = digits.replace('`', "");
        if is_number && !matches!(digits.len(), 4 | 8 | 16) {
            return Err(Fault::NotHex(digits.chars().take(40).collect()));
        }
        push_digits(&digits, &mut bytes)?;
        if is_number {
            has_numbers = true;
            bytes.get_mut(start..).unwrap_or_default().reverse();
        }
        let blanks = after.len().saturating_sub(after.trim_start().len());
        let is_middle = bytes.len() == 8 && blanks == 2 && after.contains('|');
        rest = match after.strip_prefix('-') {
            Some(after) => after,
            None if blanks < 2 || is_middle => after.trim_start(),
            None => return Ok(bytes),
        };
    }
}

/// Returns the bytes of a line of digits, blanks and the punctuation of a C array. What declares the array
/// and its length, as by `xxd -i`, and comments are passed over.
fn plain(line: &str) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    let is_between = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '{' | '}' | '-' | ':');
    let mut line = line.split("//").next().unwrap_or_default().to_owned();
    while let Some((before, (_, behind))) = line
        .split_once("/*")
        .and_then(|(before, rest)| Some((before, rest.split_once("*/")?)))
    {
        line = format!("{before} {behind}");
    }
    let line = match line.split_once('=') {
        Some((_, list)) if list.contains('{') || list.trim().is_empty() => list,
        Some(_) => return Ok(bytes),
        None => &line,
    };
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
