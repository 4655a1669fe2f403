//! `cargo wmi compile`.

use std::ffi::OsStr;
use std::path::Path;

use clap::Args;
use wmi_core::mof::Style;
use wmi_core::schema::{ChangeFlags, Edition};
use wmi_tools::bmf::{self, Packing};
use wmi_tools::check::check;
use wmi_tools::{Arena, Severity, amendment};

use crate::check::shown;
use crate::failure::{Failure, Result};
use crate::input::{self, Input, Schema, counted, locale};
use crate::output::{self, Output};
use crate::place::Place;

const EXAMPLES: &str = "\
Examples:
  cargo wmi compile driver.mof -o driver.bmf
  cargo wmi compile -I include -D CHECKED=1 driver.mof -o driver.bmf
  cargo wmi compile --wmi driver.mof -o driver.bmf
  cargo wmi compile - < driver.mof > driver.bmf
  cargo wmi compile --syntax-only driver.mof

A localised driver:
  cargo wmi compile master.mof --amendment MS_409 --mof driver.mof --mfl driver.mfl
  cargo wmi compile driver.mof driver.mfl driver_de.mfl -o driver.bmf";

/// Write the binary MOF of MOF text, like mofcomp -B
///
/// The file is byte for byte the same as Microsoft's, unless `--optimal` packs it tighter. The text
/// is preprocessed first, as in C. Text without a class or an instance is an error. If the input is
/// binary MOF, it is written as it is. With `--mof` and `--mfl` the command writes the two halves of a
/// localised schema instead.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Compile {
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    output: Output,
    /// Fail, and write nothing, if a class breaks a rule for drivers, as `check` does
    #[arg(long)]
    wmi: bool,
    /// Only report errors in the text, and write nothing
    #[arg(long, conflicts_with_all = ["output", "mof", "mfl", "optimal", "old_edition"])]
    syntax_only: bool,
    /// Pack as tightly as possible, about 6 % smaller; every reader accepts it
    #[arg(long)]
    optimal: bool,
    /// Write the edition of Windows 2000: without padding and without the flavors of qualifiers
    #[arg(long)]
    old_edition: bool,
    #[command(flatten)]
    halves: Halves,
    #[command(flatten)]
    initial: Initial,
}

/// The halves of a localised schema.
#[derive(Args)]
#[command(next_help_heading = "Localised schemas")]
struct Halves {
    /// Write the classes without localised texts to this file
    #[arg(long, value_name = "FILE", requires = "mfl")]
    #[arg(conflicts_with_all = ["output", "optimal", "old_edition"])]
    mof: Option<Place>,
    /// Write the localised texts to this file
    #[arg(long, value_name = "FILE", requires = "mof")]
    mfl: Option<Place>,
    /// The locale of the texts, such as `MS_409`, instead of that of `#pragma amendment` or of the
    /// qualifier `Locale`
    #[arg(long, value_name = "LOCALE", requires = "mfl", value_parser = locale)]
    amendment: Option<u32>,
}

/// What holds until a pragma says otherwise.
#[derive(Args)]
#[command(next_help_heading = "Until a pragma in the text")]
struct Initial {
    /// The namespace of classes and instances
    #[arg(long, value_name = "PATH")]
    namespace: Option<String>,
    /// What happens to classes that exist: `updateonly`, `createonly`, `safeupdate`, `forceupdate`;
    /// may be given several times
    #[arg(long = "class", value_name = "FLAG", value_parser = class_flag)]
    class: Vec<ChangeFlags>,
    /// What happens to instances that exist: `updateonly`, `createonly`
    #[arg(long = "instance", value_name = "FLAG", value_parser = instance_flag)]
    instance: Vec<ChangeFlags>,
}

fn class_flag(text: &str) -> core::result::Result<ChangeFlags, String> {
    flag(text, ChangeFlags::KEYWORDS)
}

fn instance_flag(text: &str) -> core::result::Result<ChangeFlags, String> {
    flag(text, ChangeFlags::OF_INSTANCES)
}

fn flag(text: &str, known: &[(ChangeFlags, &str)]) -> core::result::Result<ChangeFlags, String> {
    let flag = known
        .iter()
        .find(|(_, word)| word.eq_ignore_ascii_case(text));
    let words = || known.iter().map(|(_, word)| *word).collect::<Vec<_>>();
    flag.map(|(flag, _)| *flag)
        .ok_or_else(|| format!("the flags are {}", words().join(", ")))
}

impl Initial {
    fn is_default(&self) -> bool {
        self.namespace.is_none() && self.class.is_empty() && self.instance.is_empty()
    }
}

