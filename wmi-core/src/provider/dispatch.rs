//! [`Provider`]: which block a request is for, and the checks in their order.

use zerocopy::FromBytes;
use zerocopy::little_endian::{I64, U32};

use super::Block;
use super::request::{DataPath, Failure, Minor, Request, Response};
use crate::schema::Value;
use crate::wnode::{
    self, Form, Plan, Single, Source, WnodeAllData, WnodeHeader, WnodeMethodItem,
    WnodeSingleInstance, WnodeTooSmall, write_too_small,
};
use crate::{Guid, NtStatus};

/// The blocks of a driver, and how it is registered.
pub struct Provider<A: 'static> {
    pub(super) blocks: &'static [&'static Block<A>],
    pub(super) pdo: Option<fn(&A) -> usize>,
    pub(super) mof_resource: Option<&'static str>,
    pub(super) registry_path: Option<fn(&A) -> &[u16]>,
}

impl<A> Provider<A> {
    /// Answers a request.
    ///
    /// Nothing is written past the end of the buffer, nor past `information` where the status is a
    /// success.
    pub fn dispatch(&self, context: &A, request: Request<'_>) -> Response {
        let Request {
            minor,
            data_path,
            buffer,
            time_stamp,
        } = request;
        let written = match data_path {
            DataPath::Action(action) if minor.is_registration() => {
                self.register(context, action, buffer)
            }
            DataPath::Guid(guid) if !minor.is_registration() => match self.block(context, guid) {
                Some(block) => Call {
                    block,
                    context,
                    time_stamp,
                }
                .answer(minor, buffer),
                None => Err(NtStatus::WMI_GUID_NOT_FOUND.into()),
            },
            _ => Err(NtStatus::INVALID_PARAMETER.into()),
        };
        match written {
            Ok(information) => Response {
                status: NtStatus::SUCCESS,
                information,
            },
            Err(Failure::Status(status)) => Response {
                status,
                information: 0,
            },
            Err(Failure::TooSmall { .. }) => Response {
                status: NtStatus::BUFFER_TOO_SMALL,
                information: 0,
            },
        }
    }

    /// The block with this GUID, if this device has it.
    fn block(&self, context: &A, guid: Guid) -> Option<&'static Block<A>> {
        let mut blocks = self.blocks.iter().copied();
        blocks.find(|block| block.guid == guid && block.is_present(context))
    }
}

impl<A, T: ?Sized> Block<A, T> {
    pub(super) fn is_present(&self, context: &A) -> bool {
        self.is_present.is_none_or(|is_present| is_present(context))
    }
}

/// A request for one block.
struct Call<'a, A: 'static> {
    block: &'static Block<A>,
    context: &'a A,
    time_stamp: i64,
}

