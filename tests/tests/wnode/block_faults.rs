//! The reader's errors for data that is not of the expected class.

use wmi_core::wnode::{Fault, Wnode};

use crate::by_hand::{self, patch};
use crate::classes::{Vendor_Eight, Vendor_Six, Vendor_Text};

/// Another class, or a changed class.
#[test]
fn blocks_of_another_class_are_refused() {
    let mut bytes = by_hand::two_static().bytes();
    let Ok(Wnode::AllData(all)) = Wnode::decode(&bytes) else {
        panic!("it is a WNODE_ALL_DATA");
    };
    let error = all.blocks::<Vendor_Eight>().unwrap_err();
    assert_eq!(
        (error.member, error.offset, error.fault),
        ("Guid", 24, Fault::WrongGuid)
    );
    let wrong = |found| Fault::WrongSize { expected: 6, found };
    patch(&mut bytes, 60, 5);
    let Ok(Wnode::AllData(all)) = Wnode::decode(&bytes) else {
        panic!("it is a WNODE_ALL_DATA");
    };
    let error = all.blocks::<Vendor_Six>().unwrap_err();
    assert_eq!(
        (error.member, error.offset, error.fault),
        ("FixedInstanceSize", 60, wrong(5))
    );

    for (at, size) in [(64, 9), (72, 5)] {
        let mut bytes = by_hand::two_sizes().bytes();
        patch(&mut bytes, at, size);
        let Ok(Wnode::AllData(all)) = Wnode::decode(&bytes) else {
            panic!("it is a WNODE_ALL_DATA");
        };
        let error = all.blocks::<Vendor_Six>().unwrap_err();
        assert_eq!(
            (error.member, error.offset, error.fault),
            ("LengthInstanceData", at, wrong(size as usize))
        );
    }

    let mut bytes = by_hand::one_static().bytes();
    patch(&mut bytes, 60, 5);
    let Ok(Wnode::SingleInstance(single)) = Wnode::decode(&bytes) else {
        panic!("it is a WNODE_SINGLE_INSTANCE");
    };
    let error = single.block::<Vendor_Eight>().unwrap_err();
    assert_eq!((error.member, error.offset), ("Guid", 24));
    let error = single.block::<Vendor_Six>().unwrap_err();
    assert_eq!(
        (error.member, error.offset, error.fault),
        ("SizeDataBlock", 60, wrong(5))
    );
}

/// A string shorter than its maximum shifts the items after it.
#[test]
fn blocks_with_short_strings_are_explained() {
    let mut bytes = by_hand::two_sizes().bytes();
    patch(&mut bytes, 64, 6);
    for (first, second, short) in [
        (4, 4, None),
        (2, 4, Some(60)),
        (4, 2, Some(68)),
        (0, 0, Some(60)),
    ] {
        bytes[80..82].copy_from_slice(&[first, 0]);
        bytes[104..106].copy_from_slice(&[second, 0]);
        let Ok(Wnode::AllData(all)) = Wnode::decode(&bytes) else {
            panic!("it is a WNODE_ALL_DATA");
        };
        let error = all.blocks::<Vendor_Text>().err();
        let found = error.map(|error| (error.member, error.offset, error.fault));
        let expected = short.map(|offset| ("OffsetInstanceData", offset, Fault::ShortText));
        assert_eq!(found, expected);
    }
}
