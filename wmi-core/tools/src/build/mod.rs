//! For the build script of a driver: writes the artefacts of a schema, and links the binary MOF
//! into the driver as its `MOFDATA` resource. Neither needs Microsoft's tools.
//!
//! The classes are in a crate that is both a dependency and a build-dependency of the driver:
//!
//! ```toml
//! [dependencies]
//! iscsi-schema = { path = "../iscsi-schema" }
//!
//! [build-dependencies]
//! iscsi-schema = { path = "../iscsi-schema" }
//! wmi-tools = "0.1"
//! ```
//!
//! ```no_run
//! // build.rs
//! use wmi_tools::build::{Build, BuildError};
//! # use wmi_core::schema::{Class, Schema};
//! # mod iscsi_schema {
//! #     use super::*;
//! #     pub const SCHEMA: Schema<'static> = Schema::new(&[&Class::new("Vendor_Stats")]);
//! # }
//!
//! fn main() -> Result<(), BuildError> {
//!     Build::new("iscsi", &iscsi_schema::SCHEMA)
//!         .resource_name("IscsiMof")
//!         .link()?;
//!     Ok(())
//! }
//! ```
//!
//! The build script can instead include a module of the driver by `#[path]`.
//!
//! The driver then names the resource when it registers. A driver that serves its own MOF, through
//! the class `MSWmi_MofData`, takes it from [`include_bmf!`](wmi_core::include_bmf).
//!
//! [`link_driver`] makes the linker produce a driver.
//!
//! With the feature `doc`, `Build::doc` adds a page that documents the classes, and `Build::against` the
//! changes since an earlier edition.
//!
//! If copies of the artefacts are committed, for review or for other tools, a test that calls
//! [`Build::assert_fresh`] keeps them up to date.

mod artifact;
mod driver;
mod error;
mod fresh;
mod inf;
mod resource;

use std::env;

use std::fs;
use std::path::{Path, PathBuf};

pub use artifact::{Artifact, Written};
pub use driver::link_driver;
pub use error::BuildError;
pub use fresh::Stale;
pub use inf::{InfSection, Sddl, SddlError};
pub use resource::{Machine, ResourceForm};

#[cfg(feature = "doc")]
use crate::amendment;
use crate::bmf::{self, Packing};
#[cfg(feature = "doc")]
use crate::doc::SchemaPage;
use crate::header::Header;
#[cfg(feature = "read")]
use crate::{Arena, mof};
use resource::Resource;
use wmi_core::mof::Style;
#[cfg(feature = "read")]
use wmi_core::schema::File;
use wmi_core::schema::Schema;
use wmi_vocabulary::is_resource_name;

/// The artefacts of a schema, and how to make them.
#[derive(Clone, Copy, Debug)]
#[must_use = "nothing is written before `write` or `link`"]
pub struct Build<'a> {
    name: &'a str,
    schema: &'a Schema<'a>,
    artifacts: &'a [Artifact],
    resource_name: &'a str,
    language: u16,
    packing: Packing,
    /// The MFLs of other languages, if texts are apart from their classes.
    #[cfg(feature = "read")]
    translations: Option<&'a [(&'a str, &'a str)]>,
    header: fn(Header<'_>) -> Header<'_>,
    #[cfg(feature = "doc")]
    page: bool,
    /// The name and the content of the earlier edition that the page compares with.
    #[cfg(feature = "doc")]
    earlier: Option<(&'a str, &'a [u8])>,
}

impl<'a> Build<'a> {
    /// Prepares all artefacts of a schema, in files with this name and an extension each.
    pub const fn new(name: &'a str, schema: &'a Schema<'a>) -> Self {
        Self {
            name,
            schema,
            artifacts: &Artifact::ALL,
            resource_name: "MofResource",
            language: 0x409,
            packing: Packing::Greedy,
            #[cfg(feature = "read")]
            translations: None,
            header: |header| header,
            #[cfg(feature = "doc")]
            page: false,
            #[cfg(feature = "doc")]
            earlier: None,
        }
    }

    /// Sets the name of the resource, which the driver registers as `MofResourceName`. The default
    /// is `MofResource`.
    ///
    /// It consists of letters, digits and `_`, and does not start with a digit; case is ignored.
    pub const fn resource_name(mut self, name: &'a str) -> Self {
        self.resource_name = name;
        self
    }

