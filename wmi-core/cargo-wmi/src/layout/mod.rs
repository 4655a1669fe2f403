//! `cargo wmi layout`: shows the layout of data blocks.

mod rows;
mod table;

use std::sync::Arc;

use clap::Args;
use wmi_core::schema::Class;
use wmi_tools::layout;
use wmi_tools::picture::LayoutPicture;
use wmi_tools::{Arena, Classes};

use self::rows::{Block, Part};
use crate::failure::{Failure, Result};
use crate::input::{self, Input, Schema};
use crate::output::Output;

const EXAMPLES: &str = "\
Examples:
  cargo wmi layout driver.mof
  cargo wmi layout driver.sys --class MSiSCSI_MMIPSECStats
  cargo wmi layout driver.bmf --svg -o driver.svg
  cargo wmi layout driver.bmf --json | jq '.[].size'";

/// Show the layout of data blocks and of method parameters
///
/// Offsets, sizes and alignments are in bytes. An item of variable size has no size, and the items
/// after it have no offsets, because they depend on the data. If a class has no layout, the table
/// still shows the others, but no file, JSON or picture is written.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Layout {
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    output: Output,
    /// Show only this class; may be given several times
    #[arg(long = "class", value_name = "NAME")]
    classes: Vec<String>,
    /// Draw the bytes as an SVG picture
    #[arg(long, conflicts_with = "json")]
    svg: bool,
    /// Write JSON for scripts
    #[arg(long)]
    json: bool,
}

impl Layout {
    pub(crate) fn run(self) -> Result {
        self.output.differs_from(&self.input.places)?;
        let arena = Arena::new();
        let schema = self.input.read(&arena)?;
        let (blocks, failed) = self.blocks(&schema)?;
        // A table on standard output is useful even without some classes; a file would look
        // complete.
        if failed && (self.svg || self.json || self.output.file().is_some()) {
            return Err(Failure::Findings);
        }
        if self.svg {
            let mut picture = LayoutPicture::default();
            for block in &blocks {
                picture.block(&block.title(), &block.subtitle(), &block.layout);
            }
            self.output.text(&picture.to_string())?;
        } else if self.json {
            self.output.json(&blocks)?;
        } else {
            self.output.styled(&table::text(&blocks))?;
        }
        if failed {
            return Err(Failure::Findings);
        }
        Ok(())
    }

    /// Returns the blocks of the selected classes, and whether some class has no layout. Prints an
    /// error for each such class.
    fn blocks<'a>(&self, schema: &Schema<'a>) -> Result<(Vec<Block<'a>>, bool)> {
        schema.classes()?;
        let mut blocks = Vec::new();
        let mut failed = false;
        for (class, known) in self.wanted(schema)? {
            let methods = class.methods.iter().flat_map(|method| {
                [
                    (
                        Part::Input(method.name),
                        layout::BlockLayout::of_input(method, &known),
                    ),
                    (
                        Part::Output(method.name),
                        layout::BlockLayout::of_output(method, &known),
                    ),
                ]
            });
            let parts = [(Part::Data, layout::BlockLayout::of(class, &known))]
                .into_iter()
                .chain(methods);
            for (part, block) in parts {
                match block {
                    // Parameters only in the other direction, or a class with only methods.
                    Ok(block) if block.items.is_empty() => {}
                    Ok(block) => blocks.push(Block::new(class, part, block)),
                    Err(why) => {
                        failed = true;
                        input::error(schema.fault(why));
                    }
                }
            }
        }
        Ok((blocks, failed))
    }

    /// Returns the wanted classes, each with those of its namespace. Amendments, which hold text
    /// alone, are left out.
    fn wanted<'a>(&self, schema: &Schema<'a>) -> Result<Vec<(&'a Class<'a>, Arc<Classes<'a>>)>> {
        let classes = Classes::from(&schema.file);
        let mut all: Vec<_> = classes.with_namespaces().collect();
        if self.classes.is_empty() {
            return Ok(all);
        }
        if let Some(name) = self.classes.iter().find(|name| classes.get(name).is_none()) {
            let names: Vec<_> = classes.iter().map(|class| class.name).collect();
            return Err(schema.fault(format_args!(
                "it has no class `{name}`, only {}",
                names.join(", ")
            )));
        }
        let place = |(class, _): &(&Class<'_>, _)| {
            let is = |name: &String| class.name.eq_ignore_ascii_case(name);
            self.classes.iter().position(is)
        };
        all.retain(|class| place(class).is_some());
        all.sort_by_key(place);
        Ok(all)
    }
}
