//! [`Guid`]: the 16 bytes that identify a WMI class. Owns the text form and its parser.

use core::fmt;
use core::str::FromStr;

/// A GUID in wire order: the first three fields little-endian, as in `GUID` of `guiddef.h`.
///
/// Size 16, alignment 1. [`Display`](fmt::Display) writes the registry form without braces, lower
/// case.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Guid([u8; 16]);

impl Guid {
    /// The all-zero GUID.
    pub const NIL: Self = Self([0; 16]);

    /// Creates a GUID from its 16 bytes in wire order.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Creates a GUID from the four fields of the C structure.
    #[must_use]
    pub const fn from_fields(data1: u32, data2: u16, data3: u16, data4: [u8; 8]) -> Self {
        let [a, b, c, d] = data1.to_le_bytes();
        let [e, f] = data2.to_le_bytes();
        let [g, h] = data3.to_le_bytes();
        let [i, j, k, l, m, n, o, p] = data4;
        Self([a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p])
    }

    /// Returns the 16 bytes in wire order.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 16] {
        self.0
    }

    /// Returns the four fields of the C structure: `Data1`, `Data2`, `Data3`, `Data4`.
    #[must_use]
    pub const fn to_fields(self) -> (u32, u16, u16, [u8; 8]) {
        let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = self.0;
        (
            u32::from_le_bytes([a, b, c, d]),
            u16::from_le_bytes([e, f]),
            u16::from_le_bytes([g, h]),
            [i, j, k, l, m, n, o, p],
        )
    }

    /// Returns whether all bytes are zero.
    #[must_use]
    pub const fn is_nil(self) -> bool {
        u128::from_le_bytes(self.0) == 0
    }

    /// Parses `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`, with or without braces, in any case.
    ///
    /// # Errors
    ///
    /// [`GuidError`] at the first byte of `text` that does not match the format.
    pub const fn parse(text: &str) -> Result<Self, GuidError> {
        let bytes = text.as_bytes();
        let braced = matches!(bytes.first(), Some(b'{'));
        let start = if braced { 1 } else { 0 };
        let mut raw = [0u8; 16];
        let mut at = start;
        let mut digit = 0;
        while digit < 32 {
            if matches!(digit, 8 | 12 | 16 | 20) {
                if at >= bytes.len() || bytes[at] != b'-' {
                    return Err(GuidError {
                        offset: at,
                        expected: "`-`",
                    });
                }
                at += 1;
            }
            let value = if at < bytes.len() {
                hex_digit(bytes[at])
            } else {
                None
            };
            let Some(value) = value else {
                return Err(GuidError {
                    offset: at,
                    expected: "a hexadecimal digit",
                });
            };
            raw[digit / 2] = raw[digit / 2] << 4 | value;
            at += 1;
            digit += 1;
        }
        if braced {
            if at >= bytes.len() || bytes[at] != b'}' {
                return Err(GuidError {
                    offset: at,
                    expected: "`}`",
                });
            }
            at += 1;
        }
        if at != bytes.len() {
            return Err(GuidError {
                offset: at,
                expected: "the end",
            });
        }
        let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = raw;
        Ok(Self::from_fields(
            u32::from_be_bytes([a, b, c, d]),
            u16::from_be_bytes([e, f]),
            u16::from_be_bytes([g, h]),
            [i, j, k, l, m, n, o, p],
        ))
    }
}

const fn hex_digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

impl FromStr for Guid {
    type Err = GuidError;

    fn from_str(text: &str) -> Result<Self, GuidError> {
        Self::parse(text)
    }
}

impl fmt::Display for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (data1, data2, data3, [a, b, rest @ ..]) = self.to_fields();
        write!(f, "{data1:08x}-{data2:04x}-{data3:04x}-{a:02x}{b:02x}-")?;
        rest.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Guid({self})")
    }
}

/// The reason why a text is not a GUID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GuidError {
    /// Byte offset in the text of the first fault.
    pub offset: usize,
    /// What was expected there.
    pub expected: &'static str,
}

impl fmt::Display for GuidError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "expected {} at byte {} of the GUID",
            self.expected, self.offset
        )
    }
}

impl core::error::Error for GuidError {}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;
    use std::string::ToString;

    const TEXT: &str = "36b58ea2-c461-4bb0-ac8e-952f59d251ed";

    #[test]
    fn braces_and_case_do_not_matter() {
        let plain = Guid::parse(TEXT).unwrap();
        assert_eq!(
            Guid::parse("{36B58EA2-C461-4BB0-AC8E-952F59D251ED}"),
            Ok(plain)
        );
        assert_eq!(plain.to_string(), TEXT);
        assert_eq!(TEXT.parse(), Ok(plain));
        assert_eq!(plain.to_fields().0, 0x36b5_8ea2);
        assert_eq!(plain.to_bytes()[..4], [0xa2, 0x8e, 0xb5, 0x36]);
    }

    #[test]
    fn every_fault_names_its_byte() {
        for (text, offset) in [
            ("", 0),
            ("{", 1),
            ("36b58ea2", 8),
            ("36b58ea2_c461-4bb0-ac8e-952f59d251ed", 8),
            ("36b58ea2-c461-4bb0-ac8e-952f59d251eg", 35),
            ("{36b58ea2-c461-4bb0-ac8e-952f59d251ed", 37),
            ("36b58ea2-c461-4bb0-ac8e-952f59d251ed}", 36),
            ("36b58ea2-c461-4bb0-ac8e-952f59d251é", 34),
        ] {
            assert_eq!(Guid::parse(text).unwrap_err().offset, offset, "{text}");
        }
    }
}
