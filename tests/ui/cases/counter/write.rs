use core::sync::atomic::AtomicU64;
use wmi_core::WmiClass;

#[derive(WmiClass)]
#[wmi(guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed")]
struct Stats {
    #[wmi(data_id = 1, write, counter = "PERF_COUNTER_BULK_COUNT")]
    reads: AtomicU64,
    #[wmi(data_id = 2, write, counter = "PERF_COUNTER_LARGE_RAWCOUNT")]
    limit: AtomicU64,
    #[wmi(data_id = 3, write, counter = "PERF_COUNTER_BULK_COUNT", allow(counter_write))]
    published: AtomicU64,
}

fn main() {}
