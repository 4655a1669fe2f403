//! Receives events as WMI does, and checks them.

use zerocopy::FromBytes;

use super::queue::STALE;
use super::registration::Registered;
use super::send::wide;
use super::{Device, EventQueue, InstanceValue, Select, Simulator, check};
use super::{Failure, ProtocolRule, Violation};
use crate::client::{DataObject, ItemDecodeError, ReplyError};
use crate::layout::BlockLayout;
use wmi_core::block::DecodeError;
use wmi_core::wnode::flags::{WNODE_FLAG_EVENT_ITEM, WNODE_FLAG_TOO_SMALL};
use wmi_core::wnode::{EVENT_LIMIT, EventReference, InstanceId, Wnode, WnodeHeader};
use wmi_core::{DataBlock, FixedBlock, Guid, Item, VariableClass, Wire, WmiField};

/// A received event.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReceivedEvent {
    /// The GUID of its class.
    pub guid: Guid,
    /// The name of its class, if the simulator knows it.
    pub class: Option<Box<str>>,
    /// The GUID of the class of its data: the event's own class, or for an event reference the
    /// class of the queried block.
    pub data_guid: Guid,
    /// The `WmiDataId` of the item in the event; `None` if it contains whole instances.
    pub item_id: Option<u32>,
    /// The data of each instance: the whole block, or the item.
    pub instances: Vec<InstanceValue<Vec<u8>>>,
}

impl ReceivedEvent {
    /// Returns whether it is an event of this class.
    #[must_use]
    pub fn is<C: DataBlock>(&self) -> bool {
        self.guid == C::GUID
    }

    /// Returns the values of its first instance, of a class of fixed size.
    ///
    /// # Errors
    ///
    /// [`Violation`] if it is of another class or has no instance.
    pub fn block<C: FixedBlock>(&self) -> Result<Wire<C>, Violation> {
        Wire::decode(self.first::<C>(None)?).map_err(|error| self.not_of_class(error))
    }

    /// Returns the values of its first instance, of a class of variable size.
    ///
    /// # Errors
    ///
    /// [`Violation`] if it is of another class or has no instance.
    pub fn view<C: DataBlock + VariableClass>(&self) -> Result<C::View<'_>, Violation> {
        C::decode(self.first::<C>(None)?).map_err(|error| self.not_of_class(error))
    }

    /// Returns the value of the item in the event.
    ///
    /// # Errors
    ///
    /// [`Violation`] if it is of another class, or has another item or none.
    pub fn item<C: FixedBlock, T: WmiField>(
        &self,
        item: Item<C, T>,
    ) -> Result<T::Value, Violation> {
        let data = self.first::<C>(Some(item.id()))?;
        let mut wire = zerocopy::FromZeros::new_zeroed();
        let read = T::read(&mut wmi_core::block::Decoder::new(data), &mut wire);
        read.map_err(|error| self.not_of_class(error))?;
        Ok(T::decode(&wire))
    }

    /// Returns the data of the first instance, if the event is of this class and item.
    fn first<C: DataBlock>(&self, item_id: Option<u32>) -> Result<&[u8], Violation> {
        match self.instances.first() {
            Some(first) if self.data_guid == C::GUID && self.item_id == item_id => Ok(&first.value),
            _ => Err(self.broken(ProtocolRule::OtherEvent)),
        }
    }

    fn not_of_class(&self, error: DecodeError) -> Violation {
        self.broken(ProtocolRule::data(ReplyError::first(
            ItemDecodeError::from(error),
        )))
    }

    fn broken(&self, rule: ProtocolRule) -> Violation {
        let class = self.class.clone();
        Violation {
            class,
            ..Violation::new(None, Some(self.guid), rule)
        }
    }
}

