//! The messages of broken rules: the fault, then the remedy after a semicolon.

use core::fmt;

use super::{ProtocolRule, Violation};
use wmi_core::Guid;
use wmi_core::provider::Minor;
use wmi_core::wnode::WnodeHeader;

const HEADER: usize = size_of::<WnodeHeader>();

// Printed by failed assertions.
impl fmt::Debug for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for ProtocolRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.minor, &self.rule) {
            (Some(minor), _) => write!(f, "{minor:?}")?,
            (None, ProtocolRule::NotForwarded { .. }) => f.write_str("IRP")?,
            (
                None,
                ProtocolRule::NotRegistered
                | ProtocolRule::StillRegistered
                | ProtocolRule::NoRegistryPath,
            ) => {
                f.write_str("registration")?;
            }
            (None, _) => f.write_str("event")?,
        }
        write_class(f, self.guid, self.class.as_deref())?;
        write!(f, ": {}", self.rule)?;
        match (self.minor, &self.rule) {
            (Some(Minor::ExecuteMethod), ProtocolRule::SideEffect) => f.write_str(
                "; if it needs a larger buffer, `Execute::output_size` returns less than the \
                 size of the output",
            ),
            _ => Ok(()),
        }
    }
}

/// Writes the class, if there is one.
pub(in crate::simulator) fn write_class(
    f: &mut fmt::Formatter<'_>,
    guid: Option<Guid>,
    class: Option<&str>,
) -> fmt::Result {
    match (guid, class) {
        (Some(guid), Some(class)) => write!(f, " of {class} {guid}"),
        (Some(guid), None) => write!(f, " of {guid}"),
        (None, _) => Ok(()),
    }
}

