//! Which kind of schema some bytes hold, by what stands in them.

/// A kind of input.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    /// MOF text, in any encoding.
    Text,
    /// Binary MOF from this byte on; other bytes may follow it, as in the buffers of firmware.
    Binary(usize),
    /// The payload of a binary MOF, unpacked.
    Payload,
}

/// Why bytes are of no kind.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Unknown {
    Empty,
    Neither,
    /// They hold several binary MOFs, at these bytes.
    Several(Vec<usize>),
}

impl core::fmt::Display for Unknown {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Empty => f.write_str("the input is empty"),
            Self::Neither => f.write_str(
                "this is neither MOF text nor binary MOF, nor an image or table that holds one",
            ),
            Self::Several(places) => {
                let places: Vec<_> = places.iter().map(|at| format!("{at:#x}")).collect();
                write!(
                    f,
                    "this holds {} binary MOFs, at bytes {}; cut out the one that you mean",
                    places.len(),
                    places.join(", ")
                )
            }
        }
    }
}

/// The kind of these bytes.
pub(crate) fn kind(bytes: &[u8]) -> Result<Kind, Unknown> {
    if bytes.is_empty() {
        return Err(Unknown::Empty);
    }
    if is_binary(bytes) {
        return Ok(Kind::Binary(0));
    }
    if bytes.starts_with(b"FOMB") {
        return Ok(Kind::Payload);
    }
    if is_text(bytes) {
        return Ok(Kind::Text);
    }
    let places: Vec<_> = (0..bytes.len())
        .filter(|at| bytes.get(*at..).is_some_and(is_binary))
        .collect();
    match *places {
        [] => Err(Unknown::Neither),
        [at] => Ok(Kind::Binary(at)),
        _ => Err(Unknown::Several(places)),
    }
}

/// Whether bytes start with the header of a binary MOF: its signature, the one kind of packing,
/// two lengths, and the signature of the packed stream.
fn is_binary(bytes: &[u8]) -> bool {
    bytes.starts_with(b"FOMB\x01\0\0\0")
        && bytes.get(16..).is_some_and(|rest| rest.starts_with(b"DS"))
}

/// Whether bytes are text: they start with a byte order mark, or hold no NUL.
fn is_text(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") || !bytes.contains(&0)
}
