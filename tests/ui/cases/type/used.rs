//! Code that uses the class does not fail as well.

use wmi_core::WmiClass;

#[derive(WmiClass)]
#[wmi(guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed")]
struct Stats {
    #[wmi(data_id = 1)]
    reads: f64,
}

fn main() {
    let stats = Stats { reads: 1.0 };
    let _ = (stats.snapshot(), Stats::mof(), Stats::READS);
}
