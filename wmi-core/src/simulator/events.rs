//! Events: where a device sends them to, and how WMI receives them.

use alloc::collections::VecDeque;
use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;

use super::send::wide;
use super::{Device, Named, Select, Simulator};
use super::{Failure, Finding, Rule};
use crate::block::DecodeError;
use crate::client::{Object, ReadError, ReplyError};
use crate::layout::block::Block;
use crate::provider::EventSink;
use crate::wnode::flags::{WNODE_FLAG_EVENT_ITEM, WNODE_FLAG_TOO_SMALL};
use crate::wnode::{EVENT_LIMIT, EventReference, InstanceId, Wnode, WnodeHeader};
use crate::{DataBlock, FixedBlock, Guid, Item, NtStatus, VariableClass, Wire, WmiField};

/// Where the device of a test sends its events: an [`EventSink`] that keeps them until a
/// [`Simulator`] [receives](Simulator::receive) them.
///
/// With the feature `std` threads can share it, as they share a device that owns it.
#[derive(Debug, Default)]
pub struct EventQueue(Shared<State>);

#[derive(Debug, Default)]
struct State {
    events: VecDeque<Vec<u8>>,
    refuses: Option<NtStatus>,
}

impl EventQueue {
    /// Without events.
    #[must_use]
    pub const fn new() -> Self {
        Self(Shared::new(State {
            events: VecDeque::new(),
            refuses: None,
        }))
    }

    /// From now on fails with this status, as a system without memory does, or takes events again.
    pub fn refuse(&self, status: Option<NtStatus>) {
        self.0.with(|state| state.refuses = status);
    }
}

/// A value that is changed by reference.
#[cfg(feature = "std")]
#[derive(Debug, Default)]
struct Shared<T>(std::sync::Mutex<T>);

#[cfg(feature = "std")]
impl<T> Shared<T> {
    const fn new(value: T) -> Self {
        Self(std::sync::Mutex::new(value))
    }

    fn with<R>(&self, work: impl FnOnce(&mut T) -> R) -> R {
        let lock = self.0.lock();
        work(&mut lock.unwrap_or_else(std::sync::PoisonError::into_inner))
    }
}

/// A value that is changed by reference.
#[cfg(not(feature = "std"))]
#[derive(Debug, Default)]
struct Shared<T>(core::cell::RefCell<T>);

#[cfg(not(feature = "std"))]
impl<T> Shared<T> {
    const fn new(value: T) -> Self {
        Self(core::cell::RefCell::new(value))
    }

    fn with<R>(&self, work: impl FnOnce(&mut T) -> R) -> R {
        work(&mut self.0.borrow_mut())
    }
}

impl EventSink for EventQueue {
    type Memory = Vec<u8>;

    fn allocate(&self, size: usize) -> Option<Vec<u8>> {
        // Not zero, as pool is not.
        Some(vec![0xa5; size])
    }

    fn send(&self, event: Vec<u8>) -> Result<(), NtStatus> {
        self.0.with(|state| match state.refuses {
            Some(status) => Err(status),
            None => {
                state.events.push_back(event);
                Ok(())
            }
        })
    }

    fn provider_id(&self) -> u32 {
        1
    }

    fn time_stamp(&self) -> i64 {
        super::NOW
    }
}

/// An event that was received.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event {
    /// The GUID of its class.
    pub guid: Guid,
    /// The GUID of the class of its data: that of its own, or of the block that was queried where
    /// the event was a reference.
    pub data_guid: Guid,
    /// The `WmiDataId` of the item that it carries, where it is not whole instances.
    pub item_id: Option<u32>,
    /// The data of each instance: of the block, or of the item.
    pub instances: Vec<Named<Vec<u8>>>,
}

impl Event {
    /// Whether it is of this class.
    #[must_use]
    pub fn is<C: DataBlock>(&self) -> bool {
        self.guid == C::GUID
    }

    /// The values of its only or first instance, of a class of fixed size.
    ///
    /// # Errors
    ///
    /// [`Finding`] where it is of another class or carries no instance.
    pub fn block<C: FixedBlock>(&self) -> Result<Wire<C>, Finding> {
        Wire::decode(self.first::<C>(None)?).map_err(|error| self.not_of_class(error))
    }

    /// The values of its only or first instance, of a class of variable size.
    ///
    /// # Errors
    ///
    /// [`Finding`] where it is of another class or carries no instance.
    pub fn view<C: DataBlock + VariableClass>(&self) -> Result<C::View<'_>, Finding> {
        C::decode(self.first::<C>(None)?).map_err(|error| self.not_of_class(error))
    }

    /// The value of the item that it carries.
    ///
    /// # Errors
    ///
    /// [`Finding`] where it is of another class or carries another item or none.
    pub fn item<C: FixedBlock, T: WmiField>(&self, item: Item<C, T>) -> Result<T::Value, Finding> {
        let data = self.first::<C>(Some(item.id()))?;
        let mut wire = zerocopy::FromZeros::new_zeroed();
        let read = T::read(&mut crate::block::Decoder::new(data), &mut wire);
        read.map_err(|error| self.not_of_class(error))?;
        Ok(T::decode(&wire))
    }

    /// The data of the first instance, of a class and of an item or the whole.
    fn first<C: DataBlock>(&self, item_id: Option<u32>) -> Result<&[u8], Finding> {
        match self.instances.first() {
            Some(first) if self.data_guid == C::GUID && self.item_id == item_id => Ok(&first.value),
            _ => Err(self.broken(Rule::OtherEvent)),
        }
    }

    fn not_of_class(&self, error: DecodeError) -> Finding {
        self.broken(Rule::Data(ReplyError::first(ReadError::from(error))))
    }

    fn broken(&self, rule: Rule) -> Finding {
        broken(Some(self.guid), rule)
    }
}

