//! Events: whether somebody listens, and how they are sent.

use core::fmt;
use core::marker::PhantomData;
use core::sync::atomic::{AtomicBool, Ordering};

use zerocopy::{FromBytes, IntoBytes};

use crate::block::EncodeError;
use crate::schema::same_guid;
use crate::wnode::{
    AllDataWriter, EVENT_LIMIT, EventReferenceWriter, Instance, SingleWriter, Target, WriteError,
};
use crate::{DataBlock, FixedBlock, Item, NtStatus, VariableClass, Wire, WmiField};

/// An event of one device: whether WMI has enabled it, and the way to send it.
///
/// A [`Block`](super::Block) connects it with WMI: [`Block::event`](super::Block::event) where the
/// class is an event and nothing else, [`Block::events`](super::Block::events) where it can be
/// queried as well. An event that nobody listens to is not sent; [`is_enabled`](Self::is_enabled)
/// saves the work of making its data.
///
/// What is sent is limited, the whole WNODE to 1 KB unless the registry says otherwise. Events of
/// variable size and those with long names may be larger: they are not sent, with
/// [`NtStatus::BUFFER_OVERFLOW`], or where the class can be [queried](Self::queryable), WMI is told
/// to do that.
///
/// Source: "Sending WMI Events", windows-driver-docs.
pub struct Event<C> {
    is_enabled: AtomicBool,
    is_queryable: bool,
    class: PhantomData<fn() -> C>,
}

impl<C> Event<C> {
    /// An event that is not enabled yet.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            is_enabled: AtomicBool::new(false),
            is_queryable: false,
            class: PhantomData,
        }
    }

    /// The event of a class that can be queried too: where it is too large to be sent, WMI is told
    /// to query the instance, by a `WNODE_EVENT_REFERENCE`.
    #[must_use]
    pub const fn queryable() -> Self {
        Self {
            is_enabled: AtomicBool::new(false),
            is_queryable: true,
            class: PhantomData,
        }
    }

    /// Whether somebody listens.
    #[must_use]
    pub fn is_enabled(&self) -> bool {
        self.is_enabled.load(Ordering::Relaxed)
    }

    /// Takes over what WMI says: `.events(|device, on| { device.changed.enable(on); Ok(()) })`.
    pub fn enable(&self, on: bool) {
        self.is_enabled.store(on, Ordering::Relaxed);
    }
}

impl<C> Default for Event<C> {
    fn default() -> Self {
        Self::new()
    }
}

impl<C> fmt::Debug for Event<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("is_enabled", &self.is_enabled)
            .field("is_queryable", &self.is_queryable)
            .finish()
    }
}

/// How a driver hands an event to the system: `IoWMIWriteEvent`.
///
/// The system takes the memory of an event if, and only if, it takes the event; otherwise it stays
/// the driver's. Hence [`Memory`](Self::Memory): it owns nonpaged pool and frees it when it is
/// dropped, and [`send`](Self::send) forgets it on success alone.
///
/// Where events come from a KMDF or Storport driver, the framework adds the header: see
/// [`kmdf`](super::kmdf) and [`storport`](super::storport).
pub trait EventSink {
    /// Nonpaged pool that can hold one event.
    type Memory: AsMut<[u8]>;

    /// So many bytes, or `None` where there is no memory.
    fn allocate(&self, size: usize) -> Option<Self::Memory>;

    /// `IoWMIWriteEvent`, at no more than APC level.
    ///
    /// # Errors
    ///
    /// The status that it fails with; `event` has then been freed.
    fn send(&self, event: Self::Memory) -> Result<(), NtStatus>;

    /// What `IoWMIDeviceObjectToProviderId` gives for the device object that was registered.
    fn provider_id(&self) -> u32;

    /// The time in 100 ns since 1601-01-01, as `KeQuerySystemTime` gives it.
    fn time_stamp(&self) -> i64;

    /// Bytes that an event may have, where the registry has another limit.
    fn limit(&self) -> usize {
        EVENT_LIMIT
    }
}

impl<C: DataBlock> Event<C> {
    /// Sends an event with the values of one instance, of a class of fixed size.
    ///
    /// # Errors
    ///
    /// [`NtStatus::INSUFFICIENT_RESOURCES`] without memory, [`NtStatus::BUFFER_OVERFLOW`] where it
    /// is too large, and the errors of [`EventSink::send`].
    pub fn send(
        &self,
        sink: &impl EventSink,
        source: Target<'_>,
        values: &impl Instance<C>,
    ) -> Result<(), NtStatus>
    where
        C: FixedBlock,
    {
        self.send_with(sink, source, C::SIZE, |data| {
            if let Ok(block) = Wire::mut_from_bytes(data) {
                values.store(block);
            }
            Ok(())
        })
    }

