//! The layout of a data block as a table.

use std::io::{self, Write};

use wmi_core::CounterType;
use wmi_core::layout::ItemLayout;
use wmi_core::schema::{Array, Property};

use crate::style::HEADING;

/// Writes one line per item.
pub(crate) fn write(out: &mut impl Write, items: &[ItemLayout]) -> io::Result<()> {
    let rows: Vec<_> = items
        .iter()
        .map(|item| (item, type_of(item.property), counter_type(item.property)))
        .collect();
    let types = rows.iter().map(|(_, cim_type, _)| cim_type.len());
    let types = types.max().unwrap_or(0).max("type".len());
    let counters = rows.iter().map(|(_, _, counter)| counter.len());
    let counters = counters.max().unwrap_or(0).max("counter type".len());

    writeln!(
        out,
        "{HEADING}id  offset  size  {:types$}  {:counters$}  name{HEADING:#}",
        "type", "counter type",
    )?;
    for (item, cim_type, counter) in &rows {
        writeln!(
            out,
            "{:>2}  {:>6}  {:>4}  {cim_type:types$}  {counter:counters$}  {}",
            item.id, item.offset, item.size, item.property.name,
        )?;
    }
    Ok(())
}

/// Returns the type as MOF spells it, with the length of an array.
fn type_of(property: &Property<'_>) -> String {
    match property.array {
        Array::Fixed(length) => format!("{}[{length}]", property.type_name),
        _ => property.type_name.to_owned(),
    }
}

/// Returns the counter type's name in `winperf.h`, or `-` if the item is not a counter.
fn counter_type(property: &Property<'_>) -> &'static str {
    property
        .counter_type()
        .and_then(CounterType::name)
        .unwrap_or("-")
}
