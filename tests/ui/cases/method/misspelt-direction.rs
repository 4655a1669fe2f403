use wmi_core::WmiMethod;

#[derive(WmiMethod)]
#[wmi(id = 1)]
struct Reset {
    #[wmi(inn)]
    percent: u32,
}

fn main() {}
