//! The number and the names of a block's instances.

use crate::wnode::{InstanceId, InstanceName};

/// The names of a block's instances.
pub(super) enum Names<A> {
    /// Static, derived from the device instance path of the physical device object; the function
    /// returns the number of instances, one by default.
    Pdo(Option<fn(&A) -> usize>),
    /// Static, this base name and a number; the function returns the number of instances.
    Base(&'static str, fn(&A) -> usize),
    /// Static, returned one by one up to the first `None`.
    List(fn(&A, usize) -> Option<&str>),
    /// Dynamic, returned one by one up to the first `None`.
    Dynamic(fn(&A, usize) -> Option<&str>),
}

impl<A> Clone for Names<A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A> Copy for Names<A> {}

impl<A> Names<A> {
    pub(super) const fn are_dynamic(&self) -> bool {
        matches!(self, Self::Dynamic(_))
    }

    pub(super) fn count(&self, context: &A) -> usize {
        match self {
            Self::Pdo(None) => 1,
            Self::Pdo(Some(count)) | Self::Base(_, count) => count(context),
            Self::List(name) | Self::Dynamic(name) => (0..)
                .take_while(|&instance| name(context, instance).is_some())
                .count(),
        }
    }

    /// Returns the dynamic name of an instance, if it has one.
    pub(super) fn dynamic<'a>(&self, context: &'a A, instance: usize) -> Option<&'a str> {
        match self {
            Self::Dynamic(name) => name(context, instance),
            _ => None,
        }
    }

    /// Returns the number of the instance with this id.
    pub(super) fn find(&self, context: &A, id: InstanceId<'_>) -> Option<usize> {
        match (self, id) {
            (Self::Dynamic(name), InstanceId::Dynamic(wanted)) => (0..)
                .map_while(|instance| name(context, instance))
                .position(|name| is_same(name, wanted)),
            (Self::Dynamic(_), InstanceId::Static(_)) => None,
            (_, InstanceId::Static(index)) => usize::try_from(index)
                .ok()
                .filter(|&index| index < self.count(context)),
            // WMI itself translates static names into indices.
            (_, InstanceId::Dynamic(_)) => None,
        }
    }
}

/// Returns whether two names are equal to WMI: without regard to the case of ASCII letters.
fn is_same(name: &str, wanted: InstanceName<'_>) -> bool {
    let lower = |unit: u16| match u8::try_from(unit) {
        Ok(byte) => u16::from(byte.to_ascii_lowercase()),
        Err(_) => unit,
    };
    name.encode_utf16().map(lower).eq(wanted.units().map(lower))
}
