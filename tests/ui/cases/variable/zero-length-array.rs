use wmi_core::WmiClass;

#[derive(WmiClass)]
#[wmi(embedded, variable)]
struct Origin {
    #[wmi(data_id = 1)]
    address: [u8; 0],
}

fn main() {}
