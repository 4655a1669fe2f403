//! [`NtStatus`]: the status of a request.

use core::fmt;

/// An NTSTATUS. Source: `ntstatus.h`.
///
/// [`provider::statuses`](crate::provider::statuses) describes the effect of each in a request.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct NtStatus(u32);

macro_rules! statuses {
    ($($name:ident = $value:literal;)*) => {
        impl NtStatus {
            $(
                #[doc = concat!("`STATUS_", stringify!($name), "`.")]
                pub const $name: Self = Self($value);
            )*

            /// Returns the name in `ntstatus.h`, for statuses with a constant here.
            #[must_use]
            pub const fn name(self) -> Option<&'static str> {
                match self {
                    $(Self::$name => Some(concat!("STATUS_", stringify!($name))),)*
                    _ => None,
                }
            }
        }
    };
}

statuses! {
    SUCCESS = 0x0000_0000;
    PENDING = 0x0000_0103;
    BUFFER_OVERFLOW = 0x8000_0005;
    INVALID_PARAMETER = 0xc000_000d;
    INVALID_DEVICE_REQUEST = 0xc000_0010;
    BUFFER_TOO_SMALL = 0xc000_0023;
    INSUFFICIENT_RESOURCES = 0xc000_009a;
    NOT_SUPPORTED = 0xc000_00bb;
    INTERNAL_ERROR = 0xc000_00e5;
    WMI_GUID_NOT_FOUND = 0xc000_0295;
    WMI_INSTANCE_NOT_FOUND = 0xc000_0296;
    WMI_ITEMID_NOT_FOUND = 0xc000_0297;
    WMI_TRY_AGAIN = 0xc000_0298;
    WMI_READ_ONLY = 0xc000_02c6;
    WMI_SET_FAILURE = 0xc000_02c7;
    WMI_NOT_SUPPORTED = 0xc000_02dd;
    WMI_GUID_DISCONNECTED = 0xc000_0301;
    WMI_ALREADY_DISABLED = 0xc000_0302;
    WMI_ALREADY_ENABLED = 0xc000_0303;
}

impl NtStatus {
    /// Returns the status with this value.
    #[must_use]
    pub const fn from_value(value: u32) -> Self {
        Self(value)
    }

    /// Returns the value; `as i32` makes it the `NTSTATUS` of C.
    #[must_use]
    pub const fn value(self) -> u32 {
        self.0
    }

    /// `NT_SUCCESS`: success or information, as opposed to a warning or an error.
    #[must_use]
    pub const fn is_success(self) -> bool {
        self.0 < 0x8000_0000
    }
}

/// Formats the name, if it has a constant here, and the number.
impl fmt::Debug for NtStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "{name} ({:#010x})", self.0),
            None => write!(f, "NtStatus({:#010x})", self.0),
        }
    }
}

impl core::error::Error for NtStatus {}

/// Formats the name, or the number if it has no constant here.
impl fmt::Display for NtStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "{:#010x}", self.0),
        }
    }
}
