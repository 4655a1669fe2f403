//! The addresses of a target.

use wmi_core::{Count, Text, WmiClass, WmiEnum};

/// Which part of an [`ISCSI_IP_Address`] holds the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, WmiEnum)]
#[wmi(amended = false)]
#[repr(u32)]
pub enum AddressType {
    /// Text address
    Text = 0,
    /// IPv4 address
    IpV4 = 1,
    /// IPv6 address
    IpV6 = 2,
    /// No address
    Empty = 3,
}

/// A network address in one of several forms. Part of other classes, never registered.
#[derive(Clone, Debug, WmiClass)]
#[wmi(
    embedded,
    generate_header = false,
    guid = "{9AC5D4A1-1A1A-48ec-8E79-735806E9A1FA}"
)]
pub struct ISCSI_IP_Address {
    /// The form of the address; the members for the other forms mean nothing.
    #[wmi(write, data_id = 1, name = "Type")]
    pub address_type: AddressType,
    /// An IPv4 address.
    #[wmi(write, data_id = 2, display_in_hex)]
    pub ip_v4_address: u32,
    /// An IPv6 address.
    #[wmi(write, data_id = 3)]
    pub ip_v6_address: [u8; 16],
    /// The flow label and traffic class that belong to an IPv6 address.
    #[wmi(write, data_id = 4)]
    pub ip_v6_flow_info: u32,
    /// The interface that an IPv6 address of link scope belongs to.
    #[wmi(write, data_id = 5)]
    pub ip_v6_scope_id: u32,
    /// A host name, or an address in its usual notation.
    #[wmi(write, data_id = 6)]
    pub text_address: Text<256>,
}

/// A TCP port of a target at one of its addresses. Part of other classes, never registered.
#[derive(Clone, Debug, WmiClass)]
#[wmi(
    embedded,
    generate_header = false,
    guid = "{DE5051A7-BF27-48f1-BD12-07CADE92AEFD}"
)]
pub struct ISCSI_TargetPortal {
    /// The network address.
    #[wmi(data_id = 1, read = false)]
    pub address: ISCSI_IP_Address,
    /// Zero.
    #[wmi(data_id = 2, read = false)]
    pub reserved: u32,
    /// The TCP port; 3260 is the usual one.
    #[wmi(data_id = 3, read = false)]
    pub socket: u16,
}

/// Portals that are equally good ways to one target, so that the connections of a session may
/// spread over them. Part of other classes, never registered.
#[derive(Clone, Debug, WmiClass)]
#[wmi(
    embedded,
    variable,
    generate_header = false,
    guid = "{3081F2A5-95F5-4d2a-813D-EE59864C6FC5}"
)]
pub struct ISCSI_TargetPortalGroup<'a> {
    /// How many portals follow.
    #[wmi(data_id = 1, read = false)]
    pub portal_count: Count<u32>,
    /// The portals.
    #[wmi(data_id = 2, read = false, size_is = "portal_count")]
    pub portals: &'a [ISCSI_TargetPortal],
}
