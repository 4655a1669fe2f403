//! `cargo wmi diff`: compares two editions of a schema.

use clap::Args;
use serde::Serialize;
use wmi_tools::Arena;
use wmi_tools::diff::{Change, diff};

use crate::failure::{Failure, Result};
use crate::input::{self, Options, counted};
use crate::output::Output;
use crate::place::Place;
use crate::style::{ERROR, FAINT, path, printable};

const EXAMPLES: &str = "\
Examples:
  cargo wmi diff published.mof driver.mof
  cargo wmi diff shipped.sys target/driver.bmf --strict
  git show main:driver.mof | cargo wmi diff - driver.mof

Exit status:
  0  the new edition does not break clients of the old one
  1  a change breaks clients, or with `--strict` anything changed, or an input cannot be read
  2  wrong arguments, or a file cannot be read or written";

/// Compare two editions of a schema, and report what breaks clients
///
/// Breaking changes are moved offsets, reused ids, changed types, GUIDs of other classes:
/// everything that makes a program written for the old edition fail or misread data. Text for
/// people is not compared.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Diff {
    /// The edition that clients know, in any format; `-` for standard input
    #[arg(value_name = "OLD")]
    old: Place,
    /// The edition to replace it
    #[arg(value_name = "NEW")]
    new: Place,
    #[command(flatten)]
    options: Options,
    #[command(flatten)]
    output: Output,
    /// Fail on compatible changes too
    #[arg(long)]
    strict: bool,
    /// Write JSON for scripts
    #[arg(long)]
    json: bool,
}

/// A change in JSON.
#[derive(Serialize)]
struct Entry<'a> {
    kind: &'static str,
    breaking: bool,
    class: &'a str,
    member: Option<&'a str>,
    parameter: Option<&'a str>,
    message: &'a str,
}

impl Diff {
    pub(crate) fn run(self) -> Result {
        if self.old == Place::STANDARD && self.new == Place::STANDARD {
            return Err(Failure::Usage(
                "only one of the two can be standard input".to_owned(),
            ));
        }
        let arena = Arena::new();
        let [old, new] = self.options.read_both([&self.old, &self.new], &arena)?;
        old.classes()?;
        new.classes()?;
        let changes = diff(&old.file, &new.file);
        if self.json {
            self.output
                .json(&changes.iter().map(entry).collect::<Vec<_>>())?;
        } else {
            self.output
                .styled(&changes.iter().map(line).collect::<String>())?;
        }
        let breaking = changes.iter().filter(|change| change.is_breaking()).count();
        let compatible = changes.len().saturating_sub(breaking);
        input::note(format_args!(
            "{} and {}",
            counted(breaking, "breaking change", "breaking changes"),
            counted(compatible, "compatible one", "compatible ones")
        ));
        if breaking > 0 || (self.strict && compatible > 0) {
            return Err(Failure::Findings);
        }
        Ok(())
    }
}

fn entry<'c>(change: &'c Change<'_>) -> Entry<'c> {
    Entry {
        kind: change.kind.id(),
        breaking: change.is_breaking(),
        class: change.class,
        member: change.member,
        parameter: change.parameter,
        message: &change.message,
    }
}

fn line(change: &Change<'_>) -> String {
    let (style, word) = match change.is_breaking() {
        true => (ERROR, "breaking"),
        false => (FAINT, "compatible"),
    };
    let path = path(change.class, change.member, change.parameter);
    let what = format!("`{path}`: {} [{}]", change.message, change.kind);
    format!("{style}{word}{style:#}: {}\n", printable(&what))
}
