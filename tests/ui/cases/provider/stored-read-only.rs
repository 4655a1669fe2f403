// A class without `write` in a store for what clients set.

use wmi_core::provider::{Handle, Stored};
use wmi_core::{NtStatus, WmiClass};

#[derive(WmiClass)]
#[wmi(name = "Vendor_Link", guid = "3f2504e0-4f89-41d3-9a0c-0305e82c3301")]
pub struct Link {
    #[wmi(data_id = 1)]
    speed: u32,
}

struct Device {
    link: Stored<Link>,
}

impl Handle<Link> for Device {
    fn query(&self) -> Result<Link, NtStatus> {
        self.link.load()
    }
}

fn main() {}
