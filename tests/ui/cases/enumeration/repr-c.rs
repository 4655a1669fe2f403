use wmi_core::WmiEnum;

#[derive(Clone, Copy, Debug, WmiEnum)]
#[repr(C)]
enum Mode {
    Off,
    On,
}

fn main() {}
