use wmi_core::WmiClass;

#[derive(WmiClass)]
#[wmi(guid = "15D851F1-6539-11d1-A529-00A0C9062910")]
struct Stats {
    #[wmi(data_id = 1)]
    reads: u32,
}

fn main() {}
