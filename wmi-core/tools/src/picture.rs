//! The layout of data blocks as a picture: one row for every eight bytes, one area for every item.
//!
//! Owns the drawing, for a file of its own and for the [page](crate::doc) of a schema; the offsets are
//! those of [`layout`](crate::layout).
//!
//! ```
//! use wmi_core::schema::{CimType, Class, Property, Qualifier, Value};
//! use wmi_tools::Classes;
//! use wmi_tools::layout::BlockLayout;
//! use wmi_tools::picture::LayoutPicture;
//!
//! let id = [Qualifier::new("WmiDataId", Value::Integer(1))];
//! let items = [Property::new("Length", CimType::Uint32, "uint32").with_qualifiers(&id)];
//! let class = Class::new("Vendor_Queue").with_properties(&items);
//! let mut picture = LayoutPicture::default();
//! let block = BlockLayout::of(&class, &Classes::default())?;
//! picture.block("Vendor_Queue", "4 bytes", &block);
//! assert!(picture.to_string().starts_with("<svg "));
//! # Ok::<(), wmi_tools::layout::LayoutError>(())
//! ```

use core::fmt;
use core::ops::Range;

use maud::{Markup, PreEscaped, html};
use wmi_core::CounterType;

use crate::html::Shown;
use crate::layout::{BlockItem, BlockLayout, ElementType};

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

/// A range of bytes in a row.
struct Cell<'b> {
    /// The bytes, counted from the start of the row.
    bytes: Range<usize>,
    what: What<'b>,
}

enum What<'b> {
    /// The start of an item.
    Item(&'b BlockItem<'b>),
    /// The continuation of an item.
    More(&'b BlockItem<'b>),
    Padding,
}

/// A row of the picture.
enum Row<'b> {
    /// Bytes from an offset on; `None` if the offset varies.
    Bytes(Option<usize>, Vec<Cell<'b>>),
    /// This number of omitted bytes of a long item.
    Left(&'b BlockItem<'b>, usize),
}

/// Returns the rows of a block.
fn rows<'b>(block: &'b BlockLayout<'b>) -> Vec<Row<'b>> {
    let mut rows = Rows(Vec::new());
    let mut end = 0;
    for item in &block.items {
        let Some(start) = item.offset else {
            rows.floating(item);
            continue;
        };
        rows.bytes(end..start, |_| What::Padding);
        // For an item of variable size, the row in which it starts.
        let size = item
            .size()
            .unwrap_or_else(|| ROW.saturating_sub(start % ROW));
        end = start.saturating_add(size);
        rows.item(item, start..end);
    }
    rows.0
}

struct Rows<'b>(Vec<Row<'b>>);

impl<'b> Rows<'b> {
    fn item(&mut self, item: &'b BlockItem<'b>, place: Range<usize>) {
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
    fn floating(&mut self, item: &'b BlockItem<'b>) {
        let size = item.size().unwrap_or(ROW);
        let bytes = 0..size.min(ROW);
        let what = What::Item(item);
        self.0.push(Row::Bytes(None, vec![Cell { bytes, what }]));
        if size > ROW {
            self.0.push(Row::Left(item, size.saturating_sub(ROW)));
        }
    }
}

/// Where the names of items are written.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Names {
    /// Beside the rows, with the types.
    #[default]
    Beside,
    /// In the areas, cut to their width; each area is a link to the item.
    Within,
}

/// The layouts of blocks, one below the other, as an SVG document that follows the colour scheme of
/// its reader. [`Display`](fmt::Display) writes the document.
#[derive(Clone, Debug, Default)]
#[must_use = "this is a picture only once it is formatted"]
pub struct LayoutPicture {
    canvas: Canvas,
}

impl LayoutPicture {
    /// Draws a block below those drawn before.
    pub fn block(&mut self, title: &str, subtitle: &str, block: &BlockLayout<'_>) {
        let canvas = &mut self.canvas;
        canvas.y = canvas.y.saturating_add(MARGIN).saturating_add(LABEL);
        canvas.text(MARGIN, 0, "title", title);
        canvas.y = canvas.y.saturating_add(LABEL).saturating_add(GAP);
        canvas.text(MARGIN, 0, "faint", subtitle);
        canvas.y = canvas.y.saturating_add(MARGIN);
        canvas.rows(block, |_| None);
    }
}

