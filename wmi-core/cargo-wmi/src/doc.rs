//! `cargo wmi doc`.

use std::path::Path;

use clap::Args;
use sha2::{Digest, Sha256};
use wmi_tools::doc::{PageSource, SchemaPage};
use wmi_tools::firmware::Firmware;
use wmi_tools::{Arena, amendment};

use crate::failure::{Failure, Result};
use crate::input::{Input, InputFile, Schema, Texts};
use crate::output::Output;
use crate::place::Place;
use crate::recognise::is_image;

const EXAMPLES: &str = "\
Examples:
  cargo wmi doc driver.mof -o driver.html
  cargo wmi doc driver.sys -o driver.html --title \"Vendor adapter\"
  cargo wmi doc driver.mof --against published.mof -o driver.html
  cargo wmi doc driver.mof driver_de.mfl --language MS_407 -o driver.html
  cargo wmi doc ssdt1.dat -o firmware.html
  cargo wmi doc /sys/bus/wmi/devices -o firmware.html
  cargo wmi doc dsdt.dat --at 0x1f40 > firmware.html";

/// Write a page that documents the schema, as one HTML file
///
/// The page shows every class with its items, the layout of its data block, its counters with their
/// formulas, its methods and events, lines to copy for clients and for the INF, and its MOF text. If the
/// input is an ACPI table, a listing of one or the folder `/sys/bus/wmi/devices`, it shows the entries of
/// `_WDG` with the objects that serve each class. Descriptions are in all languages of the input. Each
/// input is named with its size and its SHA-256 digest. The page needs no other file and no network, and
/// works without its script, which adds a search.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Doc {
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    texts: Texts,
    /// Title of the page; by default the name of the input file
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// Show the changes against this earlier edition, in any format; `-` for standard input
    #[arg(long, value_name = "OLD")]
    against: Option<Place>,
}

impl Doc {
    pub(crate) fn run(self) -> Result {
        self.output.differs_from(&self.input.places)?;
        if let Some(old) = &self.against {
            self.output.differs_from(core::slice::from_ref(old))?;
            if *old == Place::STANDARD && self.input.places.contains(old) {
                return Err(Failure::Usage(
                    "only one of the two can be standard input".to_owned(),
                ));
            }
        }
        let arena = Arena::new();
        let mut schema = self.input.read(&arena)?;
        let separate = schema.file;
        self.texts.merge(&mut schema, &arena)?;
        schema.classes()?;
        let stem = self.input.file().and_then(Path::file_stem);
        let title = self
            .title
            .or(stem.map(|stem| stem.to_string_lossy().into_owned()));
        let mut page = SchemaPage::new(title.as_deref().unwrap_or("Schema"), &schema.file);
        for InputFile { name, bytes } in &schema.files {
            page = page.source(PageSource {
                name,
                size: bytes.len(),
                sha256: Sha256::digest(bytes).into(),
            });
        }
        let firmware = firmware(&self.input, &schema);
        if let Some(firmware) = &firmware {
            page = page.firmware(firmware);
        }
        let earlier = self.against.as_ref();
        let earlier = earlier.map(|old| self.input.read_other(old, &arena));
        let earlier = earlier.transpose()?;
        if let Some(earlier) = &earlier {
            earlier.classes()?;
            let name = earlier.files.first().map_or("", |file| &file.name);
            page = page.against(name, &earlier.file);
        }
        for (language, merged) in &amendment::merge_each(&arena, &separate) {
            page = page.translation(*language, merged);
        }
        self.output.text(&page.to_string())
    }
}

/// Returns the firmware, if the binary MOF comes from ACPI tables, or from the folder of their devices.
fn firmware<'s>(input: &Input, schema: &'s Schema<'_>) -> Option<Firmware<'s>> {
    schema.payload.as_ref()?;
    let firmware = match input.file().filter(|path| path.is_dir()) {
        Some(folder) => Firmware::read_sysfs(folder).ok()?,
        None => {
            let file = schema.files.first()?;
            let tables = Some(&file.bytes).filter(|bytes| !is_image(bytes))?;
            Firmware::read(tables).ok()?
        }
    };
    (!firmware.devices.is_empty()).then_some(firmware)
}
