//! Binary MOF, as `mofcomp` writes it into a `.bmf` file, the `MOFDATA` resource of a driver or the
//! firmware's ACPI tables.
//!
//! [`encode`] writes the file that Microsoft's compiler writes, byte for byte; [`decode`] reads one
//! into the same [`schema`](wmi_core::schema) that the derive makes.
//!
//! ```
//! use wmi_core::WmiClass;
//! use wmi_tools::bmf::{self, Parse};
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
//! let file = bmf::encode_schema(&schema, Parse::Greedy).unwrap();
//!
//! let arena = Arena::new();
//! let read = bmf::decode(&arena, &file).unwrap();
//! assert_eq!(read.classes().next(), Some(Settings::CLASS));
//! ```
//!
//! The format has no public specification; what this module knows was found by measuring files
//! that `mofcomp` made. In no such file there is
//!
//! - an integer of 2^31 or more: those below 2^32 are stored as the same 32 bits, so that they are
//!   read again as negative ones; larger ones are refused ([`Inexpressible::Integer`]);
//! - an empty array: refused ([`Inexpressible::Array`]);
//! - text outside of ASCII: stored as UTF-16;
//! - a qualifier that is `FALSE` (stored as a boolean of 0) or `NULL` (refused,
//!   [`Inexpressible::Null`]);
//! - a reference to instances of one class: its `CIMTYPE` is `ref:ClassName`.
//!
//! For these the choice is ours, and what is written is read again as the same.

mod ds01;
mod error;
mod kind;
mod read;
mod write;

pub use ds01::{Parse, pack, unpack};
pub use error::{BmfError, EncodeError, Inexpressible};
pub use read::decode_payload;
pub use write::encode_payload;

use crate::Arena;
use wmi_core::schema::{File, Object, Schema};

const SIGNATURE: [u8; 4] = *b"FOMB";
/// The one kind of packing there is, DS-01.
const PACKED: u32 = 1;
const HEADER: usize = 16;

/// Writes a file.
///
/// # Errors
///
/// [`EncodeError`] where something cannot be expressed in binary MOF.
pub fn encode(file: &File<'_>, parse: Parse) -> Result<Vec<u8>, EncodeError> {
    let payload = encode_payload(file)?;
    let packed = pack(&payload, parse);
    let mut bytes = Vec::with_capacity(HEADER.saturating_add(packed.len()));
    bytes.extend(SIGNATURE);
    for number in [PACKED, length(&packed)?, length(&payload)?] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.extend(packed);
    Ok(bytes)
}

/// Writes the classes of a driver: what belongs into its `MOFDATA` resource.
///
/// # Errors
///
/// As [`encode`].
pub fn encode_schema(schema: &Schema<'_>, parse: Parse) -> Result<Vec<u8>, EncodeError> {
    let objects: Vec<_> = schema
        .classes
        .iter()
        .map(|class| Object::of_schema(schema, class))
        .collect();
    encode(&File::new(&objects), parse)
}

/// Reads a file, which may be followed by other bytes, into `arena`.
///
/// # Errors
///
/// [`BmfError`] at the first byte that is wrong.
pub fn decode<'a>(arena: &'a Arena, bytes: &[u8]) -> Result<File<'a>, BmfError> {
    decode_payload(arena, &decode_container(bytes)?)
}

/// Unpacks the payload of a file, which may be followed by other bytes.
///
/// # Errors
///
/// [`BmfError`] at the first byte that is wrong.
pub fn decode_container(bytes: &[u8]) -> Result<Vec<u8>, BmfError> {
    let number = |offset: usize| {
        let field = bytes.get(offset..).and_then(|rest| rest.first_chunk());
        field
            .map(|field| u32::from_le_bytes(*field))
            .ok_or(BmfError::new(offset, "the file ends within its header"))
    };
    if number(0)? != u32::from_le_bytes(SIGNATURE) {
        return Err(BmfError::new(0, "the file does not start with `FOMB`"));
    }
    if number(4)? != PACKED {
        return Err(BmfError::new(4, "unknown kind of packing"));
    }
    let (packed, size) = (wide(number(8)?), wide(number(12)?));
    let stream = bytes.get(HEADER..).and_then(|rest| rest.get(..packed));
    let stream = stream.ok_or(BmfError::new(8, "the file is shorter than its header says"))?;
    unpack(stream, size).map_err(|error| error.within(HEADER))
}

fn length(bytes: &[u8]) -> Result<u32, EncodeError> {
    u32::try_from(bytes.len()).map_err(|_| EncodeError::of_file(Inexpressible::TooLarge))
}

fn wide(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
