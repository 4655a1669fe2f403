//! [`Finding`]: which rule of WMI a provider broke.

use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

use crate::client::ReplyError;
use crate::provider::Minor;
use crate::wnode::WnodeError;
use crate::{Guid, NtStatus};

/// A rule of WMI that a provider broke.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// In the answer to this request; `None` in an event, an IRP that is none of WMI's, or
    /// `IoWMIRegistrationControl`.
    pub minor: Option<Minor>,
    /// Of the block of this class, if it was of one.
    pub guid: Option<Guid>,
    /// The name of the class, where the simulator knows it.
    pub class: Option<Box<str>>,
    /// The rule.
    pub rule: Rule,
}

/// What a provider may not do.
///
/// Sources: the pages of the requests, "WMI WNODE_XXX Structures" and "Registering as a WMI Data
/// Provider", windows-driver-docs; Driver Verifier checks some of them on Windows.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rule {
    /// It completed or changed an IRP that it has to forward as it came, for it is another device's
    /// or none of WMI's. Driver Verifier: 0xC9, 0x220.
    NotForwarded {
        /// `MinorFunction`.
        code: u8,
    },
    /// It forwarded a request for its own device.
    Forwarded,
    /// It deregistered what is not registered. Driver Verifier: 0xC4, 0xDB.
    NotRegistered,
    /// It was unloaded while it was registered. Driver Verifier: 0xC4, 0xDA.
    StillRegistered,
    /// It wrote past the end of the buffer.
    WrotePastBuffer,
    /// `Information` is more than the buffer holds.
    InformationTooLarge {
        /// `Information`.
        information: usize,
        /// Bytes of the buffer.
        capacity: usize,
    },
    /// `Information` is not what the reply says that it has.
    WrongInformation {
        /// `Information`.
        information: usize,
        /// What it should be.
        expected: usize,
    },
    /// It completed the request with a status that says nothing of what happened.
    WrongStatus {
        /// The status.
        status: NtStatus,
        /// What was expected of it.
        expected: &'static str,
    },
    /// A size or an offset of the reply is wrong.
    Malformed(WnodeError),
    /// The reply has another structure than was asked for.
    WrongKind {
        /// `Flags`.
        flags: u32,
    },
    /// It changed a member or a flag that is WMI's.
    Changed {
        /// The member, or the flag.
        member: &'static str,
    },
    /// It says to need no more than the buffer had.
    SizeNotNeeded {
        /// Bytes that it said to need.
        needed: usize,
        /// Bytes of the buffer.
        capacity: usize,
    },
    /// With one byte less than it said to need it wrote the whole.
    InexactSize {
        /// Bytes that it said to need.
        needed: usize,
        /// Bytes that it wrote.
        other: usize,
    },
    /// It says to need more than any reply has: 64 MiB. A size that was not written, in memory that
    /// held something else, looks so.
    UnlikelySize {
        /// Bytes that it said to need.
        needed: usize,
    },
    /// It needed more each time it was asked.
    Unstable,
    /// `Flags` of a `WNODE_TOO_SMALL` are assigned and nothing else: 0x20.
    TooSmallFlags {
        /// `Flags`.
        flags: u32,
    },
    /// It counts another number of instances than it has registered.
    WrongCount {
        /// `InstanceCount`.
        count: u32,
        /// As registered.
        registered: u32,
    },
    /// Two instances have one name.
    RepeatedName {
        /// The name.
        name: String,
    },
    /// Instances, names or the arrays that lead to them share bytes.
    Overlap {
        /// The first byte that is shared, from the start of the WNODE.
        offset: usize,
    },
    /// `TimeStamp` is not set.
    NoTimeStamp,
    /// It left a byte of the reply or event as it was, which shows its reader what the memory held
    /// before.
    Unwritten {
        /// The first such byte, from the start of the WNODE.
        offset: usize,
    },
    /// The data is no block of the class.
    Data(ReplyError),
    /// The data has other bytes than the class.
    WrongSize {
        /// Bytes of the data.
        size: usize,
        /// Bytes of the class.
        expected: usize,
    },
    /// The block has no instance, which only
    /// [`verify_values`](super::Simulator::verify_values) minds.
    NoInstances,
    /// A value is not in the `ValueMap` of its item, which only
    /// [`verify_values`](super::Simulator::verify_values) minds.
    UnmappedValue {
        /// The item, within others if need be.
        item: String,
        /// Its value.
        value: String,
    },
    /// It had an effect, as the [watched](super::Simulator::watch) value shows, though it refused
    /// the request, or said that the buffer was too small, or was only asked.
    SideEffect,
    /// A member of the registration names bytes outside of it.
    RegistrationOutside {
        /// The member.
        member: &'static str,
        /// The GUID of its `WMIREGGUID`; `None` where the member is of the `WMIREGINFO` itself.
        guid: Option<Guid>,
        /// Where it points, from the start of the `WMIREGINFO`.
        at: usize,
    },
    /// A counted string of the registration does not start at a multiple of 2.
    RegistrationMisaligned {
        /// The member.
        member: &'static str,
        /// The GUID of its `WMIREGGUID`; `None` where the member is of the `WMIREGINFO` itself.
        guid: Option<Guid>,
        /// Where it points, from the start of the `WMIREGINFO`.
        at: usize,
    },
    /// A counted string of the registration is no text.
    RegistrationText {
        /// The member.
        member: &'static str,
        /// The GUID of its `WMIREGGUID`; `None` where the member is of the `WMIREGINFO` itself.
        guid: Option<Guid>,
        /// Where it points, from the start of the `WMIREGINFO`.
        at: usize,
    },
    /// The members of this name share strings so much that together they have more bytes than 16
    /// times the `WMIREGINFO`. No page of Microsoft's forbids it; no driver needs it.
    RegistrationShared {
        /// The member.
        member: &'static str,
    },
    /// The next `WMIREGINFO` of a chain starts within this one.
    RegistrationChain {
        /// `NextWmiRegInfo`.
        next: usize,
        /// `BufferSize` of this one.
        size: usize,
    },
    /// It registered a GUID twice.
    RegisteredTwice {
        /// The GUID.
        guid: Guid,
    },
    /// A block has static names of more than one kind.
    SeveralNamings {
        /// The GUID.
        guid: Guid,
        /// Its `WMIREG_FLAG_*`.
        flags: u32,
    },
    /// A block has more instances with static names than any device: a million. Those that come and
    /// go, which some count as 0xffffffff, have dynamic names.
    UnlikelyCount {
        /// The GUID.
        guid: Guid,
        /// `InstanceCount`.
        count: u32,
    },
    /// A block has names from a physical device object, and none is given.
    NoPdo {
        /// The GUID.
        guid: Guid,
    },
    /// It removes a block while it registers, which only an update does.
    RemovedAtRegistration {
        /// The GUID.
        guid: Guid,
    },
    /// An update has a path or name that belongs to the registration.
    NamedInUpdate {
        /// The member.
        member: &'static str,
    },
    /// `IRP_MN_REGINFO` and `IRP_MN_REGINFO_EX` are answered differently.
    OtherRegistration,
    /// The event has more bytes than WMI takes.
    EventTooLarge {
        /// Its bytes.
        size: usize,
    },
    /// The event is not marked as one.
    NoEvent {
        /// `Flags`.
        flags: u32,
    },
    /// The event is of a block that is not registered.
    UnknownEvent,
    /// `ProviderId` of the event is not that of its device.
    WrongProvider {
        /// `ProviderId`.
        provider_id: u32,
        /// What `IoWMIDeviceObjectToProviderId` gives.
        expected: u32,
    },
    /// The event names its instance by an index, but the names of the block are dynamic.
    IndexOfDynamicName {
        /// `InstanceIndex`.
        index: u32,
    },
    /// The event names an instance that is not among the static names of the block.
    UnknownName {
        /// The name.
        name: String,
    },
    /// The event is a reference, and says another size than the query of its target gives.
    ReferenceSize {
        /// `TargetDataBlockSize`.
        size: usize,
        /// Bytes of the data.
        queried: usize,
    },
    /// The event is of an instance that is not registered.
    WrongInstance {
        /// The number of the instance.
        index: u32,
        /// How many are registered.
        registered: u32,
    },
    /// The event is of another class or carries something else than was asked of it.
    OtherEvent,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.minor, &self.rule) {
            (Some(minor), _) => write!(f, "{minor:?}")?,
            (None, Rule::NotForwarded { .. }) => f.write_str("IRP")?,
            (None, Rule::NotRegistered | Rule::StillRegistered) => f.write_str("registration")?,
            (None, _) => f.write_str("event")?,
        }
        write_class(f, self.guid, self.class.as_deref())?;
        write!(f, ": {}", self.rule)
    }
}

