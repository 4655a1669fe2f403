//! Functions whose assembly the tests read; see `tests/codegen.rs` of `wmi-tests`.
//!
//! None is inlined, so that each has a body of its own and a symbol that ends in its name.

#![no_std]

pub mod driver;

use iscsi_schema::{MSiSCSI_MMIPSECStats, MSiSCSI_MMIPSECStatsItems};
use wmi_core::Wire;
use wmi_core::wnode::{AllDataWriter, Named, SingleInstanceWriter, Wnode, WnodeError, WriteError};

/// One locked instruction.
#[inline(never)]
pub fn increment(stats: &MSiSCSI_MMIPSECStats) {
    stats.increment_acquire_failures();
}

/// One locked instruction.
#[inline(never)]
pub fn add(stats: &MSiSCSI_MMIPSECStats, amount: u64) {
    stats.add_receive_failures(amount);
}

/// One locked instruction.
#[inline(never)]
pub fn decrement(stats: &MSiSCSI_MMIPSECStats) {
    stats.decrement_active_acquire();
}

/// One store.
#[inline(never)]
pub fn set(stats: &MSiSCSI_MMIPSECStats, value: u64) {
    stats.set_acquire_heap_size(value);
}

/// One load.
#[inline(never)]
pub fn get(stats: &MSiSCSI_MMIPSECStats) -> u64 {
    stats.active_receive()
}

/// One load: the item of a block, at its offset.
#[inline(never)]
pub fn item(block: &Wire<MSiSCSI_MMIPSECStats>) -> u64 {
    block.soft_associations()
}

/// A block from counters.
#[inline(never)]
pub fn snapshot(stats: &MSiSCSI_MMIPSECStats) -> Wire<MSiSCSI_MMIPSECStats> {
    stats.snapshot()
}

/// The reply to a query for all instances, from counters.
#[inline(never)]
pub fn write_all(stats: &[MSiSCSI_MMIPSECStats], buffer: &mut [u8]) -> Result<usize, WriteError> {
    AllDataWriter::new(stats).write(buffer)
}

/// The same, from blocks.
#[inline(never)]
pub fn write_blocks(
    blocks: &[Wire<MSiSCSI_MMIPSECStats>],
    buffer: &mut [u8],
) -> Result<usize, WriteError> {
    AllDataWriter::new(blocks).write(buffer)
}

/// The same with names.
#[inline(never)]
pub fn write_named(
    stats: &[Named<'_, &MSiSCSI_MMIPSECStats>],
    buffer: &mut [u8],
) -> Result<usize, WriteError> {
    AllDataWriter::new(stats).write(buffer)
}

/// The reply to a query for one instance.
#[inline(never)]
pub fn write_single(
    stats: &MSiSCSI_MMIPSECStats,
    index: u32,
    buffer: &mut [u8],
) -> Result<usize, WriteError> {
    SingleInstanceWriter::new(index, stats).write(buffer)
}

/// The sum of an item over any reply.
#[inline(never)]
pub fn read(reply: &[u8]) -> Result<u64, WnodeError> {
    Ok(match Wnode::parse(reply)? {
        Wnode::AllData(all) => all
            .blocks::<MSiSCSI_MMIPSECStats>()?
            .map(MSiSCSI_MMIPSECStatsItems::acquire_failures)
            .fold(0, u64::wrapping_add),
        Wnode::SingleInstance(single) => single.block::<MSiSCSI_MMIPSECStats>()?.acquire_failures(),
        _ => 0,
    })
}

/// A panic two calls away: the tests must find it.
#[inline(never)]
pub fn panics(numbers: &[u64], index: usize) -> u64 {
    element(numbers, index)
}

#[inline(never)]
fn element(numbers: &[u64], index: usize) -> u64 {
    numbers[index]
}
