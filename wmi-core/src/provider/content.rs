//! The contents of blocks: how a block answers, by the kind of its class and object.

use core::fmt;
use core::marker::PhantomData;

use zerocopy::{FromBytes, IntoBytes};

use super::event::Event;
use super::handle::{Handle, HandleVariable, ItemChange, VariableItemChange, ask};
use super::methods::Methods;
use super::request::Refusal;
use crate::schema::Class;
use crate::wnode::InstanceData;
use crate::{DataBlock, FixedBlock, NtStatus, VariableClass, Wire, layout};

/// The content of a [`Block`](super::Block). Sealed.
#[diagnostic::on_unimplemented(
    message = "the block cannot answer for its class",
    label = "not a block of a provider",
    note = "the error at its constructor or at `.methods` names what is missing"
)]
pub trait BlockContent<A>: sealed::Answer<A> {}

#[diagnostic::do_not_recommend]
impl<A, T: sealed::Answer<A> + ?Sized> BlockContent<A> for T {}

pub(super) mod sealed {
    use super::{NtStatus, Refusal};

    /// Finds the object of an instance.
    pub trait Find<A>: Sync {
        fn find(&self, _context: &A, _instance: usize) -> Result<(), NtStatus> {
            Err(NtStatus::INVALID_DEVICE_REQUEST)
        }
    }

    /// Answers for instances that were found.
    pub trait Answer<A>: Find<A> {
        /// Returns the current size of an instance's data, and writes the data to `to` if it fits.
        fn query(
            &self,
            _context: &A,
            _instance: usize,
            _to: Option<&mut [u8]>,
        ) -> Result<usize, NtStatus> {
            Err(NtStatus::INVALID_DEVICE_REQUEST)
        }

        fn set(&self, _context: &A, _instance: usize, _data: &[u8]) -> Result<(), NtStatus> {
            Err(NtStatus::WMI_READ_ONLY)
        }

        fn set_item(
            &self,
            _context: &A,
            _instance: usize,
            _id: u32,
            _data: &[u8],
        ) -> Result<(), NtStatus> {
            Err(NtStatus::WMI_READ_ONLY)
        }

        /// Calls a method. The input is the first `input` bytes of `data`. The output overwrites
        /// it. Returns the output's length.
        fn execute(
            &self,
            _context: &A,
            _instance: usize,
            _id: u32,
            _data: &mut [u8],
            _input: usize,
        ) -> Result<usize, Refusal> {
            Err(NtStatus::INVALID_DEVICE_REQUEST.into())
        }

        /// Enables or disables events. Does nothing in a block without events, for which WMI may
        /// send the request all the same.
        fn enable(&self, _context: &A, _on: bool) -> Result<(), NtStatus> {
            Ok(())
        }
    }
}

use sealed::{Answer, Find};

/// Finds the object of an instance.
#[diagnostic::on_unimplemented(
    message = "the block is event-only",
    label = "event-only blocks cannot be queried",
    note = "for a class that can also be queried, use `Block::fixed`, `Block::counters` or \
            `Block::variable` with `.events(..)`"
)]
pub trait Locate<A>: Answer<A> {
    /// The class.
    const CLASS: &'static Class<'static>;
    /// Whether the content has an event.
    const HAS_EVENTS: bool = false;
    /// The object.
    type Object;

    /// Returns the object of an instance.
    fn locate<'a>(&self, context: &'a A, instance: usize) -> Result<&'a Self::Object, NtStatus>;
}

