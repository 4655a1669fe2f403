//! Binary MOF, as `mofcomp` writes it into a `.bmf` file, the `MOFDATA` resource of a driver or the
//! firmware's ACPI tables.
//!
//! [`encode`] writes the file that Microsoft's compiler writes, byte for byte; [`decode`] reads one
//! into the same [`schema`](wmi_core::schema) that the derive makes.
//!
//! ```
//! use wmi_core::WmiClass;
//! use wmi_tools::bmf::{self, Packing};
//! use wmi_tools::Arena;
//! use wmi_core::schema::Schema;
//!
//! /// Settings of the adapter.
//! #[derive(WmiClass)]
//! #[wmi(name = "Vendor_Settings", guid = "e93b6c40-7a1f-4d25-b8e7-0c5d92f13a68")]
//! pub struct Settings {
//!     /// Milliseconds between two probes.
//!     #[wmi(data_id = 1, write)]
//!     pub probe_interval: u32,
//! }
//!
//! let schema = Schema::new(&[Settings::CLASS]);
//! let file = bmf::encode_schema(&schema, Packing::Greedy).unwrap();
//!
//! let arena = Arena::new();
//! let read = bmf::decode(&arena, &file).unwrap();
//! assert_eq!(read.classes().next(), Some(Settings::CLASS));
//! ```
//!
//! The format has no public specification; this module follows measurements of files that
//! `mofcomp` made. None of them holds the following, so their encoding is our choice, and decoding
//! returns what was encoded:
//!
//! - integers of 2^31 or more: those below 2^32 are stored as the same 32 bits and decoded as
//!   negative numbers; larger ones, and all of them as defaults of 64-bit items, are refused
//!   ([`Inexpressible::Integer`]);
//! - empty arrays: stored with a count of 0;
//! - text outside of ASCII: stored as UTF-16;
//! - qualifiers that are `FALSE` (stored as a boolean of 0) or `NULL` (stored without a value, like
//!   a property of an instance); `NULL` within a list is refused ([`Inexpressible::Null`]);
//! - an alias of a class: stored as `__ALIAS`, like that of an instance;
//! - references to instances of one class: the `CIMTYPE` is `ref:ClassName`.
//!
//! # The old edition
//!
//! `mofcomp` of Windows 2000 wrote the same records without padding and without the flavors of
//! qualifiers. [`decode`] recognises the [`Edition`] of a file, and [`encode`] writes that edition
//! again, byte for byte.
//!
//! # Names
//!
//! A file whose names MOF text cannot spell is refused. So every name in the text, the header, the
//! Rust source and the messages of its schema is a valid name.
//!
//! [`Edition`]: wmi_core::schema::Edition

mod ds01;
mod error;
mod kind;
mod read;
mod write;

pub use ds01::{Packing, pack, unpack};
pub use error::{BmfDecodeError, BmfEncodeError, Inexpressible};
pub use read::decode_payload;
pub use write::encode_payload;

use crate::Arena;
use wmi_core::schema::{File, Object, Schema};

const SIGNATURE: [u8; 4] = *b"FOMB";
/// The only kind of packing, DS-01.
const PACKED: u32 = 1;
const HEADER: usize = 16;

/// Writes a file, in the edition of the file.
///
/// # Errors
///
/// [`BmfEncodeError`] if the file holds a part that [`Inexpressible`] lists.
pub fn encode(file: &File<'_>, packing: Packing) -> Result<Vec<u8>, BmfEncodeError> {
    let payload = encode_payload(file)?;
    let packed = pack(&payload, packing);
    let mut bytes = Vec::with_capacity(HEADER.saturating_add(packed.len()));
    bytes.extend(SIGNATURE);
    for number in [PACKED, length(&packed)?, length(&payload)?] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.extend(packed);
    Ok(bytes)
}

/// Writes the classes of a driver: the content of its `MOFDATA` resource.
///
/// # Errors
///
/// [`BmfEncodeError`] if the schema holds a part that [`Inexpressible`] lists.
pub fn encode_schema(schema: &Schema<'_>, packing: Packing) -> Result<Vec<u8>, BmfEncodeError> {
    let objects: Vec<_> = schema
        .classes
        .iter()
        .map(|class| Object::from_schema(schema, class))
        .collect();
    encode(&File::new(&objects).with_edition(schema.edition), packing)
}

/// Reads a file, which may be followed by other bytes, into `arena`.
///
/// # Errors
///
/// [`BmfDecodeError`] at the first bad byte of the header, the stream or the records, or at a name
/// that MOF text cannot spell.
pub fn decode<'a>(arena: &'a Arena, bytes: &[u8]) -> Result<File<'a>, BmfDecodeError> {
    decode_payload(arena, &decode_container(bytes)?)
}

/// Returns whether the bytes start with the header of a file: its signature, the only kind of packing,
/// two lengths, and the signature of the packed stream.
#[must_use]
pub fn is_container(bytes: &[u8]) -> bool {
    bytes.starts_with(b"FOMB\x01\0\0\0")
        && bytes
            .get(HEADER..)
            .is_some_and(|rest| rest.starts_with(b"DS"))
}

/// Returns the bytes of a file alone, without others that follow it.
///
/// # Errors
///
/// [`BmfDecodeError`] at the first bad byte of the header.
pub fn container(bytes: &[u8]) -> Result<&[u8], BmfDecodeError> {
    let (packed, _) = lengths(bytes)?;
    let end = HEADER.saturating_add(packed);
    bytes.get(..end).ok_or(BmfDecodeError::new(
        8,
        "the file is shorter than its header says",
    ))
}

/// Unpacks the payload of a file, which may be followed by other bytes.
///
/// # Errors
///
/// [`BmfDecodeError`] at the first bad byte of the header or the stream.
pub fn decode_container(bytes: &[u8]) -> Result<Vec<u8>, BmfDecodeError> {
    let (_, size) = lengths(bytes)?;
    let stream = container(bytes)?.get(HEADER..).unwrap_or_default();
    unpack(stream, size).map_err(|error| error.within(HEADER))
}

/// Returns the lengths in the header of a file: of the packed stream, and of the payload.
fn lengths(bytes: &[u8]) -> Result<(usize, usize), BmfDecodeError> {
    let number = |offset: usize| {
        let field = bytes.get(offset..).and_then(|rest| rest.first_chunk());
        field
            .map(|field| u32::from_le_bytes(*field))
            .ok_or(BmfDecodeError::new(
                offset,
                "the file ends within its header",
            ))
    };
    if number(0)? != u32::from_le_bytes(SIGNATURE) {
        return Err(BmfDecodeError::new(
            0,
            "the file does not start with `FOMB`",
        ));
    }
    if number(4)? != PACKED {
        return Err(BmfDecodeError::new(4, "unknown kind of packing"));
    }
    Ok((wide(number(8)?), wide(number(12)?)))
}

fn length(bytes: &[u8]) -> Result<u32, BmfEncodeError> {
    u32::try_from(bytes.len()).map_err(|_| BmfEncodeError::of_file(Inexpressible::TooLarge))
}

fn wide(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
