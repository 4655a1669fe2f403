use wmi_core::WmiEnum;

#[derive(Clone, Copy, Debug, WmiEnum)]
#[repr(u32)]
enum Mode {
    #[wmi(define = "MODE_OFF")]
    Off,
    On,
}

fn main() {}