    /// Names the resource as NDIS looks for it: `NdisMofResource`. For a miniport driver, whose classes
    /// NDIS registers. Source: "NDIS Support for WMI", windows-driver-docs.
    pub const fn ndis(self) -> Self {
        self.resource_name("NdisMofResource")
    }

    /// Sets the language of the resource, a `LANGID`. The default is 0x409, US English.
    pub const fn language(mut self, language: u16) -> Self {
        self.language = language;
        self
    }

    /// Sets how the binary MOF is packed.
    pub const fn packing(mut self, packing: Packing) -> Self {
        self.packing = packing;
        self
    }

    /// Makes the binary MOF of a localised driver: it has the classes without their localised texts,
    /// and the texts in the namespace of their language, such as `root\wmi\ms_409`. `translations`
    /// are the texts in other languages: MFLs, each with its name for messages.
    ///
    /// A translator copies the [`Artifact::Mfl`], changes `ms_409` and `LOCALE` to the new language,
    /// and translates the texts:
    ///
    /// ```
    /// # use wmi_core::schema::{Class, Flavor, Qualifier, Schema, Value};
    /// # use wmi_tools::build::{Artifact, Build, BuildError};
    /// # const TEXT: Qualifier<'static> =
    /// #     Qualifier::new("Description", Value::String("Queue")).with_flavor(Flavor::AMENDED);
    /// # const SCHEMA: Schema<'static> =
    /// #     Schema::new(&[&Class::new("Vendor_Queue").with_qualifiers(&[TEXT])]);
    /// # let german = Build::new("vendor", &SCHEMA).content(Artifact::Mfl)?;
    /// # let german = String::from_utf8(german).unwrap().replace("409", "407").replace("1033", "1031");
    /// // In a build script: let german = include_str!("vendor_de.mfl");
    /// let build = Build::new("vendor", &SCHEMA);
    /// let translations = [("vendor_de.mfl", german.as_str())];
    /// let bmf = build.localised(&translations).content(Artifact::BinaryMof)?;
    /// # let arena = wmi_tools::Arena::new();
    /// # let file = wmi_tools::bmf::decode(&arena, &bmf).unwrap();
    /// # assert_eq!(wmi_tools::amendment::languages(&file), [0x409, 0x407]);
    /// # Ok::<(), BuildError>(())
    /// ```
    ///
    /// A text for a class or member that the schema does not have is an error.
    ///
    /// Clients see the language of their session, or else English. Source: "Building and Deploying
    /// the Localized MOF File", windows-driver-docs.
    #[cfg(feature = "read")]
    pub const fn localised(mut self, translations: &'a [(&'a str, &'a str)]) -> Self {
        self.translations = Some(translations);
        self
    }