impl<D: Device> Simulator<'_, D> {
    /// Receives the queued events of the classes whose events are enabled. The target of an event
    /// reference is queried.
    ///
    /// Four consecutive bytes of 0xa5 count as memory that the driver did not write, so the events
    /// of a test cannot contain such values.
    ///
    /// # Errors
    ///
    /// [`Failure`] at the first event that breaks a rule. All events then stay in the queue.
    pub fn receive(&mut self, queue: &EventQueue) -> Result<Vec<ReceivedEvent>, Failure> {
        let (mut events, mut before) = (Vec::new(), Vec::new());
        loop {
            let Some(bytes) = queue.pop() else {
                return Ok(events);
            };
            match self.read_event(&bytes, check_written) {
                Ok(event) => events.extend(event),
                Err(failure) => {
                    queue.put_back(before);
                    return Err(failure);
                }
            }
            before.push(bytes);
        }
    }

    /// Receives the bytes of an event, as `IoWMIWriteEvent` does. It comes from the device whose
    /// `ProviderId` is [`EventQueue::PROVIDER_ID`]. Returns `None` if nobody listens.
    ///
    /// # Errors
    ///
    /// [`Failure`] if the event breaks a rule, or the query of its target fails.
    pub fn event(&mut self, bytes: &[u8]) -> Result<Option<ReceivedEvent>, Failure> {
        self.read_event(bytes, |bytes| match bytes.len() {
            size if size > EVENT_LIMIT => Err(ProtocolRule::EventTooLarge { size }),
            _ => Ok(()),
        })
    }

    fn read_event(
        &mut self,
        bytes: &[u8],
        check_bytes: impl FnOnce(&[u8]) -> Result<(), ProtocolRule>,
    ) -> Result<Option<ReceivedEvent>, Failure> {
        let header = WnodeHeader::read_from_prefix(bytes);
        let id = header.map_or(0, |(header, _)| header.provider_id.get());
        let device = id.checked_sub(EventQueue::PROVIDER_ID).map_or(0, wide);
        let device = if device > self.others.len() {
            0
        } else {
            device
        };
        self.at(device, |wmi| wmi.read_event_here(bytes, check_bytes))
    }

    fn read_event_here(
        &mut self,
        bytes: &[u8],
        check_bytes: impl FnOnce(&[u8]) -> Result<(), ProtocolRule>,
    ) -> Result<Option<ReceivedEvent>, Failure> {
        let nobody = |rule| Err(Violation::new(None, None, rule).into());
        let wnode = match Wnode::decode(bytes) {
            Ok(wnode) => wnode,
            Err(error) => return nobody(ProtocolRule::Malformed(error)),
        };
        let (header, item_id) = match wnode {
            Wnode::AllData(found) => (found.header(), None),
            Wnode::SingleInstance(found) => (found.header(), None),
            Wnode::SingleItem(found) => (found.header(), Some(found.item_id())),
            Wnode::EventReference(found) => (found.header(), None),
            Wnode::MethodItem(found) => {
                let flags = found.header().flags.get();
                return nobody(ProtocolRule::NoEvent { flags });
            }
            Wnode::TooSmall { .. } => {
                let flags = WNODE_FLAG_TOO_SMALL;
                return nobody(ProtocolRule::NoEvent { flags });
            }
        };
        let guid = header.guid();
        let broken = |rule| self.broken(guid, rule);
        // The allocation may be larger than the event.
        let bytes = bytes.get(..wide(header.buffer_size.get())).unwrap_or(bytes);
        check_bytes(bytes).map_err(broken)?;
        check_header(header, self.here).map_err(broken)?;
        let block = self.registration().block(guid).cloned();
        let block = block.ok_or_else(|| broken(ProtocolRule::UnknownEvent))?;
        if !self.state().enabled.contains(&guid) {
            return Ok(None);
        }
        check::data(&self.client, bytes).map_err(broken)?;
        let name = |id| instance_name(&block, id, &self.state().path).map_err(broken);
        let one = |id, data: &[u8]| {
            let (name, value) = (name(id)?, data.to_vec());
            Ok::<_, Violation>(InstanceValue { name, value })
        };
        let instances = match wnode {
            Wnode::AllData(all) => {
                check::instances(&all).map_err(broken)?;
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
        Ok(Some(ReceivedEvent {
            guid,
            class: self.class_name(guid),
            data_guid,
            item_id,
            instances,
        }))
    }

    /// Returns the violation of a rule by an event of this class.
    fn broken(&self, guid: Guid, rule: ProtocolRule) -> Violation {
        self.with_class(Violation::new(None, Some(guid), rule))
    }

    /// Queries the target of an event reference.
    fn follow(&mut self, event: &EventReference<'_>) -> Result<InstanceValue<Vec<u8>>, Failure> {
        let guid = event.target_guid();
        let block = self.block(guid)?;
        let name = instance_name(block, event.id(), &self.state().path)
            .map_err(|rule| self.broken(guid, rule))?;
        let value = self.single_data_here(guid, Select::Name(&name))?;
        let (size, queried) = (wide(event.target_data_block_size()), value.len());
        if size != queried {
            let rule = ProtocolRule::ReferenceSize { size, queried };
            return Err(self.broken(guid, rule).into());
        }
        Ok(InstanceValue { name, value })
    }

    /// Returns the instances of an event by the schema; none if the schema lacks the class, or the
    /// event contains an item.
    ///
    /// # Errors
    ///
    /// [`Failure`] if the data is not a block of the class.
    pub fn objects(
        &self,
        event: &ReceivedEvent,
    ) -> Result<Vec<InstanceValue<DataObject<'static>>>, Failure> {
        let class = self.client.class(event.data_guid);
        let Some(class) = class.filter(|_| event.item_id.is_none()) else {
            return Ok(Vec::new());
        };
        let layout = BlockLayout::of(class, self.client.classes())?;
        let objects = event.instances.iter().map(|InstanceValue { name, value }| {
            let object = DataObject::decode(&layout, value).map(DataObject::into_owned);
            let (name, value) = (
                name.clone(),
                object
                    .map_err(|error| event.broken(ProtocolRule::data(ReplyError::first(error))))?,
            );
            Ok(InstanceValue { name, value })
        });
        objects.collect()
    }
}

