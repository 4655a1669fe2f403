use wmi_core::provider::{Block, Provider};
use wmi_core::WmiClass;

#[derive(WmiClass)]
#[wmi(guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed")]
struct Settings {
    #[wmi(data_id = 1, write)]
    speed: u32,
}

struct Device;

static PROVIDER: Provider<Device> = Provider::storport(&[
    &Block::methods_only::<Settings, _>(|device: &Device, _| Some(device)),
]);

fn main() {}