    /// Sets the options of the C header. By default all are on;
    /// `.header(|header| header.corrected(false))` gives exactly the output of `wmimofck -m -u`.
    pub const fn header(mut self, choices: fn(Header<'_>) -> Header<'_>) -> Self {
        self.header = choices;
        self
    }

    /// Sets the artefacts to write. The default is all.
    pub const fn artifacts(mut self, artifacts: &'a [Artifact]) -> Self {
        self.artifacts = artifacts;
        self
    }

    /// Also writes the page of the schema, [`Artifact::Page`]: one HTML file that documents every class.
    /// Its title is the name of the files.
    #[cfg(feature = "doc")]
    pub const fn doc(mut self) -> Self {
        self.page = true;
        self
    }

    /// Also writes the page, like [`doc`](Self::doc), and adds the changes against an earlier edition of
    /// the schema, as [`diff`](mod@crate::diff) returns them: those since the last release, for example.
    ///
    /// `content` is the edition as MOF text or binary MOF, `name` its name on the page and in messages:
    ///
    /// ```
    /// # use wmi_core::schema::{Class, Schema};
    /// # use wmi_tools::build::{Artifact, Build, BuildError};
    /// # const SCHEMA: Schema<'static> = Schema::new(&[&Class::new("Vendor_Queue")]);
    /// # let published = Build::new("vendor", &SCHEMA).content(Artifact::BinaryMof)?;
    /// // In a build script: let published = include_bytes!("published.bmf");
    /// let build = Build::new("vendor", &SCHEMA).against("published.bmf", &published);
    /// # let page = String::from_utf8(build.content(Artifact::Page)?).unwrap();
    /// # assert!(page.contains("id=\"~changes\""));
    /// # Ok::<(), BuildError>(())
    /// ```
    ///
    /// Cargo runs the script again when a file that it includes changes.
    #[cfg(feature = "doc")]
    pub const fn against(mut self, name: &'a str, content: &'a [u8]) -> Self {
        self.earlier = Some((name, content));
        self.doc()
    }

    /// Writes the artefacts into Cargo's `OUT_DIR`, and tells Cargo when to run the script again.
    ///
    /// Unchanged files are not written, so nothing that depends on them is rebuilt.
    ///
    /// # Errors
    ///
    /// [`BuildError`] if a name is invalid, the schema cannot be expressed, `OUT_DIR` is not set,
    /// or a file cannot be written. The error is also printed as a Cargo error.
    pub fn write(&self) -> Result<Written, BuildError> {
        // Cargo always watches the script and the crates that it uses. Printing any
        // `rerun-if-changed` disables the watch of the whole package; every package has this file.
        println!("cargo::rerun-if-changed=Cargo.toml");
        told(out_dir().and_then(|folder| self.write_to(folder)))
    }

    /// Writes the artefacts like [`write`](Self::write), and links the binary MOF as a resource
    /// into the driver, and into all other programs, libraries and tests of the package.
    ///
    /// This belongs in the build script of the driver's own package. Cargo passes nothing that the
    /// script of a schema library links on to the driver, whose image then lacks the resource without
    /// an error.
    ///
    /// Links nothing unless the target is Windows, so that tests run on other systems.
    ///
    /// # Errors
    ///
    /// [`BuildError`] as for [`write`](Self::write), and if resources cannot be linked for the
    /// target's architecture. The error is also printed as a Cargo error.
    pub fn link(&self) -> Result<Written, BuildError> {
        let written = self.write()?;
        if env::var_os("CARGO_CFG_WINDOWS").is_some() {
            told(self.link_resource(written.folder()))?;
        }
        Ok(written)
    }

    /// Writes the artefacts into a folder, without telling Cargo. Unchanged files are not written.
    ///
    /// # Errors
    ///
    /// [`BuildError`] if a name is invalid, the schema cannot be expressed, or a file cannot be
    /// written. Only in the last case may some files have been written.
    pub fn write_to(&self, folder: impl AsRef<Path>) -> Result<Written, BuildError> {
        let folder = folder.as_ref();
        let contents = self.contents()?;
        let mut changed = Vec::new();
        for (artifact, content) in contents {
            if write_changed(&self.path(folder, artifact), &content)? {
                changed.push(artifact);
            }
        }
        Ok(Written::new(
            folder.to_owned(),
            self.name.to_owned(),
            changed,
        ))
    }

    /// Writes the part of the INF that says who may use the classes into Cargo's `OUT_DIR`, as
    /// `name.wmi.inf`, and returns the path. The driver's INF holds a copy: an INF cannot include it.
    ///
    /// Cargo shows the [warnings](InfSection::warnings).
    ///
    /// # Errors
    ///
    /// [`BuildError`] if the install section has no proper name, the schema has no class, or the file
    /// cannot be written. Cargo is told as well.
    pub fn write_inf(&self, section: &InfSection<'_>) -> Result<PathBuf, BuildError> {
        told(self.write_section(section))
    }

    fn write_section(&self, section: &InfSection<'_>) -> Result<PathBuf, BuildError> {
        self.check()?;
        section.check()?;
        for warning in section.warnings() {
            println!("cargo::warning={warning}");
        }
        let path = out_dir()?.join(format!("{}.wmi.inf", self.name));
        // The lines of an INF end as on Windows.
        let text = section.to_string().replace('\n', "\r\n");
        write_changed(&path, text.as_bytes())?;
        Ok(path)
    }

    /// Returns the content of each selected artefact.
    fn contents(&self) -> Result<Vec<(Artifact, Vec<u8>)>, BuildError> {
        self.check()?;
        let content = |artifact: &Artifact| Ok((*artifact, self.content(*artifact)?));
        let artifacts = self.artifacts.iter();
        #[cfg(feature = "doc")]
        let artifacts = {
            let is_listed = self.artifacts.contains(&Artifact::Page);
            artifacts.chain((self.page && !is_listed).then_some(&Artifact::Page))
        };
        artifacts.map(content).collect()
    }

    /// Returns the content of one artefact.
    ///
    /// # Errors
    ///
    /// [`BuildError`] if the artefact cannot express the schema.
    pub fn content(&self, artifact: Artifact) -> Result<Vec<u8>, BuildError> {
        Ok(match artifact {
            Artifact::Mof => self.mof(Style::Neutral).into_bytes(),
            Artifact::Mfl => self.mof(Style::Mfl).into_bytes(),
            Artifact::BinaryMof => self.binary_mof()?,
            Artifact::Header => {
                let file = format!("{}.h", self.name);
                let header = whole(Header::new(&file, self.schema));
                (self.header)(header).to_string().into_bytes()
            }
            Artifact::ResourceScript => self.resource_script().into_bytes(),
            #[cfg(feature = "doc")]
            Artifact::Page => self.page()?.into_bytes(),
        })
    }

    #[cfg(feature = "doc")]
    fn page(&self) -> Result<String, BuildError> {
        let arena = Arena::new();
        let mut page = SchemaPage::new(self.name, self.schema);
        if let Some((name, content)) = self.earlier {
            let earlier = read_earlier(&arena, name, content);
            let earlier = earlier.map_err(|why| BuildError::Earlier(name.to_owned(), why))?;
            page = page.against(name, &earlier);
        }
        let Some(translations) = self.translations else {
            return Ok(page.to_string());
        };
        let separate = self.localised_file(&arena, translations)?;
        for (language, merged) in &amendment::merge_each(&arena, &separate) {
            page = page.translation(*language, merged);
        }
        Ok(page.to_string())
    }

    fn binary_mof(&self) -> Result<Vec<u8>, BuildError> {
        #[cfg(feature = "read")]
        if let Some(translations) = self.translations {
            return self.localised_bmf(translations);
        }
        bmf::encode_schema(self.schema, self.packing).map_err(BuildError::BinaryMof)
    }

    /// Compiles both halves and the translations as one.
    #[cfg(feature = "read")]
    fn localised_bmf(&self, translations: &[(&str, &str)]) -> Result<Vec<u8>, BuildError> {
        let arena = Arena::new();
        let file = self.localised_file(&arena, translations)?;
        bmf::encode(&file, self.packing).map_err(BuildError::BinaryMof)
    }

    /// Reads both halves and the translations as one.
    #[cfg(feature = "read")]
    fn localised_file<'f>(
        &self,
        arena: &'f Arena,
        translations: &[(&str, &str)],
    ) -> Result<File<'f>, BuildError> {
        let names =
            [Artifact::Mof, Artifact::Mfl].map(|it| format!("{}.{}", self.name, it.extension()));
        let halves = [Style::Neutral, Style::Mfl].map(|style| self.mof(style));
        let mut texts: Vec<(&str, &[u8])> = Vec::new();
        texts.extend(
            names
                .iter()
                .zip(&halves)
                .map(|(name, half)| (&**name, half.as_bytes())),
        );
        texts.extend(
            translations
                .iter()
                .map(|(name, text)| (*name, text.as_bytes())),
        );
        let reading = mof::Reader::new(arena).read_all(&texts);
        let mut faults = reading.misplaced_texts();
        if reading.has_errors() || !faults.is_empty() {
            faults.splice(..0, reading.diagnostics.iter().cloned());
            return Err(BuildError::Translation(rendered(&reading, &faults)));
        }
        Ok(reading.file.with_edition(self.schema.edition))
    }

    fn mof(&self, style: Style) -> String {
        self.schema.mof().style(style).to_string()
    }

    fn resource_script(&self) -> String {
        let Self {
            name,
            resource_name,
            ..
        } = self;
        let (primary, sub) = (self.language & 0x3ff, self.language >> 10);
        format!(
            "// The WMI schema of the driver. In another script, include this last: the language is\n\
             // that of all that follows.\n\
             LANGUAGE {primary:#04x}, {sub:#04x}\n\
             {resource_name} MOFDATA \"{name}.bmf\"\n"
        )
    }

    fn path(&self, folder: &Path, artifact: Artifact) -> PathBuf {
        artifact.path(folder, self.name)
    }

    fn check(&self) -> Result<(), BuildError> {
        if self.schema.classes.is_empty() {
            return Err(BuildError::NoClasses);
        }
        // A path could lead out of the folder.
        if Path::new(self.name).file_name() != Some(self.name.as_ref()) {
            return Err(BuildError::Name(self.name.to_owned()));
        }
        if let Some(extension) = Path::new(self.name).extension() {
            let written = Artifact::ALL.map(Artifact::extension);
            if written
                .iter()
                .any(|known| extension.eq_ignore_ascii_case(known))
            {
                return Err(BuildError::Name(self.name.to_owned()));
            }
        }
        if !is_resource_name(self.resource_name) {
            return Err(BuildError::ResourceName(self.resource_name.to_owned()));
        }
        if self.language == 0 {
            return Err(BuildError::NoLanguage);
        }
        Ok(())
    }

    /// Returns the resource with the binary MOF in the form that a linker needs, for drivers that
    /// do not use [`link`](Self::link).
    ///
    /// # Errors
    ///
    /// [`BuildError`] if a name or the language is invalid, or the schema cannot be encoded.
    pub fn resource(&self, form: ResourceForm) -> Result<Vec<u8>, BuildError> {
        self.check()?;
        let data = self.content(Artifact::BinaryMof)?;
        let resource = Resource {
            name: self.resource_name,
            language: self.language,
            data: &data,
        };
        Ok(resource.bytes(form))
    }

    /// Writes the resource in the form of the target's linker, and passes it to the linker.
    fn link_resource(&self, folder: &Path) -> Result<(), BuildError> {
        let form = ResourceForm::of_target()?;
        let path = folder.join(format!("{}.{}", self.name, form.extension()));
        write_changed(&path, &self.resource(form)?)?;
        println!("cargo::rustc-link-arg={}", path.display());
        Ok(())
    }
}

