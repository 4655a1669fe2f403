use wmi_core::WmiFlags;

#[derive(Clone, Copy, Debug, WmiFlags)]
#[repr(u32)]
enum Mode {
    Off = 0,
    On = 1,
    All = 3,
}

fn main() {}
