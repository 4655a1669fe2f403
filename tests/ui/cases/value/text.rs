use wmi_core::WmiClass;

#[derive(WmiClass)]
#[wmi(guid = 5)]
struct Stats {
    #[wmi(data_id = 1)]
    reads: u32,
}

fn main() {}