macro_rules! contents {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        pub struct $name<A, C, T> {
            pub(super) find: fn(&A, usize) -> Option<&T>,
            pub(super) class: PhantomData<fn() -> C>,
        }

        impl<A, C, T> fmt::Debug for $name<A, C, T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }

        impl<A, C, T> Clone for $name<A, C, T> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<A, C, T> Copy for $name<A, C, T> {}

        impl<A, C, T> Find<A> for $name<A, C, T> {
            fn find(&self, context: &A, instance: usize) -> Result<(), NtStatus> {
                match (self.find)(context, instance) {
                    Some(_) => Ok(()),
                    None => Err(NtStatus::WMI_INSTANCE_NOT_FOUND),
                }
            }
        }

        impl<A, C: DataBlock, T> Locate<A> for $name<A, C, T>
        where
            Self: Answer<A>,
        {
            const CLASS: &'static Class<'static> = C::CLASS;
            type Object = T;

            fn locate<'a>(&self, context: &'a A, instance: usize) -> Result<&'a T, NtStatus> {
                (self.find)(context, instance).ok_or(NtStatus::WMI_INSTANCE_NOT_FOUND)
            }
        }
    )*};
}

contents! {
    /// Values read from the object.
    Counters;
    /// Values of fixed size from a handler.
    Fixed;
    /// Values of variable size from a handler.
    Variable;
    /// No values.
    MethodsOnly;
}

/// Returns the block at the start of `to`, if it fits; the rest is padding.
fn block<C: FixedBlock>(to: &mut [u8]) -> Option<&mut Wire<C>> {
    Wire::mut_from_prefix(to).ok().map(|(block, _)| block)
}

impl<A, C: FixedBlock, T: InstanceData<C>> Answer<A> for Counters<A, C, T> {
    fn query(
        &self,
        context: &A,
        instance: usize,
        to: Option<&mut [u8]>,
    ) -> Result<usize, NtStatus> {
        let object = self.locate(context, instance)?;
        if let Some(block) = to.and_then(block::<C>) {
            object.overwrite(block);
        }
        Ok(C::SIZE)
    }
}

impl<A, C: FixedBlock, T: Handle<C>> Answer<A> for Fixed<A, C, T> {
    fn query(
        &self,
        context: &A,
        instance: usize,
        to: Option<&mut [u8]>,
    ) -> Result<usize, NtStatus> {
        let object = self.locate(context, instance)?;
        if let Some(block) = to.and_then(block::<C>) {
            object.query()?.store(block);
        }
        Ok(C::SIZE)
    }

    fn set(&self, context: &A, instance: usize, data: &[u8]) -> Result<(), NtStatus> {
        let object = self.locate(context, instance)?;
        if const { has_read_only(C::WRITABLE) } {
            let mut block = Wire::decode(data).map_err(|_| NtStatus::WMI_SET_FAILURE)?;
            keep_read_only(&object.query()?, &mut block);
            return object.set(&block);
        }
        match Wire::ref_from_prefix(data) {
            Ok((block, _)) if layout::is_regular(C::ITEMS, data) => object.set(block),
            // A string shorter than its maximum has shifted the items after it.
            _ => {
                let block = Wire::decode(data).map_err(|_| NtStatus::WMI_SET_FAILURE)?;
                object.set(&block)
            }
        }
    }

    fn set_item(&self, context: &A, instance: usize, id: u32, data: &[u8]) -> Result<(), NtStatus> {
        let object = self.locate(context, instance)?;
        let mut items = C::ITEMS.iter();
        match items.find(|item| item.id == id) {
            Some(item) => object.set_item(ItemChange::new(item, data)),
            None => Err(NtStatus::WMI_ITEMID_NOT_FOUND),
        }
    }
}

impl<A, C, T> Answer<A> for Variable<A, C, T>
where
    C: DataBlock + VariableClass,
    T: HandleVariable<C>,
{
    fn query(
        &self,
        context: &A,
        instance: usize,
        to: Option<&mut [u8]>,
    ) -> Result<usize, NtStatus> {
        let object = self.locate(context, instance)?;
        ask::<C, T>(object, to)
    }

    fn set(&self, context: &A, instance: usize, data: &[u8]) -> Result<(), NtStatus> {
        let object = self.locate(context, instance)?;
        if const { C::HAS_BOTH } {
            return set_writable::<C, T>(object, data);
        }
        let view = C::decode(data).map_err(|_| NtStatus::WMI_SET_FAILURE)?;
        object.set(view)
    }

    fn set_item(&self, context: &A, instance: usize, id: u32, data: &[u8]) -> Result<(), NtStatus> {
        let object = self.locate(context, instance)?;
        object.set_item(VariableItemChange { id, data })
    }
}

