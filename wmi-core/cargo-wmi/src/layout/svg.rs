//! The layout as a picture: one row for every eight bytes, one area for every item.

use core::fmt::Write;
use core::ops::Range;

use crate::style::printable;

use super::rows::{Block, Item, Kind, in_words};

/// The number of bytes in a row.
const ROW: usize = 8;
/// The maximum number of rows drawn for an item.
const SHOWN: usize = 3;

const LEFT: usize = 64;
const BYTE: usize = 48;
const HEIGHT: usize = 30;
const GAP: usize = 4;
const LABEL: usize = 18;
const MARGIN: usize = 24;
/// The width of a character of the monospaced font.
const CHARACTER: usize = 8;

const STYLE: &str = "\
  .paper { fill: #ffffff }
  text { font: 13px ui-monospace, 'Cascadia Mono', Menlo, Consolas, monospace; fill: #1f2328 }
  .title { font-size: 16px; font-weight: bold }
  .faint { fill: #656d76 }
  .number { fill: #b6d7fb }
  .counter { fill: #b4e6c4 }
  .text { fill: #f6dba6 }
  .class { fill: #e3ccf5 }
  .padding, .varies { stroke: #8c959f; stroke-dasharray: 2 3 }
  .padding { fill: none }
  @media (prefers-color-scheme: dark) {
    .paper { fill: #0d1117 }
    text { fill: #e6edf3 }
    .faint { fill: #8d96a0 }
    .number { fill: #1f4a7a }
    .counter { fill: #1d5a35 }
    .text { fill: #6a4f12 }
    .class { fill: #54367a }
    .padding, .varies { stroke: #6e7681 }
  }
";

/// Draws a map of each block, one below the other.
pub(super) fn picture(blocks: &[Block<'_>]) -> String {
    let mut canvas = Canvas::default();
    for block in blocks {
        canvas.block(block);
    }
    canvas.finish()
}

/// A range of bytes in a row.
struct Cell<'b> {
    /// The bytes, counted from the start of the row.
    bytes: Range<usize>,
    what: What<'b>,
}

enum What<'b> {
    /// The start of an item.
    Item(&'b Item<'b>),
    /// The continuation of an item.
    More(&'b Item<'b>),
    Padding,
}

/// A row of the picture.
enum Row<'b> {
    /// Bytes from an offset on; `None` if the offset varies.
    Bytes(Option<usize>, Vec<Cell<'b>>),
    /// This number of omitted bytes of a long item.
    Left(&'b Item<'b>, usize),
}

/// Returns the rows of a block.
fn rows<'b>(block: &'b Block<'b>) -> Vec<Row<'b>> {
    let mut rows = Rows(Vec::new());
    let mut end = 0;
    for item in &block.items {
        let Some(start) = item.offset else {
            rows.floating(item);
            continue;
        };
        rows.bytes(end..start, |_| What::Padding);
        // For an item of variable size, the row in which it starts.
        let size = item.size.unwrap_or_else(|| ROW.saturating_sub(start % ROW));
        end = start.saturating_add(size);
        rows.item(item, start..end);
    }
    rows.0
}

struct Rows<'b>(Vec<Row<'b>>);

impl<'b> Rows<'b> {
    fn item(&mut self, item: &'b Item<'b>, place: Range<usize>) {
        let what = |start| match start == place.start {
            true => What::Item(item),
            false => What::More(item),
        };
        // The whole rows from the second on; only the last of them is drawn.
        let head = (place.start / ROW)
            .saturating_add(SHOWN.saturating_sub(1))
            .saturating_mul(ROW);
        let tail = (place.end.saturating_sub(1) / ROW).saturating_mul(ROW);
        if tail > head.saturating_add(ROW) {
            self.bytes(place.start..head, what);
            self.0.push(Row::Left(item, tail.saturating_sub(head)));
            self.bytes(tail..place.end, what);
        } else {
            self.bytes(place.clone(), what);
        }
    }

    /// Adds bytes, as one cell for each row that they touch.
    fn bytes(&mut self, place: Range<usize>, what: impl Fn(usize) -> What<'b>) {
        let mut start = place.start;
        while start < place.end {
            let row = start.saturating_sub(start % ROW);
            let end = row.saturating_add(ROW).min(place.end);
            let cell = Cell {
                bytes: start.saturating_sub(row)..end.saturating_sub(row),
                what: what(start),
            };
            match self.0.last_mut() {
                Some(Row::Bytes(Some(offset), cells)) if *offset == row => cells.push(cell),
                _ => self.0.push(Row::Bytes(Some(row), vec![cell])),
            }
            start = end;
        }
    }

    /// Adds an item whose offset varies.
    fn floating(&mut self, item: &'b Item<'b>) {
        let size = item.size.unwrap_or(ROW);
        let bytes = 0..size.min(ROW);
        let what = What::Item(item);
        self.0.push(Row::Bytes(None, vec![Cell { bytes, what }]));
        if size > ROW {
            self.0.push(Row::Left(item, size.saturating_sub(ROW)));
        }
    }
}

/// The picture so far.
#[derive(Default)]
struct Canvas {
    body: String,
    width: usize,
    y: usize,
}

impl Canvas {
    fn block(&mut self, block: &Block<'_>) {
        self.y = self.y.saturating_add(MARGIN).saturating_add(LABEL);
        self.text(MARGIN, 0, "title", &block.title());
        self.y = self.y.saturating_add(LABEL).saturating_add(GAP);
        self.text(MARGIN, 0, "faint", &block.subtitle());
        self.y = self.y.saturating_add(MARGIN);
        let y = self.y;
        for byte in 0..ROW {
            let x = x_of(byte).saturating_add(BYTE / 2);
            self.draw(format_args!(
                "<text class=\"faint\" x=\"{x}\" y=\"{y}\" text-anchor=\"middle\">{byte}</text>"
            ));
        }
        self.y = self.y.saturating_add(GAP.saturating_mul(2));
        let names = block.items.iter().map(|item| label(item).chars().count());
        let names = names.max().unwrap_or(0);
        for row in rows(block) {
            self.row(&row, names);
        }
    }

    /// Draws a row. The names in its labels have a column of this many characters.
    fn row(&mut self, row: &Row<'_>, names: usize) {
        match row {
            Row::Left(item, bytes) => {
                self.shape(item, 0..ROW, LABEL, "");
                let x = x_of(0).saturating_add(9);
                self.text(x, 14, "faint", &format!("... {bytes} bytes ..."));
                self.y = self.y.saturating_add(LABEL).saturating_add(GAP);
            }
            Row::Bytes(offset, cells) => {
                let offset = in_words(*offset);
                let x = LEFT.saturating_sub(CHARACTER);
                let y = self.y.saturating_add(20);
                self.draw(format_args!(
                    "<text class=\"faint\" x=\"{x}\" y=\"{y}\" text-anchor=\"end\">{offset}</text>"
                ));
                let mut labels = 0usize;
                for cell in cells {
                    match &cell.what {
                        What::Padding => self.padding(cell.bytes.clone()),
                        What::More(item) => self.shape(item, cell.bytes.clone(), HEIGHT, ""),
                        What::Item(item) => {
                            self.shape(item, cell.bytes.clone(), HEIGHT, &item.id.to_string());
                            self.label(item, labels, names);
                            labels = labels.saturating_add(1);
                        }
                    }
                }
                let height = labels.saturating_mul(LABEL).saturating_add(GAP).max(HEIGHT);
                self.y = self.y.saturating_add(height).saturating_add(GAP);
            }
        }
    }

    /// Writes the description of an item beside its row.
    fn label(&mut self, item: &Item<'_>, line: usize, names: usize) {
        let x = x_of(ROW).saturating_add(16);
        let y = line.saturating_mul(LABEL).saturating_add(20);
        self.text(x, y, "", &label(item));
        let x = x.saturating_add(names.saturating_add(2).saturating_mul(CHARACTER));
        self.text(x, y, "faint", &detail(item));
    }

    fn shape(&mut self, item: &Item<'_>, bytes: Range<usize>, height: usize, text: &str) {
        let varies = if item.size.is_some() { "" } else { " varies" };
        let class = format!("{}{varies}", class(item.kind));
        self.area(&class, bytes.clone(), height, &tip(item));
        if !text.is_empty() {
            self.text(x_of(bytes.start).saturating_add(9), 20, "", text);
        }
    }

    fn padding(&mut self, bytes: Range<usize>) {
        self.area("padding", bytes, HEIGHT, "padding");
    }

    fn area(&mut self, class: &str, bytes: Range<usize>, height: usize, tip: &str) {
        let x = x_of(bytes.start).saturating_add(1);
        let width = bytes.len().saturating_mul(BYTE).saturating_sub(2);
        let (y, tip) = (self.y, escape(tip));
        self.draw(format_args!(
            "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" \
             rx=\"3\"><title>{tip}</title></rect>"
        ));
    }

    fn text(&mut self, x: usize, dy: usize, class: &str, text: &str) {
        let y = self.y.saturating_add(dy);
        let end = x.saturating_add(text.chars().count().saturating_mul(CHARACTER));
        self.width = self.width.max(end);
        let text = escape(text);
        let class = match class {
            "" => String::new(),
            _ => format!(" class=\"{class}\""),
        };
        self.draw(format_args!(
            "<text{class} x=\"{x}\" y=\"{y}\">{text}</text>"
        ));
    }

    fn draw(&mut self, element: core::fmt::Arguments<'_>) {
        // Writing to a `String` cannot fail.
        let _ = writeln!(self.body, "{element}");
    }

    fn finish(self) -> String {
        let width = self.width.saturating_add(MARGIN);
        let height = self.y.saturating_add(MARGIN);
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" role=\"img\">\n\
             <style>\n{STYLE}</style>\n\
             <rect class=\"paper\" width=\"100%\" height=\"100%\"/>\n{}</svg>\n",
            self.body
        )
    }
}

/// Returns the x coordinate of a byte in a row.
fn x_of(byte: usize) -> usize {
    LEFT.saturating_add(byte.saturating_mul(BYTE))
}

fn class(kind: Kind) -> &'static str {
    match kind {
        Kind::Number => "number",
        Kind::Counter => "counter",
        Kind::Text => "text",
        Kind::Class => "class",
    }
}

fn label(item: &Item<'_>) -> String {
    format!("{} {}", item.id, item.name)
}

fn detail(item: &Item<'_>) -> String {
    match item.counter {
        Some(counter) => format!("{} {counter}", item.type_name),
        None => item.type_name.clone(),
    }
}

/// Returns the tooltip of an item.
fn tip(item: &Item<'_>) -> String {
    format!(
        "{}: id {}, {}, offset {}, size {}",
        item.name,
        item.id,
        detail(item),
        in_words(item.offset),
        in_words(item.size)
    )
}

fn escape(text: &str) -> String {
    printable(text)
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