impl Compile {
    pub(crate) fn run(self) -> Result {
        self.output.differs_from(&self.input.places)?;
        for (half, option) in [
            (&self.halves.mof, "--mof FILE"),
            (&self.halves.mfl, "--mfl FILE"),
        ] {
            if let Some(half) = half {
                output::refuse_input(half, option, &self.input.places)?;
            }
        }
        let arena = Arena::new();
        let schema = self.read(&arena)?;
        // An MFL alone has its classes elsewhere.
        if schema.file.classes().any(|class| !class.is_amendment()) {
            schema.warn_of_misplaced_texts();
        }
        if self.wmi {
            check_for_drivers(&schema, &arena)?;
        }
        if self.syntax_only {
            return Ok(());
        }
        match (&self.halves.mof, &self.halves.mfl) {
            (Some(mof), Some(mfl)) => self.split(&schema, mof, mfl),
            _ => self.compile(&schema),
        }
    }

    fn read<'a>(&self, arena: &'a Arena) -> Result<Schema<'a>> {
        let Initial {
            namespace,
            class,
            instance,
        } = &self.initial;
        let union = |flags: &[ChangeFlags]| flags.iter().copied().reduce(ChangeFlags::union);
        let schema = self.input.read_as(arena, |reader| {
            let reader = match namespace {
                Some(namespace) => reader.namespace(namespace),
                None => reader,
            };
            let reader = match union(class) {
                Some(flags) => reader.class_flags(flags),
                None => reader,
            };
            match union(instance) {
                Some(flags) => reader.instance_flags(flags),
                None => reader,
            }
        })?;
        if schema.reading.is_none() && !self.initial.is_default() {
            return Err(Failure::Usage(
                "`--namespace`, `--class` and `--instance` are for MOF text; binary MOF has its own"
                    .to_owned(),
            ));
        }
        // Text with nothing but pragmas and macros is right as text.
        if schema.file.objects.is_empty() && !self.syntax_only {
            return Err(schema.fault("it has no classes"));
        }
        Ok(schema)
    }

    fn compile(&self, schema: &Schema<'_>) -> Result {
        let amendment = schema.reading.as_ref().and_then(|it| it.amendment);
        if amendment.is_some() {
            return Err(schema.fault(
                "`#pragma amendment` splits the schema; name the halves by `--mof FILE` and \
                 `--mfl FILE`, and compile them together",
            ));
        }
        let classes = schema.file.classes().count();
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
        let bytes = match &schema.container {
            Some(bytes) if !self.optimal && !self.old_edition => bytes.clone(),
            _ => bmf::encode(&file, packing).map_err(|why| schema.fault(why))?,
        };
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

    /// Writes neutral MOF and MFL.
    fn split(&self, schema: &Schema<'_>, mof: &Place, mfl: &Place) -> Result {
        let (Some(mof), Some(mfl)) = (mof.file(), mfl.file()) else {
            return Err(Failure::Usage(
                "standard output cannot take two halves; name a file each by `--mof` and `--mfl`"
                    .to_owned(),
            ));
        };
        if is_same(mof, mfl) {
            return Err(Failure::Usage(
                "`--mof` and `--mfl` name the same file; name two".to_owned(),
            ));
        }
        let of_pragma = schema.reading.as_ref().and_then(|it| it.amendment);
        let neutral = schema.file.mof().style(Style::Neutral);
        let mut texts = schema.file.mof().style(Style::Mfl);
        if let Some(locale) = self.halves.amendment.or(of_pragma) {
            texts = texts.locale(locale);
        }
        let texts = texts.to_string();
        if texts.is_empty() {
            return Err(schema.fault(
                "it has no localised texts; mark them as in `Description(\"..\") : amended`",
            ));
        }
        output::replace(&[
            (mof, neutral.to_string().as_bytes()),
            (mfl, texts.as_bytes()),
        ])?;
        input::note(format_args!(
            "wrote {} and {}; compile them together, with the MFLs of other languages",
            mof.display(),
            mfl.display()
        ));
        Ok(())
    }
}

/// Whether two paths, which may not exist yet, name one file.
fn is_same(a: &Path, b: &Path) -> bool {
    let whole = |path: &Path| -> Option<_> {
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new(".")).canonicalize().ok()?;
        Some(folder.join(path.file_name().unwrap_or(OsStr::new(""))))
    };
    a == b || whole(a).is_some_and(|a| Some(a) == whole(b))
}

/// Prints the findings of `check`, and fails if one is an error.
fn check_for_drivers<'a>(schema: &Schema<'a>, arena: &'a Arena) -> Result {
    // The rules about texts are of classes with their texts.
    let merged = amendment::merge(arena, &schema.file, None);
    let findings = check(&merged);
    for finding in &findings {
        input::tell(shown(schema, finding).trim_end());
    }
    let is_error = |severity| severity == Severity::Error;
    if findings.iter().any(|finding| is_error(finding.severity())) {
        return Err(Failure::Findings);
    }
    Ok(())
}
