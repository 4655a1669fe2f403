use wmi_core::{WmiClass, WmiFlags};

#[derive(Clone, Copy, Debug, WmiFlags)]
#[repr(u32)]
enum Option {
    Ipsec = 1,
}

#[derive(WmiClass)]
#[wmi(embedded)]
struct Login {
    #[wmi(data_id = 1)]
    options: Option,
}

fn main() {}
