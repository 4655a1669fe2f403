//! Per-processor counters: their sums, and the values that a concurrent reader sees.

use core::ptr;
use core::sync::atomic::{
    AtomicBool, AtomicI8, AtomicI16, AtomicI32, AtomicI64, AtomicU8, AtomicU16, AtomicU32,
    AtomicU64,
};
use std::thread::ScopedJoinHandle;

use proptest::prelude::*;
use wmi_core::provider::{Block, Provider, Request};
use wmi_core::wnode::{AllDataWriter, Wnode};
use wmi_core::{Counter, PerCpu, SingleWriter, WmiClass, WmiField};
use wmi_tools::simulator::Simulator;

/// Counters of every width, some of which can decrease.
#[derive(WmiClass)]
#[wmi(guid = "8b0e4a7d-52c6-4f19-a3d8-6e917f20c5b4")]
struct Widths {
    #[wmi(data_id = 1, counter)]
    u8: AtomicU8,
    #[wmi(data_id = 2, counter)]
    i8: AtomicI8,
    #[wmi(data_id = 3, counter)]
    u16: AtomicU16,
    #[wmi(data_id = 4, counter)]
    i16: AtomicI16,
    #[wmi(data_id = 5, counter)]
    u32: AtomicU32,
    #[wmi(data_id = 6, counter)]
    i32: AtomicI32,
    #[wmi(data_id = 7, counter)]
    u64: AtomicU64,
    #[wmi(data_id = 8, counter)]
    i64: AtomicI64,
    #[wmi(data_id = 9, counter = "PERF_COUNTER_RAWCOUNT")]
    gauge: AtomicU32,
    #[wmi(data_id = 10, counter = "PERF_COUNTER_COUNTER")]
    rate: AtomicU32,
    #[wmi(data_id = 11, counter = "PERF_COUNTER_LARGE_RAWCOUNT")]
    alone: SingleWriter<AtomicU64>,
}

type Four = PerCpu<Widths, 4>;

#[test]
fn groups_add_up() {
    let counters = Four::new();
    assert_eq!(counters.snapshot(), Widths::new().snapshot());
    for processor in 0..4 {
        let on = counters.on(processor);
        on.add_u8(50);
        on.add_i8(-30);
        on.add_u16(10_000);
        on.add_i16(-8000);
        on.add_u32(1_000_000_000);
        on.add_i32(-500_000_000);
        on.add_u64(1 << 60);
        on.add_i64(-(1 << 60));
        on.add_gauge(7);
        on.add_rate(1 << 30);
        on.add_alone(9);
    }
    let block = counters.snapshot();
    assert_eq!(block.i8(), -120);
    assert_eq!(block.i16(), -32_000);
    assert_eq!(block.i32(), -2_000_000_000);
    assert_eq!((block.u64(), block.i64()), (1 << 62, -(1 << 62)));
    assert_eq!((block.gauge(), block.alone()), (28, 36));
    // The upper half of a counter that can decrease means below zero; a rate only grows.
    assert_eq!((block.u8(), block.u16(), block.u32()), (0, 0, 0));
    assert_eq!(block.rate(), 0);
    counters.on(2).add_rate(u32::MAX);
    assert_eq!(counters.snapshot().rate(), u32::MAX);
}

#[test]
fn unsigned_sums_are_never_below_zero() {
    let counters = Four::new();
    counters.on(0).decrement_gauge();
    counters.on(1).decrement_alone();
    counters.on(1).decrement_u8();
    counters.on(2).decrement_i32();
    let block = counters.snapshot();
    assert_eq!((block.gauge(), block.alone(), block.u8()), (0, 0, 0));
    assert_eq!(block.i32(), -1);
    // One processor subtracts what another added.
    counters.on(0).add_u32(300);
    counters.on(3).sub_u32(200);
    assert_eq!(counters.snapshot().u32(), 100);
    counters.on(3).add_gauge(3);
    counters.on(3).add_alone(3);
    assert_eq!(
        (counters.snapshot().gauge(), counters.snapshot().alone()),
        (2, 2)
    );
}