impl fmt::Display for ProtocolRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotForwarded { code } => write!(
                f,
                "`MinorFunction` {code:#04x} is for another device, or does not belong to WMI; \
                 forward it unchanged"
            ),
            Self::Forwarded => f.write_str("a request for this device was forwarded; complete it"),
            Self::NotRegistered => f.write_str(
                "the device is not registered; register it first, and deregister it once",
            ),
            Self::StillRegistered => {
                f.write_str("the driver was unloaded while registered; deregister its device first")
            }
            Self::CompletedTwice => f.write_str(
                "the IRP was completed, and then completed again, forwarded or kept; do not \
                 touch it after its completion",
            ),
            Self::MayNotPend => f.write_str(
                "a handler answers later, but this driver cannot keep requests; answer at once, \
                 with a failure if need be",
            ),
            Self::ChangedWhilePending { offset } => write!(
                f,
                "byte {offset} was changed while the request is pending; leave the buffer unchanged \
                 until the request is dispatched again"
            ),
            Self::StillPending => f.write_str(
                "the request is open; complete it before the device is removed, or let the handler \
                 answer with `Simulator::on_pending`",
            ),
            Self::WrotePastBuffer => f.write_str("bytes after the buffer were written"),
            Self::InformationTooLarge {
                information,
                capacity,
            } => write!(
                f,
                "`Information` is {information}, but the buffer has {capacity} bytes"
            ),
            // A failure has no bytes.
            Self::WrongInformation { information: 0, .. } => f.write_str(
                "success with `Information` 0; complete the IRP with the response's \
                 `information`",
            ),
            // The expected size is that of the header itself.
            Self::WrongInformation {
                information,
                expected: HEADER,
            } if *information < HEADER => {
                write!(
                    f,
                    "`Information` is {information} and should be at least {HEADER}"
                )
            }
            Self::WrongInformation {
                information,
                expected,
            } => write!(f, "`Information` is {information} and should be {expected}"),
            Self::WrongStatus { status, expected } => {
                write!(f, "completed with {status}; {expected}")
            }
            Self::Malformed(error) => error.fmt(f),
            Self::WrongKind { flags } => {
                write!(
                    f,
                    "`Flags` {flags:#010x} name another structure than the request requires"
                )
            }
            Self::Changed { member } => write!(
                f,
                "`{member}` belongs to WMI and was changed; leave it unchanged"
            ),
            Self::SizeNotNeeded { needed, capacity } => write!(
                f,
                "the reply reports {needed} needed bytes, but the buffer has {capacity}; count \
                 the whole WNODE, header included"
            ),
            Self::InexactSize { needed, other } => write!(
                f,
                "the reply reports {needed} needed bytes, but {other} bytes were written to \
                 a smaller buffer; report the exact size"
            ),
            Self::UnlikelySize { needed } => write!(
                f,
                "the reply reports {needed} needed bytes; write the real size"
            ),
            Self::Unstable => f.write_str(
                "the needed size grows with each request; keep the instances unchanged while \
                 they are read",
            ),
            Self::TooSmallFlags { flags } => write!(
                f,
                "`Flags` of a `WNODE_TOO_SMALL` are {flags:#010x}; assign 0x20 alone"
            ),
            Self::WrongCount { count, registered } => write!(
                f,
                "`InstanceCount` is {count}, but {registered} were registered"
            ),
            Self::RepeatedName { name } => write!(f, "two instances are named `{name}`"),
            Self::Overlap { offset } => write!(
                f,
                "two instances, names or arrays share byte {offset}; give each its own bytes"
            ),
            Self::NoTimeStamp => f.write_str("`TimeStamp` is zero; write the system time"),
            Self::Unwritten { offset } => write!(
                f,
                "byte {offset} was not written and reveals old memory; write all counted \
                 bytes"
            ),
            Self::Data(error) => error.fmt(f),
            Self::WrongSize { size, expected } => {
                write!(f, "the data has {size} bytes, but the class has {expected}")
            }
            Self::NoInstances => f.write_str("the block has no instances"),
            Self::UnmappedValue { item, value } => {
                write!(f, "`{item}` is {value}, which is not in its `ValueMap`")
            }
            Self::SideEffect => f.write_str(
                "the watched value changed during a query, or a request that was refused or \
                 needs a larger buffer",
            ),
            Self::RegistrationOutside { member, guid, at } => {
                let of = Of(guid);
                write!(f, "`{member}` of {of} points outside, to byte {at}")
            }
            Self::RegistrationMisaligned { member, guid, at } => {
                write!(
                    f,
                    "`{member}` of {} is at {at}, which is not a multiple of 2",
                    Of(guid)
                )
            }
            Self::RegistrationText { member, guid, at } => {
                write!(f, "`{member}` of {}, at {at}, is not UTF-16 text", Of(guid))
            }
            Self::RegistrationShared { member } => {
                write!(f, "too many blocks share one `{member}`; give each its own")
            }
            Self::RegistrationChain { next, size } => write!(
                f,
                "`NextWmiRegInfo` is {next}, within the {size} bytes of this `WMIREGINFO`"
            ),
            Self::RegisteredTwice { guid } => write!(f, "{guid} is registered twice"),
            Self::SeveralNamings { guid, flags } => {
                write!(f, "{guid} has names of several kinds: {flags:#010x}")
            }
            Self::UnlikelyCount { guid, count } => {
                write!(f, "{guid} has {count} instances with static names")
            }
            Self::NoPdo { guid } => write!(
                f,
                "{guid} has no physical device object; use `Provider::with_pdo`, or \
                 `Simulator::without_pdo` where a port driver or the framework fills it in"
            ),
            Self::RemovedAtRegistration { guid } => {
                write!(
                    f,
                    "{guid} is removed while it is registered; remove it in an update"
                )
            }
            Self::RemovedUnregistered { guid } => {
                write!(
                    f,
                    "{guid} is removed, but it is not registered; leave it out"
                )
            }
            Self::NoText { member } => write!(
                f,
                "`{member}` is zero; point it to a counted string, which may be empty"
            ),
            Self::OtherInstances => f.write_str(
                "`WNODE_FLAG_INSTANCES_SAME` is set, but the names differ from those of the last \
                 query; clear it when instances come or go",
            ),
            Self::NamedInUpdate { member } => {
                write!(
                    f,
                    "`{member}` belongs to the registration; leave it out of an update"
                )
            }
            Self::NoRegistryPath => f.write_str(
                "`MofResourceName` without the `RegistryPath` that WMI needs to find the image with \
                 the resource; add `.registry_path(..)`",
            ),
            Self::NotInSchema => f.write_str(
                "the block is registered, but the schema has no class with this GUID, so clients \
                 cannot read it; add its class to the schema",
            ),
            Self::OtherRegistration => {
                f.write_str("the answers to `RegInfo` and `RegInfoEx` differ; give the same answer")
            }
            Self::EventTooLarge { size } => {
                write!(
                    f,
                    "the event has {size} bytes, more than the limit of 1024; send a reference"
                )
            }
            Self::NoEvent { flags } => write!(
                f,
                "`Flags` {flags:#010x} of an event lack `WNODE_FLAG_EVENT_ITEM` or a structure"
            ),
            Self::WrongInstance { index, registered } => write!(
                f,
                "the event is of instance {index}, but {registered} are registered"
            ),
            Self::WrongProvider {
                provider_id,
                expected,
            } => write!(
                f,
                "`ProviderId` is {provider_id}, but `IoWMIDeviceObjectToProviderId` gives \
                 {expected}"
            ),
            Self::IndexOfDynamicName { index } => write!(
                f,
                "the event is of instance {index}, but the block has dynamic names; give the name"
            ),
            Self::UnknownName { name } => {
                write!(f, "the event is of `{name}`, which is not registered")
            }
            Self::ReferenceSize { size, queried } => write!(
                f,
                "`TargetDataBlockSize` is {size}, but the query gives {queried} bytes"
            ),
            Self::OtherEvent => {
                f.write_str("the event is of another class, or does not carry this item")
            }
            Self::UnknownEvent => f.write_str("the block of the event is not registered"),
        }
    }
}

/// The part of a registration that a member belongs to.
struct Of<'a>(&'a Option<Guid>);

impl fmt::Display for Of<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(guid) => write!(f, "the entry of {guid}"),
            None => f.write_str("the registration"),
        }
    }
}
