//! Values for the test of a generated provider, as Rust source.

use crate::layout::Elements;

/// Two values of a field: the one that the device has, and the one that the test sets.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    pub(super) of: Of,
    pub(super) elements: Elements,
    /// An upper bound of the size of one element in the data block, in bytes.
    pub(super) size: usize,
}

/// The elements of a field.
#[derive(Clone, Debug)]
pub(super) enum Of {
    /// The struct of a class, by its name.
    Class(String),
    /// Anything else.
    Value {
        one: String,
        /// Another value; `None` if the type has only one.
        other: Option<String>,
    },
}

impl Of {
    /// Returns two values.
    pub(super) fn values(one: &str, other: &str) -> Self {
        Self::Value {
            one: one.to_string(),
            other: Some(other.to_string()),
        }
    }

    /// Returns two values that are made from numbers, for the item with this id.
    pub(super) fn numbers(id: u32, expression: impl Fn(u32) -> String) -> Self {
        let number = number(id);
        Self::values(&expression(number), &expression(number.saturating_add(1)))
    }
}

impl Sample {
    /// Returns the struct of the class that the field embeds.
    pub(super) fn embeds(&self) -> Option<&str> {
        match &self.of {
            Of::Class(name) => Some(name),
            Of::Value { .. } => None,
        }
    }

    /// Returns the expression. `class` returns the expression for a struct.
    pub(super) fn expression(&self, class: impl Fn(&str) -> String) -> String {
        match &self.of {
            Of::Class(name) => {
                let one = class(name);
                match self.elements {
                    // Not all classes are `Copy`.
                    Elements::Fixed(_) => format!("core::array::from_fn(|_| {one})"),
                    _ => self.all(&one),
                }
            }
            Of::Value { one, .. } => self.all(one),
        }
    }

    /// Returns the expression of another value, if the field is not of a class.
    pub(super) fn other(&self) -> Option<String> {
        match &self.of {
            Of::Class(_) => None,
            Of::Value { other, .. } => Some(self.all(other.as_deref()?)),
        }
    }

    /// Returns an upper bound of the size in the data block, in bytes.
    pub(super) fn room(&self) -> usize {
        const PADDING: usize = 8;
        let elements = match self.elements {
            Elements::One => 1,
            Elements::Fixed(length) => usize::try_from(length).unwrap_or(usize::MAX),
            Elements::Counted { .. } => 2,
        };
        self.size.saturating_add(PADDING).saturating_mul(elements)
    }

    fn all(&self, one: &str) -> String {
        match self.elements {
            Elements::One => one.to_string(),
            Elements::Fixed(length) => format!("[{one}; {length}]"),
            Elements::Counted { .. } => format!("vec![{one}, {one}].leak()"),
        }
    }
}

/// Returns a number for an item: its id, if every integer type can hold it and the next.
fn number(id: u32) -> u32 {
    const MOST: u32 = 100;
    id.min(MOST)
}