impl<D: Device> Simulator<'_, D> {
    /// Receives the events in a queue, of the classes whose events are enabled. An event that is
    /// only a reference is queried for.
    ///
    /// # Errors
    ///
    /// [`Failure`] at the first event that breaks a rule; those after it stay in the queue.
    pub fn receive(&mut self, queue: &EventQueue) -> Result<Vec<Event>, Failure> {
        let mut events = Vec::new();
        loop {
            let Some(bytes) = queue.0.with(|state| state.events.pop_front()) else {
                return Ok(events);
            };
            events.extend(self.event(&bytes)?);
        }
    }

    /// Receives an event as `IoWMIWriteEvent` is given it; `None` where nobody listens.
    ///
    /// # Errors
    ///
    /// [`Failure`].
    pub fn event(&mut self, bytes: &[u8]) -> Result<Option<Event>, Failure> {
        let nobody = |rule| Err(broken(None, rule).into());
        let wnode = match Wnode::parse(bytes) {
            Ok(wnode) => wnode,
            Err(error) => return nobody(Rule::Malformed(error)),
        };
        let (header, item_id) = match wnode {
            Wnode::AllData(found) => (found.header(), None),
            Wnode::SingleInstance(found) => (found.header(), None),
            Wnode::SingleItem(found) => (found.header(), Some(found.item_id())),
            Wnode::EventReference(found) => (found.header(), None),
            Wnode::MethodItem(found) => {
                let flags = found.header().flags.get();
                return nobody(Rule::NoEvent { flags });
            }
            Wnode::TooSmall { .. } => {
                let flags = WNODE_FLAG_TOO_SMALL;
                return nobody(Rule::NoEvent { flags });
            }
        };
        let guid = header.guid();
        check_header(header, bytes.len()).map_err(|rule| broken(Some(guid), rule))?;
        let Some(block) = self.registration().block(guid).cloned() else {
            return Err(broken(Some(guid), Rule::UnknownEvent).into());
        };
        if !self.enabled.contains(&guid) {
            return Ok(None);
        }
        let name = |id| match id {
            InstanceId::Dynamic(name) => Ok(name.to_string()),
            InstanceId::Static(index) => {
                let registered = block.instance_count;
                let name = block.static_name(index, &self.device_path);
                name.ok_or(broken(
                    Some(guid),
                    Rule::WrongInstance { index, registered },
                ))
            }
        };
        let one = |id, data: &[u8]| {
            let (name, value) = (name(id)?, data.to_vec());
            Ok::<_, Finding>(Named { name, value })
        };
        let instances = match wnode {
            Wnode::AllData(all) => {
                let instance = |index| Some(one(all.id(index)?, all.data(index)?));
                let instances = (0..all.instance_count()).map_while(instance);
                instances.collect::<Result<_, _>>()?
            }
            Wnode::SingleInstance(found) => vec![one(found.id(), found.data())?],
            Wnode::SingleItem(found) => vec![one(found.id(), found.data())?],
            Wnode::EventReference(found) => vec![self.follow(&found)?],
            _ => Vec::new(),
        };
        let data_guid = match wnode {
            Wnode::EventReference(found) => found.target_guid(),
            _ => guid,
        };
        let event = Event {
            guid,
            data_guid,
            item_id,
            instances,
        };
        self.objects(&event)?;
        Ok(Some(event))
    }

    /// Queries what an event refers to.
    fn follow(&mut self, event: &EventReference<'_>) -> Result<Named<Vec<u8>>, Failure> {
        let guid = event.target_guid();
        let name = match event.id() {
            InstanceId::Static(index) => {
                let block = self.block(guid)?;
                let registered = block.instance_count;
                let name = block.static_name(index, &self.device_path);
                name.ok_or(broken(
                    Some(guid),
                    Rule::WrongInstance { index, registered },
                ))?
            }
            InstanceId::Dynamic(name) => name.to_string(),
        };
        let value = self.single_data(guid, Select::Name(&name))?;
        Ok(Named { name, value })
    }

    /// The instances of an event by the schema; none where it does not have the class, or the event
    /// carries an item.
    ///
    /// # Errors
    ///
    /// [`Failure`] where the data is no block of the class.
    pub fn objects(&self, event: &Event) -> Result<Vec<Named<Object<'static>>>, Failure> {
        let class = self.client.class(event.data_guid);
        let Some(class) = class.filter(|_| event.item_id.is_none()) else {
            return Ok(Vec::new());
        };
        let layout = Block::of(class, self.client.classes())?;
        let objects = event.instances.iter().map(|Named { name, value }| {
            let object = Object::decode(&layout, value).map(Object::into_owned);
            let (name, value) = (
                name.clone(),
                object.map_err(|error| event.broken(Rule::Data(ReplyError::first(error))))?,
            );
            Ok(Named { name, value })
        });
        objects.collect()
    }
}

fn check_header(header: &WnodeHeader, size: usize) -> Result<(), Rule> {
    let flags = header.flags.get();
    if !header.has(WNODE_FLAG_EVENT_ITEM) {
        return Err(Rule::NoEvent { flags });
    }
    if size > EVENT_LIMIT {
        return Err(Rule::EventTooLarge { size });
    }
    let (information, expected) = (size, wide(header.buffer_size.get()));
    if information != expected {
        return Err(Rule::WrongInformation {
            information,
            expected,
        });
    }
    Ok(())
}

/// A rule that an event broke.
const fn broken(guid: Option<Guid>, rule: Rule) -> Finding {
    Finding {
        minor: None,
        guid,
        class: None,
        rule,
    }
}