fn check_header(header: &WnodeHeader, device: usize) -> Result<(), ProtocolRule> {
    let flags = header.flags.get();
    if !header.has(WNODE_FLAG_EVENT_ITEM) {
        return Err(ProtocolRule::NoEvent { flags });
    }
    let provider_id = header.provider_id.get();
    let number = u32::try_from(device).unwrap_or(u32::MAX);
    let expected = EventQueue::PROVIDER_ID.saturating_add(number);
    if provider_id != expected {
        return Err(ProtocolRule::WrongProvider {
            provider_id,
            expected,
        });
    }
    check::time_stamp(header)
}

/// Checks that an event contains no old memory of its queue.
fn check_written(event: &[u8]) -> Result<(), ProtocolRule> {
    let mut places = event.windows(STALE.len());
    match places.position(|bytes| bytes == STALE) {
        Some(offset) => Err(ProtocolRule::Unwritten { offset }),
        None => Ok(()),
    }
}

/// Returns the name of an event's instance.
///
/// An event may also name a statically named instance by that name, as the toaster sample does
/// before it is registered.
fn instance_name(
    block: &Registered,
    id: InstanceId<'_>,
    device: &str,
) -> Result<String, ProtocolRule> {
    let registered = block.instance_count;
    match id {
        InstanceId::Static(index) if block.has_static_names() => {
            let name = block.static_name(index, device);
            name.ok_or(ProtocolRule::WrongInstance { index, registered })
        }
        InstanceId::Static(index) => Err(ProtocolRule::IndexOfDynamicName { index }),
        InstanceId::Dynamic(name) => {
            let name = name.to_string();
            let is_it = |other: String| other.eq_ignore_ascii_case(&name);
            let mut names = (0..registered).map_while(|index| block.static_name(index, device));
            if block.has_static_names() && !names.any(is_it) {
                return Err(ProtocolRule::UnknownName { name });
            }
            Ok(name)
        }
    }
}
