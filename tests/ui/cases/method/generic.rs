use wmi_core::WmiMethod;

#[derive(WmiMethod)]
#[wmi(id = 1)]
struct Reset<T> {
    #[wmi(in)]
    value: T,
}

fn main() {}