#[test]
fn excess_processors_share_a_group() {
    let counters = Four::new();
    for processor in [1, 5, 4001, u32::MAX - 2] {
        assert!(ptr::eq(counters.on(processor), counters.on(1)));
        counters.on(processor).increment_u64();
    }
    assert_eq!(counters.on(1).u64(), 4);
    let one: PerCpu<Widths, 1> = PerCpu::default();
    one.on(u32::MAX).increment_u64();
    assert_eq!(one.snapshot().u64(), 1);
    assert_eq!((counters.groups(), one.groups()), (4, 1));
}

/// A single group needs no sum, which could be negative for a moment.
#[test]
fn single_group_is_reported_unchanged() {
    let (group, class) = (PerCpu::<Widths, 1>::new(), Widths::new());
    for counters in [group.on(0), &class] {
        counters.add_u16(40_000);
        counters.add_u32(1 << 31);
        counters.decrement_gauge();
        counters.decrement_alone();
        counters.decrement_i8();
    }
    assert_eq!(group.snapshot(), class.snapshot());
    assert_eq!(group.snapshot().u16(), 40_000);
}

/// Two processors never write to one pair of cache lines.
#[test]
fn groups_do_not_share_cache_lines() {
    let counters = Four::new();
    assert_eq!(size_of::<Four>(), 4 * 128);
    for processor in 0..4 {
        assert_eq!(ptr::from_ref(counters.on(processor)).addr() % 128, 0);
    }
}

