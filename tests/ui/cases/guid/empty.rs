use wmi_core::WmiClass;

#[derive(WmiClass)]
#[wmi(guid = "")]
struct Stats {
    #[wmi(data_id = 1)]
    reads: u32,
}

fn main() {}
