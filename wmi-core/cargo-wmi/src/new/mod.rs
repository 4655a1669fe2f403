//! `cargo wmi new`.
//!
//! The files of a project are templates in this folder. The schema and the provider are written by
//! [`import`], as for an existing driver; the templates hold the driver around them. A template without
//! `{{..}}` is also a module of the example drivers, so that it is compiled and tested there.

mod name;
mod template;

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use wmi_core::schema::{File, Schema};
use wmi_tools::Arena;
use wmi_tools::build::{Artifact, Build, BuildError, InfSection};
use wmi_tools::import::{self, DriverModel, Options, ProviderOptions};
use wmi_tools::mof::Reader;

use crate::failure::{Failure, Result};
use crate::model::Model;
use crate::{guid, input, output};
use name::Name;
use template::{Kernel, Template};

const EXAMPLES: &str = "\
Examples:
  cargo wmi new thermometer --kmdf
  cargo wmi new drivers/adapter --storport
  cargo wmi new filter --wdm --checkout ../wmi

Exit status:
  0  the project was written
  2  wrong arguments, or the folder exists or cannot be written; nothing was written";

/// Start a driver with WMI classes
///
/// The folder gets a whole Rust package: classes with fresh GUIDs (counters, settings and an event),
/// their provider with a test on a simulated WMI, the driver's entry and its devices, an INF, and a
/// script for CI. It builds and tests on any system, and links for Windows without the WDK; its README
/// has the commands.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct New {
    /// Folder to create; its last part is the name of the package and of the driver
    #[arg(value_name = "NAME")]
    path: PathBuf,
    #[command(flatten)]
    model: Model,
    /// Depend on a checkout of this library in DIR instead of on the published crates
    #[arg(long, value_name = "DIR")]
    checkout: Option<PathBuf>,
}

impl New {
    pub(crate) fn run(self) -> Result {
        let name = Name::of(&self.path)?;
        let library = Library::new(self.checkout.as_deref())?;
        output::refuse_existing(&self.path)?;
        let files = files(&name, self.model.chosen(), &library)?;
        output::create_folder(&self.path, &files)?;
        if let Library::Published = library {
            input::warning(format_args!(
                "crates.io does not have version {} of the library yet; add `--checkout DIR` with the \
                 folder of its sources",
                env!("CARGO_PKG_VERSION")
            ));
        }
        input::note(format_args!(
            "wrote {} to {}; its README.md has the next steps",
            input::counted(files.len(), "file", "files"),
            self.path.display()
        ));
        Ok(())
    }
}

/// The place of this library's crates.
enum Library {
    /// The published crates of this version.
    Published,
    Checkout(String),
}

impl Library {
    fn new(checkout: Option<&Path>) -> Result<Self> {
        let Some(folder) = checkout else {
            return Ok(Self::Published);
        };
        if !folder.join("wmi-core/driver/Cargo.toml").is_file() {
            return Err(Failure::Usage(format!(
                "{}: this is not a checkout of the library; name the folder with `wmi-core` and \
                 `wmi-derive`",
                folder.display()
            )));
        }
        let whole = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
        match whole.to_str() {
            // Windows writes whole paths with a prefix that Cargo need not know. Slashes serve there
            // too, and need no escape.
            Some(path) if cfg!(windows) => {
                let path = match path.strip_prefix(r"\\?\UNC") {
                    Some(share) => format!(r"\{share}"),
                    None => path.trim_start_matches(r"\\?\").to_owned(),
                };
                Ok(Self::Checkout(path.replace('\\', "/")))
            }
            Some(path) => Ok(Self::Checkout(path.to_owned())),
            None => Err(Failure::Usage(format!(
                "{}: a manifest cannot hold this path, which is not UTF-8; rename the folder",
                folder.display()
            ))),
        }
    }

    /// Returns the source of a crate, as in the table of a dependency. `folder` is its folder in a
    /// checkout.
    fn source(&self, folder: &str) -> String {
        match self {
            Self::Published => format!("version = \"={}\"", env!("CARGO_PKG_VERSION")),
            // The strings of JSON are strings of TOML.
            Self::Checkout(checkout) => {
                format!(
                    "path = {}",
                    serde_json::json!(format!("{checkout}/{folder}"))
                )
            }
        }
    }

    /// Returns the arguments of Cargo that install the command line.
    fn install(&self) -> String {
        match self {
            Self::Published => format!(
                "cargo install cargo-wmi --version ={}",
                env!("CARGO_PKG_VERSION")
            ),
            Self::Checkout(checkout) => {
                format!("cargo install --path '{checkout}/wmi-core/cargo-wmi'")
            }
        }
    }
}

/// The name of the files of the schema's artefacts.
const ARTEFACTS: &str = "driver";

/// Returns the files of a project, by their paths in it.
fn files(name: &Name<'_>, model: DriverModel, library: &Library) -> Result<Vec<(String, Vec<u8>)>> {
    let kernel = Kernel::of(model).ok_or_else(|| {
        Failure::Usage(format!(
            "{model:?}: there is no template for this driver model"
        ))
    })?;
    let mut template = Template::new();
    template
        .set("name", name.as_str())
        .set("crate", &name.as_str().replace('-', "_"))
        .set("prefix", &name.class_prefix())
        .set("model", kernel.title)
        .set("kernel", kernel.contents)
        .set("parameters", kernel.parameters)
        .set("members", kernel.members)
        .set("arguments", kernel.arguments)
        .set("inf_class", kernel.inf_class)
        .set("inf_service", kernel.inf_service)
        .set("install", &library.install());
    for guid in ["guid_statistics", "guid_settings", "guid_event"] {
        template.set(guid, &guid::fresh()?.to_string());
    }
    for (package, folder) in [
        ("wmi-core", "wmi-core"),
        ("wmi-driver", "wmi-core/driver"),
        ("wmi-tools", "wmi-core/tools"),
    ] {
        template.set(package, &library.source(folder));
    }
    template.set("dependencies", kernel.dependencies);

    let arena = Arena::new();
    let text = template.fill(include_str!("schema.mof"));
    let reading = Reader::new(&arena).read("schema.mof", text.as_bytes());
    let import = imported(name, model, &reading.file);
    let classes: Vec<_> = reading.file.classes().collect();
    let schema = Schema::new(&classes);
    let security = InfSection::new("Driver_Install.NT", &schema).to_string();
    template.set("security", &security);

    let mut files = Vec::new();
    let mut add = |path: &str, text: String| files.push((path.to_owned(), text.into_bytes()));
    add("src/schema.rs", import.source);
    add("src/provider.rs", import.provider.unwrap_or_default());
    for (path, text) in template::COMMON.iter().chain(kernel.files) {
        add(path, template.fill(text));
    }
    let inf = template
        .fill(include_str!("driver.inf"))
        .replace('\n', "\r\n");
    add(&format!("{}.inf", name.as_str()), inf);
    let build = Build::new(ARTEFACTS, &schema);
    for artifact in [Artifact::Mof, Artifact::BinaryMof] {
        let content = build.content(artifact).map_err(failed)?;
        let path = format!("wmi/{ARTEFACTS}.{}", artifact.extension());
        files.push((path, content));
    }
    Ok(files)
}

/// Returns the source of the schema and of its provider.
fn imported(name: &Name<'_>, model: DriverModel, file: &File<'_>) -> import::Import {
    let mut options = Options::new(name.as_str());
    options.provider = Some(ProviderOptions::new(model));
    import::rust(file, &options)
}

fn failed(why: BuildError) -> Failure {
    Failure::Input(why.to_string())
}
