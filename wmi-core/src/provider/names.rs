//! How many instances a block has, and how they are named.

use crate::wnode::{InstanceId, InstanceName};

/// The names of a block's instances.
pub(super) enum Names<A> {
    /// Static, from the device instance path of the physical device object; how many, one by default.
    Pdo(Option<fn(&A) -> usize>),
    /// Static, this name and a number; how many.
    Base(&'static str, fn(&A) -> usize),
    /// Static, each one, up to the first `None`.
    List(fn(&A, usize) -> Option<&str>),
    /// Dynamic, each one, up to the first `None`.
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

    /// The dynamic name of an instance, if it has one.
    pub(super) fn dynamic<'a>(&self, context: &'a A, instance: usize) -> Option<&'a str> {
        match self {
            Self::Dynamic(name) => name(context, instance),
            _ => None,
        }
    }

    /// Which instance a request means.
    pub(super) fn find(&self, context: &A, id: InstanceId<'_>) -> Option<usize> {
        match (self, id) {
            (Self::Dynamic(name), InstanceId::Dynamic(wanted)) => (0..)
                .map_while(|instance| name(context, instance))
                .position(|name| is_same(name, wanted)),
            (Self::Dynamic(_), InstanceId::Static(_)) => None,
            (_, InstanceId::Static(index)) => usize::try_from(index)
                .ok()
                .filter(|&index| index < self.count(context)),
            // WMI itself turns static names into numbers.
            (_, InstanceId::Dynamic(_)) => None,
        }
    }
}

/// Whether two names are one, as the names of WMI are: the case of ASCII letters does not matter.
fn is_same(name: &str, wanted: InstanceName<'_>) -> bool {
    let lower = |unit: u16| match u8::try_from(unit) {
        Ok(byte) => u16::from(byte.to_ascii_lowercase()),
        Err(_) => unit,
    };
    name.encode_utf16().map(lower).eq(wanted.units().map(lower))
}
