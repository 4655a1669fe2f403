use wmi_core::WmiClass;
use wmi_core::provider::{Block, Event, Provider};

#[derive(WmiClass)]
#[wmi(event, base = "WMIEvent", guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed")]
struct LinkDown {
    #[wmi(data_id = 1)]
    port: u32,
}

struct Adapter {
    link_down: Event<LinkDown>,
}

static PROVIDER: Provider<Adapter> =
    Provider::ndis(&[&Block::event(|adapter: &Adapter| &adapter.link_down)]);

fn main() {}
