use wmi_core::WmiClass;

#[derive(WmiClass)]
#[wmi(guid = "36b58ea2c4614bb0ac8e952f59d251ed")]
struct Stats {
    #[wmi(data_id = 1)]
    reads: u32,
}

fn main() {}
