//! What uses the enum does not fail as well.

use wmi_core::{Flags, WmiClass, WmiEnum, WmiFlags};

#[derive(Clone, Copy, Debug, WmiEnum)]
enum Mode {
    Off,
    On,
}

#[derive(Clone, Copy, Debug, WmiFlags)]
#[repr(u32)]
enum Option {
    None = 0,
}

#[derive(WmiClass)]
#[wmi(guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed")]
struct Stats {
    #[wmi(data_id = 1)]
    mode: Mode,
    #[wmi(data_id = 2)]
    options: Flags<Option>,
    #[wmi(data_id = 3)]
    modes: [Mode; 2],
}

fn main() {}
