//! Events: whether they are enabled, and how they are sent.

use core::fmt;
use core::marker::PhantomData;
use core::sync::atomic::{AtomicU8, Ordering};

use zerocopy::{FromBytes, IntoBytes};

use crate::block::EncodeError;
use crate::schema::{Message, same_guid};
use crate::wnode::{
    AllDataWriter, EVENT_LIMIT, EventReferenceWriter, InstanceData, SingleWnodeWriter, Target,
    WriteError,
};
use crate::{DataBlock, FixedBlock, Guid, Item, NtStatus, VariableClass, Wire, WmiField};

/// An event of one device: whether WMI has enabled it, and the way to send it.
///
/// A [`Block`](super::Block) connects it with WMI: [`Block::event`](super::Block::event) for an
/// event-only class, [`Block::events`](super::Block::events) for a class that can also be queried.
/// An event without consumers is not sent; check [`is_enabled`](Self::is_enabled) to avoid
/// preparing its data.
///
/// The whole WNODE of an event is limited to 1 KB, unless the registry sets another limit. Events
/// of variable size and events with long names may exceed it. Such an event is not sent, and the
/// call fails with [`NtStatus::BUFFER_OVERFLOW`]. If the block can also be queried, a
/// `WNODE_EVENT_REFERENCE` is sent instead, with which WMI queries the instance.
///
/// Source: "Sending WMI Events", windows-driver-docs.
pub struct Event<C> {
    state: AtomicU8,
    class: PhantomData<fn() -> C>,
}

/// Bit of the state: WMI has enabled the event.
const ENABLED: u8 = 1;

/// Bit of the state: WMI can query the block.
const QUERYABLE: u8 = 2;

impl<C> Event<C> {
    /// Creates an event that is not enabled yet.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            state: AtomicU8::new(0),
            class: PhantomData,
        }
    }

    /// Returns whether WMI has enabled the event: whether it has consumers.
    #[must_use]
    pub fn is_enabled(&self) -> bool {
        self.has(ENABLED)
    }

    /// Enables or disables the event, for tests without a block. Otherwise its block does so when
    /// WMI requests it.
    pub fn enable(&self, on: bool) {
        if on {
            self.state.fetch_or(ENABLED, Ordering::Relaxed);
        } else {
            self.state.fetch_and(!ENABLED, Ordering::Relaxed);
        }
    }

    /// Records a request to enable or disable events of a block, and whether WMI can query that
    /// block.
    pub(super) fn switch(&self, on: bool, is_queryable: bool) {
        let state = match (on, is_queryable) {
            (false, _) => 0,
            (true, false) => ENABLED,
            (true, true) => ENABLED | QUERYABLE,
        };
        self.state.store(state, Ordering::Relaxed);
    }

    fn has(&self, bit: u8) -> bool {
        self.state.load(Ordering::Relaxed) & bit != 0
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
            .field("is_enabled", &self.is_enabled())
            .finish_non_exhaustive()
    }
}

/// Passes events to the system: `IoWMIWriteEvent`.
///
/// The system takes ownership of an event's memory only if it takes the event.
/// [`Memory`](Self::Memory) therefore owns nonpaged pool and frees it on drop, and
/// [`send`](Self::send) forgets it only on success.
///
/// The crate `wmi-driver` has sinks for WDM and Storport drivers. In a KMDF driver the framework
/// writes the header, so `wmi-driver` passes on only the data.
pub trait EventSink {
    /// Nonpaged pool for one event, with initialised bytes.
    type Memory: AsMut<[u8]>;

    /// Allocates `size` bytes, or returns `None` if there is no memory.
    fn allocate(&self, size: usize) -> Option<Self::Memory>;

    /// Calls `IoWMIWriteEvent`. IRQL: `APC_LEVEL` or lower.
    ///
    /// # Errors
    ///
    /// The status of `IoWMIWriteEvent` if it fails; `event` has been freed.
    fn send(&self, event: Self::Memory) -> Result<(), NtStatus>;

    /// Returns the result of `IoWMIDeviceObjectToProviderId` for the registered device object.
    fn provider_id(&self) -> u32;

    /// Returns the time in units of 100 ns since 1601-01-01, as from `KeQuerySystemTime`.
    fn time_stamp(&self) -> i64;

    /// Returns the largest size of an event in bytes. Override it if the registry sets a limit
    /// lower than the default, which all event classes of fixed size satisfy.
    fn limit(&self) -> usize {
        EVENT_LIMIT
    }
}

impl<C: DataBlock> Event<C> {
    /// Sends an event with the values of one instance, of a class of fixed size.
    ///
    /// # Errors
    ///
    /// [`NtStatus::INSUFFICIENT_RESOURCES`] if memory runs out, [`NtStatus::BUFFER_OVERFLOW`] if
    /// the event is too large, or the error of [`EventSink::send`].
    pub fn send(
        &self,
        sink: &impl EventSink,
        source: Target<'_>,
        values: &impl InstanceData<C>,
    ) -> Result<(), NtStatus>
    where
        C: FixedBlock,
    {
        self.send_with(sink, source, C::SIZE, |data| {
            if let Ok(block) = Wire::mut_from_bytes(data) {
                values.overwrite(block);
            }
            Ok(())
        })
    }

    /// Sends an event with the values of one instance, of the class `C` of variable size with any
    /// lifetime.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send), and [`NtStatus::INTERNAL_ERROR`] if a value cannot be encoded.
    pub fn send_variable<V: DataBlock + VariableClass>(
        &self,
        sink: &impl EventSink,
        source: Target<'_>,
        values: &V,
    ) -> Result<(), NtStatus> {
        const {
            assert!(
                same_guid(V::GUID, C::GUID),
                "the values and the event have different classes"
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
    /// As [`send`](Self::send). An event that is too large is never replaced by a
    /// `WNODE_EVENT_REFERENCE`.
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
        let writer = SingleWnodeWriter::item(C::GUID, source, item.id())
            .time_stamp(sink.time_stamp())
            .event(sink.provider_id());
        let needed = writer.needed(T::SIZE)?;
        write(sink, needed, |wnode| writer.write(value.as_bytes(), wnode))
    }

    /// Sends one event with the values of all instances: with static names in index order, or with
    /// dynamic names as [`NamedInstance`](crate::wnode::NamedInstance)s.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send). An event that is too large is never replaced by a
    /// `WNODE_EVENT_REFERENCE`.
    pub fn send_all(
        &self,
        sink: &impl EventSink,
        instances: &[impl InstanceData<C>],
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
        let writer = SingleWnodeWriter::instance(C::GUID, source)
            .time_stamp(sink.time_stamp())
            .event(sink.provider_id());
        let needed = writer.needed(size)?;
        if needed > sink.limit() && self.has(QUERYABLE) {
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

/// Sends an event of `size` bytes written by `fill`.
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

/// Panics if the event of a block has a different class.
#[track_caller]
pub(super) const fn one_class(block: &str, guid: Guid, event: &str, event_guid: Guid) {
    if !same_guid(guid, event_guid) {
        Message::new("the event and the block have different classes: ")
            .pair(event, block)
            .panic();
    }
}