/// Returns whether any item has no `write`.
const fn has_read_only(mut writable: &[bool]) -> bool {
    while let [first, rest @ ..] = writable {
        if !*first {
            return true;
        }
        writable = rest;
    }
    false
}

/// Replaces the items without `write` by their current values: WMI sends them too, and a client may
/// have changed them.
fn keep_read_only<C: FixedBlock>(current: &C, block: &mut Wire<C>) {
    let mut kept = Wire::zeroed();
    current.store(&mut kept);
    let (kept, block) = (kept.as_bytes(), block.as_mut_bytes());
    for (item, _) in C::ITEMS.iter().zip(C::WRITABLE).filter(|item| !item.1) {
        let place = item.offset..item.offset.saturating_add(item.size);
        if let (Some(from), Some(to)) = (kept.get(place.clone()), block.get_mut(place)) {
            // Cannot fail: the lengths are equal.
            let _ = from.write_to(to);
        }
    }
}

/// Largest current values, in bytes, of a class of variable size that has items with and without
/// `write`.
const KEPT: usize = 1024;

/// Sets the items with `write`; the others keep their current values.
#[inline(never)]
fn set_writable<C, T>(object: &T, data: &[u8]) -> Result<(), NtStatus>
where
    C: DataBlock + VariableClass,
    T: HandleVariable<C>,
{
    let sent = C::decode(data).map_err(|_| NtStatus::WMI_SET_FAILURE)?;
    let mut current = [0; KEPT];
    let size = ask::<C, T>(object, Some(&mut current))?;
    let current = current.get(..size);
    let current = current.ok_or(NtStatus::INSUFFICIENT_RESOURCES)?;
    let current = C::decode(current).map_err(|_| NtStatus::INTERNAL_ERROR)?;
    let merged = C::keep_read_only(sent, current);
    object.set(merged.ok_or(NtStatus::WMI_SET_FAILURE)?)
}

/// Bytes of zero that answer a query of a block without items.
pub(super) const METHODS_ONLY_SIZE: usize = size_of::<u32>();

impl<A, C: FixedBlock, T> Answer<A> for MethodsOnly<A, C, T> {
    fn query(
        &self,
        context: &A,
        instance: usize,
        to: Option<&mut [u8]>,
    ) -> Result<usize, NtStatus> {
        self.locate(context, instance)?;
        to.unwrap_or_default().fill(0);
        Ok(METHODS_ONLY_SIZE)
    }
}

/// An event that cannot be queried.
pub struct EventOnly<A, C> {
    pub(super) event: fn(&A) -> &Event<C>,
}

impl<A, C> fmt::Debug for EventOnly<A, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventOnly").finish_non_exhaustive()
    }
}

impl<A, C> Clone for EventOnly<A, C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A, C> Copy for EventOnly<A, C> {}

impl<A, C> Find<A> for EventOnly<A, C> {}

impl<A, C> Answer<A> for EventOnly<A, C> {
    fn enable(&self, context: &A, on: bool) -> Result<(), NtStatus> {
        (self.event)(context).switch(on, false);
        Ok(())
    }
}

/// Content with an [`Event`].
#[diagnostic::on_unimplemented(
    message = "the block is not sent as an event",
    label = "this block has no events",
    note = "call `.events(|device| &device.changed)` first, with an `Event` of the device"
)]
pub trait Listened {}

impl<A, C> Listened for EventOnly<A, C> {}

impl<A, T, C> Listened for WithEvents<A, T, C> {}

impl<T: Listened, M> Listened for WithMethods<T, M> {}

/// Values that are also sent as an event.
pub struct WithEvents<A, T, C> {
    pub(super) content: T,
    pub(super) event: fn(&A) -> &Event<C>,
}

