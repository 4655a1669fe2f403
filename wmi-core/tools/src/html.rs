//! Text from other people's schemas in HTML and SVG. Owns how it is written: escaped by `maud`,
//! because it is not markup by its type, and without characters that act on their surroundings.

use core::fmt::Write;

use maud::{Escaper, Render};
use wmi_vocabulary::text::shown;

/// Text from a schema.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shown<'t>(pub(crate) &'t str);

impl Render for Shown<'_> {
    fn render_to(&self, buffer: &mut String) {
        let mut escaper = Escaper::new(buffer);
        for character in self.0.chars() {
            // Writing to a `String` cannot fail.
            let _ = escaper.write_char(shown(character));
        }
    }
}

/// Returns the anchor of a name: the name itself, in which characters that a name cannot have are
/// written as their number, so that an anchor holds no blank, dot or quote of its own.
pub(crate) fn anchor(name: &str) -> String {
    let mut anchor = String::with_capacity(name.len());
    for character in name.chars() {
        if character.is_alphanumeric() || character == '_' {
            anchor.push(character);
        } else {
            let _ = write!(anchor, "-{:x}-", u32::from(character));
        }
    }
    anchor
}
