use wmi_core::WmiClass;

#[derive(WmiClass)]
#[wmi(guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed", properties(InstanceName))]
struct Stats {
    #[wmi(data_id = 1)]
    reads: u32,
}

#[derive(WmiClass)]
#[wmi(guid = "c827993c-6d1f-4194-9b5c-d7c0a5f1cfb7", properties(string 1))]
struct Others {
    #[wmi(data_id = 1)]
    reads: u32,
}

fn main() {}
