use wmi_core::WmiEnum;

#[derive(Clone, Copy, Debug, WmiEnum)]
struct Mode {
    on: bool,
}

fn main() {}
