use wmi_core::{DateTime, WmiClass};

#[derive(WmiClass)]
#[wmi(embedded)]
struct Build {
    #[wmi(data_id = 1, default = "2024-02-29 13:45")]
    built: DateTime,
}

fn main() {}
