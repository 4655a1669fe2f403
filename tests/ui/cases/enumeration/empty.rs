use wmi_core::WmiEnum;

#[derive(Clone, Copy, Debug, WmiEnum)]
enum Mode {
}

fn main() {}
