use wmi_core::WmiClass;
use wmi_core::provider::{Block, Provider};

#[derive(WmiClass)]
#[wmi(guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed")]
struct Sent {
    #[wmi(data_id = 1)]
    bytes: u32,
}

#[derive(WmiClass)]
#[wmi(guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed")]
struct Received {
    #[wmi(data_id = 1)]
    bytes: u32,
}

struct Device {
    sent: Sent,
    received: Received,
}

static PROVIDER: Provider<Device> = Provider::storport(&[
    &Block::counters(|device: &Device, _| Some(&device.sent)),
    &Block::counters(|device: &Device, _| Some(&device.received)),
]);

fn main() {}
