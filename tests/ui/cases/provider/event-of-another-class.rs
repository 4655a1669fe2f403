use wmi_core::WmiClass;
use wmi_core::provider::{Block, Event, Provider};

#[derive(WmiClass)]
#[wmi(guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed")]
struct Link {
    #[wmi(data_id = 1)]
    speed: u32,
}

#[derive(WmiClass)]
#[wmi(guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ee")]
struct Queue {
    #[wmi(data_id = 1)]
    length: u32,
}

struct Device {
    link: Link,
    queue_changed: Event<Queue>,
}

static PROVIDER: Provider<Device> = Provider::storport(&[
    &Block::counters(|device: &Device, _| Some(&device.link))
        .events(|device| &device.queue_changed),
]);

fn main() {}
