//! ACPI tables as bytes: headers, and the named objects of AML.
//!
//! Owns the walk over AML, which knows the terms that hold or name objects and steps over the others
//! byte by byte. So it finds what it looks for in tables that it does not understand as a whole, and
//! takes time in proportion to their size.

use std::borrow::Cow;

use super::{AcpiTable, AcpiValue, DEEPEST, Objects};

/// The bytes of a table's header.
pub(super) const HEADER: usize = 36;

/// Returns the header at the start of these bytes and the length of the table, if they start with one.
pub(super) fn header(bytes: &[u8]) -> Option<(AcpiTable, usize)> {
    if let Some(found) = pointer(bytes) {
        return Some(found);
    }
    let (head, _) = bytes.split_first_chunk::<HEADER>()?;
    let text = |from: usize, to: usize| {
        let text = head.get(from..to).unwrap_or_default();
        let text = String::from_utf8_lossy(text);
        text.trim_end_matches(['\0', ' ']).to_owned()
    };
    let signature = head.first_chunk::<4>()?;
    let is_letter = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    if !signature.iter().all(is_letter) {
        return None;
    }
    let length = u32::from_le_bytes(*head.get(4..)?.first_chunk()?);
    let length = usize::try_from(length).ok()?;
    if length < HEADER {
        return None;
    }
    let is_sum_right = is_sum_right(bytes.get(..length));
    let signature = text(0, 4);
    // Other text and data starts with four capitals as well, so a table must be known or whole. The
    // FACS has no sum.
    if !is_aml(&signature) && signature != "FACS" && !is_sum_right {
        return None;
    }
    let table = AcpiTable {
        signature,
        oem_id: text(10, 16),
        oem_table_id: text(16, 24),
        is_sum_right,
    };
    Some((table, length))
}

/// Returns the pointer to the other tables, which `acpidump` lists as the first one, and its length.
/// Its header is of a form of its own.
fn pointer(bytes: &[u8]) -> Option<(AcpiTable, usize)> {
    /// The bytes of the first revision.
    const FIRST: usize = 20;
    let head = bytes.get(..FIRST)?;
    let is_pointer = head.starts_with(b"RSD PTR ") && is_sum_right(Some(head));
    let length = match head.get(15)? {
        0 | 1 => FIRST,
        _ => {
            let length = u32::from_le_bytes(*bytes.get(FIRST..)?.first_chunk()?);
            usize::try_from(length).ok()?
        }
    };
    let oem_id = String::from_utf8_lossy(head.get(9..15)?);
    let table = AcpiTable {
        signature: "RSD PTR".to_owned(),
        oem_id: oem_id.trim_end_matches(['\0', ' ']).to_owned(),
        oem_table_id: String::new(),
        is_sum_right: true,
    };
    (is_pointer && length >= FIRST).then_some((table, length))
}

/// Returns whether the bytes of a table are all there and add up to zero.
fn is_sum_right(table: Option<&[u8]>) -> bool {
    let sum = |bytes: &[u8]| bytes.iter().fold(0u8, |sum, byte| sum.wrapping_add(*byte));
    table.is_some_and(|table| sum(table) == 0)
}

/// Returns whether tables with this signature hold AML.
pub(super) fn is_aml(signature: &str) -> bool {
    matches!(signature, "DSDT" | "SSDT" | "PSDT")
}

