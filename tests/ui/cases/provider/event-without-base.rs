use wmi_core::WmiClass;
use wmi_core::provider::{Block, Event, Provider};

#[derive(WmiClass)]
#[wmi(guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed")]
struct TooHot {
    #[wmi(data_id = 1)]
    degrees: u32,
}

struct Device {
    too_hot: Event<TooHot>,
}

static PROVIDER: Provider<Device> =
    Provider::storport(&[&Block::event(|device: &Device| &device.too_hot)]);

fn main() {}
