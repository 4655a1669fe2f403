use wmi_core::WmiClass;

#[derive(WmiClass)]
#[wmi(embedded = 1)]
struct Stats {
    #[wmi(data_id = 1)]
    reads: u32,
}

fn main() {}
