use wmi_core::{Count, WmiClass};

#[derive(WmiClass)]
#[wmi(embedded, variable)]
struct List<'a> {
    #[wmi(data_id = 1)]
    count: Count<u8>,
    #[wmi(data_id = 2, size_is = 1)]
    items: &'a [u8],
}

fn main() {}
