//! The options of an initiator's login.

use wmi_core::{Flags, WmiClass, WmiEnum, WmiFlags};

/// Which members of [`ISCSI_LoginOptions`] were filled in. The last three belong to the
/// credentials that a caller passes beside them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, WmiFlags)]
#[wmi(amended = false)]
#[repr(u32)]
pub enum LoginOption {
    /// Header digest
    HeaderDigest = 0x01,
    /// Data digest
    DataDigest = 0x02,
    /// Maximum connections
    MaximumConnections = 0x04,
    /// Default Time2Wait
    DefaultTime2Wait = 0x08,
    /// Default Time2Retain
    DefaultTime2Retain = 0x10,
    /// User name
    Username = 0x20,
    /// Password
    Password = 0x40,
    /// Authentication type
    AuthType = 0x80,
}

/// How the bytes on the wire are protected against damage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, WmiEnum)]
#[wmi(amended = false)]
#[repr(u32)]
pub enum DigestType {
    /// None
    None = 0,
    /// CRC32C
    Crc32c = 1,
}

/// Options that affect a login.
#[derive(Clone, Copy, Debug, PartialEq, Eq, WmiFlags)]
#[wmi(amended = false)]
#[repr(u32)]
pub enum LoginFlag {
    /// Only over IPsec
    RequireIpsec = 0x01,
    /// Several paths may lead to the target
    MultipathEnabled = 0x02,
    /// Reserved
    Reserved1 = 0x04,
    /// May move to another portal
    AllowPortalHopping = 0x08,
    /// Use the response of a RADIUS server
    UseRadiusResponse = 0x10,
    /// Let a RADIUS server verify
    UseRadiusVerification = 0x20,
}

/// How initiator and target prove who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, WmiEnum)]
#[wmi(amended = false)]
#[repr(u32)]
pub enum AuthType {
    /// None
    None = 0,
    /// CHAP
    Chap = 1,
    /// Mutual CHAP
    MutualChap = 2,
}

/// Options of a login; the driver chooses those that are not given. Part of other classes, never
/// registered.
#[derive(Clone, Debug, WmiClass)]
#[wmi(
    embedded,
    generate_header = false,
    guid = "{3011A7BD-0491-478e-8C79-3C76424D05E2}"
)]
pub struct ISCSI_LoginOptions {
    /// Which of the options are given.
    #[wmi(data_id = 1, read = false)]
    pub information_specified: Flags<LoginOption>,
    /// The digest of PDU headers to negotiate.
    #[wmi(data_id = 2, read = false)]
    pub header_digest: DigestType,
    /// The digest of PDU data to negotiate.
    #[wmi(data_id = 3, read = false)]
    pub data_digest: DigestType,
    /// The most connections that the session may have; 0 sets no limit.
    #[wmi(data_id = 4, read = false)]
    pub maximum_connections: u32,
    /// Seconds to wait after a connection was lost before it is made again.
    #[wmi(data_id = 5, read = false)]
    pub default_time2_wait: u32,
    /// Seconds after that wait for which the tasks of a lost connection can still be taken over.
    #[wmi(data_id = 6, read = false)]
    pub default_time2_retain: u32,
    /// Flags of the login.
    #[wmi(data_id = 7, read = false)]
    pub login_flags: Flags<LoginFlag>,
    /// How to authenticate.
    #[wmi(data_id = 8, read = false)]
    pub auth_type: AuthType,
}
