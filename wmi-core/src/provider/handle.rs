//! The handlers that a driver implements, with typed values.

use core::marker::PhantomData;

use zerocopy::IntoBytes;

use crate::block::{self, Decoder, VariableElement, VariableItem};
use crate::layout::{self, ItemLayout};
use crate::schema::{Array, same_guid};
use crate::wnode::InstanceData;
use crate::{DataBlock, FixedBlock, Item, NtStatus, VariableClass, Wire, WmiField};

/// Handles requests for the instances of a class of fixed size.
///
/// Only [`query`](Self::query) is required; without the others the block is read-only.
///
/// Handlers run at the IRQL of the request: `PASSIVE_LEVEL`, but any level up to `DISPATCH_LEVEL`
/// in a Storport miniport. They run on any processor, and several may run at once. Values are
/// passed on the stack, which is small in a kernel. For a class of several kilobytes use
/// [`Block::counters`](super::Block::counters) and an [`InstanceData`], which writes in place.
///
/// A handler that would have to wait returns [`NtStatus::PENDING`]. The caller keeps the request
/// and dispatches it again when the handler can answer: see [`Outcome`](super::Outcome). The
/// handler is then called again from the start; in a query of all instances, for each instance.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not handle requests for the class `{C}`",
    label = "does not implement `Handle<{C}>`",
    note = "implement it for `{Self}`; only `query`, which returns the current values, is required"
)]
pub trait Handle<C: FixedBlock> {
    /// Returns the current values.
    ///
    /// # Errors
    ///
    /// The status with which the request is completed.
    fn query(&self) -> Result<C, NtStatus>;

    /// Sets the items with `write`. Not called if no item has `write`.
    ///
    /// All other items of `block` have the values returned by [`query`](Self::query), whatever the
    /// client sent, so a handler may store the whole block. Another request may run between the
    /// call of `query` and this call.
    ///
    /// # Errors
    ///
    /// The status with which the request is completed: [`NtStatus::WMI_SET_FAILURE`] if a value is
    /// refused, [`NtStatus::WMI_READ_ONLY`] if nothing can be set.
    fn set(&self, block: &Wire<C>) -> Result<(), NtStatus> {
        let _ = block;
        Err(NtStatus::WMI_READ_ONLY)
    }

    /// Sets one item, which has `write`.
    ///
    /// The default replaces the item in the values from [`query`](Self::query) and passes them to
    /// [`set`](Self::set). If another request sets an item between these two calls, its value is
    /// lost. If that matters, override this method and store only the item, under the lock that
    /// `set` holds.
    ///
    /// # Errors
    ///
    /// As [`set`](Self::set).
    fn set_item(&self, change: ItemChange<'_, C>) -> Result<(), NtStatus> {
        let mut block = Wire::zeroed();
        InstanceData::store(&self.query()?, &mut block);
        change.apply(&mut block)?;
        self.set(&block)
    }
}

/// The new value of one item of a class of fixed size.
#[derive(Debug)]
pub struct ItemChange<'a, C> {
    item: &'static ItemLayout,
    data: &'a [u8],
    class: PhantomData<fn() -> C>,
}

impl<'a, C: FixedBlock> ItemChange<'a, C> {
    pub(super) fn new(item: &'static ItemLayout, data: &'a [u8]) -> Self {
        Self {
            item,
            data,
            class: PhantomData,
        }
    }

    /// Returns the `WmiDataId`.
    #[must_use]
    pub const fn id(&self) -> u32 {
        self.item.id
    }

    /// Returns the new value if `item` is the changed item:
    /// `change.get(Settings::PROBE_INTERVAL)?`.
    ///
    /// # Errors
    ///
    /// [`NtStatus::WMI_SET_FAILURE`] if the bytes are not a value of the item.
    pub fn get<T: WmiField>(&self, item: Item<C, T>) -> Result<Option<T::Value>, NtStatus> {
        if item.id() != self.id() {
            return Ok(None);
        }
        let mut block = Wire::zeroed();
        self.apply(&mut block)?;
        Ok(Some(block.get(item)))
    }

    /// Stores the new value in a block.
    ///
    /// # Errors
    ///
    /// [`NtStatus::WMI_SET_FAILURE`] if the bytes are not a value of the item.
    pub fn apply(&self, block: &mut Wire<C>) -> Result<(), NtStatus> {
        let item = core::slice::from_ref(self.item);
        layout::read(item, &mut Decoder::new(self.data), block.as_mut_bytes())
            .map_err(|_| NtStatus::WMI_SET_FAILURE)
    }
}

