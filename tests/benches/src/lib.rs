//! What is measured: pairs of functions that do the same, ours and a rival's.
//!
//! `cargo bench -p wmi-benches` measures each by itself with criterion, then all pairs in turns
//! for their ratios.

mod contenders;

use core::sync::atomic::AtomicU64;

use iscsi_schema::MSiSCSI_MMIPSECStats;
use wmi_core::wnode::AllDataWriter;
use wmi_core::{FixedClass, Wire};

/// Instances of a reply.
pub const INSTANCES: usize = 1000;

/// Increments of one measurement.
pub const INCREMENTS: usize = 1000;

/// Two functions that do the same.
pub struct Pair {
    /// What both do.
    pub what: &'static str,
    /// Ours.
    pub ours: fn(&mut Data),
    /// The rival's name.
    pub rival_name: &'static str,
    /// The rival.
    pub rival: fn(&mut Data),
    /// The most of the rival's time that ours is meant to take.
    pub goal: f64,
}

/// All pairs.
pub const PAIRS: [Pair; 5] = [
    Pair {
        what: "increment",
        ours: contenders::increment,
        rival_name: "AtomicU64::fetch_add",
        rival: contenders::fetch_add,
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
];

/// What the functions work on: counters, blocks of them, and a reply.
pub struct Data {
    /// As many counters as all instances have, in one array.
    flat: Vec<AtomicU64>,
    counters: Vec<MSiSCSI_MMIPSECStats>,
    blocks: Vec<Wire<MSiSCSI_MMIPSECStats>>,
    /// As many bytes as a reply, for `memcpy`.
    bytes: Vec<u8>,
    /// A reply of all instances.
    reply: Vec<u8>,
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
        let mut reply = vec![0; 72 + INSTANCES * MSiSCSI_MMIPSECStats::SIZE];
        let written = AllDataWriter::new(&counters).write(&mut reply);
        assert_eq!(written, Ok(reply.len()), "the instances are packed");
        assert_eq!(contenders::sum(&reply), contenders::sum_by_hand(&reply));
        Self {
            flat: reply[72..]
                .chunks_exact(8)
                .map(|item| AtomicU64::new(u64::from(item[0])))
                .collect(),
            blocks: counters
                .iter()
                .map(MSiSCSI_MMIPSECStats::snapshot)
                .collect(),
            counters,
            bytes: reply.clone(),
            reply,
        }
    }
}
