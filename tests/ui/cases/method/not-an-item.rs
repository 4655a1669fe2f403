use wmi_core::WmiMethod;

#[derive(WmiMethod)]
#[wmi(id = 1)]
struct SetSpeed {
    #[wmi(in)]
    speed: Option<u32>,
    #[wmi(in, out)]
    limit: f64,
}

fn main() {}
