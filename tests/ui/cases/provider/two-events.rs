use wmi_core::WmiClass;
use wmi_core::provider::{Block, Event, Provider};

#[derive(WmiClass)]
#[wmi(event, base = "WMIEvent", guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed")]
struct Link {
    #[wmi(data_id = 1)]
    speed: u32,
}

struct Device {
    link: Link,
    up: Event<Link>,
    down: Event<Link>,
}

static PROVIDER: Provider<Device> = Provider::storport(&[
    &Block::counters(|device: &Device, _| Some(&device.link))
        .events(|device| &device.up)
        .events(|device| &device.down),
]);

fn main() {}
