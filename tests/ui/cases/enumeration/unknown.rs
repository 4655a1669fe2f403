use wmi_core::WmiEnum;

#[derive(Clone, Copy, Debug, WmiEnum)]
#[repr(u32)]
enum Mode {
    #[wmi(colour = "red")]
    Off,
    On,
}

fn main() {}
