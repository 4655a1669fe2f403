//! All faults are shown at once, each at its place, those of types too.

use core::sync::atomic::AtomicU64;
use wmi_core::{DataBlock, WmiClass};

#[derive(WmiClass)]
#[wmi(guid = "no", hi_pref)]
struct Stats_ {
    #[wmi(data_id = 1, counter = "PERF_COUNTER_LARGE_RAWCOUT")]
    reads: AtomicU64,
    #[wmi(data_id = 1, perf_detail = 3)]
    active: u32,
    writes: f32,
}

fn main() {
    let stats = Stats_::new();
    stats.increment_reads();
    let _ = (Stats_::mof(), Stats_::GUID, Stats_::READS, stats.snapshot());
}
