use wmi_core::{Count, WmiMethod};

#[derive(WmiMethod)]
#[wmi(id = 1)]
struct Reset<'a> {
    #[wmi(out)]
    count: Count<u32>,
    #[wmi(in, size_is = "count")]
    ports: &'a [u16],
}

fn main() {}
