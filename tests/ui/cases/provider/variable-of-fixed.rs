use wmi_core::WmiClass;
use wmi_core::provider::{Block, Provider};

#[derive(WmiClass)]
#[wmi(guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed")]
struct Settings {
    #[wmi(data_id = 1, write)]
    interval: u32,
}

struct Device;

static PROVIDER: Provider<Device> = Provider::storport(&[
    &Block::variable::<Settings, _>(|device: &Device, _| Some(device)),
]);

fn main() {}
