//! Who is named by the physical device object must say which that is.

use wmi_core::WmiClass;
use wmi_core::provider::{Block, Provider};

#[derive(WmiClass)]
#[wmi(guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed")]
struct Stats {
    #[wmi(data_id = 1)]
    sent: u32,
}

struct Device {
    stats: Stats,
}

static PROVIDER: Provider<Device> =
    Provider::new(&[&Block::counters(|device: &Device, _| Some(&device.stats))]);

fn main() {}
