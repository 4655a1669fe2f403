use wmi_core::provider::{Block, Provider};
use wmi_core::WmiClass;

#[derive(WmiClass)]
#[wmi(variable, guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed")]
struct Note<'a> {
    #[wmi(data_id = 1)]
    text: &'a str,
}

struct Device;

static PROVIDER: Provider<Device> = Provider::storport(&[
    &Block::fixed::<Note<'_>, _>(|device: &Device, _| Some(device)),
]);

fn main() {}
