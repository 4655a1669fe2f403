use wmi_core::WmiClass;

#[derive(WmiClass)]
#[wmi(guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed")]
struct Stats {
    #[wmi(id = 1, writable)]
    reads: u32,
    #[wmi(data_id = 2, readable, writeable)]
    writes: u32,
}

fn main() {}
