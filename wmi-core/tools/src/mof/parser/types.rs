//! Types of properties and parameters, and the values that they accept.

use std::collections::BTreeSet;

use super::super::Diagnostic;
use super::super::lexer::{Kind, Token};
use super::{Parser, shortened};
use crate::classes::Name;
use wmi_core::DateTime;
use wmi_core::schema::{Array, CimType, ObjectKind, Property, Value};

/// A type with its spelling.
pub(super) struct Type<'a> {
    pub(super) cim_type: CimType,
    pub(super) name: &'a str,
    pub(super) token: Token<'a>,
}

impl<'a> Parser<'a, '_> {
    /// Reads the rest of a type after its first word; `Name ref` is a reference.
    pub(super) fn reference(&mut self, token: Token<'a>) -> Type<'a> {
        if let Some(declared) = self.words_of_c(token) {
            return declared;
        }
        let is_reference = self.peek().is_word("ref") && self.peek_at(1).kind == Kind::Identifier;
        let cim_type = if is_reference {
            self.take();
            CimType::Reference
        } else {
            CimType::from_keyword(token.text)
        };
        if cim_type == CimType::Object {
            self.warn_of_foreign(token);
        }
        Type {
            cim_type,
            name: token.text,
            token,
        }
    }

    /// Refuses `unsigned long` and other types of several words, which cannot be class names.
    fn words_of_c(&mut self, first: Token<'a>) -> Option<Type<'a>> {
        const WORDS: [&str; 7] = [
            "unsigned", "signed", "long", "short", "char", "int", "__int64",
        ];
        let is_word = |token: &Token<'_>| WORDS.contains(&token.text);
        let mut words = vec![first.text];
        // The last word is the name.
        while is_word(&first) && is_word(&self.peek()) && self.peek_at(1).kind == Kind::Identifier {
            words.push(self.take().text);
        }
        if words.len() == 1 {
            return None;
        }
        let has = |word: &str| words.contains(&word);
        let is_long_long = words.iter().filter(|word| **word == "long").count() > 1;
        let (signed, unsigned) = if has("char") {
            (CimType::Sint8, CimType::Uint8)
        } else if has("short") {
            (CimType::Sint16, CimType::Uint16)
        } else if is_long_long || has("__int64") {
            (CimType::Sint64, CimType::Uint64)
        } else {
            (CimType::Sint32, CimType::Uint32)
        };
        let cim_type = if has("unsigned") { unsigned } else { signed };
        let span = first.seen_at().to(self.last);
        let message = format!("`{}` is not a MOF type", words.join(" "));
        let help = format!("write `{}`", cim_type.keyword());
        self.report(Diagnostic::error(span, message, help));
        Some(Type {
            cim_type,
            name: cim_type.keyword(),
            token: first,
        })
    }

    /// Notes a type of C or Windows, or a misspelt one, which MOF takes as a class name. The
    /// warning waits for the end of the file, which may declare a class of that name.
    fn warn_of_foreign(&mut self, token: Token<'a>) {
        let is = |(name, _): &&(&str, &str)| token.is_word(name);
        let meant = match FOREIGN.iter().find(is) {
            Some((_, meant)) => *meant,
            None => match nearest(token.text) {
                Some(meant) => meant,
                None => return,
            },
        };
        self.strange_types.push((token, meant));
    }

    pub(super) fn warn_of_misspelled_types(&mut self) {
        let classes = self.objects.iter().filter_map(|object| match &object.kind {
            ObjectKind::Class(class) => Some(Name(class.name)),
            ObjectKind::Instance(_) => None,
        });
        let classes: BTreeSet<_> = classes.collect();
        for (token, meant) in core::mem::take(&mut self.strange_types) {
            if !classes.contains(&Name(token.text)) {
                let message = format!(
                    "`{}` is not a MOF type, so it is read as a class name",
                    token.text
                );
                let help = format!("write `{meant}`");
                self.report(Diagnostic::warning(token.seen_at(), message, help));
            }
        }
    }

    /// Refuses a default value that does not fit the property.
    pub(super) fn check_default(
        &mut self,
        at: Token<'a>,
        property: &Property<'a>,
        value: &Value<'a>,
    ) {
        let values = match value {
            Value::Null => return,
            Value::Array(values) if property.array != Array::Scalar => *values,
            Value::Array(_) => {
                let help = "add `[]` after its name";
                self.error(
                    at,
                    "several values for a property that is not an array",
                    help,
                );
                return;
            }
            value if property.array == Array::Scalar => core::slice::from_ref(value),
            _ => {
                let help = "put it in braces: `{value}`";
                self.error(at, "a single value for an array", help);
                return;
            }
        };
        if let Array::Fixed(length) = property.array {
            if u32::try_from(values.len()).is_ok_and(|given| given > length) {
                let given = values.len();
                let message = format!("{given} values for an array of {length}");
                let help = "remove values, or make the array longer";
                self.report(Diagnostic::warning(at.seen_at(), message, help));
            }
        }
        for value in values {
            let Value::String(text) = value else { continue };
            let (kind, help) = match property.cim_type {
                CimType::Datetime => match DateTime::parse(text) {
                    Ok(_) => continue,
                    Err(error) => ("a date or an interval", error.to_string()),
                },
                CimType::Sint64 | CimType::Uint64 if !property.cim_type.holds(*value) => {
                    let help = "in quotes, a number is decimal or starts with `0x`";
                    ("a number of 64 bits", String::from(help))
                }
                _ => continue,
            };
            let message = format!("`{}` is not {kind}", shortened(text));
            self.error(at, message, &help);
            return;
        }
        let Some(limits) = limits(property.cim_type) else {
            return;
        };
        for value in values {
            if let Value::Integer(number) = value {
                if !limits.contains(number) {
                    let message = format!("{number} does not fit `{}`", property.type_name);
                    self.error(at, message, "take a larger type");
                }
            }
        }
    }
}

/// Types of C and Windows, with the corresponding MOF type.
const FOREIGN: [(&str, &str); 64] = [
    ("int8_t", "sint8"),
    ("uint8_t", "uint8"),
    ("int16_t", "sint16"),
    ("uint16_t", "uint16"),
    ("int32_t", "sint32"),
    ("uint32_t", "uint32"),
    ("int64_t", "sint64"),
    ("uint64_t", "uint64"),
    ("bool", "boolean"),
    ("byte", "uint8"),
    ("uchar", "uint8"),
    ("char", "sint8"),
    ("sbyte", "sint8"),
    ("int8", "sint8"),
    ("i8", "sint8"),
    ("u8", "uint8"),
    ("word", "uint16"),
    ("ushort", "uint16"),
    ("short", "sint16"),
    ("int16", "sint16"),
    ("i16", "sint16"),
    ("u16", "uint16"),
    ("wchar_t", "uint16"),
    ("wchar", "uint16"),
    ("dword", "uint32"),
    ("uint", "uint32"),
    ("ulong", "uint32"),
    ("unsigned", "uint32"),
    ("int", "sint32"),
    ("long", "sint32"),
    ("int32", "sint32"),
    ("i32", "sint32"),
    ("u32", "uint32"),
    ("long32", "sint32"),
    ("integer", "sint32"),
    ("ulong32", "uint32"),
    ("dword32", "uint32"),
    ("qword", "uint64"),
    ("ulonglong", "uint64"),
    ("ulong64", "uint64"),
    ("longlong", "sint64"),
    ("int64", "sint64"),
    ("i64", "sint64"),
    ("u64", "uint64"),
    ("long64", "sint64"),
    ("large_integer", "sint64"),
    ("ularge_integer", "uint64"),
    ("dword64", "uint64"),
    ("dwordlong", "uint64"),
    ("f32", "real32"),
    ("float32", "real32"),
    ("real", "real64"),
    ("f64", "real64"),
    ("float64", "real64"),
    ("float", "real32"),
    ("double", "real64"),
    ("date", "datetime"),
    ("time", "datetime"),
    ("str", "string"),
    ("text", "string"),
    ("bstr", "string"),
    ("pwstr", "string"),
    ("lpwstr", "string"),
    ("unicode_string", "string"),
];

/// Returns the keyword that differs from a name by one typing error.
fn nearest(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    let mut keywords = CimType::OF_KEYWORDS.iter().map(|known| known.keyword());
    keywords.find(|keyword| wmi_vocabulary::near::distance(keyword, &name) == Some(1))
}

/// Returns the integers that a type accepts, signed or as plain bits: `0xff` for a `sint8`.
fn limits(cim_type: CimType) -> Option<core::ops::RangeInclusive<i64>> {
    Some(match cim_type {
        CimType::Sint8 | CimType::Uint8 => -0x80..=0xff,
        CimType::Sint16 | CimType::Uint16 => -0x8000..=0xffff,
        CimType::Sint32 | CimType::Uint32 => -0x8000_0000..=0xffff_ffff,
        _ => return None,
    })
}