/// Which class something is of.
pub(super) fn write_class(
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

impl core::error::Error for Finding {}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotForwarded { code } => write!(
                f,
                "MinorFunction {code:#04x} is for another device or none of WMI's; forward it as \
                 it came"
            ),
            Self::Forwarded => f.write_str("a request for this device was forwarded; complete it"),
            Self::NotRegistered => f.write_str("the device is not registered; deregister once"),
            Self::StillRegistered => {
                f.write_str("the driver was unloaded; deregister its device before")
            }
            Self::WrotePastBuffer => f.write_str("bytes after the buffer were written"),
            Self::InformationTooLarge {
                information,
                capacity,
            } => write!(
                f,
                "`Information` is {information}, but the buffer has {capacity} bytes"
            ),
            Self::WrongInformation {
                information,
                expected,
            } => write!(f, "`Information` is {information} and should be {expected}"),
            Self::WrongStatus { status, expected } => {
                write!(f, "completed with {status} where {expected} is right")
            }
            Self::Malformed(error) => error.fmt(f),
            Self::WrongKind { flags } => {
                write!(
                    f,
                    "`Flags` {flags:#010x} name another structure than was asked for"
                )
            }
            Self::Changed { member } => write!(f, "`{member}` is WMI's and was changed"),
            Self::SizeNotNeeded { needed, capacity } => write!(
                f,
                "{needed} bytes are said to be needed, but the buffer has {capacity} already; count \
                 the whole, header included"
            ),
            Self::InexactSize { needed, other } => write!(
                f,
                "{needed} bytes are said to be needed, but fewer took the {other} that were written"
            ),
            Self::UnlikelySize { needed } => write!(
                f,
                "{needed} bytes are said to be needed; write the size that is"
            ),
            Self::Unstable => f.write_str(
                "more was needed each time; keep the instances as they are while they are read",
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
                "two instances, names or arrays share byte {offset}; give each its own place"
            ),
            Self::NoTimeStamp => f.write_str("`TimeStamp` is zero; put the system time there"),
            Self::Unwritten { offset } => write!(
                f,
                "byte {offset} was not written, and shows what the memory held before"
            ),
            Self::Data(error) => error.fmt(f),
            Self::WrongSize { size, expected } => {
                write!(f, "the data has {size} bytes, but the class {expected}")
            }
            Self::NoInstances => f.write_str("there is no instance"),
            Self::UnmappedValue { item, value } => {
                write!(f, "`{item}` is {value}, which its `ValueMap` has not")
            }
            Self::SideEffect => f.write_str(
                "a query, or a request that was refused or needs a larger buffer, had an effect",
            ),
            Self::RegistrationOutside { member, guid, at } => {
                let of = Of(guid);
                write!(f, "`{member}` of {of} names bytes outside, at {at}")
            }
            Self::RegistrationMisaligned { member, guid, at } => {
                write!(f, "`{member}` of {} is at {at}, no multiple of 2", Of(guid))
            }
            Self::RegistrationText { member, guid, at } => {
                write!(f, "`{member}` of {}, at {at}, is no UTF-16 text", Of(guid))
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
            Self::NoPdo { guid } => write!(f, "{guid} has no physical device object"),
            Self::RemovedAtRegistration { guid } => {
                write!(
                    f,
                    "{guid} is removed while it is registered; remove it in an update"
                )
            }
            Self::NamedInUpdate { member } => {
                write!(
                    f,
                    "`{member}` belongs to the registration; leave it out of an update"
                )
            }
            Self::OtherRegistration => {
                f.write_str("the answers to `RegInfo` and `RegInfoEx` differ; give one")
            }
            Self::EventTooLarge { size } => {
                write!(
                    f,
                    "an event has 1024 bytes at most, not {size}; send a reference"
                )
            }
            Self::NoEvent { flags } => write!(
                f,
                "`Flags` {flags:#010x} of an event need `WNODE_FLAG_EVENT_ITEM` and a structure"
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
                "`ProviderId` is {provider_id}, but `IoWMIDeviceObjectToProviderId` gives {expected}"
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
                f.write_str("the event is of another class, or carries something else")
            }
            Self::UnknownEvent => f.write_str("the block of the event is not registered"),
        }
    }
}

/// Where in a registration a member stands.
struct Of<'a>(&'a Option<Guid>);

impl fmt::Display for Of<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(guid) => write!(f, "the entry of {guid}"),
            None => f.write_str("the registration"),
        }
    }
}
