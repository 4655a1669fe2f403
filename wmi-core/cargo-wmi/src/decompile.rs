//! `cargo wmi decompile`.

use clap::Args;
use wmi_core::schema::{Edition, File};
use wmi_tools::mof::Reader;
use wmi_tools::{Arena, bmf};

use crate::failure::{Failure, Result};
use crate::input::{self, Input, Texts};
use crate::output::Output;

const EXAMPLES: &str = "\
Examples:
  cargo wmi decompile driver.bmf
  cargo wmi decompile driver.sys -o driver.mof
  cargo wmi decompile firmware.bin --at 0x1f40
  cargo wmi decompile firmware.bin --all
  cargo wmi decompile driver.mof driver.mfl --merge -o master.mof
  cargo wmi decompile - < /sys/bus/wmi/devices/05901221-D566-11D1-B2F0-00A0C9062910/bmof";

/// Write the MOF text of a binary MOF
///
/// Compiling the text gives the same binary MOF, except for its packing: the command checks this
/// and warns if it does not. The text is in the order of the input, and ASCII except for names.
/// Binary MOF does not contain macros, comments and the names of included files. Names that MOF
/// cannot spell are refused.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Decompile {
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    output: Output,
    /// Write all binary MOFs of an image or table as one text
    #[arg(long, conflicts_with_all = ["resource", "at"])]
    all: bool,
    /// Write localised texts at their classes, as before `compile --mof --mfl` split them off
    #[arg(long, conflicts_with = "all")]
    merge: bool,
    #[command(flatten)]
    texts: Texts,
}

impl Decompile {
    pub(crate) fn run(self) -> Result {
        self.output.differs_from(&self.input.places)?;
        if self.texts.is_given() && !self.merge {
            let why = "`--language` chooses the texts to merge; add `--merge`";
            return Err(Failure::Usage(why.to_owned()));
        }
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
        let mut schema = self.input.read(&arena)?;
        if self.merge {
            self.texts.merge(&mut schema, &arena)?;
            return self.output.text(&schema.file.mof().to_string());
        }
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
            input::warning("compiling the text gives a different binary MOF");
        }
        Ok(())
    }
}

/// Returns whether compiling the text gives the binary MOF of the file again.
fn is_kept(file: &File<'_>, payload: &[u8], text: &str) -> bool {
    let arena = Arena::new();
    let reading = Reader::new(&arena).read("decompiled.mof", text.as_bytes());
    let again = reading.file.with_edition(file.edition);
    !reading.has_errors() && bmf::encode_payload(&again).is_ok_and(|again| again == payload)
}
