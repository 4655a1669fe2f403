//! The `WNODE_FLAG_*` bits of [`WnodeHeader::flags`](super::WnodeHeader::flags) and the
//! `WMIREG_FLAG_*` bits of [`WmiRegGuid::flags`](super::WmiRegGuid::flags), from `wmistr.h`.

macro_rules! flags {
    ($($(#[$doc:meta])* $name:ident = $value:literal;)*) => {
        $($(#[$doc])* pub const $name: u32 = $value;)*

        /// All flags with their names.
        #[doc(hidden)]
        pub const ALL: &[(&str, u32)] = &[$((stringify!($name), $name)),*];
    };
}

flags! {
    /// The block is a `WNODE_ALL_DATA`.
    WNODE_FLAG_ALL_DATA = 0x0000_0001;
    /// The block is a `WNODE_SINGLE_INSTANCE`.
    WNODE_FLAG_SINGLE_INSTANCE = 0x0000_0002;
    /// The block is a `WNODE_SINGLE_ITEM`.
    WNODE_FLAG_SINGLE_ITEM = 0x0000_0004;
    /// The block is an event; one of the three flags above gives its form.
    WNODE_FLAG_EVENT_ITEM = 0x0000_0008;
    /// All instances have the same size; only with `WNODE_FLAG_ALL_DATA`.
    WNODE_FLAG_FIXED_INSTANCE_SIZE = 0x0000_0010;
    /// The block is a `WNODE_TOO_SMALL`.
    WNODE_FLAG_TOO_SMALL = 0x0000_0020;
    /// Number and dynamic names of the instances are those of the previous query.
    WNODE_FLAG_INSTANCES_SAME = 0x0000_0040;
    /// The names are known from registration; the block has only indices.
    WNODE_FLAG_STATIC_INSTANCE_NAMES = 0x0000_0080;
    /// Internal to WMI.
    WNODE_FLAG_INTERNAL = 0x0000_0100;
    /// The logger takes the driver's time stamp.
    WNODE_FLAG_USE_TIMESTAMP = 0x0000_0200;
    /// Persistent event.
    WNODE_FLAG_PERSIST_EVENT = 0x0000_0400;
    /// The block is a `WNODE_EVENT_REFERENCE`.
    WNODE_FLAG_EVENT_REFERENCE = 0x0000_2000;
    /// Instance names are ANSI.
    WNODE_FLAG_ANSI_INSTANCENAMES = 0x0000_4000;
    /// The block is a `WNODE_METHOD_ITEM`.
    WNODE_FLAG_METHOD_ITEM = 0x0000_8000;
    /// Static names based on the physical device object.
    WNODE_FLAG_PDO_INSTANCE_NAMES = 0x0001_0000;
    /// A trace block.
    WNODE_FLAG_TRACED_GUID = 0x0002_0000;
    /// For the system logger.
    WNODE_FLAG_LOG_WNODE = 0x0004_0000;
    /// `Guid` holds a pointer.
    WNODE_FLAG_USE_GUID_PTR = 0x0008_0000;
    /// The data is an array of `MOF_FIELD`.
    WNODE_FLAG_USE_MOF_PTR = 0x0010_0000;
    /// A trace without header.
    WNODE_FLAG_NO_HEADER = 0x0020_0000;
    /// The data block follows the header.
    WNODE_FLAG_SEND_DATA_BLOCK = 0x0040_0000;
    /// Trace properties are versioned.
    WNODE_FLAG_VERSIONED_PROPERTIES = 0x0080_0000;
    /// The severity of an event, 0 to 255.
    WNODE_FLAG_SEVERITY_MASK = 0xff00_0000;

    /// Data is expensive to collect: WMI requests when to start and stop.
    WMIREG_FLAG_EXPENSIVE = 0x0000_0001;
    /// Static names from a list.
    WMIREG_FLAG_INSTANCE_LIST = 0x0000_0004;
    /// Static names from a base name and a number.
    WMIREG_FLAG_INSTANCE_BASENAME = 0x0000_0008;
    /// Static names from the physical device object and a number.
    WMIREG_FLAG_INSTANCE_PDO = 0x0000_0020;
    /// The block is event-only: it cannot be queried.
    WMIREG_FLAG_EVENT_ONLY_GUID = 0x0000_0040;
    /// The GUID controls traces.
    WMIREG_FLAG_TRACE_CONTROL_GUID = 0x0000_1000;
    /// In an update: the block was removed.
    WMIREG_FLAG_REMOVE_GUID = 0x0001_0000;
    /// A trace block.
    WMIREG_FLAG_TRACED_GUID = 0x0008_0000;
}
