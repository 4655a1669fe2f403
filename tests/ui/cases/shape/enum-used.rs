//! What uses the enum does not fail as well.

use wmi_core::{DataBlock, WmiClass};

#[derive(WmiClass)]
#[wmi(guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed")]
enum Kind {
    Reads,
}

#[derive(WmiClass)]
#[wmi(guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed")]
struct Stats {
    #[wmi(data_id = 1)]
    kind: Kind,
}

fn main() {
    let _ = (Kind::mof(), Kind::GUID, Stats::mof());
}
