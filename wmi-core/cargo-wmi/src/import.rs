//! `cargo wmi import`.

use clap::Args;
use wmi_core::schema::Edition;
use wmi_tools::Arena;
use wmi_tools::import::{self as library, OmissionKind, Options, ProviderOptions};

use crate::failure::{Failure, Result};
use crate::input::{self, Input, Texts, counted};
use crate::model::Model;
use crate::output::Output;

const EXAMPLES: &str = "\
Examples:
  cargo wmi import driver.sys -o src/schema.rs
  cargo wmi import -I include driver.mof -o src/schema.rs
  cargo wmi import driver.mof driver_de.mfl --language MS_407 -o src/schema.rs
  cargo wmi import driver.bmf --strict > schema.rs
  cargo wmi import driver.sys -o src/schema.rs --provider --kmdf

Exit status:
  0  the source was written; omissions were reported
  1  there are omissions under `--strict`, or the input cannot be read as a schema
  2  wrong arguments, or a file cannot be read or written";

/// Write the Rust source of a schema
///
/// The source is a module with a struct for every class and a `SCHEMA` of all, which compiles to
/// the binary MOF of the input. Parts that Rust source cannot express are reported, and listed in
/// the source. Localised texts that the input keeps apart from its classes, in a namespace such as
/// `ms_409`, are moved to the classes unless `--exact` keeps them apart. `--exact` also keeps the
/// edition of binary MOF.
///
/// `--provider` also writes `provider.rs` beside OUT: the provider of the classes, with its blocks
/// and events, and a test of it on the simulator. Each place to fill in is marked `TODO`. Until then,
/// values come from fields of the device, which the test fills, and a request without a value is
/// completed with `STATUS_NOT_IMPLEMENTED`. Values that clients set are stored and read back. Not
/// generated are methods without outputs, which answer that status too. Refused as read-only are sets
/// of a single item of a class of variable size, of values of such a class that may exceed 4 kB, and of
/// any item of a class with counters.
/// The file must not exist yet, as it may have been filled in.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Import {
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    texts: Texts,
    /// Keep localised texts where the input has them, so that the binary MOF is identical
    #[arg(long, conflicts_with = "language")]
    exact: bool,
    /// Fail, and write nothing, if something cannot be expressed
    #[arg(long)]
    strict: bool,
    /// Also write a provider of the classes, in `provider.rs` beside OUT
    #[arg(long)]
    provider: bool,
    #[command(flatten)]
    model: Model,
}

/// The file that `--provider` writes.
const PROVIDER: &str = "provider.rs";

impl Import {
    pub(crate) fn run(self) -> Result {
        self.output.differs_from(&self.input.places)?;
        let provider = self.provider_options()?;
        let arena = Arena::new();
        let schema = self.input.read(&arena)?;
        schema.classes()?;
        let file = if self.exact {
            schema.file
        } else {
            let merged = self.texts.merge_for_import(&schema, &arena)?;
            merged.with_edition(Edition::Current)
        };
        if file.edition != schema.file.edition {
            input::note(
                "the input is of the old edition of binary MOF; the source gives the current one \
                 unless `--exact` keeps the old",
            );
        }
        let classes = file.classes().count();
        let mut options = Options::new(&self.origin());
        options.provider = provider;
        let import = library::rust(&file, &options);
        for omission in &import.omissions {
            input::warning(schema.fault(omission));
        }
        if self.strict && !import.omissions.is_empty() {
            return Err(Failure::Findings);
        }
        match &import.provider {
            Some(provider) => {
                let path = self
                    .output
                    .text_and_new(&import.source, PROVIDER, provider)?;
                input::note(format_args!("wrote the provider to {}", path.display()));
            }
            None if self.provider => {
                let why = "no class has a block, so there is nothing to provide; leave out \
                           `--provider`";
                return Err(schema.fault(why));
            }
            None => self.output.text(&import.source)?,
        }
        let omitted = import.omissions.iter();
        let omitted = omitted
            .filter(|omission| omission.kind == OmissionKind::Class)
            .count();
        let listed = match import.omissions.len() {
            0 => String::new(),
            1 => "; it lists 1 omission".to_owned(),
            several => format!("; it lists {several} omissions"),
        };
        input::note(format_args!(
            "wrote {} to {}{listed}",
            counted(classes.saturating_sub(omitted), "class", "classes"),
            self.output.name()
        ));
        Ok(())
    }

    fn provider_options(&self) -> Result<Option<ProviderOptions>> {
        if !self.provider {
            return match self.model.option() {
                Some(option) => Err(Failure::Usage(format!(
                    "`{option}` is the model of a provider; add `--provider`"
                ))),
                None => Ok(None),
            };
        }
        let path = self.output.file().ok_or_else(|| {
            let why = "the provider goes beside the classes; name their file by `-o OUT`";
            Failure::Usage(why.to_owned())
        })?;
        let module = path.file_stem().unwrap_or_default().to_string_lossy();
        let mut letters = module.chars();
        let is_module = letters
            .next()
            .is_some_and(|first| first.is_ascii_lowercase() || first == '_')
            && letters.all(|c| c.is_ascii_alphanumeric() || c == '_')
            && path.extension().is_some_and(|extension| extension == "rs");
        if !is_module || module == "provider" {
            return Err(Failure::Usage(format!(
                "{}: the provider refers to this file as a module; name it like `schema.rs`",
                path.display()
            )));
        }
        let mut options = ProviderOptions::new(self.model.chosen());
        options.module = module.into_owned();
        Ok(Some(options))
    }

    /// Returns the name of the file without its folder, which differs between machines.
    fn origin(&self) -> String {
        let path = self.input.file();
        let name = path.and_then(|path| path.file_name());
        name.unwrap_or_default().to_string_lossy().into_owned()
    }
}