impl<A> Call<'_, A> {
    /// The bytes of the reply.
    fn answer(&self, minor: Minor, buffer: &mut [u8]) -> Result<usize, Failure> {
        match minor {
            Minor::QueryAllData => self.or_too_small(buffer, Self::query_all),
            Minor::QuerySingleInstance => self.or_too_small(buffer, Self::query_single),
            Minor::ExecuteMethod => self.or_too_small(buffer, Self::execute),
            Minor::ChangeSingleInstance => self.change_instance(buffer).map(|()| 0),
            Minor::ChangeSingleItem => self.change_item(buffer).map(|()| 0),
            Minor::EnableEvents => Ok(self.enable(true).map(|()| 0)?),
            Minor::DisableEvents => Ok(self.enable(false).map(|()| 0)?),
            Minor::EnableCollection => Ok(self.collect(true).map(|()| 0)?),
            Minor::DisableCollection => Ok(self.collect(false).map(|()| 0)?),
            Minor::RegInfo | Minor::RegInfoEx => Err(NtStatus::INVALID_PARAMETER.into()),
        }
    }

    /// Answers a request that returns data by what `reply` writes, or by the `WNODE_TOO_SMALL` that
    /// says what it needs.
    fn or_too_small(
        &self,
        buffer: &mut [u8],
        reply: fn(&Self, &mut [u8]) -> Result<usize, Failure>,
    ) -> Result<usize, Failure> {
        if buffer.len() < size_of::<WnodeTooSmall>() {
            return Err(NtStatus::BUFFER_TOO_SMALL.into());
        }
        match reply(self, buffer) {
            Err(Failure::TooSmall { needed }) => {
                Ok(write_too_small(buffer, self.block.guid, needed)?)
            }
            written => written,
        }
    }

    fn query_all(&self, buffer: &mut [u8]) -> Result<usize, Failure> {
        let source = Instances {
            block: self.block,
            context: self.context,
            count: self.block.names.count(self.context),
        };
        for instance in 0..source.count {
            self.block.content.find(self.context, instance)?;
        }
        let plan = Plan::new(&source)?;
        if plan.end > buffer.len() {
            return Err(Failure::TooSmall { needed: plan.end });
        }
        let mut header = match WnodeHeader::read_from_prefix(buffer) {
            Ok((header, _)) => header,
            // There is room for more than that.
            Err(_) => WnodeHeader::new(self.block.guid, 0),
        };
        self.update(&mut header, plan.end, 0);
        plan.write(&source, header, buffer).map_err(changed)
    }

    fn query_single(&self, buffer: &mut [u8]) -> Result<usize, Failure> {
        let request = Single::read(buffer, Form::Instance)?;
        let instance = self.find(&request)?;
        let start = output_start(&request)?;
        let content = &self.block.content;
        let size = content.query(self.context, instance, None)?;
        let room = room(buffer, start, size)?;
        let size = content.query(self.context, instance, Some(&mut *room))?;
        if size > room.len() {
            return Err(NtStatus::WMI_TRY_AGAIN.into());
        }
        let end = start.saturating_add(size);
        if let Ok((reply, _)) = WnodeSingleInstance::mut_from_prefix(buffer) {
            reply.size_data_block = count(size);
            self.update(
                &mut reply.header,
                end,
                wnode::flags::WNODE_FLAG_SINGLE_INSTANCE,
            );
        }
        Ok(end)
    }

    fn execute(&self, buffer: &mut [u8]) -> Result<usize, Failure> {
        let request = Single::read(buffer, Form::Method)?;
        let instance = self.find(&request)?;
        let (start, id) = (output_start(&request)?, request.item);
        let input = request.data()?.len();
        let data = buffer.get_mut(start..).unwrap_or_default();
        let content = &self.block.content;
        let output = content.execute(self.context, instance, id, data, input);
        let size = output.map_err(|failure| match failure {
            Failure::TooSmall { needed } => Failure::TooSmall {
                needed: start.saturating_add(needed),
            },
            status @ Failure::Status(_) => status,
        })?;
        let end = start.saturating_add(size);
        if let Ok((reply, _)) = WnodeMethodItem::mut_from_prefix(buffer) {
            reply.size_data_block = count(size);
            self.update(&mut reply.header, end, wnode::flags::WNODE_FLAG_METHOD_ITEM);
        }
        Ok(end)
    }

    fn change_instance(&self, buffer: &[u8]) -> Result<(), Failure> {
        let request = Single::read(buffer, Form::Instance)?;
        let instance = self.find(&request)?;
        let data = request.data()?;
        let mut items = self.block.items();
        if !items.any(|(_, is_writable)| is_writable) {
            return Err(NtStatus::WMI_READ_ONLY.into());
        }
        Ok(self.block.content.set(self.context, instance, data)?)
    }

    fn change_item(&self, buffer: &[u8]) -> Result<(), Failure> {
        let request = Single::read(buffer, Form::Item)?;
        let instance = self.find(&request)?;
        let data = request.data()?;
        let mut items = self.block.items();
        match items.find(|&(id, _)| id == request.item) {
            None => Err(NtStatus::WMI_ITEMID_NOT_FOUND.into()),
            Some((_, false)) => Err(NtStatus::WMI_READ_ONLY.into()),
            Some((id, true)) => {
                let content = &self.block.content;
                Ok(content.set_item(self.context, instance, id, data)?)
            }
        }
    }

    fn enable(&self, on: bool) -> Result<(), NtStatus> {
        match self.block.enable {
            Some(enable) => enable(self.context, on),
            None => self.block.content.enable(self.context, on),
        }
    }

    fn collect(&self, on: bool) -> Result<(), NtStatus> {
        match self.block.collect {
            Some(collect) => collect(self.context, on),
            // WMI may ask it of any block.
            None => Ok(()),
        }
    }

    /// Which instance a request means.
    fn find(&self, request: &Single<'_>) -> Result<usize, NtStatus> {
        let instance = self.block.names.find(self.context, request.id);
        let instance = instance.ok_or(NtStatus::WMI_INSTANCE_NOT_FOUND)?;
        self.block.content.find(self.context, instance)?;
        Ok(instance)
    }

    /// Makes the header of a request that of its reply.
    fn update(&self, header: &mut WnodeHeader, size: usize, kind: u32) {
        header.buffer_size = count(size);
        header.time_stamp = I64::new(self.time_stamp);
        header.guid = self.block.guid.to_bytes();
        header.flags &= !(wnode::KIND | wnode::flags::WNODE_FLAG_FIXED_INSTANCE_SIZE);
        header.flags |= kind;
        if self.block.names.are_dynamic() {
            header.flags &= !wnode::STATIC_NAMES;
        }
    }
}

impl<A, T: ?Sized> Block<A, T> {
    /// The `WmiDataId` of each item, and whether it can be written.
    fn items(&self) -> impl Iterator<Item = (u32, bool)> {
        self.class.properties.iter().filter_map(|property| {
            let write = property.qualifier("write");
            let is_writable = write.is_some_and(|write| write.value != Value::Boolean(false));
            Some((property.data_id()?, is_writable))
        })
    }
}

/// Where the output of a request goes: where WMI says, after what it says.
fn output_start(request: &Single<'_>) -> Result<usize, NtStatus> {
    if request.data_offset < request.name_end {
        return Err(NtStatus::INVALID_PARAMETER);
    }
    Ok(request.data_offset)
}

/// Room for `size` bytes from `start`.
fn room(buffer: &mut [u8], start: usize, size: usize) -> Result<&mut [u8], Failure> {
    let needed = start.saturating_add(size);
    buffer
        .get_mut(start..needed)
        .ok_or(Failure::TooSmall { needed })
}

/// What was measured to fit does no more.
fn changed(failure: Failure) -> Failure {
    match failure {
        Failure::TooSmall { .. } => NtStatus::WMI_TRY_AGAIN.into(),
        status @ Failure::Status(_) => status,
    }
}

/// A size; the buffer that it lies in is counted by 32 bits.
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
    type Error = Failure;

    fn count(&self) -> usize {
        self.count
    }

    fn is_named(&self) -> bool {
        self.block.names.are_dynamic()
    }

    fn name(&self, instance: usize) -> &str {
        self.block.names.dynamic(self.context, instance)
    }

    fn fixed_size(&self) -> Option<usize> {
        self.block.content.fixed_size()
    }

    fn data(&self, instance: usize, to: Option<&mut [u8]>) -> Result<usize, Failure> {
        Ok(self.block.content.query(self.context, instance, to)?)
    }

    fn store_all(&self, data: &mut [u8]) -> Result<(), Failure> {
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
