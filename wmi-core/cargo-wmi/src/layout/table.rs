//! The layout as a table.

use core::fmt::Write;

use super::rows::{Block, Item, in_words};
use crate::style::{FAINT, HEADING, printable};

const HEADS: [&str; 6] = ["id", "offset", "size", "type", "counter type", "name"];

/// Returns a table for each block.
pub(super) fn text(blocks: &[Block<'_>]) -> String {
    let mut text = String::new();
    for (index, block) in blocks.iter().enumerate() {
        if index > 0 {
            text.push('\n');
        }
        // Writing to a `String` cannot fail.
        let _ = writeln!(
            text,
            "{HEADING}{}{HEADING:#}  {FAINT}{}{FAINT:#}\n",
            printable(&block.title()),
            block.subtitle()
        );
        table(&mut text, block);
    }
    text
}

fn table(text: &mut String, block: &Block<'_>) {
    let has_counters = block.items.iter().any(|item| item.counter.is_some());
    let shown = |column: usize| column != 4 || has_counters;
    let rows: Vec<[String; 6]> = block.items.iter().map(cells).collect();
    let widths: [usize; 6] = core::array::from_fn(|column| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        let widest = cells.map(|cell| cell.chars().count()).max().unwrap_or(0);
        widest.max(HEADS.get(column).map_or(0, |head| head.len()))
    });
    let line = |cells: [&str; 6]| {
        let columns = cells.into_iter().zip(widths).enumerate();
        let columns = columns.filter(|(column, _)| shown(*column));
        let cells: Vec<String> = columns
            .map(|(column, (cell, width))| match column {
                0..=2 => format!("{cell:>width$}"),
                _ => format!("{cell:width$}"),
            })
            .collect();
        cells.join("  ").trim_end().to_owned()
    };
    let _ = writeln!(text, "{HEADING}{}{HEADING:#}", line(HEADS));
    for row in &rows {
        let _ = writeln!(text, "{}", line(row.each_ref().map(String::as_str)));
    }
}

fn cells(item: &Item<'_>) -> [String; 6] {
    [
        item.id.to_string(),
        in_words(item.offset),
        in_words(item.size),
        printable(&item.type_name),
        item.counter.unwrap_or("-").to_owned(),
        printable(item.name),
    ]
}