/// Handles requests for the instances of a class of variable size.
///
/// Only [`query`](Self::query) is required; without the others the block is read-only. Handlers run
/// under the same conditions as those of [`Handle`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not handle requests for the class `{C}` of variable size",
    label = "does not implement `HandleVariable<{C}>`",
    note = "implement it for `{Self}`; only `query`, which sends the current values, is required"
)]
pub trait HandleVariable<C: DataBlock + VariableClass> {
    /// Sends the current values: `reply.send(&Portals { .. })`. They may borrow from a lock guard.
    ///
    /// A query calls this twice, first to measure the values. If they grow in between, the query is
    /// completed with [`NtStatus::WMI_TRY_AGAIN`].
    ///
    /// # Errors
    ///
    /// The status with which the request is completed.
    fn query(&self, reply: Reply<'_, C>) -> Result<Sent, NtStatus>;

    /// Sets the items with `write`. Not called if no item has `write`.
    ///
    /// All other items of `block` have the values sent by [`query`](Self::query), whatever the
    /// client sent. In a class with both kinds of items, these current values are copied to 1024
    /// bytes of stack: if they are longer, the set fails with [`NtStatus::INSUFFICIENT_RESOURCES`],
    /// and clients must set one item at a time.
    ///
    /// # Errors
    ///
    /// The status with which the request is completed: [`NtStatus::WMI_SET_FAILURE`] if a value is
    /// refused, [`NtStatus::WMI_READ_ONLY`] if nothing can be set.
    fn set(&self, block: C::View<'_>) -> Result<(), NtStatus> {
        let _ = block;
        Err(NtStatus::WMI_READ_ONLY)
    }

    /// Sets one item, which has `write`.
    ///
    /// # Errors
    ///
    /// As [`set`](Self::set).
    fn set_item(&self, change: VariableItemChange<'_>) -> Result<(), NtStatus> {
        let _ = change;
        Err(NtStatus::WMI_READ_ONLY)
    }
}

/// The new value of one item of a class of variable size.
#[derive(Clone, Copy, Debug)]
pub struct VariableItemChange<'a> {
    /// The `WmiDataId`.
    pub id: u32,
    pub(super) data: &'a [u8],
}

impl<'a> VariableItemChange<'a> {
    /// Returns the value of an item of type `T`: `change.value::<&str>()?`. Does not compile for an
    /// array of variable length; use [`elements`](Self::elements) for it.
    ///
    /// ```compile_fail
    /// # use wmi_core::provider::{HandleVariable, Reply, Sent, VariableItemChange};
    /// # use wmi_core::{Count, NtStatus, WmiClass};
    /// # #[derive(WmiClass)]
    /// # #[wmi(variable, guid = "e7a0c1f4-55d1-4f0e-8a52-1f4c6d7b9a01")]
    /// # struct Limits<'a> {
    /// #     #[wmi(data_id = 1)] count: Count<u32>,
    /// #     #[wmi(data_id = 2, size_is = "count", write)] limits: &'a [u32],
    /// # }
    /// # struct Device;
    /// # impl HandleVariable<Limits<'_>> for Device {
    /// #     fn query(&self, _: Reply<'_, Limits<'_>>) -> Result<Sent, NtStatus> {
    /// #         Err(NtStatus::NOT_SUPPORTED)
    /// #     }
    /// fn set_item(&self, change: VariableItemChange<'_>) -> Result<(), NtStatus> {
    ///     // error: an array of variable length has all elements sent: use `elements`
    ///     let limits = change.value::<&[u32]>()?;
    /// #   drop(limits);
    ///     Ok(())
    /// }
    /// # }
    /// # fn main() {
    /// #     let set_item: fn(&Device, VariableItemChange<'_>) -> _ = Device::set_item;
    /// #     drop(set_item);
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`NtStatus::WMI_SET_FAILURE`] if the bytes are not a value of the item.
    pub fn value<T: VariableItem>(&self) -> Result<T::View<'a>, NtStatus> {
        const {
            assert!(
                !matches!(T::ARRAY, Array::Variable),
                "an array of variable length has all elements sent: use `elements`"
            );
        }
        T::decode(&mut Decoder::new(self.data), 0).map_err(|_| NtStatus::WMI_SET_FAILURE)
    }

    /// Returns the value of an array of variable length with elements of type `T`: all elements
    /// sent. The item that holds their count is not changed.
    ///
    /// # Errors
    ///
    /// [`NtStatus::WMI_SET_FAILURE`] if the bytes are not whole elements.
    pub fn elements<T: VariableElement>(&self) -> Result<block::ArrayView<'a, T>, NtStatus> {
        block::ArrayView::decode_all(self.data).map_err(|_| NtStatus::WMI_SET_FAILURE)
    }
}

