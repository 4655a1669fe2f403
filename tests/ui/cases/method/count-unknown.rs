use wmi_core::WmiMethod;

#[derive(WmiMethod)]
#[wmi(id = 1)]
struct Reset<'a> {
    #[wmi(in)]
    number: u32,
    #[wmi(in, size_is = "count")]
    ports: &'a [u16],
}

fn main() {}
