use wmi_core::WmiEnum;

#[derive(Clone, Copy, Debug, WmiEnum)]
#[repr(u32)]
enum Mode {
    Off,
    #[wmi(hex)]
    On,
}

fn main() {}
