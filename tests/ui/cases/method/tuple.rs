use wmi_core::WmiMethod;

#[derive(WmiMethod)]
#[wmi(id = 1)]
struct Reset(u32);

fn main() {}
