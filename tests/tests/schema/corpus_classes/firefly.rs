//! The class of `firefly.mof`.

use wmi_core::WmiClass;
use wmi_core::schema::Schema;

pub(crate) const SCHEMA: Schema<'static> = Schema::new(&[FireflyDeviceInformation::CLASS]);

#[derive(WmiClass)]
#[wmi(
    allow(sample_guid),
    guid = "{AB27DB29-DB25-42E6-A3E7-28BD46BDB666}",
    locale = 0x409
)]
struct FireflyDeviceInformation {
    #[wmi(write, data_id = 1)]
    tail_lit: bool,
}