impl<A, T, C> fmt::Debug for WithEvents<A, T, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WithEvents").finish_non_exhaustive()
    }
}

impl<A, T: Clone, C> Clone for WithEvents<A, T, C> {
    fn clone(&self) -> Self {
        Self {
            content: self.content.clone(),
            event: self.event,
        }
    }
}

impl<A, T: Copy, C> Copy for WithEvents<A, T, C> {}

impl<A, T: Locate<A>, C> Locate<A> for WithEvents<A, T, C> {
    const CLASS: &'static Class<'static> = T::CLASS;
    const HAS_EVENTS: bool = true;
    type Object = T::Object;

    fn locate<'a>(&self, context: &'a A, instance: usize) -> Result<&'a T::Object, NtStatus> {
        self.content.locate(context, instance)
    }
}

impl<A, T: Find<A>, C> Find<A> for WithEvents<A, T, C> {
    fn find(&self, context: &A, instance: usize) -> Result<(), NtStatus> {
        self.content.find(context, instance)
    }
}

/// Forwards these calls to the inner content.
macro_rules! inside {
    () => {
        fn query(
            &self,
            context: &A,
            instance: usize,
            to: Option<&mut [u8]>,
        ) -> Result<usize, NtStatus> {
            self.content.query(context, instance, to)
        }

        fn set(&self, context: &A, instance: usize, data: &[u8]) -> Result<(), NtStatus> {
            self.content.set(context, instance, data)
        }

        fn set_item(
            &self,
            context: &A,
            instance: usize,
            id: u32,
            data: &[u8],
        ) -> Result<(), NtStatus> {
            self.content.set_item(context, instance, id, data)
        }
    };
}

impl<A, T: Answer<A>, C> Answer<A> for WithEvents<A, T, C> {
    inside!();

    fn execute(
        &self,
        context: &A,
        instance: usize,
        id: u32,
        data: &mut [u8],
        input: usize,
    ) -> Result<usize, Refusal> {
        self.content.execute(context, instance, id, data, input)
    }

    fn enable(&self, context: &A, on: bool) -> Result<(), NtStatus> {
        (self.event)(context).switch(on, true);
        Ok(())
    }
}

/// Any other content, with methods.
pub struct WithMethods<T, M> {
    pub(super) content: T,
    pub(super) methods: PhantomData<fn() -> M>,
}

impl<T, M> fmt::Debug for WithMethods<T, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WithMethods").finish_non_exhaustive()
    }
}

impl<T: Clone, M> Clone for WithMethods<T, M> {
    fn clone(&self) -> Self {
        Self {
            content: self.content.clone(),
            methods: PhantomData,
        }
    }
}

impl<T: Copy, M> Copy for WithMethods<T, M> {}

impl<A, T: Locate<A>, M> Locate<A> for WithMethods<T, M>
where
    Self: Answer<A>,
{
    const CLASS: &'static Class<'static> = T::CLASS;
    const HAS_EVENTS: bool = T::HAS_EVENTS;
    type Object = T::Object;

    fn locate<'a>(&self, context: &'a A, instance: usize) -> Result<&'a T::Object, NtStatus> {
        self.content.locate(context, instance)
    }
}

impl<A, T: Find<A>, M> Find<A> for WithMethods<T, M> {
    fn find(&self, context: &A, instance: usize) -> Result<(), NtStatus> {
        self.content.find(context, instance)
    }
}

impl<A, T: Locate<A>, M: Methods<T::Object>> Answer<A> for WithMethods<T, M> {
    inside!();

    fn execute(
        &self,
        context: &A,
        instance: usize,
        id: u32,
        data: &mut [u8],
        input: usize,
    ) -> Result<usize, Refusal> {
        let object = self.content.locate(context, instance)?;
        M::call(object, id, data, input)
    }

    fn enable(&self, context: &A, on: bool) -> Result<(), NtStatus> {
        self.content.enable(context, on)
    }
}
