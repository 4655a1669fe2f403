use wmi_core::WmiClass;
use wmi_core::provider::{Block, Provider};

#[derive(WmiClass)]
#[wmi(guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed")]
struct Queue {
    #[wmi(data_id = 1)]
    length: u32,
}

struct Adapter {
    queues: [Queue; 4],
}

static PROVIDER: Provider<Adapter> = Provider::ndis(&[
    &Block::counters(|adapter: &Adapter, queue| adapter.queues.get(queue))
        .pdo(|adapter| adapter.queues.len()),
]);

fn main() {}
