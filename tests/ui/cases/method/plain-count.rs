use wmi_core::WmiMethod;

#[derive(WmiMethod)]
#[wmi(id = 1)]
struct Read<'a> {
    #[wmi(out)]
    length: u32,
    #[wmi(out, size_is = "length")]
    bytes: &'a [u8],
}

fn main() {}
