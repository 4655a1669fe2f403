//! `cargo wmi compile`.

use clap::Args;
use wmi_core::schema::Edition;
use wmi_tools::Arena;
use wmi_tools::bmf::{self, Packing};

use crate::failure::Result;
use crate::input::{self, Input, counted};
use crate::output::Output;

const EXAMPLES: &str = "\
Examples:
  cargo wmi compile driver.mof -o driver.bmf
  cargo wmi compile -I include -D CHECKED=1 driver.mof -o driver.bmf
  cargo wmi compile - < driver.mof > driver.bmf";

/// Write the binary MOF of MOF text, as mofcomp -B does
///
/// The file is byte for byte Microsoft's, unless `--optimal` packs it tighter. The text goes
/// through a C preprocessor first. Text without a class is an error. Binary MOF as input is written
/// in its own edition.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Compile {
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    output: Output,
    /// Pack as tightly as can be, about 6 % smaller; every reader takes it
    #[arg(long)]
    optimal: bool,
    /// Write the edition of Windows 2000: without padding and without the flavors of qualifiers
    #[arg(long)]
    old_edition: bool,
}

impl Compile {
    pub(crate) fn run(self) -> Result {
        let arena = Arena::new();
        let schema = self.input.read(&arena)?;
        let classes = schema.classes()?.len();
        let instances = schema.file.objects.len().saturating_sub(classes);
        let packing = if self.optimal {
            Packing::Optimal
        } else {
            Packing::Greedy
        };
        let file = if self.old_edition {
            schema.file.with_edition(Edition::Old)
        } else {
            schema.file
        };
        let bytes = bmf::encode(&file, packing).map_err(|why| schema.fault(why))?;
        self.output.binary(&bytes)?;
        input::note(format_args!(
            "wrote {} and {} to {} ({} bytes)",
            counted(classes, "class", "classes"),
            counted(instances, "instance", "instances"),
            self.output.name(),
            bytes.len()
        ));
        Ok(())
    }
}
