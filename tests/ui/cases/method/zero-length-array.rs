use wmi_core::WmiMethod;

#[derive(WmiMethod)]
#[wmi(id = 1)]
struct Reset {
    #[wmi(in)]
    keep: [u8; 0],
}

fn main() {}
