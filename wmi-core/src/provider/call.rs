//! A request for one block: the checks, in order, and the reply.
//!
//! | order | check | otherwise |
//! |---|---|---|
//! | 1 | the buffer has room for `WNODE_TOO_SMALL`, if data is returned | `STATUS_BUFFER_TOO_SMALL` |
//! | 2 | the buffer holds the fixed part of the WNODE, and the name if the block has dynamic names | `STATUS_INVALID_PARAMETER` |
//! | 3 | the instance exists | `STATUS_WMI_INSTANCE_NOT_FOUND` |
//! | 4 | the block is not event-only | `STATUS_INVALID_DEVICE_REQUEST` |
//! | 5 | the data lies in the buffer, and the output does not start before the end of the name | `STATUS_INVALID_PARAMETER` |
//! | 6 | the block has methods | `STATUS_INVALID_DEVICE_REQUEST` |
//! | 7 | the item or method exists | `STATUS_WMI_ITEMID_NOT_FOUND` |
//! | 8 | the reply fits | `WNODE_TOO_SMALL` |
//! | 9 | the block or item can be written | `STATUS_WMI_READ_ONLY` |

use core::ops::Range;

use zerocopy::FromBytes;
use zerocopy::little_endian::{I64, U32};

use super::Block;
use super::refused::RefusalCause;
use super::registered::NameChanges;
use super::request::{Minor, Refusal};
use crate::NtStatus;
use crate::wnode::{
    self, Form, InstanceId, Plan, Single, Source, WnodeAllData, WnodeHeader, WnodeMethodItem,
    WnodeSingleInstance, WnodeTooSmall, write_too_small,
};

/// Flags that the reply sets itself: those that describe its structure and its instances. All other
/// flags keep the request's values, as in C drivers.
const REPLACED: u32 = wnode::KIND
    | wnode::flags::WNODE_FLAG_EVENT_ITEM
    | wnode::flags::WNODE_FLAG_FIXED_INSTANCE_SIZE
    | wnode::flags::WNODE_FLAG_INSTANCES_SAME;

/// A request for one block.
pub(super) struct Call<'a, A: 'static> {
    pub(super) block: &'static Block<A>,
    pub(super) context: &'a A,
    pub(super) time_stamp: i64,
}

