use wmi_core::WmiMethod;

#[derive(WmiMethod)]
#[wmi(id = 1)]
struct Reset {
    #[wmi(in)]
    a: u32,
    #[wmi(out, name = "A")]
    b: u32,
}

fn main() {}
