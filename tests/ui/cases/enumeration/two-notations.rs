use wmi_core::WmiEnum;

#[derive(Clone, Copy, Debug, WmiEnum)]
#[wmi(hex, integers)]
#[repr(u8)]
enum Level {
    Low,
    High,
}

fn main() {}