/// Reads an earlier edition, MOF text or binary MOF, or returns what is wrong with it.
#[cfg(feature = "doc")]
fn read_earlier<'a>(arena: &'a Arena, name: &str, content: &[u8]) -> Result<File<'a>, String> {
    let file = if mof::is_text(content) {
        let reading = mof::Reader::new(arena).read(name, content);
        if reading.has_errors() {
            return Err(format!(
                "it has errors:\n{}",
                rendered(&reading, &reading.diagnostics)
            ));
        }
        reading.file
    } else {
        let damaged = |why| format!("the binary MOF is damaged {why}");
        bmf::decode(arena, content).map_err(damaged)?
    };
    match file.classes().next() {
        Some(_) => Ok(file),
        None => Err("it has no classes".to_owned()),
    }
}

/// Returns diagnostics with the lines at fault.
#[cfg(feature = "read")]
fn rendered(reading: &mof::Reading<'_>, diagnostics: &[mof::Diagnostic]) -> String {
    let texts = diagnostics.iter().map(|it| reading.sources.render(it));
    texts.collect::<Vec<_>>().join("\n\n")
}

/// Turns on all options.
fn whole(header: Header<'_>) -> Header<'_> {
    header
        .method_structs(true)
        .variable_members(true)
        .corrected(true)
}

fn out_dir() -> Result<PathBuf, BuildError> {
    env::var_os("OUT_DIR")
        .map(PathBuf::from)
        .ok_or(BuildError::NoOutDir)
}

/// Prints an error for Cargo, which shows the message. For an error returned by `main`, Cargo shows
/// only the `Debug` form.
fn told<T>(result: Result<T, BuildError>) -> Result<T, BuildError> {
    if let Err(why) = &result {
        println!("cargo::error={why}");
    }
    result
}

/// Writes a file unless it already has this content; returns whether it wrote.
fn write_changed(path: &Path, content: &[u8]) -> Result<bool, BuildError> {
    if fs::read(path).is_ok_and(|old| old == content) {
        return Ok(false);
    }
    let failed = |why| BuildError::File(path.to_owned(), why);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    fs::write(path, content).map_err(failed)?;
    Ok(true)
}
