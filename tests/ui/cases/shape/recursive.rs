use wmi_core::WmiClass;

#[derive(WmiClass)]
#[wmi(embedded)]
struct Node {
    #[wmi(data_id = 1)]
    children: [Node; 2],
}

fn main() {}
