//! Counter fields: the generated methods and their effects.

use core::sync::atomic::{
    AtomicI8, AtomicI16, AtomicI32, AtomicI64, AtomicU8, AtomicU16, AtomicU32, AtomicU64,
};

use wmi_core::{CounterType, FixedClass, WmiClass};

/// Counters of every width, without a counter type.
#[derive(WmiClass)]
#[wmi(guid = "0d4c2f2f-8f1c-4a0e-9f5e-0b8f5f6f5f01")]
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
    /// Not a counter; it also starts at zero in a class with counters.
    #[wmi(data_id = 9)]
    configured: [u16; 2],
}

/// A static, so that counting works from the driver's first instruction.
static WIDTHS: Widths = Widths::new();

macro_rules! counts {
    ($($test:ident: $int:ident, $increment:ident, $add:ident, $decrement:ident, $sub:ident, $set:ident;)*) => {$(
        #[test]
        fn $test() {
            let class = Widths::new();
            assert_eq!(class.$int(), 0);
            class.$increment();
            class.$increment();
            assert_eq!(class.$int(), 2);
            class.$decrement();
            assert_eq!(class.$int(), 1);
            class.$add(5);
            assert_eq!(class.$int(), 6);
            class.$sub(4);
            assert_eq!(class.$int(), 2);
            class.$set($int::MAX - 1);
            class.$increment();
            assert_eq!(class.$int(), $int::MAX);
            assert_eq!(class.snapshot().$int(), $int::MAX);

            // Counters wrap at both ends.
            class.$increment();
            assert_eq!(class.$int(), $int::MIN);
            class.$decrement();
            assert_eq!(class.$int(), $int::MAX);
            class.$add($int::MAX);
            assert_eq!(class.$int(), $int::MAX.wrapping_add($int::MAX));
            class.$sub($int::MIN);
            let both = $int::MAX.wrapping_add($int::MAX);
            assert_eq!(class.$int(), both.wrapping_sub($int::MIN));

            // No other item changed.
            class.$set(0);
            assert_eq!(class.snapshot(), Widths::new().snapshot());
        }
    )*};
}

counts! {
    eight_bits_count_and_wrap: u8, increment_u8, add_u8, decrement_u8, sub_u8, set_u8;
    eight_signed_bits_count_and_wrap: i8, increment_i8, add_i8, decrement_i8, sub_i8, set_i8;
    sixteen_bits_count_and_wrap: u16, increment_u16, add_u16, decrement_u16, sub_u16, set_u16;
    sixteen_signed_bits_count_and_wrap: i16, increment_i16, add_i16, decrement_i16, sub_i16, set_i16;
    thirty_two_bits_count_and_wrap: u32, increment_u32, add_u32, decrement_u32, sub_u32, set_u32;
    thirty_two_signed_bits_count_and_wrap: i32, increment_i32, add_i32, decrement_i32, sub_i32, set_i32;
    sixty_four_bits_count_and_wrap: u64, increment_u64, add_u64, decrement_u64, sub_u64, set_u64;
    sixty_four_signed_bits_count_and_wrap: i64, increment_i64, add_i64, decrement_i64, sub_i64, set_i64;
}

#[test]
fn new_classes_are_zero() {
    assert!(WIDTHS.snapshot().as_bytes().iter().all(|byte| *byte == 0));
    assert_eq!(Widths::default().snapshot(), Widths::new().snapshot());
    assert_eq!(Widths::new().configured, [0, 0]);
}

#[test]
fn threads_lose_no_count() {
    const THREADS: u16 = 8;
    const ROUNDS: u16 = 10_000;
    static SHARED: Widths = Widths::new();
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                for _ in 0..ROUNDS {
                    SHARED.increment_u64();
                    SHARED.add_u32(3);
                    SHARED.decrement_i32();
                    SHARED.sub_i64(5);
                    SHARED.increment_u16();
                }
            });
        }
    });
    let rounds = u32::from(THREADS) * u32::from(ROUNDS);
    let block = SHARED.snapshot();
    assert_eq!(block.u64(), u64::from(rounds));
    assert_eq!(block.u32(), 3 * rounds);
    assert_eq!(i64::from(block.i32()), -i64::from(rounds));
    assert_eq!(block.i64(), -5 * i64::from(rounds));
    assert_eq!(block.u16(), THREADS.wrapping_mul(ROUNDS));
}

#[test]
fn published_class_keeps_a_mismatched_counter_width() {
    // As in `MSiSCSI_RequestTimeStatistics`: a 64-bit counter type on a 32-bit item.
    #[derive(WmiClass)]
    #[wmi(guid = "53280e22-2f6d-4b33-a1f5-6b5d1d3f2c02")]
    struct Published {
        #[wmi(data_id = 1, counter = "PERF_COUNTER_BULK_COUNT", allow(counter_width))]
        narrow: AtomicU32,
    }
    let class = Published::new();
    class.add_narrow(7);
    assert_eq!(class.snapshot().narrow(), 7);
    assert_eq!(Published::SIZE, 4);
    let counter_type = Published::NARROW.property().counter_type();
    assert_eq!(counter_type, Some(CounterType::PERF_COUNTER_BULK_COUNT));
}

#[test]
fn bare_counter_has_no_counter_type() {
    let property = Widths::U64.property();
    assert_eq!(property.counter_type(), None);
    for name in ["CounterType", "DefaultScale", "PerfDetail"] {
        assert_eq!(property.qualifier(name), None);
    }
}

