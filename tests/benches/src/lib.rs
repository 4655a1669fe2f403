//! Pairs of functions to measure that do equal work, ours and a rival's.
//!
//! `cargo bench -p wmi-benches` measures each function by itself with criterion, and all pairs in
//! turns for their ratios. It also measures counting on many processors against other crates, and
//! the toolchain: packing, reading and compiling MOF.

pub mod c;
mod contenders;
mod dispatch;
pub mod driver;
pub mod naive;

use core::sync::atomic::{AtomicU32, AtomicU64};

use iscsi_schema::MSiSCSI_MMIPSECStats;
use wmi_core::wnode::{AllDataWriter, WnodeAllData};
use wmi_core::{FixedClass, PerCpu, SingleWriter, Wire, WmiClass};

/// Instances per reply.
pub const INSTANCES: usize = 1000;

/// Increments per measurement.
pub const INCREMENTS: usize = 1000;

/// Two functions that do equal work.
pub struct Pair {
    /// The work of both.
    pub what: &'static str,
    /// Our function.
    pub ours: fn(&mut Data),
    /// The rival's name.
    pub rival_name: &'static str,
    /// The rival's function.
    pub rival: fn(&mut Data),
    /// The greatest intended ratio of our time to the rival's.
    pub goal: f64,
}

/// All pairs.
pub const PAIRS: [Pair; 12] = [
    Pair {
        what: "increment",
        ours: contenders::increment,
        rival_name: "AtomicU64::fetch_add",
        rival: contenders::fetch_add,
        goal: 1.05,
    },
    Pair {
        what: "increment on its processor",
        ours: contenders::increment_per_cpu,
        rival_name: "AtomicU64::fetch_add",
        rival: contenders::fetch_add,
        goal: 1.05,
    },
    Pair {
        what: "increment as the single writer",
        ours: contenders::increment_alone,
        rival_name: "load, add, store",
        rival: contenders::load_and_store,
        goal: 1.05,
    },
    Pair {
        what: "fill from blocks",
        ours: contenders::fill_from_blocks,
        rival_name: "memcpy",
        rival: contenders::memcpy,
        goal: 1.25,
    },
    Pair {
        what: "fill from counters",
        ours: contenders::fill_from_counters,
        rival_name: "memcpy",
        rival: contenders::memcpy,
        goal: 1.25,
    },
    Pair {
        what: "fill from counters",
        ours: contenders::fill_from_counters,
        rival_name: "relaxed loads",
        rival: contenders::relaxed_loads,
        goal: 1.05,
    },
    Pair {
        what: "read",
        ours: contenders::read,
        rival_name: "pointer loop",
        rival: contenders::read_by_hand,
        goal: 1.0,
    },
    Pair {
        what: "query all data of 1 instance",
        ours: contenders::query_all::<0>,
        rival_name: "dispatcher in C",
        rival: contenders::query_all_in_c::<0>,
        goal: 1.2,
    },
    Pair {
        what: "query all data of 10 instances",
        ours: contenders::query_all::<1>,
        rival_name: "dispatcher in C",
        rival: contenders::query_all_in_c::<1>,
        goal: 1.2,
    },
    Pair {
        what: "query all data of 100 instances",
        ours: contenders::query_all::<2>,
        rival_name: "dispatcher in C",
        rival: contenders::query_all_in_c::<2>,
        goal: 1.2,
    },
    Pair {
        what: "query all data of 1,000 instances",
        ours: contenders::query_all::<3>,
        rival_name: "dispatcher in C",
        rival: contenders::query_all_in_c::<3>,
        goal: 1.2,
    },
    Pair {
        what: "register 5 blocks",
        ours: contenders::register,
        rival_name: "dispatcher in C",
        rival: contenders::register_in_c,
        goal: 2.0,
    },
];

/// A counter for code that is already serialised.
#[derive(WmiClass)]
#[wmi(guid = "5a3c0b1e-f6d2-4e87-9b40-1d8c72e6a935")]
pub struct Serialised {
    /// The only counter.
    #[wmi(data_id = 1, counter)]
    pub count: SingleWriter<AtomicU64>,
}

/// The data of the functions: counters, their blocks, and a reply.
pub struct Data {
    /// As many counters as in all instances, in one array.
    flat: Vec<AtomicU64>,
    counters: Vec<MSiSCSI_MMIPSECStats>,
    per_cpu: Box<PerCpu<MSiSCSI_MMIPSECStats, 64>>,
    /// The processor that counts.
    processor: AtomicU32,
    serialised: Serialised,
    blocks: Vec<Wire<MSiSCSI_MMIPSECStats>>,
    /// The source of `memcpy`, of the reply's size.
    bytes: Vec<u8>,
    /// A reply of all instances.
    reply: Vec<u8>,
    devices: dispatch::Devices,
}

impl Default for Data {
    fn default() -> Self {
        let counters: Vec<_> = (0..INSTANCES)
            .map(|_| MSiSCSI_MMIPSECStats::new())
            .collect();
        for (counters, value) in counters.iter().zip(1..) {
            counters.add_acquire_failures(value);
            counters.add_soft_associations(value);
        }
        let mut reply = vec![0; WnodeAllData::DATA_OFFSET + INSTANCES * MSiSCSI_MMIPSECStats::SIZE];
        let written = AllDataWriter::new(&counters).write(&mut reply);
        assert_eq!(written, Ok(reply.len()), "the instances are packed");
        assert_eq!(contenders::sum(&reply), contenders::sum_by_hand(&reply));
        Self {
            flat: reply[WnodeAllData::DATA_OFFSET..]
                .chunks_exact(8)
                .map(|item| AtomicU64::new(u64::from(item[0])))
                .collect(),
            blocks: counters
                .iter()
                .map(MSiSCSI_MMIPSECStats::snapshot)
                .collect(),
            counters,
            per_cpu: Box::default(),
            processor: AtomicU32::new(3),
            serialised: Serialised::new(),
            bytes: reply.clone(),
            reply,
            devices: dispatch::Devices::new(),
        }
    }
}

/// Returns the median of times or ratios.
///
/// # Panics
///
/// Panics if there are none.
pub fn median(of: impl IntoIterator<Item = f64>) -> f64 {
    let mut sorted: Vec<f64> = of.into_iter().collect();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}
