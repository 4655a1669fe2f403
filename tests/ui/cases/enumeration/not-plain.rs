use wmi_core::{WmiClass, WmiEnum, WmiFlags};

#[derive(WmiEnum)]
#[repr(u32)]
enum Digest {
    None = 0,
    Crc32c = 1,
}

#[derive(WmiFlags)]
#[repr(u8)]
enum Option {
    Ipsec = 1,
}

#[derive(WmiClass)]
#[wmi(embedded)]
struct Settings {
    #[wmi(data_id = 1)]
    digest: Digest,
    #[wmi(data_id = 2)]
    options: wmi_core::Flags<Option>,
}

fn main() {}