impl fmt::Display for LayoutPicture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.canvas.width.saturating_add(MARGIN);
        let height = self.canvas.y.saturating_add(MARGIN);
        // The styles are constant, and the body was escaped as it was drawn.
        write!(
            f,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" role=\"img\">\n\
             <style>\n{STYLE}</style>\n\
             <rect class=\"paper\" width=\"100%\" height=\"100%\"/>\n{}</svg>\n",
            self.canvas.body
        )
    }
}

/// Draws a block as a part of a page, which has the styles of the areas. `link` returns the anchor of
/// an item.
pub(crate) fn inline(
    label: &str,
    block: &BlockLayout<'_>,
    link: impl Fn(&BlockItem<'_>) -> String,
) -> Markup {
    let mut canvas = Canvas {
        names: Names::Within,
        y: LABEL,
        ..Canvas::default()
    };
    canvas.rows(block, |item| Some(link(item)));
    let (width, height) = (x_of(ROW).saturating_add(GAP), canvas.y);
    html! {
        svg.layout width=(width) height=(height) viewBox=(format!("0 0 {width} {height}"))
            role="group" aria-label=(Shown(label)) {
            (PreEscaped(canvas.body))
        }
    }
}

/// The picture so far.
#[derive(Clone, Debug, Default)]
struct Canvas {
    /// Escaped markup.
    body: String,
    names: Names,
    width: usize,
    y: usize,
}

/// What the cells of a block need to know of it.
struct Drawn<'b, L> {
    block: &'b BlockLayout<'b>,
    link: L,
    /// The column of the names beside the rows, in characters.
    column: usize,
}

