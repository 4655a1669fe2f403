use core::sync::atomic::{AtomicU32, AtomicU64};
use wmi_core::WmiClass;

#[derive(WmiClass)]
#[wmi(guid = "119a72d1-74c9-4f6a-8c01-1cdd9474031b", base = "Win32_PerfRawData")]
struct Stats {
    #[wmi(data_id = 1, counter = "PERF_COUNTER_BULK_COUNT")]
    reads: AtomicU64,
    #[wmi(data_id = 2, counter = "PERF_AVERAGE_BASE")]
    reads_base: AtomicU32,
    #[wmi(data_id = 3, counter = "PERF_RAW_BASE", allow(counter_base))]
    published: AtomicU32,
}

fn main() {}
