use wmi_core::WmiClass;

#[derive(WmiClass)]
#[wmi(embedded)]
struct Settings {
    #[wmi(data_id = 1, default = "x")]
    retries: u32,
}

fn main() {}
