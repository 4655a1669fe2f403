use wmi_core::WmiClass;

#[derive(WmiClass)]
#[wmi(abstract, static)]
struct Both;

#[derive(WmiClass)]
#[wmi(event, embedded, guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed")]
struct Part {
    #[wmi(data_id = 1)]
    a: u8,
}

fn main() {}
