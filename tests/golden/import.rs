//! The WMI classes of `test.mof`.

// Not expressed here:
// - instance of Vendor_Stored: a driver's schema has only classes
// - method Vendor_Target.NoId: it has no `WmiMethodId`, so requests cannot name it
// - types of the items of Vendor_Inherits: it inherits items

use core::sync::atomic::{AtomicU32, AtomicU64};

use wmi_core::schema::{ChangeFlags, Class, Schema};
use wmi_core::{Count, DateTime, Flags, Text, WmiClass, WmiEnum, WmiFlags, WmiMethod};

/// A portal of a target.
#[derive(Clone, Debug, WmiClass)]
#[wmi(embedded, variable, name = "Vendor_Portal")]
#[wmi(guid = "{5b0f2f0e-64a1-4f6d-9d36-b8b6a2f0c7d4}")]
#[wmi(header_name = "PORTAL")]
pub struct Portal<'a> {
    /// Its host name.
    #[wmi(data_id = 1)]
    pub host: &'a str,
    #[wmi(data_id = 2)]
    pub socket: u16,
}

#[derive(Clone, Debug, WmiClass)]
#[wmi(embedded, name = "Vendor_Address")]
#[wmi(guid = "{0c5e7b1a-93d2-4f48-b6a1-7e2d80c4f953}")]
pub struct Address {
    #[wmi(data_id = 1, display_in_hex)]
    pub bytes: [u8; 6],
    #[wmi(data_id = 2)]
    pub text: Text<31>,
}

/// What a queue has done.
///
/// It is counted from the start of the machine.
#[derive(WmiClass)]
#[wmi(name = "Vendor_QueueStatistics", base = "Win32_PerfRawData")]
#[wmi(guid = "{36B58EA2-C461-4bb0-AC8E-952F59D251EE}", perf_detail = 200)]
#[wmi(cpp_quote = r#"
//
// The "queue".
//
#define VENDOR_QUEUE 1
"#)]
pub struct QueueStatistics {
    /// Requests that were completed.
    #[wmi(data_id = 1, counter = "PERF_COUNTER_BULK_COUNT", cpp_quote)]
    pub completed: AtomicU64,
    #[wmi(data_id = 2, counter = "PERF_COUNTER_LARGE_RAWCOUNT")]
    pub waiting: AtomicU64,
    #[wmi(data_id = 4, counter = "PERF_COUNTER_COUNTER", default_scale = -3)]
    #[wmi(perf_default, perf_detail = 100)]
    pub rate: AtomicU32,
    #[wmi(data_id = 3, allow(counter_width))]
    #[wmi(counter = "PERF_COUNTER_LARGE_RAWCOUNT")]
    pub narrow: AtomicU32,
    #[wmi(data_id = 5, qualifier(DefaultScale(0)))]
    pub no_counter: u32,
}

/// Values of `Mode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, WmiEnum)]
#[repr(u32)]
pub enum SettingsMode {
    /// Off
    #[wmi(define = "VENDOR_OFF")]
    Off = 0,
    /// On when it is dark
    #[wmi(define = "VENDOR_DARK")]
    OnWhenItIsDark = 1,
    /// Always
    #[wmi(define = "VENDOR_ALWAYS")]
    Always = 2,
}

/// Values of `Status`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, WmiEnum)]
#[wmi(hex, amended = false)]
#[repr(i32)]
pub enum SettingsStatus {
    /// Fine
    Fine = 0x0,
    /// Failed
    Failed = -1073741823,
}

/// Flags of `Features`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, WmiFlags)]
#[wmi(amended = false)]
#[repr(u8)]
pub enum SettingsFeatures {
    /// Wake
    Wake = 0x1,
    /// Sleep
    Sleep = 0x80,
}

/// Flags of `Ports`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, WmiFlags)]
#[wmi(positions, amended = false)]
#[repr(u16)]
pub enum SettingsPorts {
    /// First
    First = 1 << 0,
    /// Second
    Second = 1 << 1,
}

