use wmi_core::WmiEnum;

#[derive(Clone, Copy, Debug, WmiEnum)]
#[repr(u32)]
#[wmi(define = "MODE")]
enum Mode {
    Off,
    On,
}

fn main() {}