/// Bytes and the place up to which they were read.
#[derive(Clone, Copy)]
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn byte(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at = self.at.saturating_add(1);
        Some(byte)
    }

    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let end = self.at.checked_add(count)?;
        let bytes = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(bytes)
    }

    fn integer(&mut self, count: usize) -> Option<u64> {
        let bytes = self.take(count)?;
        let digits = bytes.iter().rev();
        Some(digits.fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    /// Reads a `PkgLength` and returns the end of what it measures.
    fn package(&mut self) -> Option<usize> {
        let start = self.at;
        let lead = self.byte()?;
        let more = usize::from(lead >> 6);
        let length = match more {
            0 => u64::from(lead & 0x3f),
            _ => u64::from(lead & 0x0f) | self.integer(more)? << 4,
        };
        let end = start.checked_add(usize::try_from(length).ok()?)?;
        (end >= self.at && end <= self.bytes.len()).then_some(end)
    }

    /// Reads a `NameString`, in ASL's spelling.
    fn name(&mut self) -> Option<String> {
        let mut name = String::new();
        while let Some(prefix @ (b'\\' | b'^')) = self.peek() {
            name.push(char::from(prefix));
            self.byte();
            if name.len() > super::LONGEST_PATH {
                return None;
            }
        }
        let count = match self.peek()? {
            0x00 => {
                self.byte();
                0
            }
            0x2e => {
                self.byte();
                2
            }
            0x2f => {
                self.byte();
                self.byte()?
            }
            _ => 1,
        };
        for number in 0..count {
            let segment = self.take(4)?;
            let (first, rest) = segment.split_first()?;
            let is_lead = first.is_ascii_uppercase() || *first == b'_';
            let continues =
                |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_';
            if !is_lead || !rest.iter().all(continues) {
                return None;
            }
            if number > 0 {
                name.push('.');
            }
            name.extend(segment.iter().copied().map(char::from));
        }
        Some(name)
    }

    /// Reads a constant, a string or a buffer; steps over a package.
    fn value(&mut self) -> Option<AcpiValue<'a>> {
        /// No id is longer. The search for the end of a string must not be, either: it may be missing.
        const LONGEST: usize = 256;
        if let Some(number) = self.constant() {
            return Some(AcpiValue::Integer(number));
        }
        Some(match self.byte()? {
            0x0d => {
                let rest = self.bytes.get(self.at..)?;
                let length = rest.iter().take(LONGEST).position(|byte| *byte == 0)?;
                let text = self.take(length)?;
                self.byte();
                AcpiValue::String(String::from_utf8_lossy(text).into_owned())
            }
            0x11 => {
                let (bytes, size) = self.buffer()?;
                AcpiValue::Buffer {
                    bytes: Cow::Borrowed(bytes),
                    size: Some(size),
                }
            }
            0x12 | 0x13 => {
                self.at = self.package()?;
                AcpiValue::Other
            }
            _ => return None,
        })
    }

    /// Reads an integer constant.
    fn constant(&mut self) -> Option<u64> {
        let (known, size) = match self.peek()? {
            0x00 => (Some(0), 0),
            0x01 => (Some(1), 0),
            0xff => (Some(u64::MAX), 0),
            0x0a => (None, 1),
            0x0b => (None, 2),
            0x0c => (None, 4),
            0x0e => (None, 8),
            _ => return None,
        };
        self.byte();
        match known {
            Some(number) => Some(number),
            None => self.integer(size),
        }
    }

    /// Reads a buffer behind its opcode and returns its initialiser and its size.
    fn buffer(&mut self) -> Option<(&'a [u8], u64)> {
        let end = self.package()?;
        let size = self.constant()?;
        let bytes = self.bytes.get(self.at..end)?;
        self.at = end;
        Some((bytes, size))
    }
}

/// A scope that the walk is in.
struct Open {
    scope: usize,
    end: usize,
}

