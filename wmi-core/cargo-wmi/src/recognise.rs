//! Recognises the format of a schema from its content.

use core::fmt;
use std::collections::BTreeSet;

use wmi_tools::bmf;
use wmi_tools::image::{self, ImageError, MofResource};
use wmi_tools::mof;

/// The schema found in some bytes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Found<'a> {
    /// MOF text, in any encoding.
    Text,
    /// The payload of a binary MOF, unpacked.
    Payload,
    /// Binary MOF, possibly followed by other bytes, as in firmware buffers.
    Binary {
        bytes: &'a [u8],
        /// Where it was found, if not at the start.
        place: Option<String>,
    },
}

/// Why no schema was found.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum NotFound {
    Empty,
    Unknown,
    /// The resources of an image contain several binary MOFs.
    SeveralResources(Vec<String>),
    /// Several binary MOFs start at these offsets.
    SeveralOffsets(Vec<usize>),
    /// No binary MOF starts at this offset.
    NotAt(usize),
    Image(ImageError),
    NoResource,
    NoResourceOfName(String),
    NoResourceOfLanguage,
    /// A resource was requested, but the input is not an image.
    NoImage,
}

/// Which of several binary MOFs to read.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Choice<'a> {
    /// The resource of this name and this language, each if given; without either, the only one.
    Resource {
        name: Option<&'a str>,
        language: Option<u32>,
    },
    /// The binary MOF at this offset.
    At(usize),
}

impl Choice<'_> {
    /// The only one.
    pub(crate) const ONLY: Self = Self::Resource {
        name: None,
        language: None,
    };
}

/// A binary MOF, and where it was found.
pub(crate) struct Binary<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) place: String,
}

/// Returns all binary MOFs in these bytes: the resources of an image, or those anywhere in a table.
/// Resources that share their bytes count once, or a small image could hold any number of classes.
pub(crate) fn all(bytes: &[u8]) -> Result<Vec<Binary<'_>>, NotFound> {
    let mut found = Vec::new();
    if is_image(bytes) {
        let mut resources = image::mof_resources(bytes).map_err(NotFound::Image)?;
        let mut known = BTreeSet::new();
        resources.retain(|resource| known.insert(resource.data.as_ptr()));
        found.extend(resources.iter().map(|resource| Binary {
            bytes: resource.data,
            place: place_of(resource),
        }));
    }
    if found.is_empty() {
        found.extend(starts(bytes).map(|(at, bytes)| Binary {
            bytes,
            place: place_at(at),
        }));
    }
    match found.is_empty() {
        true => Err(NotFound::Unknown),
        false => Ok(found),
    }
}

/// Whether the bytes are an image. Text with the same first bytes contains no NUL.
pub(crate) fn is_image(bytes: &[u8]) -> bool {
    bytes.starts_with(b"MZ") && bytes.contains(&0)
}

/// Returns the schema in these bytes.
pub(crate) fn find<'a>(bytes: &'a [u8], choice: Choice<'_>) -> Result<Found<'a>, NotFound> {
    let (name, language) = match choice {
        Choice::Resource { name, language } => (name, language),
        Choice::At(at) => {
            let found = bytes.get(at..).filter(|rest| bmf::is_container(rest));
            return found.ok_or(NotFound::NotAt(at)).map(|bytes| Found::Binary {
                bytes,
                place: Some(place_at(at)),
            });
        }
    };
    if is_image(bytes) {
        return in_image(bytes, name, language);
    }
    if name.is_some() || language.is_some() {
        return Err(NotFound::NoImage);
    }
    if bytes.is_empty() {
        return Err(NotFound::Empty);
    }
    if bmf::is_container(bytes) {
        return embedded(bytes, NotFound::Unknown);
    }
    if bytes.starts_with(b"FOMB") {
        return Ok(Found::Payload);
    }
    if mof::is_text(bytes) {
        return Ok(Found::Text);
    }
    embedded(bytes, NotFound::Unknown)
}