impl<A> Call<'_, A> {
    /// Answers the request in its buffer, and returns the size of the reply.
    pub(super) fn answer(&self, minor: Minor, buffer: &mut [u8]) -> Result<usize, Refusal> {
        match minor {
            Minor::EnableEvents => Ok(self.block.enable(self.context, true).map(|()| 0)?),
            Minor::DisableEvents => Ok(self.block.enable(self.context, false).map(|()| 0)?),
            Minor::EnableCollection => Ok(self.block.collect(self.context, true).map(|()| 0)?),
            Minor::DisableCollection => Ok(self.block.collect(self.context, false).map(|()| 0)?),
            Minor::QueryAllData if self.block.is_event_only => {
                Err(NtStatus::INVALID_DEVICE_REQUEST.into())
            }
            Minor::QueryAllData => self.or_too_small(buffer, Self::query_all),
            Minor::QuerySingleInstance => self.or_too_small(buffer, Self::query_single),
            Minor::ExecuteMethod => self.or_too_small(buffer, Self::execute),
            Minor::ChangeSingleInstance => self.change_instance(buffer).map(|()| 0),
            Minor::ChangeSingleItem => self.change_item(buffer).map(|()| 0),
            Minor::RegInfo | Minor::RegInfoEx => Err(NtStatus::INVALID_PARAMETER.into()),
        }
    }

    /// Answers a request that returns data: with the reply written by `reply`, or with a
    /// `WNODE_TOO_SMALL` that holds the size needed.
    fn or_too_small(
        &self,
        buffer: &mut [u8],
        reply: fn(&Self, &mut [u8]) -> Result<usize, Refusal>,
    ) -> Result<usize, Refusal> {
        if buffer.len() < size_of::<WnodeTooSmall>() {
            return Err(NtStatus::BUFFER_TOO_SMALL.into());
        }
        match reply(self, buffer) {
            Err(Refusal::TooSmall { needed }) => {
                // Fails if the size exceeds 32 bits: no buffer has its data at such an offset.
                write_too_small(buffer, self.block.guid, needed)
                    .map_err(|_| NtStatus::INVALID_PARAMETER.into())
            }
            written => written,
        }
    }

    fn query_all(&self, buffer: &mut [u8]) -> Result<usize, Refusal> {
        // Read before the names, so that the next query reports a name that changes in between.
        let names = self.block.names_told(self.context);
        let revision = names.map(NameChanges::revision);
        let source = Instances {
            block: self.block,
            context: self.context,
            count: self.block.names.count(self.context),
        };
        let plan = Plan::new(&source)?;
        if plan.end > buffer.len() {
            // A missing instance comes before a small buffer; the reply would find it as it goes.
            for instance in 0..source.count {
                self.block.content.find(self.context, instance)?;
            }
            return Err(Refusal::TooSmall { needed: plan.end });
        }
        let mut header = match WnodeHeader::read_from_prefix(buffer) {
            Ok((header, _)) => header,
            // Unreachable: the buffer has room for the whole reply.
            Err(_) => WnodeHeader::new(self.block.guid, 0),
        };
        let kind = match (names, revision) {
            (Some(names), Some(revision)) if names.is_told(revision) => {
                wnode::flags::WNODE_FLAG_INSTANCES_SAME
            }
            _ => 0,
        };
        self.update(&mut header, plan.end, kind);
        let size = plan.write(&source, header, buffer).map_err(changed)?;
        if let (Some(names), Some(revision)) = (names, revision) {
            names.tell(revision);
        }
        Ok(size)
    }

    fn query_single(&self, buffer: &mut [u8]) -> Result<usize, Refusal> {
        let request = Single::of_request(buffer, Form::Instance)?;
        let found = self.find(&request)?;
        let start = request.data_offset;
        if start < found.name.end {
            return Err(NtStatus::INVALID_PARAMETER.into());
        }
        let size = match buffer.get_mut(start..) {
            Some(data) => self.block.query(self.context, found.instance, data),
            None => self.block.measure(self.context, found.instance),
        };
        let size = size.map_err(|refusal| refusal.after(start))?;
        let end = start.saturating_add(size);
        if let Ok((reply, _)) = WnodeSingleInstance::mut_from_prefix(buffer) {
            reply.size_data_block = count(size);
            let kind = wnode::flags::WNODE_FLAG_SINGLE_INSTANCE;
            self.update(&mut reply.header, end, kind);
        }
        clear(buffer, Form::Instance, &found.name, start);
        Ok(end)
    }

    fn execute(&self, buffer: &mut [u8]) -> Result<usize, Refusal> {
        let request = Single::of_request(buffer, Form::Method)?;
        let found = self.find(&request)?;
        let input = request.data()?.len();
        let (mut start, id) = (request.data_offset, request.item);
        let is_outside = start < found.name.end || start > buffer.len();
        if is_outside && input != 0 {
            return Err(NtStatus::INVALID_PARAMETER.into());
        }
        if is_outside {
            // A sender without input need not set the offset.
            start = wnode::stride(found.name.end).unwrap_or(usize::MAX);
        }
        // Empty if the buffer ends before `start`; then only a method without output fits.
        let data = buffer.get_mut(start..).unwrap_or_default();
        let content = &self.block.content;
        let output = content.execute(self.context, found.instance, id, data, input);
        let size = output.map_err(|refusal| refusal.after(start))?;
        let start = start.min(buffer.len());
        let end = start.saturating_add(size);
        if let Ok((reply, _)) = WnodeMethodItem::mut_from_prefix(buffer) {
            reply.data_block_offset = count(start);
            reply.size_data_block = count(size);
            self.update(&mut reply.header, end, wnode::flags::WNODE_FLAG_METHOD_ITEM);
        }
        clear(buffer, Form::Method, &found.name, start);
        Ok(end)
    }

    fn change_instance(&self, buffer: &[u8]) -> Result<(), Refusal> {
        let request = Single::of_request(buffer, Form::Instance)?;
        let instance = self.find(&request)?.instance;
        Ok(self.block.set(self.context, instance, request.data()?)?)
    }

    fn change_item(&self, buffer: &[u8]) -> Result<(), Refusal> {
        let request = Single::of_request(buffer, Form::Item)?;
        let instance = self.find(&request)?.instance;
        let (id, data) = (request.item, request.data()?);
        Ok(self.block.set_item(self.context, instance, id, data)?)
    }

    /// Finds the instance that a request names, and the bytes of its name.
    fn find(&self, request: &Single<'_>) -> Result<Found, Refusal> {
        let is_static = request
            .header()
            .has(wnode::flags::WNODE_FLAG_STATIC_INSTANCE_NAMES);
        let names = &self.block.names;
        let (id, name) = match (names.are_dynamic(), is_static) {
            (true, false) => {
                let (name, place) = request.name()?;
                (InstanceId::Dynamic(name), place)
            }
            (false, true) => {
                // WMI may also send the name. It is kept only if it lies within `BufferSize` and
                // before the data: other bytes are left over from earlier uses of the buffer.
                let sent = usize::try_from(request.header().buffer_size.get());
                let end = request.data_offset.min(sent.unwrap_or(usize::MAX));
                let name = request.name().map(|(_, place)| place).ok();
                let name = name.filter(|name| name.end <= end);
                let name = name.unwrap_or(request.start()..request.start());
                (InstanceId::Static(request.index), name)
            }
            // The request uses the other kind of name, so the instance may belong to another
            // provider of the GUID.
            _ => return Err(NtStatus::WMI_INSTANCE_NOT_FOUND.into()),
        };
        let instance = names.find(self.context, id);
        let instance = instance.ok_or(NtStatus::WMI_INSTANCE_NOT_FOUND)?;
        self.block.content.find(self.context, instance)?;
        Ok(Found { instance, name })
    }

    /// Says why [`answer`](Self::answer) failed with this status: by the checks above, in their order.
    pub(super) fn cause(&self, minor: Minor, buffer: &[u8], status: NtStatus) -> RefusalCause {
        let form = match minor {
            Minor::QuerySingleInstance | Minor::ChangeSingleInstance => Form::Instance,
            Minor::ChangeSingleItem => Form::Item,
            Minor::ExecuteMethod => Form::Method,
            Minor::QueryAllData if self.block.is_event_only => return RefusalCause::EventOnly,
            Minor::QueryAllData if status == NtStatus::BUFFER_TOO_SMALL => {
                let available = buffer.len();
                return RefusalCause::ShortBuffer { available };
            }
            _ => return RefusalCause::Driver,
        };
        let returns_data = matches!(minor, Minor::QuerySingleInstance | Minor::ExecuteMethod);
        if returns_data && buffer.len() < size_of::<WnodeTooSmall>() {
            let available = buffer.len();
            return RefusalCause::ShortBuffer { available };
        }
        let request = match Single::of_request(buffer, form) {
            Ok(request) => request,
            Err(fault) => return RefusalCause::Malformed(fault),
        };
        let found = match self.find(&request) {
            Ok(found) => found,
            Err(_) => return self.unknown_instance(&request),
        };
        if let (true, Err(fault)) = (minor != Minor::QuerySingleInstance, request.data()) {
            return RefusalCause::Malformed(fault);
        }
        let is_misplaced =
            request.data_offset < found.name.end || request.data_offset > buffer.len();
        match status {
            NtStatus::INVALID_PARAMETER if returns_data && is_misplaced => RefusalCause::DataPlace,
            _ => RefusalCause::of_status(self.block, minor, request.item, status),
        }
    }

    /// Says why [`find`](Self::find) has found no instance.
    fn unknown_instance(&self, request: &Single<'_>) -> RefusalCause {
        let is_static = request
            .header()
            .has(wnode::flags::WNODE_FLAG_STATIC_INSTANCE_NAMES);
        match (self.block.names.are_dynamic(), is_static) {
            _ if self.block.is_event_only => RefusalCause::EventOnly,
            (true, true) => RefusalCause::IndexOfDynamicNames,
            (false, false) => RefusalCause::NameOfStaticNames,
            (false, true) => RefusalCause::UnknownInstance,
            (true, false) => match request.name() {
                Ok(_) => RefusalCause::UnknownInstance,
                Err(fault) => RefusalCause::Malformed(fault),
            },
        }
    }

    /// Turns the header of a request into that of its reply.
    fn update(&self, header: &mut WnodeHeader, size: usize, kind: u32) {
        header.buffer_size = count(size);
        header.time_stamp = I64::new(self.time_stamp);
        header.guid = self.block.guid.to_bytes();
        header.flags &= !REPLACED;
        header.flags |= kind;
        if self.block.names.are_dynamic() {
            header.flags &= !wnode::STATIC_NAMES;
        }
    }
}

