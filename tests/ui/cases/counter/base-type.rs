use core::sync::atomic::{AtomicU32, AtomicU64};
use wmi_core::WmiClass;

#[derive(WmiClass)]
#[wmi(guid = "57124242-5051-41cc-917f-9acae01f5057", base = "Win32_PerfRawData")]
struct Stats {
    #[wmi(data_id = 1, counter = "PERF_AVERAGE_TIMER")]
    latency: AtomicU32,
    #[wmi(data_id = 2, counter = "PERF_RAW_BASE")]
    latency_base: AtomicU32,
    #[wmi(data_id = 3, counter = "PERF_AVERAGE_BULK")]
    length: AtomicU64,
    #[wmi(data_id = 4, name = "Length_Base")]
    length_base: u32,
}

fn main() {}
