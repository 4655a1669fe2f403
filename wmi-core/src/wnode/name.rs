//! Instance names: counted UTF-16 in a WNODE.

use core::fmt;

use zerocopy::FromBytes;
use zerocopy::little_endian::U16;

use crate::block::Str;

/// How a WNODE names an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InstanceId<'a> {
    /// By its index among the names that were registered.
    Static(u32),
    /// By its name.
    Dynamic(InstanceName<'a>),
}

/// Which instance a WNODE that is written names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target<'a> {
    /// By its index among the names that were registered.
    Static(u32),
    /// By its name, at most 32767 UTF-16 units.
    Dynamic(&'a str),
}

/// A name as it stands in a WNODE; it need not be well-formed UTF-16.
///
/// [`Display`](fmt::Display) writes it with replacement characters where it is not.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct InstanceName<'a>(Str<'a>);

impl<'a> InstanceName<'a> {
    /// The name in these bytes, an even number, without the NUL that may end it.
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        let units = <[U16]>::ref_from_bytes(bytes).unwrap_or_default();
        Self(Str::from_units(
            units.strip_suffix(&[U16::ZERO]).unwrap_or(units),
        ))
    }

    /// The name as text.
    #[must_use]
    pub const fn as_str(self) -> Str<'a> {
        self.0
    }

    /// The UTF-16 units.
    pub fn units(self) -> impl ExactSizeIterator<Item = u16> + 'a {
        self.0.units()
    }
}

impl PartialEq<str> for InstanceName<'_> {
    fn eq(&self, other: &str) -> bool {
        self.0 == *other
    }
}

impl PartialEq<&str> for InstanceName<'_> {
    fn eq(&self, other: &&str) -> bool {
        self.0 == **other
    }
}

impl fmt::Display for InstanceName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for InstanceName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}
