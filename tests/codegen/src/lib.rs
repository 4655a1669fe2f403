//! Functions whose assembly the tests read; see `tests/codegen.rs` of `wmi-cargo-tests`.
//!
//! None is inlined, so each has a body of its own, and a symbol that ends in its name.

#![no_std]

pub mod driver;

use core::sync::atomic::{AtomicU32, AtomicU64};

use iscsi_schema::{MSiSCSI_MMIPSECStats, MSiSCSI_MMIPSECStatsItems};
use wmi_core::wnode::{
    AllDataWriter, NamedInstance, SingleInstanceWriter, Wnode, WnodeError, WriteError,
};
use wmi_core::{PerCpu, SingleWriter, Wire, WmiClass};

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

/// One locked instruction.
#[inline(never)]
pub fn sub(stats: &MSiSCSI_MMIPSECStats, amount: u64) {
    stats.sub_acquire_heap_size(amount);
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

/// One load: an item of a block, at its offset.
#[inline(never)]
pub fn item(block: &Wire<MSiSCSI_MMIPSECStats>) -> u64 {
    block.soft_associations()
}

/// Counters for code that is already serialised.
#[derive(WmiClass)]
#[wmi(guid = "5a3c0b1e-f6d2-4e87-9b40-1d8c72e6a935")]
pub struct Serialised {
    /// 64 bits.
    #[wmi(data_id = 1, counter)]
    pub wide: SingleWriter<AtomicU64>,
    /// 32 bits.
    #[wmi(data_id = 2, counter)]
    pub narrow: SingleWriter<AtomicU32>,
}

/// One instruction, not locked.
#[inline(never)]
pub fn single_writer_increment(stats: &Serialised) {
    stats.increment_wide();
}

/// One instruction, not locked.
#[inline(never)]
pub fn single_writer_add(stats: &Serialised, amount: u32) {
    stats.add_narrow(amount);
}

/// One instruction, not locked.
#[inline(never)]
pub fn single_writer_decrement(stats: &Serialised) {
    stats.decrement_wide();
}

/// One instruction, not locked.
#[inline(never)]
pub fn single_writer_sub(stats: &Serialised, amount: u32) {
    stats.sub_narrow(amount);
}

/// Counters of the families that count in two items, or in time.
#[derive(WmiClass)]
#[wmi(guid = "b06d3c7e-941f-4a58-8e25-f7c09a61d3b4")]
pub struct Families {
    /// An amount, averaged.
    #[wmi(data_id = 1, counter = "PERF_AVERAGE_BULK")]
    pub bytes: AtomicU64,
    /// Its operations.
    #[wmi(data_id = 2, counter = "PERF_AVERAGE_BASE")]
    pub bytes_base: AtomicU32,
    /// Parts of samples.
    #[wmi(data_id = 3, counter = "PERF_SAMPLE_FRACTION")]
    pub hits: AtomicU32,
    /// All samples.
    #[wmi(data_id = 4, counter = "PERF_SAMPLE_BASE")]
    pub hits_base: AtomicU32,
    /// A part of a whole.
    #[wmi(data_id = 5, counter = "PERF_RAW_FRACTION")]
    pub used: AtomicU32,
    /// The whole.
    #[wmi(data_id = 6, counter = "PERF_RAW_BASE")]
    pub used_base: AtomicU32,
    /// A time, averaged, where one thread counts.
    #[wmi(data_id = 7, counter = "PERF_AVERAGE_TIMER")]
    pub latency: SingleWriter<AtomicU32>,
    /// Its operations.
    #[wmi(data_id = 8, counter = "PERF_AVERAGE_BASE")]
    pub latency_base: SingleWriter<AtomicU32>,
    /// A time.
    #[wmi(data_id = 9, counter = "PERF_COUNTER_TIMER")]
    pub busy: AtomicU64,
    /// A time, by the driver's own time.
    #[wmi(data_id = 10, counter = "PERF_PRECISION_SYSTEM_TIMER")]
    pub work: AtomicU64,
    /// That time.
    #[wmi(data_id = 11, counter = "PERF_PRECISION_TIMESTAMP")]
    pub work_base: AtomicU64,
    /// A start.
    #[wmi(data_id = 12, counter = "PERF_ELAPSED_TIME")]
    pub session: AtomicU64,
}

/// Two locked instructions.
#[inline(never)]
pub fn record(families: &Families, bytes: u64) {
    families.record_bytes(bytes);
}

/// Two locked instructions.
#[inline(never)]
pub fn add_samples(families: &Families, hits: u32, samples: u32) {
    families.add_hits_samples(hits, samples);
}

/// Two stores.
#[inline(never)]
pub fn set_fraction(families: &Families, part: u32, whole: u32) {
    families.set_used(part, whole);
}

/// Two instructions, not locked.
#[inline(never)]
pub fn single_writer_record(families: &Families, ticks: u32) {
    families.record_latency_ticks(ticks);
}

/// One locked instruction.
#[inline(never)]
pub fn add_ticks(families: &Families, ticks: u64) {
    families.add_busy_ticks(ticks);
}

/// One locked instruction and a store.
#[inline(never)]
pub fn add_ticks_until(families: &Families, ticks: u64, now: u64) {
    families.add_work_ticks(ticks, now);
}

/// One store.
#[inline(never)]
pub fn start(families: &Families, now: u64) {
    families.start_session(now);
}

/// The index, then two locked instructions.
#[inline(never)]
pub fn per_cpu_record(families: &PerCpu<Families, 64>, processor: u32, bytes: u64) {
    families.on(processor).record_bytes(bytes);
}

/// The index, then one locked instruction.
#[inline(never)]
pub fn per_cpu_increment(stats: &PerCpu<MSiSCSI_MMIPSECStats, 64>, processor: u32) {
    stats.on(processor).increment_acquire_failures();
}

/// The index, then one instruction that is not locked.
#[inline(never)]
pub fn per_cpu_single_writer(stats: &PerCpu<Serialised, 64>, processor: u32) {
    stats.on(processor).increment_wide();
}

/// The index, for a number of groups that is not a power of two.
#[inline(never)]
pub fn per_cpu_odd(stats: &PerCpu<MSiSCSI_MMIPSECStats, 60>, processor: u32) {
    stats.on(processor).increment_acquire_failures();
}

/// A block of the sums.
#[inline(never)]
pub fn per_cpu_snapshot(stats: &PerCpu<MSiSCSI_MMIPSECStats, 64>) -> Wire<MSiSCSI_MMIPSECStats> {
    stats.snapshot()
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

/// The reply to a query for all instances, from blocks.
#[inline(never)]
pub fn write_blocks(
    blocks: &[Wire<MSiSCSI_MMIPSECStats>],
    buffer: &mut [u8],
) -> Result<usize, WriteError> {
    AllDataWriter::new(blocks).write(buffer)
}

/// The reply to a query for all instances, with names.
#[inline(never)]
pub fn write_named(
    stats: &[NamedInstance<'_, &MSiSCSI_MMIPSECStats>],
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
    Ok(match Wnode::decode(reply)? {
        Wnode::AllData(all) => all
            .blocks::<MSiSCSI_MMIPSECStats>()?
            .map(MSiSCSI_MMIPSECStatsItems::acquire_failures)
            .fold(0, u64::wrapping_add),
        Wnode::SingleInstance(single) => single.block::<MSiSCSI_MMIPSECStats>()?.acquire_failures(),
        _ => 0,
    })
}

/// A panic two calls away, which the tests must find.
#[inline(never)]
pub fn panics(numbers: &[u64], index: usize) -> u64 {
    element(numbers, index)
}

#[inline(never)]
fn element(numbers: &[u64], index: usize) -> u64 {
    numbers[index]
}
