//! [`Violation`]: a WMI rule that a provider broke. The module `text` owns the messages.

mod text;

use crate::client::ReplyError;
use wmi_core::provider::Minor;
use wmi_core::wnode::WnodeError;
use wmi_core::{Guid, NtStatus};

pub(super) use text::write_class;

/// A WMI rule that a provider broke. `Debug`, which tests print, writes the message.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// The request whose answer breaks the rule; `None` for an event, an IRP that does not belong
    /// to WMI, or a call of `IoWMIRegistrationControl`.
    pub minor: Option<Minor>,
    /// The GUID of the class, if the rule concerns one.
    pub guid: Option<Guid>,
    /// The name of the class, if the simulator knows it.
    pub class: Option<Box<str>>,
    /// The rule.
    pub rule: ProtocolRule,
}

/// A rule of WMI. Each variant describes how a provider breaks it.
///
/// Sources: the pages of the requests, "WMI WNODE_XXX Structures" and "Registering as a WMI Data
/// Provider", windows-driver-docs; Driver Verifier checks some of them on Windows.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProtocolRule {
    /// It completed or changed an IRP that it must forward unchanged, because the IRP is for
    /// another device or does not belong to WMI. Driver Verifier: 0xC9, 0x220.
    NotForwarded {
        /// `MinorFunction`.
        code: u8,
    },
    /// It forwarded a request for its own device.
    Forwarded,
    /// It deregistered or updated a device that is not registered.
    NotRegistered,
    /// It was unloaded while registered. Driver Verifier: 0xC4, 0xDA.
    StillRegistered,
    /// It completed an IRP twice, or forwarded or kept it after completion. Driver Verifier: bug
    /// check 0x44.
    CompletedTwice,
    /// A handler answers later, but the driver [cannot keep](super::Simulator::without_pending) the
    /// request.
    MayNotPend,
    /// It changed a pending request, or touched its buffer before the request was dispatched again.
    ChangedWhilePending {
        /// The first changed byte, from the start of the buffer.
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
    /// `Information` is not the size of the reply.
    WrongInformation {
        /// `Information`.
        information: usize,
        /// The right value.
        expected: usize,
    },
    /// It completed the request with the wrong status.
    WrongStatus {
        /// The status.
        status: NtStatus,
        /// The right status, and the reason.
        expected: &'static str,
    },
    /// A size or an offset of the reply is wrong.
    Malformed(WnodeError),
    /// The reply does not have the structure that the request requires.
    WrongKind {
        /// `Flags`.
        flags: u32,
    },
    /// It changed a member or a flag owned by WMI.
    Changed {
        /// The member, or the flag.
        member: &'static str,
    },
    /// It reports a needed size that the buffer already has.
    SizeNotNeeded {
        /// The reported size, in bytes.
        needed: usize,
        /// Bytes of the buffer.
        capacity: usize,
    },
    /// It wrote the whole reply in one byte less than the size it reported.
    InexactSize {
        /// The reported size, in bytes.
        needed: usize,
        /// The number of written bytes.
        other: usize,
    },
    /// It reports a needed size of more than 64 MiB, which no reply has. This is how an unwritten
    /// size looks.
    UnlikelySize {
        /// The reported size, in bytes.
        needed: usize,
    },
    /// It reports a larger size for each request.
    Unstable,
    /// `Flags` of a `WNODE_TOO_SMALL` are not exactly 0x20.
    TooSmallFlags {
        /// `Flags`.
        flags: u32,
    },
    /// The reply has another number of instances than were registered.
    WrongCount {
        /// `InstanceCount`.
        count: u32,
        /// The registered number.
        registered: u32,
    },
    /// Two instances have the same name, in one device or in several.
    RepeatedName {
        /// The name.
        name: String,
    },
    /// Instances, names, or the arrays with their offsets share bytes.
    Overlap {
        /// The first shared byte, from the start of the WNODE.
        offset: usize,
    },
    /// `TimeStamp` is not set.
    NoTimeStamp,
    /// It did not write a byte of the reply or event, which therefore reveals old memory.
    Unwritten {
        /// The first unwritten byte, from the start of the WNODE.
        offset: usize,
    },
    /// The data is not a block of the class.
    Data(Box<ReplyError>),
    /// The data does not have the size of the class.
    WrongSize {
        /// Bytes of the data.
        size: usize,
        /// Bytes of the class.
        expected: usize,
    },
    /// The block has no instances. Reported only by
    /// [`verify_values`](super::Simulator::verify_values).
    NoInstances,
    /// A value is not in the `ValueMap` of its item. Reported only by
    /// [`verify_values`](super::Simulator::verify_values).
    UnmappedValue {
        /// The path of the item.
        item: String,
        /// Its value.
        value: String,
    },
    /// A [watched](super::Simulator::watch) value changed during a query, or during a request that
    /// was refused or needs a larger buffer.
    SideEffect,
    /// A member of the registration points outside of it.
    RegistrationOutside {
        /// The member.
        member: &'static str,
        /// The GUID of its `WMIREGGUID`; `None` for a member of the `WMIREGINFO` itself.
        guid: Option<Guid>,
        /// The offset, from the start of the `WMIREGINFO`.
        at: usize,
    },
    /// A counted string of the registration does not start at a multiple of 2.
    RegistrationMisaligned {
        /// The member.
        member: &'static str,
        /// The GUID of its `WMIREGGUID`; `None` for a member of the `WMIREGINFO` itself.
        guid: Option<Guid>,
        /// The offset, from the start of the `WMIREGINFO`.
        at: usize,
    },
    /// A counted string of the registration is not UTF-16 text.
    RegistrationText {
        /// The member.
        member: &'static str,
        /// The GUID of its `WMIREGGUID`; `None` for a member of the `WMIREGINFO` itself.
        guid: Option<Guid>,
        /// The offset, from the start of the `WMIREGINFO`.
        at: usize,
    },
    /// Members share strings, and together have more than 16 times the bytes of the `WMIREGINFO`.
    /// Microsoft does not forbid this, but no driver needs it.
    RegistrationShared {
        /// The member that exceeds the limit.
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
    /// A block has more than one kind of static names.
    SeveralNamings {
        /// The GUID.
        guid: Guid,
        /// Its `WMIREG_FLAG_*`.
        flags: u32,
    },
    /// A block has more than a million instances with static names, which no device has. Some
    /// drivers give dynamic names the count 0xffffffff.
    UnlikelyCount {
        /// The GUID.
        guid: Guid,
        /// `InstanceCount`.
        count: u32,
    },
    /// The names of a block need a physical device object, which is missing.
    NoPdo {
        /// The GUID.
        guid: Guid,
    },
    /// The registration removes a block, which only an update may do.
    RemovedAtRegistration {
        /// The GUID.
        guid: Guid,
    },
    /// An update removes a block that is not registered.
    RemovedUnregistered {
        /// The GUID.
        guid: Guid,
    },
    /// The offset of a text is zero; Microsoft's drivers write an empty string instead. Reported
    /// only by [`verify`](super::Simulator::verify).
    NoText {
        /// The member.
        member: &'static str,
    },
    /// The reply has `WNODE_FLAG_INSTANCES_SAME`, but its names differ from those of the last
    /// query.
    OtherInstances,
    /// An update has a path or a name, which only a registration may have.
    NamedInUpdate {
        /// The member.
        member: &'static str,
    },
    /// It registered a `MofResourceName` without the `RegistryPath` that WMI needs to find the
    /// image with the resource. Reported only by [`verify`](super::Simulator::verify).
    NoRegistryPath,
    /// The [schema](super::Simulator::with_schema), and so the resource made from it, lacks the
    /// class of a registered block.
    NotInSchema,
    /// The answers to `IRP_MN_REGINFO` and `IRP_MN_REGINFO_EX` differ.
    OtherRegistration,
    /// The event is larger than WMI accepts.
    EventTooLarge {
        /// Its size in bytes.
        size: usize,
    },
    /// The event lacks `WNODE_FLAG_EVENT_ITEM` or the flag of a structure.
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
        /// The id that `IoWMIDeviceObjectToProviderId` returns.
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
    /// The size in an event reference differs from that of the queried target.
    ReferenceSize {
        /// `TargetDataBlockSize`.
        size: usize,
        /// The size of the data in bytes.
        queried: usize,
    },
    /// The event is of an instance that is not registered.
    WrongInstance {
        /// The number of the instance.
        index: u32,
        /// The registered number.
        registered: u32,
    },
    /// The event is of another class, or lacks the item that the test reads.
    OtherEvent,
}

impl core::error::Error for ProtocolRule {}

impl core::error::Error for Violation {}

impl ProtocolRule {
    pub(super) fn data(error: ReplyError) -> Self {
        Self::Data(Box::new(error))
    }
}

impl Violation {
    /// Makes a violation by a class whose name is unknown.
    pub(super) const fn new(minor: Option<Minor>, guid: Option<Guid>, rule: ProtocolRule) -> Self {
        Self {
            minor,
            guid,
            class: None,
            rule,
        }
    }
}
