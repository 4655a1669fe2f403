//! A consumer of WMI that gets any replies and any events.

use wmi_core::wnode::Wnode;
use wmi_core::{NtStatus, WmiClass, WmiMethod};
use wmi_driver::consumer::{Access, Listener, OpenBlock};
use wmi_driver::fake::Kernel;

use crate::bytes::Bytes;

/// What a disk has done.
#[derive(WmiClass)]
#[wmi(guid = "0d1c9e64-7a0b-4f21-9a3f-6f8ad5f31c71")]
pub(crate) struct Vendor_Disk {
    /// Requests.
    #[wmi(data_id = 1)]
    pub(crate) requests: u32,
    /// The state.
    #[wmi(data_id = 2)]
    pub(crate) state: u8,
}

/// Tells a name.
#[derive(WmiMethod)]
#[wmi(id = 1)]
pub(crate) struct TellName<'a> {
    /// Of what.
    #[wmi(in)]
    pub(crate) number: u32,
    /// The name.
    #[wmi(out)]
    pub(crate) name: &'a str,
}

struct Reader;

static READER: Reader = Reader;

impl Listener<Vendor_Disk> for Reader {
    fn notify(&self, event: Wnode<'_>) {
        read(event);
    }
}

/// Reads all of a WNODE.
fn read(wnode: Wnode<'_>) {
    match wnode {
        Wnode::SingleInstance(single) => {
            let _ = single.block::<Vendor_Disk>().map(|disk| disk.requests());
        }
        Wnode::AllData(all) => {
            let blocks = all.blocks::<Vendor_Disk>().into_iter().flatten();
            let _: u64 = blocks.map(|disk| u64::from(disk.requests())).sum();
        }
        _ => {}
    }
}

pub(crate) fn run(input: &[u8]) {
    let mut bytes = Bytes(input);
    let kernel = Kernel::new();
    let access = Access::QUERY | Access::EXECUTE | Access::NOTIFICATION;
    let block = OpenBlock::<Vendor_Disk>::open(access).expect("the fake opens all");
    let subscription = block.listen(&READER).expect("it is open for this");
    let block = subscription.block();
    while let Some(step) = bytes.next() {
        let mut reply = bytes.buffer().unwrap_or_default();
        if let (true, Some(guid)) = (step & 0x80 != 0, reply.get_mut(24..40)) {
            let known = <Vendor_Disk as wmi_core::DataBlock>::GUID;
            guid.copy_from_slice(&known.to_bytes());
        }
        match step % 4 {
            0 => {
                kernel.answer_consumers(Some(reply));
                let data = block.query_all().expect("it is answered");
                assert!(data.instances().count() <= 0x1_0000);
                data.wnodes().filter_map(Result::ok).for_each(read);
            }
            1 => {
                kernel.answer_consumers(Some(reply));
                let data = block.query(&[0x41]).expect("it is answered");
                let _ = data.instances().map_while(Result::ok).last();
            }
            2 => {
                kernel.answer_consumers(Some(reply));
                let input = TellNameIn { number: 1 };
                let output = block.execute::<TellName<'_>>(&[0x41], &input);
                let output = output.expect("it is answered");
                let _ = output.decode().map(|output| output.name.units().count());
            }
            _ => kernel.notify_consumers(&reply),
        }
    }
    kernel.answer_consumers(None);
    let missing = block.query_all().err();
    assert_eq!(missing, Some(NtStatus::WMI_GUID_NOT_FOUND));
}