/// Searches the resources, and then the rest of the image: drivers may serve their MOF themselves.
fn in_image<'a>(
    bytes: &'a [u8],
    name: Option<&str>,
    language: Option<u32>,
) -> Result<Found<'a>, NotFound> {
    let resources = image::mof_resources(bytes).map_err(NotFound::Image)?;
    let wanted = |resource: &&MofResource<'_>| {
        name.is_none_or(|name| resource.name.eq_ignore_ascii_case(name))
            && language.is_none_or(|language| u32::from(resource.language) == language)
    };
    let found: Vec<_> = resources.iter().filter(wanted).collect();
    match (&found[..], name) {
        ([resource], _) => Ok(Found::Binary {
            bytes: resource.data,
            place: Some(place_of(resource)),
        }),
        ([], Some(name)) => Err(NotFound::NoResourceOfName(name.to_owned())),
        ([], None) if language.is_some() => Err(NotFound::NoResourceOfLanguage),
        ([], None) => embedded(bytes, NotFound::NoResource),
        (several, _) => Err(NotFound::SeveralResources(
            several.iter().map(|resource| place_of(resource)).collect(),
        )),
    }
}

fn place_of(resource: &MofResource<'_>) -> String {
    let MofResource { name, language, .. } = resource;
    format!("in resource {name} of language {language:#x}")
}

fn place_at(at: usize) -> String {
    format!("at byte {at:#x}")
}

/// Searches other bytes, such as a firmware table, for a binary MOF.
fn embedded(bytes: &[u8], otherwise: NotFound) -> Result<Found<'_>, NotFound> {
    let starts: Vec<_> = starts(bytes).collect();
    match *starts {
        [] => Err(otherwise),
        [(at, bytes)] => Ok(Found::Binary {
            bytes,
            place: (at > 0).then(|| place_at(at)),
        }),
        _ => Err(NotFound::SeveralOffsets(
            starts.iter().map(|(at, _)| *at).collect(),
        )),
    }
}

/// Returns the offsets at which a binary MOF starts, and the bytes from there.
fn starts(bytes: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    (0..bytes.len())
        .filter_map(|at| Some((at, bytes.get(at..)?)))
        .filter(|(_, rest)| bmf::is_container(rest))
}

impl fmt::Display for NotFound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the input is empty"),
            Self::Unknown => f.write_str(
                "this is neither MOF text nor binary MOF, nor an image or table that contains one",
            ),
            Self::SeveralResources(places) => write!(
                f,
                "this contains {} binary MOFs: {}; choose one with `--resource` and `--resource-language`",
                places.len(),
                places.join(", ")
            ),
            Self::SeveralOffsets(offsets) => {
                write!(f, "this contains {} binary MOFs", offsets.len())?;
                let mut separator = ": ";
                for at in offsets {
                    write!(f, "{separator}{}", place_at(*at))?;
                    separator = ", ";
                }
                f.write_str("; choose one with `--at OFFSET`")
            }
            Self::NotAt(at) => write!(
                f,
                "no binary MOF starts {}; leave out `--at` to see where one does",
                place_at(*at)
            ),
            Self::Image(why) => why.fmt(f),
            Self::NoResource => f.write_str(
                "this image does not have a resource of type `MOFDATA` or binary MOF among its \
                 data; see whether the driver's registry key names another image as `MofImagePath`",
            ),
            Self::NoResourceOfName(name) => write!(
                f,
                "this image does not have a resource `{name}` of type `MOFDATA`; leave out \
                 `--resource` to see which it has"
            ),
            Self::NoResourceOfLanguage => f.write_str(
                "this image does not have a resource of type `MOFDATA` in this language; leave out \
                 `--resource-language` to see which it has",
            ),
            Self::NoImage => {
                f.write_str("this is not an image and has no resources; leave out `--resource`")
            }
        }
    }
}
