use wmi_core::WmiClass;
use wmi_core::provider::{Block, Provider};

#[derive(WmiClass)]
#[wmi(variable, guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed")]
struct Note<'a> {
    #[wmi(data_id = 1)]
    text: &'a str,
}

struct Device;

static PROVIDER: Provider<Device> = Provider::new(&[
    &Block::variable::<Note<'_>, _>(|device: &Device, _| Some(device)).base_name("Note", |_| 1),
]);

fn main() {}
