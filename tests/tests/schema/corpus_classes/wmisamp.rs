//! The classes of `wmisamp.mof`.

use wmi_core::schema::Schema;
use wmi_core::{WmiClass, WmiMethod};

pub(crate) const SCHEMA: Schema<'static> = Schema::new(&[
    Vendor_EC1::CLASS,
    Vendor_EC2::CLASS,
    WmiSampleClass1::CLASS,
    WmiSampleClass2::CLASS,
    WmiSampleClass3::CLASS,
    WmiSampleClass5::CLASS,
    WmiSampleClass6::CLASS,
]);

#[derive(WmiClass)]
#[wmi(
    embedded,
    allow(sample_guid),
    guid = "A1C15015-B069-11d1-9290-00A0C9062910",
    locale = 0x409,
    header_name = "EC1"
)]
struct Vendor_EC1 {
    #[wmi(write, data_id = 1)]
    xboolean: bool,
    #[wmi(write, data_id = 2)]
    xuint8: u8,
    #[wmi(write, data_id = 3)]
    xuint16: u16,
    #[wmi(write, data_id = 4)]
    xuint32: u32,
    #[wmi(write, data_id = 5, qualifier(WmiDisplayInHex))]
    xuint64: u64,
    #[wmi(write, data_id = 6)]
    xint8: i8,
    #[wmi(write, data_id = 7)]
    xint16: i16,
    #[wmi(write, data_id = 8)]
    xint32: i32,
    #[wmi(write, data_id = 9, qualifier(WmiDisplayInHex))]
    xint64: i64,
}

#[derive(WmiClass)]
#[wmi(
    embedded,
    allow(sample_guid),
    guid = "A1C15016-B069-11d1-9290-00A0C9062910",
    locale = 0x409,
    header_name = "EC2"
)]
struct Vendor_EC2 {
    #[wmi(write, data_id = 1)]
    xboolean: [bool; 8],
    #[wmi(write, data_id = 2)]
    xuint8: [u8; 8],
    #[wmi(write, data_id = 3)]
    xuint16: [u16; 4],
    #[wmi(write, data_id = 4)]
    xuint32: [u32; 2],
    #[wmi(write, data_id = 5, qualifier(WmiDisplayInHex))]
    xuint64: u64,
    #[wmi(write, data_id = 6)]
    xint8: [i8; 8],
    #[wmi(write, data_id = 7)]
    xint16: [i16; 4],
    #[wmi(write, data_id = 8)]
    xint32: [i32; 2],
    #[wmi(write, data_id = 9, qualifier(WmiDisplayInHex))]
    xint64: i64,
}

#[derive(WmiClass)]
#[wmi(
    allow(sample_guid),
    guid = "15D851F1-6539-11d1-A529-00A0C9062910",
    locale = 0x409,
    methods(SetEC1, DummyMethod)
)]
struct WmiSampleClass1 {
    #[wmi(write, data_id = 1)]
    xboolean: bool,
    #[wmi(write, data_id = 2)]
    xuint8: u8,
    #[wmi(write, data_id = 3)]
    xuint16: u16,
    #[wmi(write, data_id = 4)]
    xuint32: u32,
    #[wmi(write, data_id = 5, qualifier(WmiDisplayInHex))]
    xuint64: u64,
    #[wmi(write, data_id = 6)]
    xint8: i8,
    #[wmi(write, data_id = 7)]
    xint16: i16,
    #[wmi(write, data_id = 8)]
    xint32: i32,
    #[wmi(write, data_id = 9, qualifier(WmiDisplayInHex))]
    xint64: i64,
}

#[derive(WmiMethod)]
#[wmi(id = 1)]
struct SetEC1 {
    #[wmi(in)]
    xboolean: bool,
    #[wmi(in)]
    xuint8: u8,
    #[wmi(in)]
    xuint16: u16,
    #[wmi(in)]
    xuint32: u32,
    #[wmi(in)]
    xuint64: u64,
    #[wmi(in)]
    xint8: i8,
    #[wmi(in)]
    xint16: i16,
    #[wmi(in)]
    xint32: i32,
    #[wmi(in)]
    xint64: i64,
}

#[derive(WmiMethod)]
#[wmi(id = 2)]
struct DummyMethod;

#[derive(WmiClass)]
#[wmi(
    allow(sample_guid),
    guid = "15D851F2-6539-11d1-A529-00A0C9062910",
    locale = 0x409
)]
struct WmiSampleClass2 {
    #[wmi(write, data_id = 1)]
    embedded_class1: Vendor_EC1,
}

#[derive(WmiClass)]
#[wmi(
    allow(sample_guid),
    guid = "15D851F3-6539-11d1-A529-00A0C9062910",
    locale = 0x409
)]
struct WmiSampleClass3 {
    #[wmi(write, data_id = 1)]
    embedded_class1: [Vendor_EC1; 4],
}

#[derive(WmiClass)]
#[wmi(
    allow(sample_guid),
    guid = "15D851F5-6539-11d1-A529-00A0C9062910",
    locale = 0x409
)]
struct WmiSampleClass5 {
    #[wmi(write, data_id = 1)]
    embedded_class2: Vendor_EC2,
}

#[derive(WmiClass)]
#[wmi(
    allow(sample_guid),
    guid = "15D851F6-6539-11d1-A529-00A0C9062910",
    locale = 0x409
)]
struct WmiSampleClass6 {
    #[wmi(write, data_id = 1)]
    embedded_class2: [Vendor_EC2; 4],
}
