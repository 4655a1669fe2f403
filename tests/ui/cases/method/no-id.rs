use wmi_core::WmiMethod;

#[derive(WmiMethod)]
struct Reset {
    #[wmi(in)]
    percent: u32,
}

fn main() {}