/// Adds the objects of AML.
pub(super) fn walk<'a>(aml: &'a [u8], objects: &mut Objects<'a>) {
    let root = objects.scopes.len();
    objects.scopes.push("\\".to_owned());
    let mut open = vec![Open {
        scope: root,
        end: aml.len(),
    }];
    let mut reader = Reader { bytes: aml, at: 0 };
    while let Some(innermost) = open.last() {
        if reader.at >= innermost.end {
            open.pop();
            continue;
        }
        let scope = innermost.scope;
        // A term ends with the scope that it is in.
        let mut term = Reader {
            bytes: aml.get(..innermost.end).unwrap_or(aml),
            at: reader.at,
        };
        let found = (open.len() < DEEPEST || !opens(term))
            .then(|| read_term(&mut term, scope, objects))
            .flatten();
        match found {
            Some(Term::Opened(scope, end)) => {
                open.push(Open { scope, end });
                reader.at = term.at;
            }
            Some(Term::Passed) => reader.at = term.at,
            None => reader.at = reader.at.saturating_add(1),
        }
    }
}

enum Term {
    /// A scope that ends at this byte.
    Opened(usize, usize),
    /// A term that was read as a whole.
    Passed,
}

/// Returns whether a term opens a scope.
fn opens(mut term: Reader<'_>) -> bool {
    matches!(
        (term.byte(), term.byte()),
        (Some(0x10), _) | (Some(0x5b), Some(0x82..=0x85))
    )
}

/// Reads a term, if it is one that holds or names objects.
fn read_term<'a>(term: &mut Reader<'a>, scope: usize, objects: &mut Objects<'a>) -> Option<Term> {
    match term.byte()? {
        // Name
        0x08 => {
            let name = term.name()?;
            let behind = term.at;
            let value = term.value().unwrap_or_else(|| {
                term.at = behind;
                AcpiValue::Other
            });
            objects.add(scope, &name, value);
            Some(Term::Passed)
        }
        // Scope
        0x10 => opened(term, scope, objects, 0),
        // Method
        0x14 => {
            let end = term.package()?;
            let name = term.name()?;
            let flags = term.byte()?;
            let body = term.bytes.get(term.at..end)?;
            let buffer = match &*name {
                "_WDG" => first_buffer(body).map(Cow::Borrowed),
                _ => None,
            };
            term.at = end;
            let arguments = Some(flags & 0x07);
            objects.add(scope, &name, AcpiValue::Method { arguments, buffer });
            Some(Term::Passed)
        }
        // Alias
        0x06 => {
            term.name()?;
            let name = term.name()?;
            objects.add(scope, &name, AcpiValue::Other);
            Some(Term::Passed)
        }
        // External
        0x15 => {
            term.name()?;
            term.take(2)?;
            Some(Term::Passed)
        }
        0x5b => match term.byte()? {
            // Device and ThermalZone
            0x82 | 0x85 => opened(term, scope, objects, 0),
            // Processor
            0x83 => opened(term, scope, objects, 6),
            // PowerResource
            0x84 => opened(term, scope, objects, 3),
            // Field, IndexField and BankField
            0x81 | 0x86 | 0x87 => {
                term.at = term.package()?;
                Some(Term::Passed)
            }
            // Mutex
            0x01 => {
                term.name()?;
                term.byte()?;
                Some(Term::Passed)
            }
            // OperationRegion
            0x80 => {
                term.name()?;
                term.byte()?;
                Some(Term::Passed)
            }
            _ => None,
        },
        _ => None,
    }
}

/// Reads the head of a term that opens a scope, with this number of bytes after its name.
fn opened<'a>(
    term: &mut Reader<'a>,
    scope: usize,
    objects: &mut Objects<'a>,
    more: usize,
) -> Option<Term> {
    let end = term.package()?;
    let name = term.name()?;
    term.take(more)?;
    if term.at > end {
        return None;
    }
    Some(Term::Opened(objects.scope(scope, &name)?, end))
}

/// Returns the first buffer in the body of a method.
fn first_buffer(body: &[u8]) -> Option<&[u8]> {
    let starts = body.iter().enumerate().filter(|(_, byte)| **byte == 0x11);
    let mut buffers = starts.filter_map(|(at, _)| {
        let at = at.saturating_add(1);
        Reader { bytes: body, at }.buffer()
    });
    buffers.next().map(|(bytes, _)| bytes)
}
