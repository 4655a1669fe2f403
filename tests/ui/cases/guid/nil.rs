use wmi_core::WmiClass;

#[derive(WmiClass)]
#[wmi(guid = "00000000-0000-0000-0000-000000000000")]
struct Stats {
    #[wmi(data_id = 1)]
    reads: u32,
}

fn main() {}