/// Settings of the adapter.
#[derive(Clone, Debug, WmiClass)]
#[wmi(name = "Vendor_Settings")]
#[wmi(guid = "{6c1d9f04-2b8e-47a3-9d51-f0e7c38b5a62}")]
#[wmi(display_name = "Settings", locale = 0x409)]
#[wmi(order(Dynamic, Provider, WMI, guid, DisplayName, Description, Locale))]
pub struct Settings {
    #[wmi(write, data_id = 1)]
    pub mode: SettingsMode,
    #[wmi(write, data_id = 2)]
    pub other_mode: SettingsMode,
    #[wmi(data_id = 3)]
    pub status: SettingsStatus,
    #[wmi(data_id = 4)]
    pub features: Flags<SettingsFeatures>,
    #[wmi(data_id = 5)]
    pub ports: [Flags<SettingsPorts>; 2],
    #[wmi(data_id = 6, qualifier(Values{"A", "B"}))]
    pub only_values: u32,
    #[wmi(data_id = 7, time_stamp)]
    pub changed: u64,
    #[wmi(data_id = 8)]
    pub built: DateTime,
    #[wmi(data_id = 9)]
    pub enabled: bool,
    #[wmi(data_id = 10)]
    pub addresses: [Address; 4],
    #[wmi(data_id = 11, ref_class = "Vendor_Portal", qualifier(Range("0..10")))]
    #[wmi(qualifier(Tags{1, -2} : ToSubclass))]
    pub limit: i64,
}

#[derive(Clone, Debug, WmiClass)]
#[wmi(variable, name = "Vendor_Target")]
#[wmi(guid = "{8a4e3c71-f2d6-4b09-a5c8-61e7d0b93f42}")]
#[wmi(methods(ReadRegisters<'_>, TargetReset))]
pub struct Target<'a> {
    #[wmi(data_id = 1)]
    pub portal_count: Count<u32>,
    #[wmi(data_id = 2)]
    pub alias: &'a str,
    #[wmi(data_id = 3, size_is = portal_count)]
    pub portals: &'a [Portal<'a>],
    #[wmi(data_id = 4, size_is = "PORTALCOUNT")]
    pub weights: &'a [u8],
    #[wmi(data_id = 5)]
    pub pair: [&'a str; 2],
}

/// Reads registers.
#[derive(WmiMethod)]
#[wmi(id = 10)]
pub struct ReadRegisters<'a> {
    /// The first.
    #[wmi(in)]
    pub first: u32,
    #[wmi(out)]
    pub count: Count<u32>,
    #[wmi(out, size_is = count)]
    pub registers: &'a [u32],
    #[wmi(in, out)]
    pub text: &'a str,
}

#[derive(WmiMethod)]
#[wmi(id = 11, name = "Reset")]
pub struct TargetReset;

#[derive(WmiClass)]
#[wmi(name = "Vendor_Base", abstract)]
pub struct Base;

#[derive(WmiClass)]
#[wmi(bare, name = "Vendor_Event", base = "WMIEvent")]
pub struct Event;

#[derive(Clone, Debug, WmiClass)]
#[wmi(event, name = "Vendor_LinkChange", base = Event)]
#[wmi(guid = "{c2f7a9d8-1b53-4e6c-8f0e-93d5b7a41e26}")]
pub struct LinkChange {
    #[wmi(data_id = 1)]
    pub up: bool,
}

#[derive(Clone, Debug, WmiClass)]
#[wmi(static, name = "Vendor_Stored")]
pub struct Stored {
    #[wmi(data_id = 1, default = 7)]
    pub value: u32,
}

/// Values of `return`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, WmiEnum)]
#[wmi(integers, amended = false)]
#[repr(u8)]
pub enum FirmwareReturn {
    /// 0
    Value0 = 0,
    /// 1
    Value1 = 1,
}

