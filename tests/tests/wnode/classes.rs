//! Classes whose sizes make every kind of padding.

// WMI names are `Vendor_Class`.
#![allow(non_camel_case_types)]

use wmi_core::{Text, WmiClass};

/// Six bytes: instances need padding between them. Its GUID is 00 01 02 .. 0f on the wire.
#[derive(WmiClass)]
#[wmi(guid = "03020100-0504-0706-0809-0a0b0c0d0e0f")]
pub(crate) struct Vendor_Six {
    /// At 0.
    #[wmi(data_id = 1)]
    pub(crate) long: u32,
    /// At 4.
    #[wmi(data_id = 2)]
    pub(crate) short: u16,
}

/// An event without data.
#[derive(WmiClass)]
#[wmi(
    event,
    base = "WMIEvent",
    guid = "5ea7b8c2-0a3f-4c1e-9f63-2d84b07e91a0"
)]
pub(crate) struct Vendor_Signal;

/// One byte.
#[derive(WmiClass)]
#[wmi(guid = "5ea7b8c2-0a3f-4c1e-9f63-2d84b07e91a1")]
pub(crate) struct Vendor_One {
    /// At 0.
    #[wmi(data_id = 1)]
    pub(crate) byte: u8,
}

/// Eight bytes: no padding at all.
#[derive(WmiClass)]
#[wmi(guid = "5ea7b8c2-0a3f-4c1e-9f63-2d84b07e91a8")]
pub(crate) struct Vendor_Eight {
    /// At 0.
    #[wmi(data_id = 1)]
    pub(crate) long: u64,
}

/// Nine bytes: seven of padding.
#[derive(WmiClass)]
#[wmi(guid = "5ea7b8c2-0a3f-4c1e-9f63-2d84b07e91a9")]
pub(crate) struct Vendor_Nine {
    /// At 0.
    #[wmi(data_id = 1)]
    pub(crate) long: u64,
    /// At 8.
    #[wmi(data_id = 2)]
    pub(crate) byte: u8,
}

/// A string of two units after its count: six bytes.
#[derive(WmiClass)]
#[wmi(guid = "03020100-0504-0706-0809-0a0b0c0d0e0f")]
pub(crate) struct Vendor_Text {
    /// At 0.
    #[wmi(data_id = 1)]
    pub(crate) text: Text<2>,
}

pub(crate) const FIRST: Vendor_Six = Vendor_Six {
    long: 0x4433_2211,
    short: 0x6655,
};
pub(crate) const SECOND: Vendor_Six = Vendor_Six {
    long: 0xd4c3_b2a1,
    short: 0xf6e5,
};
