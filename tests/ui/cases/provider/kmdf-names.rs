use wmi_core::WmiClass;
use wmi_core::provider::{Block, Provider};

#[derive(WmiClass)]
#[wmi(guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed")]
struct Link {
    #[wmi(data_id = 1)]
    speed: u32,
}

static PROVIDER: Provider<Link> =
    Provider::kmdf(&[&Block::counters(|link: &Link, _| Some(link)).base_name("Link", |_| 1)]);

fn main() {}
