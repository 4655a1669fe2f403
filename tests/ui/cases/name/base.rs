use wmi_core::WmiClass;

#[derive(WmiClass)]
#[wmi(guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed", base = "Win32 PerfRawData")]
struct Stats {
    #[wmi(data_id = 1)]
    reads: u32,
}

fn main() {}
