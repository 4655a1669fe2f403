//! Types of properties and parameters, and the values that have a place in them.

use super::super::Diagnostic;
use super::super::lexer::{Kind, Token};
use super::Parser;
use wmi_core::schema::{Array, CimType, ObjectKind, Property, Value};

/// A type, and how it is spelled.
pub(super) struct Type<'a> {
    pub(super) cim_type: CimType,
    pub(super) name: &'a str,
    pub(super) token: Token<'a>,
}

impl<'a> Parser<'a, '_> {
    /// A type by its name; `Name ref` is a reference.
    pub(super) fn reference(&mut self, token: Token<'a>) -> Type<'a> {
        let is_reference = self.peek().is_word("ref") && self.peek_at(1).kind == Kind::Identifier;
        let cim_type = if is_reference {
            self.take();
            CimType::Reference
        } else {
            CimType::of_keyword(token.text)
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

    /// A type of C or Windows, which MOF takes for the name of a class.
    fn warn_of_foreign(&mut self, token: Token<'a>) {
        let Some((_, meant)) = FOREIGN.iter().find(|(name, _)| token.is_word(name)) else {
            return;
        };
        let is_class = self.objects.iter().any(|object| match &object.kind {
            ObjectKind::Class(class) => class.name.eq_ignore_ascii_case(token.text),
            ObjectKind::Instance(_) => false,
        });
        if !is_class {
            let message = format!("`{}` is no type of MOF, so it names a class", token.text);
            self.report(
                Diagnostic::warning(token.seen_at(), message).help(format!("write `{meant}`")),
            );
        }
    }

    /// Refuses a default value that has no place in the property.
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
                self.error(at, "several values for a property that is no array", help);
                return;
            }
            value if property.array == Array::Scalar => core::slice::from_ref(value),
            _ => {
                let help = "put it in braces: `{value}`";
                self.error(at, "a single value for an array", help);
                return;
            }
        };
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

/// What drivers' authors write out of habit, and what they mean.
const FOREIGN: [(&str, &str); 28] = [
    ("bool", "boolean"),
    ("byte", "uint8"),
    ("uchar", "uint8"),
    ("char", "sint8"),
    ("int8", "sint8"),
    ("word", "uint16"),
    ("ushort", "uint16"),
    ("short", "sint16"),
    ("int16", "sint16"),
    ("wchar", "uint16"),
    ("dword", "uint32"),
    ("uint", "uint32"),
    ("ulong", "uint32"),
    ("unsigned", "uint32"),
    ("int", "sint32"),
    ("long", "sint32"),
    ("int32", "sint32"),
    ("qword", "uint64"),
    ("ulonglong", "uint64"),
    ("ulong64", "uint64"),
    ("longlong", "sint64"),
    ("int64", "sint64"),
    ("float", "real32"),
    ("double", "real64"),
    ("date", "datetime"),
    ("time", "datetime"),
    ("str", "string"),
    ("text", "string"),
];

/// The integers of a type, with a sign or as its bits alone: `0xff` in a `sint8`.
fn limits(cim_type: CimType) -> Option<core::ops::RangeInclusive<i64>> {
    Some(match cim_type {
        CimType::Sint8 | CimType::Uint8 => -0x80..=0xff,
        CimType::Sint16 | CimType::Uint16 => -0x8000..=0xffff,
        CimType::Sint32 | CimType::Uint32 => -0x8000_0000..=0xffff_ffff,
        _ => return None,
    })
}
