use wmi_core::WmiClass;

#[derive(WmiClass)]
#[wmi(embedded)]
struct Settings {
    #[wmi(data_id = 1, qualifier(raed))]
    retries: u32,
    #[wmi(data_id = 2, qualifier(raed), allow(spelling))]
    published: u32,
    #[wmi(data_id = 3, qualifier(HBAType("HBA_WWN")))]
    vendor: u32,
}

fn main() {}
