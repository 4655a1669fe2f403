//! Values for the test of a generated provider, as Rust source.

use crate::layout::Elements;

/// A value of a field.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    /// One element; empty if the element is a class.
    pub(super) one: String,
    /// The struct of the class that the field embeds.
    pub(super) embeds: Option<String>,
    pub(super) elements: Elements,
}

impl Sample {
    /// Returns the expression. `class` returns the expression for a struct.
    pub(super) fn expression(&self, class: impl Fn(&str) -> String) -> String {
        let one = match &self.embeds {
            Some(name) => class(name),
            None => self.one.clone(),
        };
        match self.elements {
            Elements::One => one,
            // Not all classes are `Copy`.
            Elements::Fixed(_) if self.embeds.is_some() => {
                format!("core::array::from_fn(|_| {one})")
            }
            Elements::Fixed(length) => format!("[{one}; {length}]"),
            Elements::Counted { .. } => format!("vec![{one}, {one}].leak()"),
        }
    }
}

impl Sample {
    /// Returns another value of the same type, of booleans or numbers.
    pub(super) fn other(&self) -> String {
        let one = match self.one.parse::<u32>() {
            Ok(number) => number.saturating_add(1).to_string(),
            Err(_) => "false".to_string(),
        };
        match self.elements {
            Elements::Fixed(length) => format!("[{one}; {length}]"),
            _ => one,
        }
    }
}

/// Returns a number for an item: its id, if every integer type can hold it.
pub(super) fn number(id: u32) -> String {
    const MOST: u32 = 100;
    id.min(MOST).to_string()
}
