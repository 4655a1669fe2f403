//! Compares the reader under test with the naive one.

use core::ops::{Range, RangeInclusive};

use wmi_core::FixedBlock;
use wmi_core::wnode::{InstanceId, Wnode, WnodeError};

use crate::naive::{self, Content, Id, Wrong};

/// Reads the input with both and compares the results, down to the offset of the first fault. This
/// touches everything that the reader returns, and shows that it lies within the input.
pub(crate) fn agree(input: &[u8]) {
    let ours = Wnode::decode(input).map(|wnode| content(input, wnode));
    assert_eq!(ours.map_err(place_of), naive::read(input));
}

/// Does the same, and reads the data blocks as those of class `C`, whose instances may have these
/// sizes in bytes.
pub(crate) fn agree_on<C: FixedBlock>(input: &[u8], sizes: RangeInclusive<usize>) {
    agree(input);
    let (blocks, instances) = match Wnode::decode(input) {
        Ok(Wnode::AllData(all)) => (
            all.blocks::<C>().map(|blocks| {
                assert_eq!(blocks.len(), all.instance_count() as usize);
                blocks.collect()
            }),
            (0..all.instance_count())
                .map(|index| all.data(index).unwrap())
                .collect(),
        ),
        Ok(Wnode::SingleInstance(single)) => (
            single.block::<C>().map(|block| vec![block]),
            vec![single.data()],
        ),
        _ => return,
    };
    match blocks {
        Ok(blocks) => {
            assert_eq!(input[24..40], C::GUID.to_bytes());
            assert_eq!(blocks.len(), instances.len());
            for (block, data) in blocks.iter().zip(&instances) {
                assert!(sizes.contains(&data.len()));
                assert_eq!(block.as_bytes(), &data[..*sizes.start()]);
            }
        }
        Err(error) => match error.member {
            "Guid" => assert_ne!(input[24..40], C::GUID.to_bytes()),
            _ => assert!(instances.iter().any(|data| !sizes.contains(&data.len()))),
        },
    }
}

fn place_of(error: WnodeError) -> Wrong {
    assert!(!error.to_string().is_empty());
    (error.member, error.offset as u128)
}

fn content(input: &[u8], wnode: Wnode<'_>) -> Content {
    match wnode {
        Wnode::AllData(all) => {
            let count = all.instance_count();
            assert_eq!((all.id(count), all.data(count)), (None, None));
            assert_eq!(all.data(u32::MAX), None);
            place(input, zerocopy::IntoBytes::as_bytes(all.header()));
            Content::AllData(
                (0..count)
                    .map(|index| {
                        let data = all.data(index).expect("each instance has data");
                        (id(all.id(index).expect("and a name")), place(input, data))
                    })
                    .collect(),
            )
        }
        Wnode::SingleInstance(single) => {
            place(input, zerocopy::IntoBytes::as_bytes(single.header()));
            Content::SingleInstance(id(single.id()), place(input, single.data()))
        }
        Wnode::SingleItem(single) => {
            place(input, zerocopy::IntoBytes::as_bytes(single.header()));
            let data = place(input, single.data());
            Content::SingleItem(id(single.id()), single.item_id(), data)
        }
        Wnode::MethodItem(single) => {
            place(input, zerocopy::IntoBytes::as_bytes(single.header()));
            let data = place(input, single.data());
            Content::MethodItem(id(single.id()), single.method_id(), data)
        }
        Wnode::EventReference(event) => {
            place(input, zerocopy::IntoBytes::as_bytes(event.header()));
            let target = event.target_guid().to_bytes();
            Content::EventReference(id(event.id()), target, event.target_data_block_size())
        }
        Wnode::TooSmall { size_needed } => Content::TooSmall(size_needed),
    }
}

fn id(id: InstanceId<'_>) -> Id {
    match id {
        InstanceId::Static(index) => Id::Static(index),
        InstanceId::Dynamic(name) => {
            let units: Vec<u16> = name.units().collect();
            assert_eq!(name.to_string(), String::from_utf16_lossy(&units));
            Id::Dynamic(units)
        }
    }
}

/// Returns the range of a part in the whole.
fn place(whole: &[u8], part: &[u8]) -> Range<usize> {
    let (whole, part) = (whole.as_ptr_range(), part.as_ptr_range());
    assert!(whole.start <= part.start && part.end <= whole.end);
    let offset = |end: *const u8| end.addr() - whole.start.addr();
    offset(part.start)..offset(part.end)
}