#[test]
fn sums_fill_a_wnode_and_a_providers_block() {
    static COUNTERS: Four = PerCpu::new();
    const BLOCK: &Block<()> =
        &Block::counters::<Widths, Four>(|(), _| Some(&COUNTERS)).base_name("Adapter", |()| 1);
    static PROVIDER: Provider<()> = Provider::new(&[BLOCK]);
    COUNTERS.on(0).increment_u64();
    COUNTERS.on(3).increment_u64();
    let mut buffer = [0; 256];
    let writer = AllDataWriter::new(core::slice::from_ref(&COUNTERS));
    let length = writer.write(&mut buffer).unwrap();
    let Ok(Wnode::AllData(all)) = Wnode::decode(&buffer[..length]) else {
        panic!("it is a WNODE_ALL_DATA");
    };
    let block = all.blocks::<Widths>().unwrap().next().unwrap();
    assert_eq!(block.u64(), 2);

    let mut simulator = Simulator::new(|request: Request<'_>| PROVIDER.dispatch(&(), request));
    simulator.register().unwrap();
    COUNTERS.on(2).increment_u64();
    assert_eq!(simulator.query::<Widths>(0).unwrap().u64(), 3);
}

/// The instances of a WNODE may be references, as counters lie in several devices.
#[test]
fn references_to_counters_are_instances() {
    let devices: [Four; 2] = [PerCpu::new(), PerCpu::new()];
    devices[0].on(1).increment_u64();
    devices[1].on(0).add_u64(2);
    devices[1].on(3).add_u32(7);
    let instances = [&devices[1], &devices[0]];
    let mut buffer = [0; 512];
    let length = AllDataWriter::new(&instances).write(&mut buffer).unwrap();
    let Ok(Wnode::AllData(all)) = Wnode::decode(&buffer[..length]) else {
        panic!("it is a WNODE_ALL_DATA");
    };
    let blocks = all.blocks::<Widths>().unwrap();
    let values: Vec<_> = blocks.map(|block| (block.u64(), block.u32())).collect();
    assert_eq!(values, [(2, 7), (1, 0)]);
}

/// Items other than atomic integers, also in embedded classes and in arrays.
#[test]
fn plain_items_come_from_the_first_group() {
    #[derive(WmiClass)]
    #[wmi(embedded)]
    struct Inner {
        #[wmi(data_id = 1, counter)]
        count: AtomicU16,
        #[wmi(data_id = 2)]
        plain: u32,
    }
    #[derive(WmiClass)]
    #[wmi(guid = "f1d7c2e5-0b96-4a38-8e4d-75a0b3196cd2")]
    struct Outer {
        #[wmi(data_id = 1)]
        on: AtomicBool,
        #[wmi(data_id = 2)]
        inner: Inner,
        #[wmi(data_id = 3)]
        inners: [Inner; 2],
        #[wmi(data_id = 4)]
        numbers: [AtomicU32; 3],
        #[wmi(data_id = 5)]
        plain: u64,
        #[wmi(data_id = 6, counter)]
        count: AtomicU64,
    }
    let counters: PerCpu<Outer, 3> = PerCpu::new();
    for processor in 0..3 {
        let on = counters.on(processor);
        on.on.store(true, core::sync::atomic::Ordering::Relaxed);
        on.inner.increment_count();
        on.inners[1].add_count(5);
        on.numbers[2].add(7);
        on.numbers[0].decrement();
        on.increment_count();
        assert_eq!(on.plain + u64::from(on.inner.plain), 0);
    }
    let block = counters.snapshot();
    assert!(block.on());
    assert_eq!((block.inner().count(), block.inner().plain()), (3, 0));
    assert_eq!(block.inners().map(|inner| inner.count()), [0, 15]);
    // Numbers without a counter type can decrease.
    assert_eq!(block.numbers(), [0, 0, 21]);
    assert_eq!((block.plain(), block.count()), (0, 3));
}

#[test]
fn threads_lose_no_count() {
    const THREADS: u32 = 8;
    const ROUNDS: u32 = 10_000;
    // Fewer groups than threads, so some are shared.
    static SHARED: PerCpu<Widths, 5> = PerCpu::new();
    static ALONE: PerCpu<Widths, 8> = PerCpu::new();
    std::thread::scope(|scope| {
        let workers = (0..THREADS).map(|thread| {
            scope.spawn(move || {
                for _ in 0..ROUNDS {
                    SHARED.on(thread).increment_u64();
                    SHARED.on(thread + 1).decrement_gauge();
                    SHARED.on(thread).add_gauge(2);
                    ALONE.on(thread).increment_alone();
                    assert!(ALONE.on(thread).alone() <= u64::from(ROUNDS));
                }
            })
        });
        let workers: Vec<_> = workers.collect();
        // A concurrent reader never sees a value decrease.
        let mut last = 0;
        while !workers.iter().all(ScopedJoinHandle::is_finished) {
            let block = ALONE.snapshot();
            assert!(last <= block.alone());
            last = block.alone();
            assert!(SHARED.snapshot().gauge() <= 2 * THREADS * ROUNDS);
        }
    });
    assert_eq!(ALONE.snapshot().alone(), u64::from(THREADS * ROUNDS));
    let block = SHARED.snapshot();
    assert_eq!(block.u64(), u64::from(THREADS * ROUNDS));
    assert_eq!(block.gauge(), THREADS * ROUNDS);
}

proptest! {
    /// Counts in any order on any processor.
    #[test]
    fn sums_equal_one_set_of_counters(
        steps in proptest::collection::vec((any::<u32>(), 0..4, any::<u32>()), 0..60),
    ) {
        let (many, one) = (Four::new(), Widths::new());
        for &(processor, what, amount) in &steps {
            for counters in [many.on(processor), &one] {
                match what {
                    0 => counters.add_i64(i64::from(amount) << 31),
                    1 => counters.add_rate(amount),
                    2 => counters.add_alone(u64::from(amount)),
                    _ => counters.add_i8(amount as i8),
                }
            }
        }
        prop_assert_eq!(many.snapshot(), one.snapshot());
    }
}

macro_rules! single_writers {
    ($($atomic:ident: $int:ident,)*) => {$({
        let counter = SingleWriter::new($atomic::new($int::MAX - 1));
        counter.increment();
        assert_eq!(counter.value(), $int::MAX);
        counter.increment();
        assert_eq!(counter.value(), $int::MIN);
        counter.decrement();
        assert_eq!(counter.value(), $int::MAX);
        counter.add($int::MAX);
        assert_eq!(counter.value(), $int::MAX.wrapping_add($int::MAX));
        counter.sub($int::MAX);
        assert_eq!(counter.value(), $int::MAX);
        counter.sub($int::MIN);
        assert_eq!(counter.value(), $int::MAX.wrapping_sub($int::MIN));
        counter.set(5);
        assert_eq!(counter.value(), 5);
        assert_eq!(size_of_val(&counter), size_of::<$int>());
    })*};
}

#[test]
fn single_writers_count_and_wrap_as_atomics_do() {
    single_writers! {
        AtomicU8: u8,
        AtomicI8: i8,
        AtomicU16: u16,
        AtomicI16: i16,
        AtomicU32: u32,
        AtomicI32: i32,
        AtomicU64: u64,
        AtomicI64: i64,
    }
    let property = Widths::ALONE.property();
    assert_eq!((property.type_name, Widths::ALONE.size()), ("uint64", 8));
}
