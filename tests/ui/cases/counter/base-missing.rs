use core::sync::atomic::{AtomicU32, AtomicU64};
use wmi_core::WmiClass;

#[derive(WmiClass)]
#[wmi(guid = "13deef86-ab10-41d0-b646-e1f40a097c97", base = "Win32_PerfRawData")]
struct Stats {
    #[wmi(data_id = 1, counter = "PERF_AVERAGE_BULK")]
    request_size: AtomicU64,
    #[wmi(data_id = 2, counter = "PERF_SAMPLE_FRACTION", name = "CacheHits")]
    hits: AtomicU32,
    #[wmi(data_id = 3, counter = "PERF_LARGE_RAW_FRACTION")]
    used: AtomicU64,
    #[wmi(data_id = 4, counter = "PERF_COUNTER_MULTI_TIMER")]
    busy: AtomicU64,
    #[wmi(data_id = 5, counter = "PERF_PRECISION_100NS_TIMER")]
    working: AtomicU64,
    #[wmi(data_id = 6, counter = "PERF_AVERAGE_TIMER", allow(counter_base))]
    published: AtomicU32,
}

fn main() {}
