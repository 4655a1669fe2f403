use wmi_core::WmiClass;

#[derive(WmiClass)]
#[wmi(guid = "{ABBC0F6E-8EA1-11d1-00A0-C90629100000}")]
struct Stats {
    #[wmi(data_id = 1)]
    reads: u32,
}

fn main() {}
