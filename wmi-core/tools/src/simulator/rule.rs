//! [`Violation`]: a rule of WMI that a provider broke. The module `text` owns the messages.

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
    /// The request whose answer breaks the rule; `None` for an event, an IRP that does not belong
    /// to WMI, or a call of `IoWMIRegistrationControl`.
    pub minor: Option<Minor>,
    /// The GUID of the class, if one is concerned.
    pub guid: Option<Guid>,
    /// The name of the class, where the simulator knows it.
    pub class: Option<Box<str>>,
    /// The rule.
    pub rule: ProtocolRule,
}

/// A rule of WMI. Each variant says how a provider breaks it.
///
/// Sources: the pages of the requests, "WMI WNODE_XXX Structures" and "Registering as a WMI Data
/// Provider", windows-driver-docs; Driver Verifier checks some of them on Windows.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProtocolRule {
    /// It completed or changed an IRP that it has to forward unchanged, since the IRP is for
    /// another device or does not belong to WMI. Driver Verifier: 0xC9, 0x220.
    NotForwarded {
        /// `MinorFunction`.
        code: u8,
    },
    /// It forwarded a request for its own device.
    Forwarded,
    /// It deregistered or updated a device that is not registered.
    NotRegistered,
    /// It was unloaded while it was registered. Driver Verifier: 0xC4, 0xDA.
    StillRegistered,
    /// It completed an IRP a second time, or forwarded or kept it after it had completed it. Driver
    /// Verifier: bug check 0x44.
    CompletedTwice,
    /// A handler answers later, but the driver [cannot keep](super::Simulator::without_pending) the
    /// request.
    MayNotPend,
    /// It changed the request while a handler answers later, or touched the buffer before the request
    /// was dispatched again.
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
    /// The reply has another structure than the request asks for.
    WrongKind {
        /// `Flags`.
        flags: u32,
    },
    /// It changed a member or a flag that belongs to WMI.
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
    /// It wrote the whole reply in one byte less than the size that it reported.
    InexactSize {
        /// The reported size, in bytes.
        needed: usize,
        /// The written bytes.
        other: usize,
    },
    /// It reports a needed size of more than 64 MiB, which no reply has. A size that was not
    /// written looks like that.
    UnlikelySize {
        /// The reported size, in bytes.
        needed: usize,
    },
    /// It reports a larger size each time it is asked.
    Unstable,
    /// `Flags` of a `WNODE_TOO_SMALL` are not exactly 0x20.
    TooSmallFlags {
        /// `Flags`.
        flags: u32,
    },
    /// The reply has another number of instances than the registration.
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
    /// Instances, names or the arrays that lead to them share bytes.
    Overlap {
        /// The first shared byte, from the start of the WNODE.
        offset: usize,
    },
    /// `TimeStamp` is not set.
    NoTimeStamp,
    /// It did not write a byte of the reply or event, which shows the reader old memory.
    Unwritten {
        /// The first such byte, from the start of the WNODE.
        offset: usize,
    },
    /// The data is not a block of the class.
    Data(Box<ReplyError>),
    /// The data has another size than the class.
    WrongSize {
        /// Bytes of the data.
        size: usize,
        /// Bytes of the class.
        expected: usize,
    },
    /// The block has no instance. Only [`verify_values`](super::Simulator::verify_values) reports
    /// it.
    NoInstances,
    /// A value is not in the `ValueMap` of its item. Only
    /// [`verify_values`](super::Simulator::verify_values) reports it.
    UnmappedValue {
        /// The path of the item.
        item: String,
        /// Its value.
        value: String,
    },
    /// A [watched](super::Simulator::watch) value changed during a query, or a request that was
    /// refused or needs a larger buffer.
    SideEffect,
    /// A member of the registration leads outside of it.
    RegistrationOutside {
        /// The member.
        member: &'static str,
        /// The GUID of its `WMIREGGUID`; `None` where the member is of the `WMIREGINFO` itself.
        guid: Option<Guid>,
        /// The offset, from the start of the `WMIREGINFO`.
        at: usize,
    },
    /// A counted string of the registration does not start at a multiple of 2.
    RegistrationMisaligned {
        /// The member.
        member: &'static str,
        /// The GUID of its `WMIREGGUID`; `None` where the member is of the `WMIREGINFO` itself.
        guid: Option<Guid>,
        /// The offset, from the start of the `WMIREGINFO`.
        at: usize,
    },
    /// A counted string of the registration is not UTF-16 text.
    RegistrationText {
        /// The member.
        member: &'static str,
        /// The GUID of its `WMIREGGUID`; `None` where the member is of the `WMIREGINFO` itself.
        guid: Option<Guid>,
        /// The offset, from the start of the `WMIREGINFO`.
        at: usize,
    },
    /// Members share strings, and together have more than 16 times the bytes of the `WMIREGINFO`.
    /// No page of Microsoft forbids it, but no driver needs it.
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
    /// A block has static names of more than one kind.
    SeveralNamings {
        /// The GUID.
        guid: Guid,
        /// Its `WMIREG_FLAG_*`.
        flags: u32,
    },
    /// A block has more than a million instances with static names, which no device has. Instances
    /// that come and go have dynamic names; some drivers count those as 0xffffffff.
    UnlikelyCount {
        /// The GUID.
        guid: Guid,
        /// `InstanceCount`.
        count: u32,
    },
    /// The names of a block need a physical device object, and none is given.
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
    /// The offset of a text is zero. Microsoft's drivers write an empty string instead. Only
    /// [`verify`](super::Simulator::verify) reports it.
    NoText {
        /// The member.
        member: &'static str,
    },
    /// The reply has `WNODE_FLAG_INSTANCES_SAME`, but its names are not those of the last query.
    OtherInstances,
    /// An update has a path or a name, which only the registration may have.
    NamedInUpdate {
        /// The member.
        member: &'static str,
    },
    /// It registered a `MofResourceName` without the `RegistryPath`, by which WMI finds the image
    /// with the resource. Only [`verify`](super::Simulator::verify) reports it.
    NoRegistryPath,
    /// The [schema](super::Simulator::with_schema), and so the resource made from it, lacks the
    /// class of a registered block.
    NotInSchema,
    /// `IRP_MN_REGINFO` and `IRP_MN_REGINFO_EX` have different answers.
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
        /// The id that `IoWMIDeviceObjectToProviderId` gives.
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
    /// The event is a reference, and its size differs from that of the queried target.
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
        /// The registered number.
        registered: u32,
    },
    /// The event is of another class, or does not carry the item that the test asks for.
    OtherEvent,
}

impl core::error::Error for Violation {}

impl ProtocolRule {
    pub(super) fn data(error: ReplyError) -> Self {
        Self::Data(Box::new(error))
    }
}

impl Violation {
    /// Makes a violation by a class whose name is not known.
    pub(super) const fn new(minor: Option<Minor>, guid: Option<Guid>, rule: ProtocolRule) -> Self {
        Self {
            minor,
            guid,
            class: None,
            rule,
        }
    }
}
