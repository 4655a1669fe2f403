//! Instance names: counted UTF-16 in a WNODE.

use core::fmt;

use zerocopy::FromBytes;
use zerocopy::little_endian::U16;

use crate::block::Str;

/// The identification of an instance in a WNODE that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InstanceId<'a> {
    /// By its index among the registered names.
    Static(u32),
    /// By its name.
    Dynamic(InstanceName<'a>),
}

/// The identification of an instance in a WNODE to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target<'a> {
    /// By its index among the registered names.
    Static(u32),
    /// By its name, at most 32767 UTF-16 units.
    Dynamic(&'a str),
}

/// An instance name in a WNODE, not necessarily well-formed UTF-16.
///
/// [`Display`](fmt::Display) writes replacement characters for units that are not well-formed.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct InstanceName<'a>(Str<'a>);

impl<'a> InstanceName<'a> {
    /// Returns the name in these bytes, an even number, without a trailing NUL.
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        let units = <[U16]>::ref_from_bytes(bytes).unwrap_or_default();
        Self(Str::from_units(
            units.strip_suffix(&[U16::ZERO]).unwrap_or(units),
        ))
    }

    /// Returns the name as text.
    #[must_use]
    pub const fn as_str(self) -> Str<'a> {
        self.0
    }

    /// Returns the UTF-16 units.
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
