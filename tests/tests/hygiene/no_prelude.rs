//! A module without the prelude.

#![no_implicit_prelude]

use ::core::sync::atomic::{AtomicBool, AtomicU32};

#[derive(::wmi_core::WmiClass)]
#[wmi(embedded)]
pub(crate) struct Origin {
    #[wmi(data_id = 1)]
    port: u16,
}

#[derive(::wmi_core::WmiClass)]
#[wmi(guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed")]
pub(crate) struct Stats {
    /// Reads so far.
    #[wmi(data_id = 1, counter = "PERF_COUNTER_COUNTER", cpp_quote)]
    reads: AtomicU32,
    #[wmi(data_id = 2)]
    online: AtomicBool,
    #[wmi(data_id = 3, time_stamp)]
    since: u64,
    #[wmi(data_id = 4)]
    origins: [Origin; 2],
}

#[::core::prelude::v1::test]
fn a_class_works() {
    let stats = Stats::new();
    stats.add_reads(3);
    ::std::assert_eq!(StatsItems::reads(&stats.snapshot()), 3);
}
