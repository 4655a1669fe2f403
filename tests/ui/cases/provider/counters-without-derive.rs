use core::sync::atomic::AtomicU32;

use wmi_core::provider::{Block, Provider};

struct Stats {
    sent: AtomicU32,
}

struct Device {
    stats: Stats,
}

static PROVIDER: Provider<Device> =
    Provider::storport(&[&Block::counters(|device: &Device, _| Some(&device.stats))]);

fn main() {}