/// A counter that only grows has no method `sub_reads`, so a field may have that name.
#[test]
fn names_of_omitted_methods_are_free() {
    #[derive(WmiClass)]
    #[wmi(guid = "2b7d60f4-91c3-4de8-8a15-c4f0367be904")]
    struct Growing {
        #[wmi(data_id = 1, counter = "PERF_COUNTER_BULK_COUNT")]
        reads: AtomicU64,
        #[wmi(data_id = 2, counter)]
        sub_reads: AtomicU64,
    }
    let class = Growing::new();
    class.increment_reads();
    class.add_sub_reads(2);
    assert_eq!((class.reads(), class.sub_reads()), (1, 2));
}

/// Stands in for methods that the derive does not make: inherent methods come before a trait's.
trait Missing {
    fn decrement_n(&self) -> NotMade {
        NotMade
    }
    fn sub_n(&self, _: i32) -> NotMade {
        NotMade
    }
    fn set_n(&self, _: i32) -> NotMade {
        NotMade
    }
}
struct NotMade;

trait Made {
    const MADE: bool;
    fn made(self) -> bool
    where
        Self: Sized,
    {
        Self::MADE
    }
}

impl Made for () {
    const MADE: bool = true;
}

impl Made for NotMade {
    const MADE: bool = false;
}

macro_rules! classes_by_counter_type {
    ($($name:literal: $atomic:ident,)*) => {
        vec![$({
            #[derive(WmiClass)]
            #[wmi(guid = "9a0f9f0a-7d0c-4f4f-9a8a-2f6d7c1b3e03")]
            struct Counting {
                #[wmi(data_id = 1, counter = $name, allow(counter_base))]
                n: $atomic,
            }
            impl Missing for Counting {}

            let class = Counting::new();
            class.increment_n();
            class.add_n(2);
            assert_eq!(class.n(), 3);
            let made = [class.decrement_n().made(), class.sub_n(0).made(), class.set_n(0).made()];
            ($name, made)
        }),*]
    };
}

/// Of types that count events or stand without the base that they need; the methods of the others
/// are in `counter_families.rs`.
#[test]
fn only_instantaneous_counters_can_go_down_or_be_set() {
    let made = classes_by_counter_type! {
        "PERF_COUNTER_RAWCOUNT": AtomicU32,
        "PERF_COUNTER_RAWCOUNT_HEX": AtomicU32,
        "PERF_COUNTER_LARGE_RAWCOUNT": AtomicU64,
        "PERF_COUNTER_LARGE_RAWCOUNT_HEX": AtomicU64,
        "PERF_COUNTER_COUNTER": AtomicU32,
        "PERF_COUNTER_BULK_COUNT": AtomicU64,
        "PERF_COUNTER_DELTA": AtomicI32,
        "PERF_COUNTER_LARGE_DELTA": AtomicU64,
        "PERF_SAMPLE_COUNTER": AtomicU32,
        "PERF_SAMPLE_FRACTION": AtomicU32,
        "PERF_SAMPLE_BASE": AtomicU32,
        "PERF_AVERAGE_TIMER": AtomicU32,
        "PERF_AVERAGE_BASE": AtomicU32,
        "PERF_AVERAGE_BULK": AtomicU64,
        "PERF_COUNTER_MULTI_TIMER": AtomicU64,
        "PERF_COUNTER_MULTI_TIMER_INV": AtomicU64,
        "PERF_100NSEC_MULTI_TIMER": AtomicU64,
        "PERF_100NSEC_MULTI_TIMER_INV": AtomicU64,
        "PERF_COUNTER_MULTI_BASE": AtomicU64,
        "PERF_RAW_FRACTION": AtomicU32,
        "PERF_LARGE_RAW_FRACTION": AtomicU64,
        "PERF_RAW_BASE": AtomicU32,
        "PERF_LARGE_RAW_BASE": AtomicU64,
        "PERF_PRECISION_SYSTEM_TIMER": AtomicU64,
        "PERF_PRECISION_100NS_TIMER": AtomicU64,
        "PERF_PRECISION_OBJECT_TIMER": AtomicU64,
        "PERF_PRECISION_TIMESTAMP": AtomicI64,
    };
    // In `winperf.h` these are counters that are not averaged over time and their bases, a start
    // time, and a number of instances.
    let instantaneous = [
        "PERF_COUNTER_RAWCOUNT",
        "PERF_COUNTER_RAWCOUNT_HEX",
        "PERF_COUNTER_LARGE_RAWCOUNT",
        "PERF_COUNTER_LARGE_RAWCOUNT_HEX",
        "PERF_RAW_FRACTION",
        "PERF_LARGE_RAW_FRACTION",
        "PERF_RAW_BASE",
        "PERF_LARGE_RAW_BASE",
        "PERF_ELAPSED_TIME",
        "PERF_COUNTER_MULTI_BASE",
        // Another name of `PERF_LARGE_RAW_BASE`.
        "PERF_PRECISION_TIMESTAMP",
    ];
    for &(name, counter_type) in CounterType::ALL {
        let expected = instantaneous.contains(&name);
        assert_eq!(counter_type.is_instantaneous(), expected, "{name}");
        let Some((_, made)) = made.iter().find(|(made, _)| *made == name) else {
            let by_time = counter_type.time_base().is_some();
            assert!(by_time || counter_type.unusable().is_some(), "{name}");
            continue;
        };
        assert_eq!(*made, [expected; 3], "{name}");
    }
}
