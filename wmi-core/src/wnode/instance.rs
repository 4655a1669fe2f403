//! The data written to WNODEs.

use zerocopy::{FromBytes, IntoBytes};

use super::stride_of;
use crate::{FixedClass, Wire};

/// The data of one instance in a WNODE: a class, a block of it, or either as a [`NamedInstance`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an instance of the class `{C}`",
    label = "neither the class itself nor one of its blocks",
    note = "a class with `#[derive(wmi_core::WmiClass)]` is an instance of itself",
    note = "else implement `InstanceData<{C}>` for `{Self}`, or `provider::Handle<{C}>` and use \
            `Block::fixed`"
)]
pub trait InstanceData<C: FixedClass> {
    /// Whether instances of this type have dynamic names. WMI knows static names from registration.
    const NAMED: bool = false;

    /// Returns the dynamic name. May be called several times per WNODE; never called for static
    /// names. If the name becomes longer in between, the WNODE is not written, and the writer fails
    /// with [`WriteError::BufferTooSmall`](super::WriteError).
    fn name(&self) -> &str {
        ""
    }

    /// Whether [`store`](Self::store) is known to write every byte of the block. Otherwise the
    /// block is cleared first, so that no old content of the buffer remains.
    #[doc(hidden)]
    const WRITES_ALL: bool = false;

    /// Writes the current values. Items not written are zero.
    fn store(&self, block: &mut Wire<C>);

    /// Writes the current values over any content of the block.
    #[doc(hidden)]
    #[inline]
    fn overwrite(&self, block: &mut Wire<C>) {
        if !Self::WRITES_ALL {
            block.as_mut_bytes().fill(0);
        }
        self.store(block);
    }

    /// Writes the values of all instances, each at a multiple of 8 bytes, and zeros between them.
    fn store_all(instances: &[Self], data: &mut [u8])
    where
        Self: Sized,
    {
        store_each(instances, data);
    }
}

fn store_each<C: FixedClass>(instances: &[impl InstanceData<C>], data: &mut [u8]) {
    for (instance, slot) in instances.iter().zip(data.chunks_mut(stride_of::<C>())) {
        if let Ok((block, padding)) = Wire::mut_from_prefix(slot) {
            instance.overwrite(block);
            padding.fill(0);
        }
    }
}

#[diagnostic::do_not_recommend]
impl<C: FixedClass> InstanceData<C> for C {
    const WRITES_ALL: bool = true;

    #[inline]
    fn store(&self, block: &mut Wire<C>) {
        FixedClass::store(self, block);
    }
}

impl<C: FixedClass> InstanceData<C> for &C {
    const WRITES_ALL: bool = true;

    #[inline]
    fn store(&self, block: &mut Wire<C>) {
        FixedClass::store(*self, block);
    }
}

impl<C: FixedClass> InstanceData<C> for Wire<C> {
    const WRITES_ALL: bool = true;

    #[inline]
    fn store(&self, block: &mut Wire<C>) {
        *block = *self;
    }

    fn store_all(instances: &[Self], data: &mut [u8]) {
        let bytes = instances.as_bytes();
        if bytes.len() == data.len() {
            // The blocks have no gaps, and a single copy is twice as fast as one per block.
            data.copy_from_slice(bytes);
        } else {
            store_each(instances, data);
        }
    }
}

/// An instance with a dynamic name.
#[derive(Clone, Copy, Debug)]
pub struct NamedInstance<'a, T> {
    /// The name, at most 32767 UTF-16 units.
    pub name: &'a str,
    /// The instance.
    pub instance: T,
}

impl<C: FixedClass, T: InstanceData<C>> InstanceData<C> for NamedInstance<'_, T> {
    const NAMED: bool = true;
    const WRITES_ALL: bool = T::WRITES_ALL;

    fn name(&self) -> &str {
        self.name
    }

    #[inline]
    fn store(&self, block: &mut Wire<C>) {
        self.instance.store(block);
    }
}
