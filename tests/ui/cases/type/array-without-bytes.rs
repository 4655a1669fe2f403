use wmi_core::WmiClass;

#[derive(Clone, Copy, WmiClass)]
#[wmi(embedded, allow(empty))]
struct Nothing;

#[derive(WmiClass)]
#[wmi(embedded)]
struct Stats {
    #[wmi(data_id = 1)]
    nothings: [Nothing; 4],
}

fn main() {}
