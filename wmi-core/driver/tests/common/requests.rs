//! Requests as WMI sends them to a driver, for instances that a number names.

#![allow(dead_code, reason = "no user has a need for all of it")]
#![allow(unreachable_pub, reason = "each user has a copy of this module")]

use wmi_core::provider::Minor;
use wmi_core::wnode::Wnode;
use wmi_core::{Guid, NtStatus};
use wmi_driver::fake::{CompletedIrp, IrpRequest, WdmDevice};

const STATIC_NAMES: u32 = 0x80;

/// The answer to a request, without the WNODE around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The data; of a query of all instances that of all, one after the other.
    Data(Vec<u8>),
    /// How many bytes the request needs, the WNODE's own included.
    Needs(usize),
    /// Another status than success.
    Failed(NtStatus),
}

impl From<CompletedIrp> for Answer {
    fn from(completed: CompletedIrp) -> Self {
        if !completed.status.is_success() {
            return Self::Failed(completed.status);
        }
        match Wnode::decode(completed.reply()) {
            Ok(Wnode::SingleInstance(reply)) => Self::Data(reply.data().to_vec()),
            Ok(Wnode::MethodItem(reply)) => Self::Data(reply.data().to_vec()),
            Ok(Wnode::AllData(reply)) => {
                let instances = (0..reply.instance_count()).map(|index| reply.data(index).unwrap());
                Self::Data(instances.flatten().copied().collect())
            }
            Ok(Wnode::TooSmall { size_needed }) => Self::Needs(size_needed.try_into().unwrap()),
            // A request that sets, or switches something, has no reply.
            _ => Self::Data(completed.reply().to_vec()),
        }
    }
}

/// A WNODE with these numbers behind its header, then data.
fn wnode(guid: Guid, flags: u32, numbers: &[u32], data: &[u8]) -> Vec<u8> {
    let mut wnode = vec![0; 48];
    wnode[24..40].copy_from_slice(&guid.to_bytes());
    wnode[44..48].copy_from_slice(&(STATIC_NAMES | flags).to_le_bytes());
    wnode.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
    // Items and methods have four bytes before the data, which starts at a multiple of 8.
    wnode.resize(wnode.len().next_multiple_of(8), 0);
    wnode.extend_from_slice(data);
    let size = u32::try_from(wnode.len()).unwrap();
    wnode[..4].copy_from_slice(&size.to_le_bytes());
    wnode
}

fn request(minor: Minor, device: WdmDevice, guid: Guid, wnode: Vec<u8>) -> IrpRequest {
    IrpRequest::new(minor, device).guid(guid).bytes(wnode)
}

fn len(data: &[u8]) -> u32 {
    u32::try_from(data.len()).unwrap()
}

/// `IRP_MN_QUERY_ALL_DATA` in a buffer of `size` bytes.
pub fn query_all(device: WdmDevice, guid: Guid, size: usize) -> IrpRequest {
    let mut wnode = wnode(guid, 0x01, &[0; 4], &[]);
    wnode.resize(size, 0);
    request(Minor::QueryAllData, device, guid, wnode)
}

/// `IRP_MN_QUERY_SINGLE_INSTANCE`, with room for this many bytes of data.
pub fn query(device: WdmDevice, guid: Guid, instance: u32, room: usize) -> IrpRequest {
    let wnode = wnode(guid, 0x02, &[0, instance, 64, 0], &vec![0; room]);
    request(Minor::QuerySingleInstance, device, guid, wnode)
}

/// `IRP_MN_CHANGE_SINGLE_INSTANCE`.
pub fn set(device: WdmDevice, guid: Guid, instance: u32, data: &[u8]) -> IrpRequest {
    let wnode = wnode(guid, 0x02, &[0, instance, 64, len(data)], data);
    request(Minor::ChangeSingleInstance, device, guid, wnode)
}

/// `IRP_MN_CHANGE_SINGLE_INSTANCE` whose data is claimed to have this offset and size, as in a
/// malformed WNODE.
pub fn set_at(device: WdmDevice, guid: Guid, place: [u32; 2], data: &[u8]) -> IrpRequest {
    let [offset, size] = place;
    let wnode = wnode(guid, 0x02, &[0, 0, offset, size], data);
    request(Minor::ChangeSingleInstance, device, guid, wnode)
}

/// As [`set_at`], for `IRP_MN_CHANGE_SINGLE_ITEM`.
pub fn set_item_at(
    device: WdmDevice,
    guid: Guid,
    item: u32,
    place: [u32; 2],
    data: &[u8],
) -> IrpRequest {
    let [offset, size] = place;
    let wnode = wnode(guid, 0x04, &[0, 0, item, offset, size], data);
    request(Minor::ChangeSingleItem, device, guid, wnode)
}

/// `IRP_MN_CHANGE_SINGLE_ITEM`.
pub fn set_item(
    device: WdmDevice,
    guid: Guid,
    instance: u32,
    item: u32,
    data: &[u8],
) -> IrpRequest {
    let wnode = wnode(guid, 0x04, &[0, instance, item, 72, len(data)], data);
    request(Minor::ChangeSingleItem, device, guid, wnode)
}

/// `IRP_MN_EXECUTE_METHOD` with a claimed size of the input, as a malformed WNODE may have it, and
/// a buffer for this many bytes of output.
pub fn execute(
    device: WdmDevice,
    guid: Guid,
    method: u32,
    input: &[u8],
    claimed: u32,
    room: usize,
) -> IrpRequest {
    let mut data = input.to_vec();
    data.resize(room, 0);
    let wnode = wnode(guid, 0x8000, &[0, 0, method, 72, claimed], &data);
    request(Minor::ExecuteMethod, device, guid, wnode)
}

/// One of the requests that switch events, or the collection of an expensive block.
pub fn switch(minor: Minor, device: WdmDevice, guid: Guid) -> IrpRequest {
    request(minor, device, guid, wnode(guid, 0, &[], &[]))
}
