use core::sync::atomic::{AtomicU32, AtomicU64};
use wmi_core::WmiClass;

#[derive(WmiClass)]
#[wmi(guid = "7f26144b-9828-4fcd-99a5-4a7bb1fee08f", base = "Win32_PerfRawData")]
struct Stats {
    #[wmi(data_id = 1, counter = "PERF_SAMPLE_FRACTION")]
    hits: AtomicU32,
    #[wmi(data_id = 2, counter = "PERF_SAMPLE_BASE")]
    requests: AtomicU32,
    #[wmi(data_id = 3, counter = "PERF_COUNTER_BULK_COUNT")]
    reads: AtomicU64,
}

fn main() {}
