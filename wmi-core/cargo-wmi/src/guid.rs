//! `cargo wmi guid`.

use std::io::{self, Write};

use clap::{Args, ValueEnum};

use crate::failure::{Failure, Result};

const EXAMPLES: &str = "\
Examples:
  cargo wmi guid
  cargo wmi guid --format mof
  cargo wmi guid --format plain --count 8";

/// Make a GUID for a new class
///
/// The GUID is random (version 4 of RFC 9562), from the system's random source. Every class needs
/// its own, and a class whose data block changes needs a new one.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Guid {
    /// Notation
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// How many to make, one per line
    #[arg(short = 'n', long, default_value_t = 1)]
    count: u32,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum Format {
    /// The attribute of a Rust struct: `#[wmi(guid = "..")]`
    #[default]
    Attribute,
    /// The qualifier of a MOF class: `guid("{..}")`
    Mof,
    /// With braces, as in the registry and INF files
    Braces,
    /// Only digits and hyphens
    Plain,
    /// The initializer of a C `GUID`
    C,
}

impl Guid {
    pub(crate) fn run(self) -> Result {
        let mut out = io::stdout().lock();
        for _ in 0..self.count {
            writeln!(out, "{}", self.format.text(fresh()?))?;
        }
        Ok(out.flush()?)
    }
}

/// Returns a GUID that nobody else has.
pub(crate) fn fresh() -> Result<wmi_core::Guid> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)
        .map_err(|why| Failure::Usage(format!("the system has no random bytes: {why}")))?;
    Ok(random(bytes))
}

/// Makes a GUID from random bits, six of which become the version and the variant.
fn random(bytes: [u8; 16]) -> wmi_core::Guid {
    let (data1, data2, data3, [first, rest @ ..]) = wmi_core::Guid::from_bytes(bytes).to_fields();
    let [b, c, d, e, f, g, h] = rest;
    let data4 = [first & 0x3f | 0x80, b, c, d, e, f, g, h];
    wmi_core::Guid::from_fields(data1, data2, data3 & 0x0fff | 0x4000, data4)
}

impl Format {
    fn text(self, guid: wmi_core::Guid) -> String {
        match self {
            Self::Attribute => format!("#[wmi(guid = \"{guid}\")]"),
            Self::Mof => format!("guid(\"{{{guid}}}\")"),
            Self::Braces => format!("{{{guid}}}"),
            Self::Plain => guid.to_string(),
            Self::C => {
                let (data1, data2, data3, data4) = guid.to_fields();
                let data4 = data4.map(|byte| format!("0x{byte:02x}")).join(", ");
                format!("{{ 0x{data1:08x}, 0x{data2:04x}, 0x{data3:04x}, {{ {data4} }} }}")
            }
        }
    }
}
