//! Writes attributes with `rustfmt`'s line breaks.

use super::text::lines_or_escapes;

/// The column at which lines end, if possible.
pub(super) const WIDTH: usize = 100;
/// The maximum width of a list in an attribute: `attr_fn_like_width` of `rustfmt`.
const LIST_WIDTH: usize = 70;
const INDENT: usize = 4;

/// An entry of an attribute: `name`, `name = value`, or `name(..)`.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Meta {
    Leaf(String),
    List {
        name: String,
        open: &'static str,
        close: String,
        items: Vec<Meta>,
    },
}

impl Meta {
    /// Returns `name = "text"`; a text of several lines is kept as it is.
    pub(super) fn text(name: &str, text: &str) -> Self {
        Self::Leaf(format!("{name} = {}", lines_or_escapes(text)))
    }

    /// Returns whether one of its texts has several lines.
    fn has_lines(&self) -> bool {
        matches!(self, Self::Leaf(text) if text.contains('\n'))
    }

    /// Returns `name(items)`.
    pub(super) fn list(name: &str, items: impl IntoIterator<Item = Self>) -> Self {
        Self::List {
            name: name.to_string(),
            open: "(",
            close: ")".to_string(),
            items: items.into_iter().collect(),
        }
    }

    /// Returns `name{items}`.
    pub(super) fn braces(name: &str, items: impl IntoIterator<Item = Self>) -> Self {
        Self::List {
            name: name.to_string(),
            open: "{",
            close: "}".to_string(),
            items: items.into_iter().collect(),
        }
    }

    /// Returns whether it declares members of the class; such entries come last.
    pub(super) fn is_declaration(&self) -> bool {
        matches!(self, Self::List { name, .. } if name == "properties" || name == "methods")
    }

    pub(super) fn on_one_line(&self) -> String {
        match self {
            Self::Leaf(text) => text.clone(),
            Self::List {
                name,
                open,
                close,
                items,
            } => format!("{name}{open}{}{close}", on_one_line(items)),
        }
    }

    /// Returns whether every list in it is short enough for one line.
    fn is_short(&self) -> bool {
        match self {
            Self::Leaf(_) => true,
            Self::List { items, .. } => are_short(items),
        }
    }

    /// Writes the entry on lines with this indentation; `after` columns follow it.
    fn lines(&self, out: &mut String, indent: usize, after: usize) {
        let text = self.on_one_line();
        let Self::List {
            name,
            open,
            close,
            items,
        } = self
        else {
            out.push_str(&text);
            return;
        };
        let width = indent.saturating_add(text.len()).saturating_add(after);
        let has_lines = items.iter().any(Self::has_lines);
        if items.is_empty() || has_lines || (width <= WIDTH && self.is_short()) {
            out.push_str(&text);
            return;
        }
        out.push_str(name);
        out.push_str(open);
        block(items, out, indent, after.saturating_add(close.len()));
        out.push_str(close);
    }
}

fn on_one_line(items: &[Meta]) -> String {
    let items: Vec<_> = items.iter().map(Meta::on_one_line).collect();
    items.join(", ")
}

fn are_short(items: &[Meta]) -> bool {
    let fits = match items {
        [_] => true,
        _ => on_one_line(items).len() <= LIST_WIDTH,
    };
    fits && items.iter().all(Meta::is_short)
}

/// Writes the contents of parentheses on lines. A list that is the only item shares their lines.
fn block(items: &[Meta], out: &mut String, indent: usize, after: usize) {
    if let [only @ Meta::List { .. }] = items {
        return only.lines(out, indent, after);
    }
    let inner = indent.saturating_add(INDENT);
    let mut separator = "\n";
    for item in items {
        out.push_str(separator);
        push_spaces(out, inner);
        item.lines(out, inner, 1);
        separator = ",\n";
    }
    out.push('\n');
    push_spaces(out, indent);
}

/// Writes the entries as `#[wmi(..)]`, or several of them if they do not fit on one line.
pub(super) fn attributes(metas: &[Meta], out: &mut String, indent: usize) {
    let mut rest = metas;
    while !rest.is_empty() {
        let fits = |count: &usize| {
            let line = rest.get(..*count).unwrap_or_default();
            are_short(line) && (*count == 1 || !line.iter().any(Meta::has_lines))
        };
        let count = (1..=rest.len()).take_while(fits).last().unwrap_or(1);
        let (line, more) = rest.split_at_checked(count).unwrap_or((rest, &[]));
        push_spaces(out, indent);
        Meta::list("#[wmi", line.iter().cloned()).lines(out, indent, 1);
        out.push_str("]\n");
        rest = more;
    }
}

pub(super) fn push_spaces(out: &mut String, count: usize) {
    out.extend(core::iter::repeat_n(' ', count));
}
