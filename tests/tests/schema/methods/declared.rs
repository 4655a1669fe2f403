//! A class without items and with methods of every kind.

use wmi_core::{Count, Text, WmiClass, WmiEnum, WmiMethod};

/// Stops everything.
#[derive(WmiMethod)]
#[wmi(id = 7)]
pub(crate) struct Reset;

/// Sets the speed.
///
/// Of one port.
#[derive(WmiMethod)]
#[wmi(
    id = 0xffffffff,
    name = "SetLinkSpeed",
    header_name = "SET_SPEED",
    cpp_quote
)]
#[wmi(display_name = "Set speed", qualifier(Cost(-1)))]
pub(crate) struct SetSpeed {
    /// The port.
    #[wmi(in, cpp_quote = "// from 0")]
    pub(crate) port: u8,
    #[wmi(in, out, display_in_hex, display_name = "Speed")]
    pub(crate) speed: u32,
    #[wmi(name = "OldStatus", out, qualifier(HBAType("HBA_STATUS")))]
    pub(crate) status: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, WmiEnum)]
#[repr(u32)]
pub(crate) enum Mode {
    Fast = 1,
    Safe = 2,
}

#[derive(WmiClass)]
#[wmi(embedded, name = "Vendor_Pair")]
pub(crate) struct Pair {
    #[wmi(data_id = 1)]
    pub(crate) long: u32,
    #[wmi(data_id = 2)]
    pub(crate) tag: u8,
}

#[derive(WmiClass)]
#[wmi(embedded, variable, name = "Vendor_Note")]
pub(crate) struct Note<'n> {
    #[wmi(data_id = 1)]
    pub(crate) text: &'n str,
}

/// Parameters of every kind.
#[derive(WmiMethod)]
#[wmi(id = 30)]
pub(crate) struct Transfer<'t> {
    #[wmi(in)]
    pub(crate) name: &'t str,
    #[wmi(in)]
    pub(crate) in_count: Count<u8>,
    #[wmi(in, size_is = "in_count", description = "What to add.")]
    pub(crate) values: &'t [u64],
    // As an input, the maximum number of outputs.
    #[wmi(in, out)]
    pub(crate) out_count: Count<u16>,
    #[wmi(out, size_is = "out_count")]
    pub(crate) notes: &'t [Note<'t>],
    #[wmi(in)]
    pub(crate) mode: Mode,
    #[wmi(out)]
    pub(crate) label: Text<4>,
    #[wmi(out)]
    pub(crate) pair: Pair,
    #[wmi(in, out)]
    pub(crate) grid: [i16; 3],
}

/// Has methods and no items.
#[derive(WmiClass)]
#[wmi(
    name = "Vendor_Adapter",
    guid = "7e1f7a52-6c0f-4a55-9e0d-0f2b7b1c9b01",
    methods(Reset, SetSpeed, Transfer<'_>)
)]
pub(crate) struct Adapter {}
