use wmi_core::WmiEnum;

#[derive(Clone, Copy, Debug, WmiEnum)]
#[repr(u32)]
enum Mode {
    Off = 0,
    On = ONE,
}

const ONE: u32 = 1;

fn main() {}