impl Canvas {
    fn rows<L>(&mut self, block: &BlockLayout<'_>, link: L)
    where
        L: Fn(&BlockItem<'_>) -> Option<String>,
    {
        let y = self.y;
        for byte in 0..ROW {
            let x = x_of(byte).saturating_add(BYTE / 2);
            self.draw(html! { text.faint x=(x) y=(y) text-anchor="middle" { (byte) } });
        }
        self.y = self.y.saturating_add(GAP.saturating_mul(2));
        let names = block.items.iter().map(|item| label(item).chars().count());
        let column = names.max().unwrap_or(0);
        let drawn = Drawn {
            block,
            link,
            column,
        };
        for row in rows(block) {
            self.row(&row, &drawn);
        }
    }

    fn row<L>(&mut self, row: &Row<'_>, drawn: &Drawn<'_, L>)
    where
        L: Fn(&BlockItem<'_>) -> Option<String>,
    {
        match row {
            Row::Left(item, bytes) => {
                self.item(drawn, item, 0..ROW, LABEL, "");
                let x = x_of(0).saturating_add(9);
                self.text(x, 14, "", &format!("... {bytes} bytes ..."));
                self.y = self.y.saturating_add(LABEL).saturating_add(GAP);
            }
            Row::Bytes(offset, cells) => {
                let x = LEFT.saturating_sub(CHARACTER);
                let y = self.y.saturating_add(20);
                let offset = in_words(*offset);
                self.draw(html! { text.faint x=(x) y=(y) text-anchor="end" { (offset) } });
                let mut labels = 0usize;
                for cell in cells {
                    let bytes = cell.bytes.clone();
                    match &cell.what {
                        What::Padding => {
                            let area = self.area("padding", bytes, HEIGHT, "padding");
                            self.draw(area);
                        }
                        What::More(item) => self.item(drawn, item, bytes, HEIGHT, ""),
                        What::Item(item) => {
                            let name = self.name_within(item, &bytes);
                            self.item(drawn, item, bytes, HEIGHT, &name);
                            if self.names == Names::Beside {
                                self.label(item, drawn, labels);
                                labels = labels.saturating_add(1);
                            }
                        }
                    }
                }
                let height = labels.saturating_mul(LABEL).saturating_add(GAP).max(HEIGHT);
                self.y = self.y.saturating_add(height).saturating_add(GAP);
            }
        }
    }

    /// Returns the text within the first area of an item: its id, or as much of its name as fits.
    fn name_within(&self, item: &BlockItem<'_>, bytes: &Range<usize>) -> String {
        const FEW: usize = 5;
        let fits = bytes.len().saturating_mul(BYTE).saturating_sub(18) / CHARACTER;
        let name = item.property.name;
        if self.names == Names::Beside || fits < FEW && name.chars().count() > fits {
            return item.id.to_string();
        }
        if name.chars().count() <= fits {
            return name.to_owned();
        }
        name.chars()
            .take(fits.saturating_sub(1))
            .chain(['…'])
            .collect()
    }

    /// Writes the description of an item beside its row.
    fn label<L>(&mut self, item: &BlockItem<'_>, drawn: &Drawn<'_, L>, line: usize) {
        let x = x_of(ROW).saturating_add(16);
        let y = line.saturating_mul(LABEL).saturating_add(20);
        self.text(x, y, "", &label(item));
        let column = drawn.column.saturating_add(2).saturating_mul(CHARACTER);
        let detail = detail(item, drawn.block);
        self.text(x.saturating_add(column), y, "faint", &detail);
    }

    /// Draws an area of an item with a text.
    fn item<L>(
        &mut self,
        drawn: &Drawn<'_, L>,
        item: &BlockItem<'_>,
        bytes: Range<usize>,
        height: usize,
        text: &str,
    ) where
        L: Fn(&BlockItem<'_>) -> Option<String>,
    {
        let varies = if item.size().is_some() { "" } else { " varies" };
        let class = format!("{}{varies}", colour(item));
        let x = x_of(bytes.start).saturating_add(9);
        let area = self.area(&class, bytes, height, &tip(item, drawn.block));
        match (drawn.link)(item) {
            Some(anchor) => {
                let y = self.y.saturating_add(20);
                self.draw(html! {
                    a href={ "#" (anchor) } {
                        (area)
                        @if !text.is_empty() { text x=(x) y=(y) { (Shown(text)) } }
                    }
                });
            }
            None => {
                self.draw(area);
                if !text.is_empty() {
                    self.text(x, 20, "", text);
                }
            }
        }
    }

    fn area(&self, class: &str, bytes: Range<usize>, height: usize, tip: &str) -> Markup {
        let x = x_of(bytes.start).saturating_add(1);
        let width = bytes.len().saturating_mul(BYTE).saturating_sub(2);
        html! {
            rect class=(class) x=(x) y=(self.y) width=(width) height=(height) rx="3" {
                title { (Shown(tip)) }
            }
        }
    }

    fn text(&mut self, x: usize, dy: usize, class: &str, text: &str) {
        let y = self.y.saturating_add(dy);
        let end = x.saturating_add(text.chars().count().saturating_mul(CHARACTER));
        self.width = self.width.max(end);
        let class = Some(class).filter(|class| !class.is_empty());
        self.draw(html! { text class=[class] x=(x) y=(y) { (Shown(text)) } });
    }

    fn draw(&mut self, element: Markup) {
        self.body.push_str(&element.0);
        self.body.push('\n');
    }
}

/// Returns the x coordinate of a byte in a row.
fn x_of(byte: usize) -> usize {
    LEFT.saturating_add(byte.saturating_mul(BYTE))
}

/// Returns the class of an area, which determines its colour.
fn colour(item: &BlockItem<'_>) -> &'static str {
    match item.element {
        _ if item.property.counter_type().is_some() => "counter",
        ElementType::Char16 | ElementType::Text { .. } | ElementType::DateTime => "text",
        ElementType::Class(_) => "class",
        _ => "number",
    }
}

fn label(item: &BlockItem<'_>) -> String {
    format!("{} {}", item.id, item.property.name)
}

fn detail(item: &BlockItem<'_>, block: &BlockLayout<'_>) -> String {
    let type_text = block.type_text(item);
    match item.property.counter_type().and_then(CounterType::name) {
        Some(counter) => format!("{type_text} {counter}"),
        None => type_text,
    }
}

/// Returns the tooltip of an item.
fn tip(item: &BlockItem<'_>, block: &BlockLayout<'_>) -> String {
    format!(
        "{}: id {}, {}, offset {}, size {}",
        item.property.name,
        item.id,
        detail(item, block),
        in_words(item.offset),
        in_words(item.size())
    )
}

/// Returns a number of bytes as text, or `varies`.
fn in_words(bytes: Option<usize>) -> String {
    bytes.map_or("varies".to_owned(), |bytes| bytes.to_string())
}
