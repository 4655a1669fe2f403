use core::sync::atomic::AtomicU32;

use wmi_core::WmiClass;

/// With a description.
#[derive(WmiClass)]
#[wmi(guid = "1a2b3c4d-0000-4000-8000-00000000b00c")]
#[wmi(qualifier(description("Another.")))]
struct Stats {
    #[wmi(data_id = 1, qualifier(HBAType("A")), qualifier(HbaType("B")))]
    reads: AtomicU32,
    #[wmi(data_id = 2, display_in_hex, qualifier(DisplayInHex(FALSE)))]
    writes: u32,
}

fn main() {}
