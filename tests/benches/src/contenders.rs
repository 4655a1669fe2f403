//! The measured functions.

use core::hint::black_box;
use core::sync::atomic::Ordering;

use iscsi_schema::{MSiSCSI_MMIPSECStats, MSiSCSI_MMIPSECStatsItems};
use wmi_core::wnode::{AllDataWriter, Wnode, WnodeAllData};

use crate::{Data, INCREMENTS};

pub(crate) fn increment(data: &mut Data) {
    for _ in 0..INCREMENTS {
        black_box(&data.counters[0]).increment_acquire_failures();
    }
}

pub(crate) fn fetch_add(data: &mut Data) {
    for _ in 0..INCREMENTS {
        black_box(&data.flat[0]).fetch_add(1, Ordering::Relaxed);
    }
}

/// Reads the processor's number for every count, as a driver does.
pub(crate) fn increment_per_cpu(data: &mut Data) {
    for _ in 0..INCREMENTS {
        let processor = data.processor.load(Ordering::Relaxed);
        let counters = black_box(&data.per_cpu).on(processor);
        counters.increment_acquire_failures();
    }
}

pub(crate) fn increment_alone(data: &mut Data) {
    for _ in 0..INCREMENTS {
        black_box(&data.serialised).increment_count();
    }
}

pub(crate) fn load_and_store(data: &mut Data) {
    for _ in 0..INCREMENTS {
        let counter = black_box(&data.flat[0]);
        let value = counter.load(Ordering::Relaxed);
        counter.store(value.wrapping_add(1), Ordering::Relaxed);
    }
}

pub(crate) fn fill_from_blocks(data: &mut Data) {
    let written = AllDataWriter::new(black_box(&data.blocks)).write(&mut data.reply);
    assert!(written.is_ok());
    black_box(&data.reply);
}

pub(crate) fn fill_from_counters(data: &mut Data) {
    let written = AllDataWriter::new(black_box(&data.counters)).write(&mut data.reply);
    assert!(written.is_ok());
    black_box(&data.reply);
}

pub(crate) fn memcpy(data: &mut Data) {
    data.reply.copy_from_slice(black_box(&data.bytes));
    black_box(&data.reply);
}

/// Loads each counter once: a lower bound for a reply from counters.
pub(crate) fn relaxed_loads(data: &mut Data) {
    let slots = data.reply[WnodeAllData::DATA_OFFSET..].chunks_exact_mut(8);
    for (counter, slot) in black_box(&data.flat).iter().zip(slots) {
        slot.copy_from_slice(&counter.load(Ordering::Relaxed).to_le_bytes());
    }
    black_box(&data.reply);
}

pub(crate) fn read(data: &mut Data) {
    black_box(sum(black_box(&data.reply)));
}

pub(crate) fn read_by_hand(data: &mut Data) {
    black_box(sum_by_hand(black_box(&data.reply)));
}

/// Sums all items of all instances.
pub(crate) fn sum(reply: &[u8]) -> u64 {
    let Ok(Wnode::AllData(all)) = Wnode::decode(reply) else {
        panic!("the reply is of all data");
    };
    let blocks = all.blocks::<MSiSCSI_MMIPSECStats>();
    blocks
        .expect("the reply is of this class")
        .fold(0, |sum, block| {
            let items = [
                block.active_acquire(),
                block.active_receive(),
                block.acquire_failures(),
                block.receive_failures(),
                block.send_failures(),
                block.acquire_heap_size(),
                block.receive_heap_size(),
                block.negotiation_failures(),
                block.authentication_failures(),
                block.invalid_cookies_received(),
                block.total_get_spi(),
                block.key_additions(),
                block.key_updates(),
                block.get_spi_failures(),
                block.key_addition_failures(),
                block.key_update_failures(),
                block.connection_list_size(),
                block.oakley_main_mode(),
                block.oakley_quick_mode(),
                block.invalid_packets(),
                block.soft_associations(),
            ];
            items.into_iter().fold(sum, u64::wrapping_add)
        })
}

/// Sums all items as C code does, without checks.
#[expect(unsafe_code, reason = "the rival trusts the reply")]
pub(crate) fn sum_by_hand(reply: &[u8]) -> u64 {
    let mut sum = 0u64;
    // SAFETY: the reply was written by `AllDataWriter`, so all these offsets are within it.
    unsafe {
        let start = reply.as_ptr();
        let member = |offset| start.add(offset).cast::<u32>().read_unaligned();
        let mut instance = start.add(member(48) as usize);
        let stride = (member(60) as usize + 7) & !7;
        for _ in 0..member(52) {
            let items = instance.cast::<u64>();
            for item in 0..21 {
                sum = sum.wrapping_add(items.add(item).read_unaligned());
            }
            instance = instance.add(stride);
        }
    }
    sum
}

pub(crate) fn query_all<const INDEX: usize>(data: &mut Data) {
    black_box(data.devices.query_all(INDEX));
}

pub(crate) fn query_all_in_c<const INDEX: usize>(data: &mut Data) {
    black_box(data.devices.query_all_in_c(INDEX));
}

pub(crate) fn register(data: &mut Data) {
    black_box(data.devices.register());
}

pub(crate) fn register_in_c(data: &mut Data) {
    black_box(data.devices.register_in_c());
}
