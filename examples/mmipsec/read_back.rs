//! Compares the values in the reply with the threads' own tallies.

use core::error::Error;
use std::io::Write;

use iscsi_schema::MSiSCSI_MMIPSECStats;
use wmi_core::wnode::AllData;

use crate::style::{BAD, GOOD, HEADING, faint_if};
use crate::traffic::{COUNTERS, Tally};

/// Writes a line for each counter: each thread's part, their sum, and the value in the reply.
///
/// # Errors
///
/// Fails if the output cannot be written, if the reply cannot be read, or if a value is not the
/// sum.
pub(crate) fn write(
    out: &mut impl Write,
    all_data: &AllData<'_>,
    tallies: &[Tally],
) -> Result<(), Box<dyn Error>> {
    let mut blocks = all_data.blocks::<MSiSCSI_MMIPSECStats>()?;
    let block = blocks.next().ok_or("the reply holds no instance")?;

    write!(out, "{HEADING}{:>2}  {:24}", "id", "name")?;
    for thread in 1..=tallies.len() {
        write!(out, "  thread {thread}")?;
    }
    writeln!(out, "  {:>8}    {:>8}{HEADING:#}", "sum", "reply")?;

    let mut wrong = 0;
    for (item, added) in COUNTERS {
        let sum: u64 = tallies.iter().map(added).sum();
        let value = block.get(item);
        let faint = faint_if(sum == 0 && value == 0);
        let name = item.property().name;
        write!(out, "{faint}{:>2}  {name:24}", item.id())?;
        for count in tallies.iter().map(added) {
            write!(out, "  {count:>8}")?;
        }
        if value == sum {
            writeln!(out, "  {sum:>8} =  {value:>8}{faint:#}")?;
        } else {
            writeln!(out, "  {sum:>8} {BAD}!= {value:>8}{BAD:#}")?;
            wrong += 1;
        }
    }

    if wrong > 0 {
        return Err(format!("{wrong} of {} counts do not add up", COUNTERS.len()).into());
    }
    writeln!(out, "\n{GOOD}All {} counts add up.{GOOD:#}", COUNTERS.len())?;
    Ok(())
}
