use wmi_core::WmiClass;

#[derive(WmiClass)]
#[wmi(embedded, qualifier(Names{}))]
struct Stats {
    #[wmi(data_id = 1, qualifier(Names("a") :))]
    reads: u32,
}

fn main() {}
