use core::sync::atomic::{AtomicU32, AtomicU64};
use wmi_core::WmiClass;

#[derive(WmiClass)]
#[wmi(guid = "ca02135e-92b1-43f2-8ede-0d7ac3baea9e", base = "Win32_PerfRawData")]
struct Stats {
    #[wmi(data_id = 1, counter = "PERF_AVERAGE_BASE")]
    latency_base: AtomicU32,
    #[wmi(data_id = 2, counter = "PERF_AVERAGE_TIMER")]
    latency: AtomicU32,
    #[wmi(data_id = 3, counter = "PERF_COUNTER_BULK_COUNT")]
    reads: AtomicU64,
}

fn main() {}
