use wmi_core::{Count, WmiMethod};

#[derive(WmiMethod)]
#[wmi(id = 1)]
struct Read<'a> {
    #[wmi(out)]
    length: Count<u32>,
    #[wmi(out)]
    bytes: &'a [u8],
}

fn main() {}
