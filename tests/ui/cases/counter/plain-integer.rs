//! Code that uses the class does not fail as well.

use wmi_core::WmiClass;

#[derive(WmiClass)]
#[wmi(guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed")]
struct Stats {
    #[wmi(data_id = 1, counter = "PERF_COUNTER_LARGE_RAWCOUNT")]
    reads: u64,
}

fn main() {
    let stats = Stats::new();
    stats.increment_reads();
    stats.add_reads(1);
    let _ = (stats.reads(), stats.snapshot().reads(), Stats::mof());
}