/// Takes the values of one instance of a class of variable size.
#[derive(Debug)]
pub struct Reply<'r, C> {
    to: Option<&'r mut [u8]>,
    /// The bytes that were sent.
    sent: &'r mut Option<usize>,
    class: PhantomData<fn() -> C>,
}

/// Proof that values were [sent](Reply::send).
///
/// It does not hold their size, so a handler that returns the `Sent` of an earlier request does not
/// answer with bytes that it never wrote: the request fails with [`NtStatus::INTERNAL_ERROR`].
#[derive(Debug)]
pub struct Sent(());

/// Asserts that values have the class of the block.
pub(super) const fn same_class<V: DataBlock, C: DataBlock>() {
    assert!(
        same_guid(V::GUID, C::GUID),
        "the values and the block have different classes"
    );
}

/// Asks a handler for its values, and returns their size. They are written where there is room for
/// them; `None` only measures.
pub(super) fn ask<C, T>(object: &T, to: Option<&mut [u8]>) -> Result<usize, NtStatus>
where
    C: DataBlock + VariableClass,
    T: HandleVariable<C>,
{
    let mut sent = None;
    let Sent(()) = object.query(Reply {
        to,
        sent: &mut sent,
        class: PhantomData,
    })?;
    sent.ok_or(NtStatus::INTERNAL_ERROR)
}

impl<C: DataBlock> Reply<'_, C> {
    /// Sends values of the class `C` with any lifetime. Values of another class do not compile:
    ///
    /// ```compile_fail
    /// # use wmi_core::provider::{Block, HandleVariable, Provider, Reply, Request, Sent};
    /// # use wmi_core::{NtStatus, WmiClass};
    /// # #[derive(WmiClass)]
    /// # #[wmi(variable, guid = "e7a0c1f4-55d1-4f0e-8a52-1f4c6d7b9a01")]
    /// # struct Note<'a> { #[wmi(data_id = 1)] text: &'a str }
    /// # #[derive(WmiClass)]
    /// # #[wmi(variable, guid = "e7a0c1f4-55d1-4f0e-8a52-1f4c6d7b9a02")]
    /// # struct Label<'a> { #[wmi(data_id = 1)] text: &'a str }
    /// # struct Device;
    /// impl HandleVariable<Note<'_>> for Device {
    ///     fn query(&self, reply: Reply<'_, Note<'_>>) -> Result<Sent, NtStatus> {
    ///         // error: the values and the block have different classes
    ///         reply.send(&Label { text: "a" })
    ///     }
    /// }
    /// # static PROVIDER: Provider<Device> = Provider::storport(&[
    /// #     &Block::variable::<Note<'_>, _>(|device: &Device, _| Some(device)),
    /// # ]);
    /// # fn main() {
    /// #     let guid = wmi_core::Guid::NIL;
    /// #     let request = Request::new(wmi_core::provider::Minor::QueryAllData, guid, &mut []);
    /// #     let _ = PROVIDER.dispatch(&Device, request);
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`NtStatus::INTERNAL_ERROR`] if a value cannot be encoded, such as a string of more than
    /// 32767 UTF-16 units. [`NtStatus::WMI_TRY_AGAIN`] if a value grows while it is encoded.
    pub fn send<V: DataBlock + VariableClass>(self, values: &V) -> Result<Sent, NtStatus> {
        const { same_class::<V, C>() }
        let size = values
            .encoded_size()
            .map_err(|_| NtStatus::INTERNAL_ERROR)?;
        if let Some(slot) = self.to.and_then(|to| to.get_mut(..size)) {
            values.encode(slot).map_err(|_| NtStatus::WMI_TRY_AGAIN)?;
        }
        *self.sent = Some(size);
        Ok(Sent(()))
    }

    /// Sends values in bytes.
    pub(super) fn send_bytes(self, bytes: &[u8]) -> Sent {
        if let Some(slot) = self.to.and_then(|to| to.get_mut(..bytes.len())) {
            // Cannot fail: the lengths are equal.
            let _ = bytes.write_to(slot);
        }
        *self.sent = Some(bytes.len());
        Sent(())
    }
}
