//! [`Violation`]: which rule of WMI a provider broke. What it says of each, see `text`.

mod text;

use crate::client::ReplyError;
use wmi_core::provider::Minor;
use wmi_core::wnode::WnodeError;
use wmi_core::{Guid, NtStatus};

pub(super) use text::write_class;

/// A rule of WMI that a provider broke. `Debug`, which tests print, is the text.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// In the answer to this request; `None` in an event, an IRP that is none of WMI's, or
    /// `IoWMIRegistrationControl`.
    pub minor: Option<Minor>,
    /// Of the block of this class, if it was of one.
    pub guid: Option<Guid>,
    /// The name of the class, where the simulator knows it.
    pub class: Option<Box<str>>,
    /// The rule.
    pub rule: ProtocolRule,
}

/// What a provider may not do.
///
/// Sources: the pages of the requests, "WMI WNODE_XXX Structures" and "Registering as a WMI Data
/// Provider", windows-driver-docs; Driver Verifier checks some of them on Windows.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProtocolRule {
    /// It completed or changed an IRP that it has to forward as it came, for it is another device's
    /// or none of WMI's. Driver Verifier: 0xC9, 0x220.
    NotForwarded {
        /// `MinorFunction`.
        code: u8,
    },
    /// It forwarded a request for its own device.
    Forwarded,
    /// It deregistered or updated what is not registered. Driver Verifier: 0xC4, 0xDB.
    NotRegistered,
    /// It was unloaded while it was registered. Driver Verifier: 0xC4, 0xDA.
    StillRegistered,
    /// It completed an IRP a second time, or forwarded or kept it after it had completed it. Driver
    /// Verifier: bug check 0x44.
    CompletedTwice,
    /// A handler answers later, but the driver [cannot keep](super::Simulator::without_pending)
    /// requests.
    MayNotPend,
    /// It changed the request, which has to stay as it came until a handler answers it.
    ChangedWhilePending {
        /// The first such byte, from the start of the buffer.
        offset: usize,
    },
    /// It deregistered its device, or was [verified](super::Simulator::verify), while a request was
    /// open. Deregistration waits for open requests.
    StillPending,
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
        /// What is right, and why.
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
    /// The members share strings so much that together they have more bytes than 16 times the
    /// `WMIREGINFO`. No page of Microsoft's forbids it; no driver needs it.
    RegistrationShared {
        /// The member that was one too many.
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
    /// An update removes a block that is not registered.
    RemovedUnregistered {
        /// The GUID.
        guid: Guid,
    },
    /// The registration has no such text: its offset is zero. Microsoft's drivers write an empty
    /// string. Only [`verify`](super::Simulator::verify) minds.
    NoText {
        /// The member.
        member: &'static str,
    },
    /// The reply has `WNODE_FLAG_INSTANCES_SAME`, but its names are not those of the last query.
    OtherInstances,
    /// An update has a path or name that belongs to the registration.
    NamedInUpdate {
        /// The member.
        member: &'static str,
    },
    /// It registered a `MofResourceName` without the `RegistryPath` by which WMI finds the image that
    /// has the resource; only [`verify`](super::Simulator::verify) minds.
    NoRegistryPath,
    /// It registered a block of which the [schema](super::Simulator::with_schema), and so the
    /// resource that is made from it, has no class.
    NotInSchema,
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

impl core::error::Error for Violation {}

impl Violation {
    /// Of a class whose name is not known.
    pub(super) const fn new(minor: Option<Minor>, guid: Option<Guid>, rule: ProtocolRule) -> Self {
        Self {
            minor,
            guid,
            class: None,
            rule,
        }
    }
}
