use wmi_core::{Count, WmiClass};

#[derive(Clone, Copy, WmiClass)]
#[wmi(embedded, allow(empty))]
struct Nothing;

#[derive(WmiClass)]
#[wmi(embedded, variable)]
struct Stats<'a> {
    #[wmi(data_id = 1)]
    count: Count<u32>,
    #[wmi(data_id = 2, size_is = count)]
    nothings: &'a [Nothing],
}

fn main() {}
