use wmi_core::WmiMethod;

#[derive(WmiMethod)]
#[wmi(id = 1)]
struct Reset {
    #[wmi(in, name = "long")]
    percent: u32,
}

fn main() {}
