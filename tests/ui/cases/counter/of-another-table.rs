use core::sync::atomic::{AtomicU32, AtomicU64};
use wmi_core::WmiClass;

#[derive(WmiClass)]
#[wmi(guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed")]
struct Stats {
    #[wmi(data_id = 1, counter = "perf_counter_composite")]
    reads: AtomicU64,
    #[wmi(data_id = 2, counter = "COOKER_AVERAGE")]
    writes: AtomicU32,
}

fn main() {}
