//! `cargo wmi client`.

use clap::Args;
use wmi_tools::Arena;
use wmi_tools::client_source::{self as library, ClientSource};

use crate::failure::Result;
use crate::input::{self, Input, Schema, Texts};
use crate::output::Output;

const EXAMPLES: &str = "\
Examples:
  cargo wmi client driver.mof --powershell -o Driver.psm1
  cargo wmi client driver.sys --powershell --name Driver > Driver.psm1
  cargo wmi client driver.sys --rust -o src/driver.rs

In an elevated PowerShell on the machine with the driver:
  Import-Module ./Driver.psm1
  Get-Command -Module Driver
  Test-DriverClasses";

/// Write a program that uses the classes of a schema
///
/// The module for PowerShell 5.1 or later has functions for each class that list and set instances,
/// call methods, listen to events and show counters as PerfMon does, and one that queries every block
/// and reports what is missing. `Get-Help` shows the descriptions of the schema and the rights that a
/// function needs. The module of Rust has a struct for each class that lists instances, sets items, calls
/// methods and waits for events.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Client {
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    texts: Texts,
    #[command(flatten)]
    language: Language,
    /// The name of the schema in the source; by default that of the file
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
}

#[derive(Args)]
#[group(required = true, multiple = false)]
struct Language {
    /// Write a PowerShell module
    #[arg(long)]
    powershell: bool,
    /// Write a module of Rust for the crate `wmi`
    #[arg(long)]
    rust: bool,
}

impl Client {
    pub(crate) fn run(self) -> Result {
        self.output.differs_from(&self.input.places)?;
        let arena = Arena::new();
        let mut schema = self.input.read(&arena)?;
        schema.classes()?;
        self.texts.merge(&mut schema, &arena)?;
        let client = match self.language.rust {
            true => library::rust(&schema.file, &self.name()),
            false => library::powershell(&schema.file, &self.name()),
        };
        self.write(&schema, &client)
    }

    fn write(&self, schema: &Schema<'_>, client: &ClientSource) -> Result {
        for left_out in &client.left_out {
            input::warning(schema.fault(left_out));
        }
        if client.classes == 0 {
            return Err(schema.fault(
                "no class has a data block, methods or events, so there is nothing to write",
            ));
        }
        self.output.text(&client.source)
    }

    /// Returns the given name, or that of the file without its folder and extension.
    fn name(&self) -> String {
        let path = self.input.file();
        let stem = path.and_then(|path| path.file_stem());
        match &self.name {
            Some(name) => name.clone(),
            None => stem.unwrap_or_default().to_string_lossy().into_owned(),
        }
    }
}