/// The instance that a request names.
struct Found {
    instance: usize,
    /// The bytes of its name; an empty range after the fixed part if the request has only an index.
    name: Range<usize>,
}

/// Clears the bytes of a reply between the fixed part, the name and the data, so that no old
/// content of the buffer leaves the driver.
fn clear(buffer: &mut [u8], form: Form, name: &Range<usize>, data: usize) {
    for gap in [form.variable_data()..name.start, name.end..data] {
        buffer.get_mut(gap).unwrap_or_default().fill(0);
    }
}

/// Maps the failure to write a reply that was measured to fit: its values have grown.
fn changed(refusal: Refusal) -> Refusal {
    match refusal {
        Refusal::TooSmall { .. } => NtStatus::WMI_TRY_AGAIN.into(),
        status @ Refusal::Status(_) => status,
    }
}

/// Returns a size inside a buffer as 32 bits, in which buffers are measured.
pub(super) fn count(size: usize) -> U32 {
    U32::new(u32::try_from(size).unwrap_or(u32::MAX))
}

/// All instances of a block.
struct Instances<'a, A: 'static> {
    block: &'static Block<A>,
    context: &'a A,
    count: usize,
}

impl<A> Source for Instances<'_, A> {
    type Error = Refusal;

    fn count(&self) -> usize {
        self.count
    }

    fn is_named(&self) -> bool {
        self.block.names.are_dynamic()
    }

    fn name(&self, instance: usize) -> Result<&str, Refusal> {
        let name = self.block.names.dynamic(self.context, instance);
        // The instance existed when they were counted.
        name.ok_or(NtStatus::WMI_TRY_AGAIN.into())
    }

    fn fixed_size(&self) -> Option<usize> {
        self.block.instance_size()
    }

    fn data(&self, instance: usize, to: Option<&mut [u8]>) -> Result<usize, Refusal> {
        Ok(self.block.content.query(self.context, instance, to)?)
    }

    fn store_all(&self, data: &mut [u8]) -> Result<(), Refusal> {
        let size = self.fixed_size().unwrap_or_default();
        let stride = wnode::stride(size.max(1)).unwrap_or(usize::MAX);
        for (instance, slot) in data.chunks_mut(stride).enumerate() {
            let (block, padding) = slot.split_at_mut_checked(size).unwrap_or_default();
            self.data(instance, Some(block))?;
            padding.fill(0);
        }
        Ok(())
    }
}

const _: () = assert!(size_of::<WnodeTooSmall>() < WnodeAllData::DATA_OFFSET);
