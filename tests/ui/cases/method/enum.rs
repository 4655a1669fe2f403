use wmi_core::WmiMethod;

#[derive(WmiMethod)]
#[wmi(id = 1)]
enum Reset {}

fn main() {}
