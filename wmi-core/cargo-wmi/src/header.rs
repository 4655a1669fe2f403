//! `cargo wmi header`.

use std::path::Path;

use clap::Args;
use wmi_tools::Arena;
use wmi_tools::bmf::{self, Packing};

use crate::failure::Result;
use crate::input::{Input, Texts};
use crate::output::Output;

const EXAMPLES: &str = "\
Examples:
  cargo wmi header driver.mof -o driver.h
  cargo wmi header -m -u driver.bmf -o driver.h
  cargo wmi header driver.mof driver.mfl -o driver.h
  cargo wmi header --corrected -m driver.sys | less
  cargo wmi header --hex driver.bmf -o driver.x";

/// Write the C header of the data blocks, like wmimofck -h
///
/// The header has GUIDs, structures, sizes and ids of items, and ids of methods. It is token for
/// token the same as Microsoft's, unless `--corrected` fixes the places where Microsoft's is known
/// to be wrong. Comments are the descriptions of items, which a localised schema has in its MFL.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Header {
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    texts: Texts,
    /// Also declare structures of method parameters
    #[arg(short, long)]
    methods: bool,
    /// Also declare members of classes with items after one of variable size
    #[arg(short = 'u', long)]
    variable: bool,
    /// Give the sizes and offsets on the wire where wmimofck has them wrong
    #[arg(long)]
    corrected: bool,
    /// Write the binary MOF instead, as hexadecimal numbers to include between the braces of a C
    /// array, like wmimofck -x
    #[arg(long, conflicts_with_all = ["methods", "variable", "corrected", "language"])]
    hex: bool,
}

impl Header {
    pub(crate) fn run(self) -> Result {
        self.output.differs_from(&self.input.places)?;
        let arena = Arena::new();
        let mut schema = self.input.read(&arena)?;
        schema.classes()?;
        if self.hex {
            let bytes = match &schema.container {
                Some(bytes) => bytes.clone(),
                None => {
                    bmf::encode(&schema.file, Packing::Greedy).map_err(|why| schema.fault(why))?
                }
            };
            return self.output.text(&wmi_tools::header::hexadecimal(&bytes));
        }
        self.texts.merge(&mut schema, &arena)?;
        let file_name = self.file_name();
        let header = wmi_tools::header::Header::new(&file_name, &schema.file)
            .method_structs(self.methods)
            .variable_members(self.variable)
            .corrected(self.corrected);
        self.output.text(&header.to_string())
    }

    /// Returns the file name for the include guard: that of the output, or one made from the input.
    fn file_name(&self) -> String {
        let name = |path: &Path| {
            path.file_name()
                .map(|name| name.to_string_lossy().into_owned())
        };
        let written = self.output.file().and_then(name);
        let read = || name(&self.input.file()?.with_extension("h"));
        written.or_else(read).unwrap_or_else(|| "wmi.h".to_owned())
    }
}
