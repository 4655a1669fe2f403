use wmi_core::WmiClass;
use wmi_core::provider::{Block, Provider};

#[derive(WmiClass)]
#[wmi(guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed")]
struct Histogram {
    #[wmi(data_id = 1)]
    frames: u32,
}

struct Adapter {
    histogram: Histogram,
}

static PROVIDER: Provider<Adapter> = Provider::ndis(&[
    &Block::counters(|adapter: &Adapter, _| Some(&adapter.histogram)).expensive(|_, _| Ok(())),
]);

fn main() {}
