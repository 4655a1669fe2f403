//! Which kind of schema some bytes hold, by what stands in them.

use core::fmt;

use wmi_tools::image::{self, ImageError, MofResource};
use wmi_tools::mof;

/// A schema among some bytes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Found<'a> {
    /// MOF text, in any encoding.
    Text,
    /// The payload of a binary MOF, unpacked.
    Payload,
    /// Binary MOF, after which other bytes may follow, as in the buffers of firmware.
    Binary {
        bytes: &'a [u8],
        /// Where it was, if not at the start.
        place: Option<String>,
    },
}

/// Why there is none.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum NotFound {
    Empty,
    Unknown,
    /// There are several binary MOFs, in these places.
    Several(Vec<String>),
    Image(ImageError),
    NoResource,
    NoResourceOfName(String),
    /// A resource is asked for in what has none.
    NoImage,
}

/// The schema in these bytes. Of several resources of an image, it is the one of this name.
pub(crate) fn find<'a>(bytes: &'a [u8], resource: Option<&str>) -> Result<Found<'a>, NotFound> {
    // Text that starts so has no NUL.
    if bytes.starts_with(b"MZ") && bytes.contains(&0) {
        return in_image(bytes, resource);
    }
    if resource.is_some() {
        return Err(NotFound::NoImage);
    }
    if bytes.is_empty() {
        return Err(NotFound::Empty);
    }
    if is_binary(bytes) {
        let place = None;
        return Ok(Found::Binary { bytes, place });
    }
    if bytes.starts_with(b"FOMB") {
        return Ok(Found::Payload);
    }
    if mof::is_text(bytes) {
        return Ok(Found::Text);
    }
    embedded(bytes, NotFound::Unknown)
}

/// In a resource, and else among the image's data: drivers may serve their MOF by themselves.
fn in_image<'a>(bytes: &'a [u8], name: Option<&str>) -> Result<Found<'a>, NotFound> {
    let resources = image::mof_resources(bytes).map_err(NotFound::Image)?;
    let wanted = |resource: &&MofResource<'_>| {
        name.is_none_or(|name| resource.name.eq_ignore_ascii_case(name))
    };
    let found: Vec<_> = resources.iter().filter(wanted).collect();
    match (&found[..], name) {
        ([resource], _) => Ok(Found::Binary {
            bytes: resource.data,
            place: Some(place_of(resource)),
        }),
        ([], Some(name)) => Err(NotFound::NoResourceOfName(name.to_owned())),
        ([], None) => embedded(bytes, NotFound::NoResource),
        (several, _) => Err(NotFound::Several(
            several.iter().map(|resource| place_of(resource)).collect(),
        )),
    }
}

fn place_of(resource: &MofResource<'_>) -> String {
    let MofResource { name, language, .. } = resource;
    format!("in resource {name} of language {language:#x}")
}

/// Somewhere among other bytes, as in a table of firmware.
fn embedded(bytes: &[u8], otherwise: NotFound) -> Result<Found<'_>, NotFound> {
    let starts: Vec<_> = (0..bytes.len())
        .filter_map(|at| Some((at, bytes.get(at..)?)))
        .filter(|(_, rest)| is_binary(rest))
        .collect();
    let place = |at: usize| format!("at byte {at:#x}");
    match *starts {
        [] => Err(otherwise),
        [(at, bytes)] => Ok(Found::Binary {
            bytes,
            place: Some(place(at)),
        }),
        _ => Err(NotFound::Several(
            starts.iter().map(|(at, _)| place(*at)).collect(),
        )),
    }
}

/// Whether bytes start with the header of a binary MOF: its signature, the one kind of packing,
/// two lengths, and the signature of the packed stream.
fn is_binary(bytes: &[u8]) -> bool {
    bytes.starts_with(b"FOMB\x01\0\0\0")
        && bytes.get(16..).is_some_and(|rest| rest.starts_with(b"DS"))
}

impl fmt::Display for NotFound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the input is empty"),
            Self::Unknown => f.write_str(
                "this is neither MOF text nor binary MOF, nor an image or table that holds one",
            ),
            Self::Several(places) => write!(
                f,
                "this holds {} binary MOFs: {}; name a resource by `--resource`, or cut out the \
                 one that you mean",
                places.len(),
                places.join(", ")
            ),
            Self::Image(why) => why.fmt(f),
            Self::NoResource => f.write_str(
                "this image has no resource of type `MOFDATA`, nor binary MOF among its data; the \
                 driver's registry key may name another image as `MofImagePath`",
            ),
            Self::NoResourceOfName(name) => write!(
                f,
                "this image has no resource `{name}` of type `MOFDATA`; leave out `--resource` to \
                 see which it has"
            ),
            Self::NoImage => f.write_str("this is no image, so it has no resource to name"),
        }
    }
}
