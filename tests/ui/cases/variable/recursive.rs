use wmi_core::{Count, WmiClass};

#[derive(WmiClass)]
#[wmi(embedded, variable)]
struct Node<'a> {
    #[wmi(data_id = 1)]
    count: Count<u32>,
    #[wmi(data_id = 2, size_is = "count")]
    children: &'a [Node<'a>],
}

fn main() {}