/// Not localised.
#[derive(Clone, Debug, WmiClass)]
#[wmi(name = "Vendor_Firmware", base = "Elsewhere_Base", allow(bare_guid))]
#[wmi(provider = "WmiProv", qualifier(Locale(1033)))]
#[wmi(description = "Not localised. ")]
#[wmi(guid = "7d1f9a52-30c8-4e0b-9f3a-5f6b1d2c8e47", amended = false)]
#[wmi(order(WMI, dynamic : ToInstance, Provider, Locale, Description, GUID))]
#[wmi(properties(
    [key : ToSubclass, read] string InstanceName,
    [read] Boolean Active,
    [read] sint8 Offsets[2] = {-1, 1},
    Vendor_Portal ref Portal
))]
#[wmi(methods(FirmwareReset, FirmwareResult))]
pub struct Firmware {
    /// Plain.
    #[wmi(data_id = 1, name = "size", type = "UINT32", write)]
    #[wmi(order(WMIDataID : ToSubclass, read : ToSubclass, write, Description))]
    pub size_: u32,
    #[wmi(data_id = 2, name = "type", read, qualifier(Description("")))]
    pub r#type: u8,
    #[wmi(data_id = 3, name = "self", order(WmiDataId, read, Max))]
    pub self_: [u16; 4],
    #[wmi(data_id = 4, name = "return", allow(keyword))]
    #[wmi(order(WmiDataId, read, ValueMap, Values))]
    pub r#return: FirmwareReturn,
    #[wmi(data_id = 5, name = "iSCSIName")]
    #[wmi(order(WmiDataId, read, MaxLen : ToInstance))]
    pub i_scsi_name: Text<8>,
    #[wmi(data_id = 6, name = "LUNs", read, display_name = "Shown", amended)]
    pub luns: u32,
}

/// Resets it.
#[derive(WmiMethod)]
#[wmi(id = 1, name = "Reset", read, write, qualifier(MaxLen(8)))]
#[wmi(amended = false)]
#[wmi(order(WmiMethodId, Implemented, read, write, MaxLen, Description))]
pub struct FirmwareReset {
    #[wmi(in, qualifier(id(0)))]
    pub level: u32,
    #[wmi(in, out, order())]
    pub both: bool,
    /// How.
    #[wmi(in, order(IN, Description))]
    pub how: u8,
}

#[derive(WmiMethod)]
#[wmi(id = 2, name = "Result", returns = "uint32")]
pub struct FirmwareResult {
    #[wmi(out, type = "vendor_address")]
    pub r#where: Address,
}

#[derive(Clone, Debug, WmiClass)]
#[wmi(embedded, registered, name = "Vendor_Query")]
#[wmi(guid = "{4426203C-B6A7-477f-B92B-0A21E4D29D36}")]
pub struct Query {
    #[wmi(data_id = 1)]
    pub sign: u32,
}

#[derive(WmiClass)]
#[wmi(name = "Vendor_Queries")]
#[wmi(guid = "{65E2B62D-E2E1-4389-B24B-F96747565ADA}", methods(Ask))]
pub struct Queries;

#[derive(WmiMethod)]
#[wmi(id = 1)]
pub struct Ask {
    #[wmi(in)]
    pub query: Query,
}

#[derive(WmiClass)]
#[wmi(name = "Vendor_Inherits", base = Query, allow(empty))]
#[wmi(guid = "{5FB7F034-2C63-45e9-BE91-3D44E2C707E4}")]
#[wmi(properties([read, WmiDataId(2)] uint32 More))]
pub struct Inherits;

#[derive(WmiClass)]
#[wmi(bare)]
#[wmi(properties(real32 Ratio = 0.5, char16 Letter = 'x', object Anything))]
pub struct Other;

/// The classes in `\\.\root\wmi`, in the order of the file.
pub const WMI_SCHEMA: Schema<'static> =
    Schema::with_external_bases(WMI_CLASSES, &["Elsewhere_Base"])
        .with_class_flags(ChangeFlags::FORCE_UPDATE);

const WMI_CLASSES: &[&Class<'static>] = &[
    Portal::CLASS,
    Address::CLASS,
    QueueStatistics::CLASS,
    Settings::CLASS,
    Target::CLASS,
    Base::CLASS,
    Event::CLASS,
    LinkChange::CLASS,
    Stored::CLASS,
    Firmware::CLASS,
    Query::CLASS,
    Queries::CLASS,
    Inherits::CLASS,
];

/// The classes in `\\.\root\other`, in the order of the file.
pub const OTHER_SCHEMA: Schema<'static> = Schema::published(OTHER_CLASSES)
    .with_namespace(r"\\.\root\other")
    .with_class_flags(ChangeFlags::FORCE_UPDATE);

const OTHER_CLASSES: &[&Class<'static>] = &[Other::CLASS];
