//! The classes of `acpimof.mof`.

use wmi_core::schema::Schema;
use wmi_core::{WmiClass, WmiMethod};

pub(crate) const SCHEMA: Schema<'static> = Schema::new(&[
    WMIEvent::CLASS,
    Package::CLASS,
    AcpiTest_QSPackage::CLASS,
    AcpiTest_QSString::CLASS,
    AcpiTest_QULong::CLASS,
    AcpiTest_MPackage::CLASS,
    AcpiTest_MString::CLASS,
    AcpiTest_MULong::CLASS,
    AcpiTest_EventPackage::CLASS,
    AcpiTest_EventString::CLASS,
    AcpiTest_EventULong::CLASS,
]);

#[derive(WmiClass)]
#[wmi(bare, base = "__ExtrinsicEvent")]
struct WMIEvent;

#[derive(WmiClass)]
#[wmi(
    embedded,
    allow(sample_guid),
    guid = "ABBC0F60-8EA1-11d1-00A0-C90629100000",
    locale = 0x409
)]
struct Package {
    #[wmi(write, data_id = 1)]
    bytes: [u8; 16],
}

#[derive(WmiClass)]
#[wmi(allow(sample_guid))]
#[wmi(guid = "ABBC0F6a-8EA1-11d1-00A0-C90629100000", locale = 0x409)]
struct AcpiTest_QSPackage {
    #[wmi(write, data_id = 1)]
    data: Package,
}

#[derive(WmiClass)]
#[wmi(variable, allow(sample_guid))]
#[wmi(guid = "ABBC0F6b-8EA1-11d1-00A0-C90629100000", locale = 0x409)]
struct AcpiTest_QSString<'a> {
    #[wmi(write, data_id = 1)]
    text: &'a str,
}

#[derive(WmiClass)]
#[wmi(allow(sample_guid))]
#[wmi(guid = "ABBC0F6C-8EA1-11d1-00A0-C90629100000", locale = 0x409)]
struct AcpiTest_QULong {
    #[wmi(write, data_id = 1)]
    u_long: u32,
}

#[derive(WmiClass)]
#[wmi(
    allow(sample_guid),
    guid = "ABBC0F6D-8EA1-11d1-00A0-C90629100000",
    locale = 0x409
)]
#[wmi(methods(GetPackage, SetPackage, FirePackage))]
struct AcpiTest_MPackage;

#[derive(WmiMethod)]
#[wmi(id = 1, read, write)]
struct GetPackage {
    #[wmi(out)]
    data: Package,
}

#[derive(WmiMethod)]
#[wmi(id = 2, read, write)]
struct SetPackage {
    #[wmi(in)]
    data: Package,
}

#[derive(WmiMethod)]
#[wmi(id = 3, read, write)]
struct FirePackage {
    #[wmi(in)]
    hack: u32,
}

#[derive(WmiClass)]
#[wmi(
    allow(sample_guid),
    guid = "ABBC0F6E-8EA1-11d1-00A0-C90629100000",
    locale = 0x409
)]
#[wmi(methods(GetString<'_>, SetString<'_>, FireString))]
struct AcpiTest_MString;

#[derive(WmiMethod)]
#[wmi(id = 1, read, write)]
struct GetString<'a> {
    #[wmi(out)]
    data: &'a str,
}

#[derive(WmiMethod)]
#[wmi(id = 2, read, write)]
struct SetString<'a> {
    #[wmi(in)]
    data: &'a str,
}

#[derive(WmiMethod)]
#[wmi(id = 3, read, write)]
struct FireString {
    #[wmi(in)]
    hack: u32,
}

#[derive(WmiClass)]
#[wmi(
    allow(sample_guid),
    guid = "ABBC0F6F-8EA1-11d1-00A0-C90629100000",
    locale = 0x409
)]
#[wmi(methods(GetULong, SetULong, FireULong))]
struct AcpiTest_MULong;

#[derive(WmiMethod)]
#[wmi(id = 1, read, write)]
struct GetULong {
    #[wmi(out)]
    data: u32,
}

#[derive(WmiMethod)]
#[wmi(id = 2, read, write)]
struct SetULong {
    #[wmi(in)]
    data: u32,
}

#[derive(WmiMethod)]
#[wmi(id = 3, read, write)]
struct FireULong {
    #[wmi(in)]
    hack: u32,
}

#[derive(WmiClass)]
#[wmi(event, allow(sample_guid), base = WMIEvent)]
#[wmi(guid = "ABBC0F70-8EA1-11d1-00A0-C90629100000", locale = 0x409)]
struct AcpiTest_EventPackage {
    #[wmi(write, data_id = 1)]
    data: Package,
}

#[derive(WmiClass)]
#[wmi(event, variable, allow(sample_guid), base = WMIEvent)]
#[wmi(guid = "ABBC0F71-8EA1-11d1-00A0-C90629100000", locale = 0x409)]
struct AcpiTest_EventString<'a> {
    #[wmi(write, data_id = 1)]
    text: &'a str,
}

#[derive(WmiClass)]
#[wmi(event, allow(sample_guid), base = WMIEvent)]
#[wmi(guid = "ABBC0F72-8EA1-11d1-00A0-C90629100000", locale = 0x409)]
struct AcpiTest_EventULong {
    #[wmi(write, data_id = 1)]
    u_long: u32,
}
