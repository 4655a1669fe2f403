use core::sync::atomic::AtomicU32;
use wmi_core::WmiClass;

#[derive(WmiClass)]
#[wmi(guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed")]
struct Stats {
    #[wmi(data_id = 1, counter = "PERF_COUNTER_TEXT")]
    reads: AtomicU32,
}

fn main() {}
