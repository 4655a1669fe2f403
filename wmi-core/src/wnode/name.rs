//! Instance names: counted UTF-16 in a WNODE.

use core::fmt;

use zerocopy::FromBytes;
use zerocopy::little_endian::U16;

use crate::utf16;

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
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct InstanceName<'a>(&'a [U16]);

impl<'a> InstanceName<'a> {
    /// The name in these bytes, an even number, without the NUL that may end it.
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        let units = <[U16]>::ref_from_bytes(bytes).unwrap_or_default();
        Self(units.strip_suffix(&[U16::ZERO]).unwrap_or(units))
    }

    /// The UTF-16 units.
    pub fn units(self) -> impl ExactSizeIterator<Item = u16> + 'a {
        self.0.iter().map(|unit| unit.get())
    }
}

impl PartialEq<str> for InstanceName<'_> {
    fn eq(&self, other: &str) -> bool {
        self.units().eq(other.encode_utf16())
    }
}

impl PartialEq<&str> for InstanceName<'_> {
    fn eq(&self, other: &&str) -> bool {
        *self == **other
    }
}

impl fmt::Display for InstanceName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        utf16::display(self.units(), f)
    }
}

impl fmt::Debug for InstanceName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}
