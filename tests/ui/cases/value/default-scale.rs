use std::sync::atomic::AtomicU64;

use wmi_core::WmiClass;

#[derive(WmiClass)]
#[wmi(guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed")]
struct Stats {
    #[wmi(data_id = 1, counter = "PERF_COUNTER_BULK_COUNT", default_scale = -8)]
    reads: AtomicU64,
}

fn main() {}
