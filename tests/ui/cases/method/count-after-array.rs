use wmi_core::{Count, WmiMethod};

#[derive(WmiMethod)]
#[wmi(id = 1)]
struct Reset<'a> {
    #[wmi(in, size_is = "count")]
    ports: &'a [u16],
    #[wmi(in)]
    count: Count<u32>,
}

fn main() {}
