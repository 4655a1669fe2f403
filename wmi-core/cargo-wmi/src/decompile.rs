//! `cargo wmi decompile`.

use clap::Args;
use wmi_tools::Arena;

use crate::failure::Result;
use crate::input::Input;
use crate::output::Output;

const EXAMPLES: &str = "\
Examples:
  cargo wmi decompile driver.bmf
  cargo wmi decompile driver.sys -o driver.mof
  cargo wmi decompile - < /sys/bus/wmi/devices/05901221-D566-11D1-B2F0-00A0C9062910/bmof";

/// Write the MOF text of a binary MOF
///
/// Compiled again, the text gives the same binary MOF. It is ASCII, in the order of the input;
/// macros, comments and the names of included files are not kept in binary MOF.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Decompile {
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    output: Output,
}

impl Decompile {
    pub(crate) fn run(self) -> Result {
        let arena = Arena::new();
        let schema = self.input.read(&arena)?;
        self.output.text(&schema.file.mof().to_string())
    }
}
