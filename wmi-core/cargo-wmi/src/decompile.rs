//! `cargo wmi decompile`.

use clap::Args;
use wmi_core::schema::{Edition, File};
use wmi_tools::mof::Reader;
use wmi_tools::{Arena, bmf};

use crate::failure::Result;
use crate::input::{self, Input};
use crate::output::Output;

const EXAMPLES: &str = "\
Examples:
  cargo wmi decompile driver.bmf
  cargo wmi decompile driver.sys -o driver.mof
  cargo wmi decompile firmware.bin --at 0x1f40
  cargo wmi decompile firmware.bin --all
  cargo wmi decompile - < /sys/bus/wmi/devices/05901221-D566-11D1-B2F0-00A0C9062910/bmof";

/// Write the MOF text of a binary MOF
///
/// Compiled again, the text gives the same binary MOF, but for its packing: the command compiles it
/// and warns where that is not so. The text is in the order of the input, and ASCII but for names;
/// macros, comments and the names of included files are not kept in binary MOF. Names that MOF
/// cannot spell are refused.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Decompile {
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    output: Output,
    /// Of an image or table with several binary MOFs, write all as one text
    #[arg(long, conflicts_with_all = ["resource", "at"])]
    all: bool,
}

impl Decompile {
    pub(crate) fn run(self) -> Result {
        let arena = Arena::new();
        if self.all {
            let files = self.input.read_all(&arena)?;
            let objects: Vec<_> = files
                .iter()
                .flat_map(|file| file.objects)
                .copied()
                .collect();
            return self.output.text(&File::new(&objects).mof().to_string());
        }
        let schema = self.input.read(&arena)?;
        let text = schema.file.mof().to_string();
        self.output.text(&text)?;
        let Some(payload) = &schema.payload else {
            return Ok(());
        };
        if schema.file.edition == Edition::Old {
            input::note(
                "this is the old edition of binary MOF; `cargo wmi compile --old-edition` writes \
                 it again",
            );
        }
        if !is_kept(&schema.file, payload, &text) {
            input::warning("compiled again, the text gives another binary MOF");
        }
        Ok(())
    }
}

/// Whether a text gives the binary MOF of a file when it is compiled again.
fn is_kept(file: &File<'_>, payload: &[u8], text: &str) -> bool {
    let arena = Arena::new();
    let reading = Reader::new(&arena).read("decompiled.mof", text.as_bytes());
    let again = reading.file.with_edition(file.edition);
    !reading.has_errors() && bmf::encode_payload(&again).is_ok_and(|again| again == payload)
}
