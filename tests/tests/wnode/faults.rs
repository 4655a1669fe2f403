//! The reader's error for each fault.

use wmi_core::wnode::{Fault, Wnode, WnodeError};

use crate::agree::agree;
use crate::by_hand::{self, ByHand, patch};
use crate::classes::Vendor_Six;

pub(crate) fn error(bytes: &[u8]) -> WnodeError {
    agree(bytes);
    Wnode::decode(bytes).map(|_| ()).unwrap_err()
}

pub(crate) fn truncated(needed: usize, available: usize) -> Fault {
    Fault::Truncated { needed, available }
}

fn out_of_bounds(start: u32, length: u32, first: usize, end: usize) -> Fault {
    Fault::OutOfBounds {
        start: start as usize,
        length: length as usize,
        first,
        end,
    }
}

fn misaligned(start: usize, alignment: usize) -> Fault {
    Fault::Misaligned { start, alignment }
}

/// Sets one member, and asserts the member and the fault in the error.
#[track_caller]
fn assert_fault(
    wnode: fn() -> ByHand,
    set: (usize, u32),
    member: (&'static str, usize),
    fault: Fault,
) {
    let mut bytes = wnode().bytes();
    patch(&mut bytes, set.0, set.1);
    let error = error(&bytes);
    assert_eq!((error.member, error.offset), member, "{set:?}");
    assert_eq!(error.fault, fault, "{set:?}");
}

/// Does the same if the error names the member that was set.
#[track_caller]
fn assert_member(wnode: fn() -> ByHand, member: &'static str, at: usize, faults: &[(u32, Fault)]) {
    for (value, fault) in faults {
        assert_fault(wnode, (at, *value), (member, at), *fault);
    }
}

#[test]
fn wrong_buffer_size_is_refused() {
    let size = 86;
    assert_member(
        by_hand::two_static,
        "BufferSize",
        0,
        &[
            (0, truncated(48, 0)),
            (47, truncated(48, 47)),
            (48, truncated(64, 48)),
            (63, truncated(64, 63)),
            (87, truncated(87, size)),
            (u32::MAX, truncated(u32::MAX as usize, size)),
        ],
    );
    let mut bytes = by_hand::one_static().bytes();
    patch(&mut bytes, 44, 0x20);
    patch(&mut bytes, 0, 55);
    assert_eq!(error(&bytes).fault, truncated(56, 55));
    patch(&mut bytes, 0, 56);
    assert!(Wnode::decode(&bytes).is_ok());
}

/// No kind, unsupported kinds, two kinds, and flags that would be misread.
#[test]
fn wrong_flags_are_refused() {
    let kinds = [
        0,
        0x1 | 0x2,
        0x1 | 0x20,
        0x2 | 0x20,
        0x8,
        0x4 | 0x8000,
        0x2000 | 0x20,
        0x1 | 0x4,
        0x2 | 0x2000,
        0x1 | 0x8000,
        0x1 | 0x4000,
        0x2 | 0x2_0000,
        0x1 | 0x8_0000,
        0x2 | 0x10_0000,
        0x1 | 0x20_0000,
        u32::MAX,
    ];
    let faults = kinds.map(|flags| (flags, Fault::UnknownKind { flags }));
    assert_member(by_hand::two_static, "Flags", 44, &faults);
    assert_member(by_hand::one_dynamic, "Flags", 44, &faults);
}

#[test]
fn wrong_fixed_size_placement_is_refused() {
    let (first, end) = (64, 86);
    assert_member(
        by_hand::two_static,
        "DataBlockOffset",
        48,
        &[
            (0, out_of_bounds(0, 14, first, end)),
            (56, out_of_bounds(56, 14, first, end)),
            (63, out_of_bounds(63, 14, first, end)),
            (65, misaligned(65, 8)),
            (68, misaligned(68, 8)),
            (71, misaligned(71, 8)),
            (73, out_of_bounds(73, 14, first, end)),
            (80, out_of_bounds(80, 14, first, end)),
            (86, out_of_bounds(86, 14, first, end)),
            (88, out_of_bounds(88, 14, first, end)),
            (u32::MAX, out_of_bounds(u32::MAX, 14, first, end)),
        ],
    );
    // A count or a size is wrong if it exceeds the available room.
    for (set, length) in [
        ((52, 3), 22_u64),
        ((52, u32::MAX), (u64::from(u32::MAX) - 1) * 8 + 6),
        ((60, 7), 15),
        ((60, 9), 25),
        ((60, u32::MAX), (1 << 32) + u64::from(u32::MAX)),
    ] {
        assert_fault(
            by_hand::two_static,
            set,
            ("DataBlockOffset", 48),
            Fault::OutOfBounds {
                start: 72,
                length: usize::try_from(length).unwrap_or(usize::MAX),
                first,
                end,
            },
        );
    }
}

#[test]
fn wrong_offset_table_is_refused() {
    let end = 110;
    // The offset table ends at 76.
    let first = 76;
    for (at, length) in [(60, 8), (68, 6)] {
        assert_member(
            by_hand::two_sizes,
            "OffsetInstanceData",
            at,
            &[
                (0, out_of_bounds(0, length, first, end)),
                (72, out_of_bounds(72, length, first, end)),
                (77, misaligned(77, 8)),
                (84, misaligned(84, 8)),
                (110, out_of_bounds(110, length, first, end)),
                (112, out_of_bounds(112, length, first, end)),
                (u32::MAX, out_of_bounds(u32::MAX, length, first, end)),
            ],
        );
    }
    for (set, at, start) in [
        ((64, 31), 60, 80),
        ((72, 7), 68, 104),
        ((72, u32::MAX), 68, 104),
    ] {
        assert_fault(
            by_hand::two_sizes,
            set,
            ("OffsetInstanceData", at),
            out_of_bounds(start, set.1, first, end),
        );
    }
    for count in [7, u32::MAX] {
        assert_fault(
            by_hand::two_sizes,
            (52, count),
            ("OffsetInstanceDataAndLength", 60),
            Fault::OutOfBounds {
                start: 60,
                length: (count as usize).saturating_mul(8),
                first: 60,
                end,
            },
        );
    }
}

#[test]
fn wrong_names_of_all_data_are_refused() {
    let (first, end) = (64, 106);
    assert_member(
        by_hand::two_dynamic,
        "OffsetInstanceNameOffsets",
        56,
        &[
            (0, out_of_bounds(0, 8, first, end)),
            (60, out_of_bounds(60, 8, first, end)),
            (99, out_of_bounds(99, 8, first, end)),
            (106, out_of_bounds(106, 8, first, end)),
            (u32::MAX, out_of_bounds(u32::MAX, 8, first, end)),
        ],
    );
    for at in [88, 92] {
        assert_member(
            by_hand::two_dynamic,
            "OffsetInstanceName",
            at,
            &[
                (0, out_of_bounds(0, 2, first, end)),
                (62, out_of_bounds(62, 2, first, end)),
                (97, misaligned(97, 2)),
                (103, misaligned(103, 2)),
                (105, out_of_bounds(105, 2, first, end)),
                (106, out_of_bounds(106, 2, first, end)),
                (u32::MAX, out_of_bounds(u32::MAX, 2, first, end)),
                // The letter "a", a count of 97.
                (98, Fault::OddLength { length: 97 }),
            ],
        );
    }
    // Counts of bytes: of the first name, and of the second, which is the last of the WNODE.
    for (set, at, start, length) in [
        ((96, 10), 88, 98, 10),
        ((96, 0xfffe), 88, 98, 0xfffe),
        ((102, 0x0063_0004), 92, 104, 4),
    ] {
        assert_fault(
            by_hand::two_dynamic,
            set,
            ("OffsetInstanceName", at),
            out_of_bounds(start, length, first, end),
        );
    }
}

#[test]
fn wrong_single_instances_are_refused() {
    let (first, end) = (64, 78);
    assert_member(
        by_hand::one_dynamic,
        "OffsetInstanceName",
        48,
        &[
            (0, out_of_bounds(0, 2, first, end)),
            (62, out_of_bounds(62, 2, first, end)),
            (65, misaligned(65, 2)),
            (66, Fault::OddLength { length: 97 }),
            (77, out_of_bounds(77, 2, first, end)),
            (u32::MAX, out_of_bounds(u32::MAX, 2, first, end)),
        ],
    );
    for (wnode, end) in [
        (by_hand::one_dynamic as fn() -> ByHand, 78),
        (by_hand::one_static, 70),
    ] {
        assert_member(
            wnode,
            "DataBlockOffset",
            56,
            &[
                (0, out_of_bounds(0, 6, first, end)),
                (56, out_of_bounds(56, 6, first, end)),
                (80, out_of_bounds(80, 6, first, end)),
                (u32::MAX, out_of_bounds(u32::MAX, 6, first, end)),
            ],
        );
    }
    assert_member(
        by_hand::one_dynamic,
        "DataBlockOffset",
        56,
        &[(65, misaligned(65, 8))],
    );
    for (size, fault) in [
        (7, out_of_bounds(72, 7, first, end)),
        (u32::MAX, out_of_bounds(72, u32::MAX, first, end)),
    ] {
        assert_fault(
            by_hand::one_dynamic,
            (60, size),
            ("DataBlockOffset", 56),
            fault,
        );
    }
}

#[test]
fn errors_name_the_member_and_the_fault() {
    let text = |set: &[(usize, u32)]| {
        let mut bytes = by_hand::two_dynamic().bytes();
        for (offset, value) in set {
            patch(&mut bytes, *offset, *value);
        }
        match Wnode::decode(&bytes) {
            Ok(Wnode::AllData(all)) => all.blocks::<Vendor_Six>().unwrap_err().to_string(),
            other => other.unwrap_err().to_string(),
        }
    };
    for (set, expected) in [
        (
            (0, 107),
            "`BufferSize` at byte 0: the WNODE needs 107 bytes, but has 106",
        ),
        (
            (48, 96),
            "`DataBlockOffset` at byte 48: 14 bytes from 96 do not lie within 64..106",
        ),
        (
            (48, 76),
            "`DataBlockOffset` at byte 48: 76 is not a multiple of 8",
        ),
        (
            (44, 3),
            "`Flags` at byte 44: 0x00000003 does not name a supported structure",
        ),
        (
            (24, 1),
            "`Guid` at byte 24: it is not the GUID of the class",
        ),
        (
            (60, 5),
            "`FixedInstanceSize` at byte 60: the class has 6 bytes, not 5",
        ),
        (
            (92, 98),
            "`OffsetInstanceName` at byte 92: 97 bytes are not a whole number of UTF-16 units",
        ),
    ] {
        assert_eq!(text(&[set]), expected);
    }
}
