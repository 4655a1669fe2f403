use wmi_core::WmiClass;
use wmi_core::schema::Schema;

#[derive(WmiClass)]
#[wmi(embedded)]
struct QueueStats {
    #[wmi(data_id = 1)]
    depth: u8,
}

#[derive(WmiClass)]
#[wmi(guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed")]
struct Adapter {
    #[wmi(data_id = 1)]
    queues: [QueueStats; 2],
}

const _: Schema<'static> = Schema::new(&[Adapter::CLASS]);

fn main() {}
