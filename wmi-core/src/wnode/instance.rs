//! What a WNODE can be filled with.

use crate::{FixedClass, Wire};

/// What a WNODE can be filled with: a class, a block of it, or either with a [`Named`] name.
pub trait Instance<C: FixedClass> {
    /// Whether instances of this type have dynamic names. Static ones are known to WMI.
    const NAMED: bool = false;

    /// The dynamic name. Asked more than once for one WNODE, and not at all where names are
    /// static.
    fn name(&self) -> &str {
        ""
    }

    /// Writes the current values, and so each byte of `block`, which still holds what the buffer
    /// held before.
    fn store(&self, block: &mut Wire<C>);
}

impl<C: FixedClass> Instance<C> for C {
    #[inline]
    fn store(&self, block: &mut Wire<C>) {
        FixedClass::store(self, block);
    }
}

impl<C: FixedClass> Instance<C> for &C {
    #[inline]
    fn store(&self, block: &mut Wire<C>) {
        FixedClass::store(*self, block);
    }
}

impl<C: FixedClass> Instance<C> for Wire<C> {
    #[inline]
    fn store(&self, block: &mut Wire<C>) {
        *block = *self;
    }
}

/// An instance with a dynamic name.
#[derive(Clone, Copy, Debug)]
pub struct Named<'a, T> {
    /// The name, at most 32767 UTF-16 units.
    pub name: &'a str,
    /// The instance.
    pub instance: T,
}

impl<C: FixedClass, T: Instance<C>> Instance<C> for Named<'_, T> {
    const NAMED: bool = true;

    fn name(&self) -> &str {
        self.name
    }

    #[inline]
    fn store(&self, block: &mut Wire<C>) {
        self.instance.store(block);
    }
}
