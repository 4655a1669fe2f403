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

/// Write the binary MOF of MOF text, like mofcomp -B
///
/// The file is byte for byte the same as Microsoft's, unless `--optimal` packs it tighter. The text
/// is preprocessed first, as in C. Text without a class is an error. If the input is binary MOF,
/// its edition is kept.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Compile {
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    output: Output,
    /// Pack as tightly as possible, about 6 % smaller; every reader accepts it
    #[arg(long)]
    optimal: bool,
    /// Write the edition of Windows 2000: without padding and without the flavors of qualifiers
    #[arg(long)]
    old_edition: bool,
}

impl Compile {
    pub(crate) fn run(self) -> Result {
        self.output.differs_from(&self.input.place)?;
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