    /// Sends an event with the values of one instance, of the class `C` of variable size with any
    /// lifetime.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send), and [`NtStatus::INTERNAL_ERROR`] where a value cannot be expressed.
    pub fn send_variable<V: DataBlock + VariableClass>(
        &self,
        sink: &impl EventSink,
        source: Target<'_>,
        values: &V,
    ) -> Result<(), NtStatus> {
        const {
            assert!(
                same_guid(V::GUID, C::GUID),
                "the values are of another class than the event"
            );
        }
        if !self.is_enabled() {
            return Ok(());
        }
        let size = values.encoded_size().map_err(status)?;
        self.send_with(sink, source, size, |data| {
            values.encode(data).map(|_| ()).map_err(status)
        })
    }

    /// Sends an event with one item of one instance.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub fn send_item<T: WmiField>(
        &self,
        sink: &impl EventSink,
        source: Target<'_>,
        item: Item<C, T>,
        value: T::Value,
    ) -> Result<(), NtStatus>
    where
        C: FixedBlock,
    {
        if !self.is_enabled() {
            return Ok(());
        }
        let value = T::encode(value);
        let writer = SingleWriter::item(C::GUID, source, item.id())
            .time_stamp(sink.time_stamp())
            .event(sink.provider_id());
        let needed = writer.needed(T::SIZE)?;
        write(sink, needed, |wnode| writer.write(value.as_bytes(), wnode))
    }

    /// Sends one event with the values of all instances: static ones in the order of their
    /// indices, or [`Named`](crate::wnode::Named) ones.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub fn send_all(
        &self,
        sink: &impl EventSink,
        instances: &[impl Instance<C>],
    ) -> Result<(), NtStatus>
    where
        C: FixedBlock,
    {
        if !self.is_enabled() {
            return Ok(());
        }
        let writer = AllDataWriter::new(instances)
            .time_stamp(sink.time_stamp())
            .event(sink.provider_id());
        write(sink, writer.needed()?, |wnode| writer.write(wnode))
    }

    fn send_with(
        &self,
        sink: &impl EventSink,
        source: Target<'_>,
        size: usize,
        fill: impl FnOnce(&mut [u8]) -> Result<(), NtStatus>,
    ) -> Result<(), NtStatus> {
        if !self.is_enabled() {
            return Ok(());
        }
        let writer = SingleWriter::instance(C::GUID, source)
            .time_stamp(sink.time_stamp())
            .event(sink.provider_id());
        let needed = writer.needed(size)?;
        if needed > sink.limit() && self.is_queryable {
            let reference = EventReferenceWriter {
                guid: C::GUID,
                target_guid: C::GUID,
                target: source,
                target_size: size,
                provider_id: sink.provider_id(),
                time_stamp: sink.time_stamp(),
            };
            return write(sink, reference.needed()?, |wnode| reference.write(wnode));
        }
        write(sink, needed, |wnode| writer.write_with(size, wnode, fill))
    }
}

/// Has so many bytes written, and sends them.
fn write<S: EventSink, E: Into<NtStatus>>(
    sink: &S,
    size: usize,
    fill: impl FnOnce(&mut [u8]) -> Result<usize, E>,
) -> Result<(), NtStatus> {
    if size > sink.limit() {
        return Err(NtStatus::BUFFER_OVERFLOW);
    }
    let mut event = sink
        .allocate(size)
        .ok_or(NtStatus::INSUFFICIENT_RESOURCES)?;
    fill(event.as_mut()).map_err(Into::into)?;
    sink.send(event)
}

impl From<WriteError> for NtStatus {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::BufferTooSmall { .. } => Self::BUFFER_TOO_SMALL,
            WriteError::TooLarge | WriteError::NameTooLong { .. } => Self::INTERNAL_ERROR,
        }
    }
}

fn status(error: EncodeError) -> NtStatus {
    match error {
        EncodeError::OverLimit { .. } | EncodeError::TooLarge => NtStatus::BUFFER_OVERFLOW,
        EncodeError::BufferTooSmall { .. } => NtStatus::BUFFER_TOO_SMALL,
        _ => NtStatus::INTERNAL_ERROR,
    }
}
