use wmi_core::WmiEnum;

#[derive(Clone, Copy, Debug, WmiEnum)]
#[repr(u32)]
enum Mode {
    Off,
    On(u32),
}

fn main() {}
