//! A WMI class from one annotated struct: from its MOF to the bytes of a driver's reply.
//!
//! The struct is `MSiSCSI_MMIPSECStats` in the package `iscsi-schema`. Run the example with
//! `cargo run --example mmipsec`.

mod hex_dump;
mod layout_table;
mod read_back;
mod style;
mod traffic;

use core::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue};
use clap::{CommandFactory, Parser, Subcommand, ValueEnum};
use iscsi_schema::MSiSCSI_MMIPSECStats;
use wmi_core::mof::Style;
use wmi_core::schema::Schema;
use wmi_core::wnode::{AllData, AllDataWriter, Wnode};
use wmi_core::{DataBlock, FixedClass, WmiClass};

use crate::style::{FAINT, HEADING};

/// The counters that all threads share.
static STATS: MSiSCSI_MMIPSECStats = MSiSCSI_MMIPSECStats::new();

const SCHEMA: Schema<'static> = Schema::new(&[MSiSCSI_MMIPSECStats::CLASS]);

const EXAMPLES: &str = "\
Examples:
  cargo run --example mmipsec
  cargo run -q --example mmipsec -- mof > mmipsec.mof
  cargo run -q --example mmipsec -- mof --style documented
  cargo run -q --example mmipsec -- layout
  cargo run -q --example mmipsec -- wnode --raw | xxd

Exits with 1 if the counts do not add up, and with 2 if an argument is wrong.";

/// A WMI class from one annotated struct: its MOF, layout, counters and the bytes of a reply
///
/// Without a command, prints all of these and checks the counts.
#[derive(Parser)]
#[command(name = "mmipsec", after_help = EXAMPLES)]
struct Arguments {
    #[command(subcommand)]
    part: Option<Part>,
}

#[derive(Subcommand)]
enum Part {
    /// Print the MOF text
    Mof {
        /// The form of the text
        #[arg(long, value_enum, default_value_t)]
        style: MofStyle,
    },
    /// Print the offset of each item in the data block
    Layout,
    /// Run the threads, and dump the WNODE_ALL_DATA that reports their counts
    Wnode {
        /// Write the raw bytes, for another program
        #[arg(long)]
        raw: bool,
    },
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum MofStyle {
    /// The class alone, counter types by name, as documentation prints it
    Documented,
    /// A file that mofcomp accepts
    #[default]
    Compilable,
    /// The language-neutral half of that file
    Neutral,
    /// The other half, with the texts in the language of the class
    Mfl,
}

type Result<T = ()> = core::result::Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let done = match arguments().part {
        None => everything(),
        Some(Part::Mof { style }) => mof(style),
        Some(Part::Layout) => layout(),
        Some(Part::Wnode { raw }) => wnode(raw),
    };
    match done {
        Err(why) if !is_closed_pipe(&*why) => {
            // If this cannot be written either, there is nothing left to do.
            let _ = writeln!(anstream::stderr(), "error: {why}");
            ExitCode::FAILURE
        }
        _ => ExitCode::SUCCESS,
    }
}

fn arguments() -> Arguments {
    Arguments::try_parse().unwrap_or_else(|mut error| {
        // clap leaves the usage out for a wrong value; show it there too.
        if error.get(ContextKind::Usage).is_none() {
            let usage = Arguments::command().render_usage();
            error.insert(ContextKind::Usage, ContextValue::StyledStr(usage));
        }
        error.exit()
    })
}

fn everything() -> Result {
    let mut out = anstream::stdout().lock();
    let class = MSiSCSI_MMIPSECStats::CLASS;
    let guid = MSiSCSI_MMIPSECStats::GUID;
    writeln!(out, "{HEADING}{}{HEADING:#}  {guid}", class.name)?;

    heading(&mut out, "MOF", "the description of the class for WMI")?;
    write!(out, "{}", class.mof().style(Style::Documented))?;

    heading(
        &mut out,
        "LAYOUT",
        format_args!(
            "{} items in a data block of {} bytes",
            MSiSCSI_MMIPSECStats::ITEMS.len(),
            MSiSCSI_MMIPSECStats::SIZE
        ),
    )?;
    layout_table::write(&mut out, MSiSCSI_MMIPSECStats::ITEMS)?;

    let tallies = traffic::run(&STATS);
    let reply = reply()?;
    heading(
        &mut out,
        "WNODE",
        format_args!(
            "a reply of {} bytes, after {} threads have counted",
            reply.len(),
            tallies.len()
        ),
    )?;
    let all_data = all_data(&reply)?;
    hex_dump::write::<MSiSCSI_MMIPSECStats>(&mut out, &reply, &all_data)?;

    heading(
        &mut out,
        "COUNTS",
        "by thread, their sum, and the values that the checked reader finds in the reply",
    )?;
    read_back::write(&mut out, &all_data, &tallies)
}

fn mof(style: MofStyle) -> Result {
    let mut out = anstream::stdout().lock();
    let class = MSiSCSI_MMIPSECStats::mof();
    let file = SCHEMA.mof();
    match style {
        MofStyle::Documented => write!(out, "{}", class.style(Style::Documented))?,
        MofStyle::Compilable => write!(out, "{file}")?,
        MofStyle::Neutral => write!(out, "{}", file.style(Style::Neutral))?,
        MofStyle::Mfl => write!(out, "{}", file.style(Style::Mfl))?,
    }
    Ok(())
}

fn layout() -> Result {
    let mut out = anstream::stdout().lock();
    Ok(layout_table::write(&mut out, MSiSCSI_MMIPSECStats::ITEMS)?)
}

fn wnode(raw: bool) -> Result {
    traffic::run(&STATS);
    let reply = reply()?;
    if raw {
        return Ok(io::stdout().lock().write_all(&reply)?);
    }
    let mut out = anstream::stdout().lock();
    hex_dump::write::<MSiSCSI_MMIPSECStats>(&mut out, &reply, &all_data(&reply)?)
}

/// Writes a driver's reply to `IRP_MN_QUERY_ALL_DATA`: one instance, whose name WMI knows from the
/// registration. The time stamp stays zero, so that every run replies with the same bytes.
fn reply() -> Result<Vec<u8>> {
    let writer = AllDataWriter::new(core::slice::from_ref(&STATS));
    let mut buffer = vec![0; writer.needed::<MSiSCSI_MMIPSECStats>()?];
    writer.write::<MSiSCSI_MMIPSECStats>(&mut buffer)?;
    Ok(buffer)
}

/// Parses the reply with the checked reader.
fn all_data(reply: &[u8]) -> Result<AllData<'_>> {
    match Wnode::decode(reply)? {
        Wnode::AllData(all_data) => Ok(all_data),
        other => Err(format!("{other:?} is not a WNODE_ALL_DATA").into()),
    }
}

fn heading(out: &mut impl Write, title: &str, what: impl core::fmt::Display) -> io::Result<()> {
    writeln!(
        out,
        "\n{HEADING}{title}{HEADING:#}  {FAINT}{what}{FAINT:#}\n"
    )
}

/// Returns whether the reader of the output has closed it, as `head` does. This is not an error.
fn is_closed_pipe(why: &(dyn Error + 'static)) -> bool {
    why.downcast_ref::<io::Error>()
        .is_some_and(|why| why.kind() == io::ErrorKind::BrokenPipe)
}
