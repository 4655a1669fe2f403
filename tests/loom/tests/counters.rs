//! No count is lost, in any interleaving of threads and with any value that the memory model lets a
//! reader see.
//!
//! The tests run the library's own code of `PerCpu` and `SingleWriter` on loom's atomics, and loom
//! tries all interleavings. The counter around a loom atomic belongs to this test; each method of
//! the library's counters is a single atomic operation, as the test of the assembly shows.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use loom::sync::atomic::{AtomicU64, Ordering};
use loom::sync::{Arc, Mutex};
use loom::thread;
use wmi_core::block::{DecodeError, Decoder};
use wmi_core::schema::CimType;
use wmi_core::{Counter, Counter64, PerCpu, SingleWriter, WmiClass, WmiField};

/// Loom's `AtomicU64` as a counter. It is created on first use, as a constant cannot create it.
struct Loom(OnceLock<AtomicU64>);

impl Loom {
    fn atomic(&self) -> &AtomicU64 {
        self.0.get_or_init(|| AtomicU64::new(0))
    }
}

impl WmiField for Loom {
    const CIM_TYPE: CimType = CimType::Uint64;
    const ZERO: Self = Self(OnceLock::new());
    const IS_COUNTER: bool = true;

    type Wire = <u64 as WmiField>::Wire;
    type Value = u64;
    type Itself = Self;

    fn value(&self) -> u64 {
        self.atomic().load(Ordering::Relaxed)
    }

    fn encode(value: u64) -> Self::Wire {
        u64::encode(value)
    }

    fn decode(wire: &Self::Wire) -> u64 {
        u64::decode(wire)
    }

    fn from_value(value: u64) -> Option<Self> {
        Some(Self(OnceLock::from(AtomicU64::new(value))))
    }

    fn read(input: &mut Decoder<'_>, wire: &mut Self::Wire) -> Result<(), DecodeError> {
        u64::read(input, wire)
    }
}

impl Counter for Loom {
    type Itself = Self;

    fn increment(&self) {
        self.add(1);
    }

    fn add(&self, amount: u64) {
        self.atomic().fetch_add(amount, Ordering::Relaxed);
    }

    fn decrement(&self) {
        self.sub(1);
    }

    fn sub(&self, amount: u64) {
        self.atomic().fetch_sub(amount, Ordering::Relaxed);
    }

    fn set(&self, value: u64) {
        self.atomic().store(value, Ordering::Relaxed);
    }
}

impl Counter64 for Loom {
    type Itself = Self;
}

#[derive(WmiClass)]
#[wmi(guid = "d3a6f8b1-7c24-4e95-8f0a-6b1d92e7c540")]
struct Counts {
    #[wmi(data_id = 1, counter = "PERF_COUNTER_BULK_COUNT")]
    done: Loom,
    #[wmi(data_id = 2, counter = "PERF_COUNTER_LARGE_RAWCOUNT")]
    waiting: Loom,
    #[wmi(data_id = 3, counter)]
    alone: SingleWriter<Loom>,
}

type Two = PerCpu<Counts, 2>;

/// Makes counters for two processors, and reads them, which creates their atomics before threads
/// share them.
fn two() -> Arc<Two> {
    let counters = Two::new();
    assert_eq!(counters.snapshot(), Counts::new().snapshot());
    Arc::new(counters)
}

/// Two threads count on a processor each; one moves to the other's processor between its counts.
#[test]
fn no_count_is_lost_between_processors() {
    loom::model(|| {
        let counters = two();
        let threads = [[0, 0], [1, 0]].map(|processors| {
            let counters = counters.clone();
            thread::spawn(move || {
                for processor in processors {
                    counters.on(processor).increment_done();
                }
            })
        });
        let during = counters.snapshot().done();
        assert!(during <= 4);
        for thread in threads {
            thread.join().unwrap();
        }
        assert_eq!(counters.snapshot().done(), 4);
    });
}

/// The gauge is counted up on one processor and down on another.
#[test]
fn gauges_are_never_seen_below_zero() {
    loom::model(|| {
        let counters = two();
        let worker = counters.clone();
        let worker = thread::spawn(move || {
            worker.on(0).add_waiting(2);
            worker.on(1).sub_waiting(2);
            worker.on(1).increment_waiting();
        });
        assert!(counters.snapshot().waiting() <= 2);
        worker.join().unwrap();
        assert_eq!(counters.snapshot().waiting(), 1);
    });
}

/// Each processor has one writer; a reader never sees a value decrease.
#[test]
fn single_writer_loses_no_count() {
    loom::model(|| {
        let counters = two();
        let threads = [0, 1].map(|processor| {
            let counters = counters.clone();
            thread::spawn(move || {
                counters.on(processor).increment_alone();
                counters.on(processor).add_alone(2);
            })
        });
        let first = counters.snapshot().alone();
        let second = counters.snapshot().alone();
        assert!(first <= second && second <= 6);
        for thread in threads {
            thread.join().unwrap();
        }
        assert_eq!(counters.snapshot().alone(), 6);
    });
}

/// Under a lock all processors may share one `SingleWriter`.
#[test]
fn no_count_is_lost_under_a_lock() {
    loom::model(|| {
        let counters = Arc::new((Mutex::new(()), two()));
        let threads = [0, 1].map(|_| {
            let counters = counters.clone();
            thread::spawn(move || {
                let _locked = counters.0.lock();
                counters.1.on(0).increment_alone();
            })
        });
        for thread in threads {
            thread.join().unwrap();
        }
        assert_eq!(counters.1.snapshot().alone(), 2);
    });
}

/// Returns the values that a counter can end with if two threads break the rule of
/// [`SingleWriter`]: one increments it once, while the other runs `other`.
fn ends_of_two_writers(other: fn(&Counts)) -> BTreeSet<u64> {
    let ends = std::sync::Arc::new(std::sync::Mutex::new(BTreeSet::new()));
    let seen = ends.clone();
    loom::model(move || {
        let counters = two();
        let second = counters.clone();
        let second = thread::spawn(move || other(second.on(0)));
        counters.on(0).increment_alone();
        second.join().unwrap();
        seen.lock().unwrap().insert(counters.snapshot().alone());
    });
    let ends = ends.lock().unwrap();
    ends.clone()
}

/// Counts between the load and the store of another writer are lost.
#[test]
fn two_writers_lose_counts() {
    let ends = ends_of_two_writers(|counters| {
        for _ in 0..3 {
            counters.increment_alone();
        }
    });
    assert_eq!(ends, BTreeSet::from([1, 2, 3, 4]));
}

/// A value set between the load and the store of another writer is undone.
#[test]
fn two_writers_can_undo_a_set_value() {
    let ends = ends_of_two_writers(|counters| counters.set_alone(10));
    assert_eq!(ends, BTreeSet::from([1, 10, 11]));
}
