//! WNODEs written out by hand, member by member.

/// The bytes of members: a description of each, for readers and for failure messages, and its bytes
/// in hexadecimal.
pub(crate) struct ByHand(Vec<(String, Vec<u8>)>);

impl ByHand {
    /// Starts with a header of these members, given in byte order.
    pub(crate) fn header(buffer_size: &str, time_stamp: &str, guid: &str, flags: &str) -> Self {
        Self(Vec::new())
            .then("BufferSize", buffer_size)
            .then("ProviderId", "00000000")
            .then("Version", "00000000")
            .then("Linkage", "00000000")
            .then("TimeStamp", time_stamp)
            .then("Guid", guid)
            .then("ClientContext", "00000000")
            .then("Flags", flags)
    }

    /// Adds a member.
    pub(crate) fn then(mut self, what: &str, hex: &str) -> Self {
        let digits: Vec<u8> = hex
            .chars()
            .filter(|c| *c != ' ')
            .map(|c| c.to_digit(16).expect("a hexadecimal digit") as u8)
            .collect();
        let bytes = digits
            .chunks(2)
            .map(|pair| pair[0] << 4 | pair[1])
            .collect();
        self.0.push((what.to_owned(), bytes));
        self
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(|(_, bytes)| bytes.clone()).collect()
    }

    /// Fails at the first member that differs.
    #[track_caller]
    pub(crate) fn assert_is(&self, bytes: &[u8]) {
        let mut rest = bytes;
        for (what, expected) in &self.0 {
            let (found, more) = rest.split_at(expected.len().min(rest.len()));
            let at = bytes.len() - rest.len();
            assert_eq!(found, expected, "{what}, at byte {at}");
            rest = more;
        }
        assert_eq!(rest, [0; 0], "more than all members");
    }
}

/// `Guid` of [`Vendor_Six`](crate::classes::Vendor_Six).
pub(crate) const SIX: &str = "000102030405060708090a0b0c0d0e0f";
/// No time stamp.
pub(crate) const NO_TIME: &str = "0000000000000000";

/// Two instances of six bytes with static names: the example of the documentation, which ends with
/// the last instance, without its padding. The data is where a header with one element in
/// `OffsetInstanceDataAndLength` ends; our writers put it at 64.
pub(crate) fn two_static() -> ByHand {
    // ALL_DATA, FIXED_INSTANCE_SIZE, STATIC_INSTANCE_NAMES.
    ByHand::header("56000000", NO_TIME, SIX, "91000000")
        .then("DataBlockOffset: 72", "48000000")
        .then("InstanceCount", "02000000")
        .then("OffsetInstanceNameOffsets", "00000000")
        .then("FixedInstanceSize, without padding", "06000000")
        .then("the rest of sizeof(WNODE_ALL_DATA)", "0000000000000000")
        .then("the first instance, at 72", "112233445566")
        .then("padding", "0000")
        .then("the second instance, at 80", "a1b2c3d4e5f6")
}

/// Two instances of six bytes with dynamic names.
pub(crate) fn two_dynamic() -> ByHand {
    // ALL_DATA, FIXED_INSTANCE_SIZE.
    ByHand::header("6a000000", NO_TIME, SIX, "11000000")
        .then("DataBlockOffset: 72", "48000000")
        .then("InstanceCount", "02000000")
        .then("OffsetInstanceNameOffsets: 88", "58000000")
        .then("FixedInstanceSize", "06000000")
        .then("the rest of sizeof(WNODE_ALL_DATA)", "0000000000000000")
        .then("the first instance, at 72", "112233445566")
        .then("padding", "0000")
        .then("the second instance, at 80", "a1b2c3d4e5f6")
        .then("padding to a multiple of 4", "0000")
        .then("the first name is at 96", "60000000")
        .then("the second name is at 102", "66000000")
        .then("4 bytes of name", "0400")
        .then("ab", "61006200")
        .then("2 bytes of name", "0200")
        .then("c", "6300")
}

/// Two instances of different sizes with static names, which WMI made from the name of a device.
pub(crate) fn two_sizes() -> ByHand {
    // ALL_DATA, PDO_INSTANCE_NAMES.
    ByHand::header("6e000000", NO_TIME, SIX, "01000100")
        .then("DataBlockOffset, not used", "ffffffff")
        .then("InstanceCount", "02000000")
        .then("OffsetInstanceNameOffsets, not used", "ffffffff")
        .then("OffsetInstanceData of the first: 80", "50000000")
        .then("LengthInstanceData: 8", "08000000")
        .then("OffsetInstanceData of the second: 104", "68000000")
        .then("LengthInstanceData: 6", "06000000")
        .then("padding", "00000000")
        .then("the first instance, at 80", "1122334455660000")
        .then("a gap", "00000000000000000000000000000000")
        .then("the second instance, at 104", "a1b2c3d4e5f6")
}

/// One instance of six bytes with a dynamic name.
pub(crate) fn one_dynamic() -> ByHand {
    // SINGLE_INSTANCE.
    ByHand::header("4e000000", NO_TIME, SIX, "02000000")
        .then("OffsetInstanceName: 64", "40000000")
        .then("InstanceIndex, not used", "00000000")
        .then("DataBlockOffset: 72", "48000000")
        .then("SizeDataBlock", "06000000")
        .then("4 bytes of name", "0400")
        .then("ab", "61006200")
        .then("padding to a multiple of 8", "0000")
        .then("the instance", "112233445566")
}

/// One instance of six bytes with a static name.
pub(crate) fn one_static() -> ByHand {
    // SINGLE_INSTANCE, STATIC_INSTANCE_NAMES.
    ByHand::header("46000000", NO_TIME, SIX, "82000000")
        .then("OffsetInstanceName", "00000000")
        .then("InstanceIndex", "78563412")
        .then("DataBlockOffset: 64", "40000000")
        .then("SizeDataBlock", "06000000")
        .then("the instance", "112233445566")
}

/// Returns each of the above. The last byte of each belongs to a member.
pub(crate) fn all() -> [Vec<u8>; 5] {
    [
        two_static(),
        two_dynamic(),
        two_sizes(),
        one_static(),
        one_dynamic(),
    ]
    .map(|wnode| wnode.bytes())
}

/// Sets the member at an offset.
pub(crate) fn patch(bytes: &mut [u8], offset: usize, value: u32) {
    bytes[offset..offset + 4].copy_from_slice(&value.to_le_bytes());
}
