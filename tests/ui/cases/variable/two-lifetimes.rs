use wmi_core::WmiClass;

#[derive(WmiClass)]
#[wmi(guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed", variable)]
struct Stats<'a, 'b> {
    #[wmi(data_id = 1)]
    name: &'a str,
    #[wmi(data_id = 2)]
    vendor: &'b str,
}

fn main() {}
