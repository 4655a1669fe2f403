//! Reading WNODEs. [`Wnode::decode`] checks all sizes and offsets once, so the values it returns lie
//! within the given bytes.

mod all_data;
mod bytes;
mod reference;
mod single;

use core::mem::offset_of;

use super::flags::{
    WNODE_FLAG_ALL_DATA, WNODE_FLAG_ANSI_INSTANCENAMES, WNODE_FLAG_EVENT_REFERENCE,
    WNODE_FLAG_METHOD_ITEM, WNODE_FLAG_NO_HEADER, WNODE_FLAG_PDO_INSTANCE_NAMES,
    WNODE_FLAG_SINGLE_INSTANCE, WNODE_FLAG_SINGLE_ITEM, WNODE_FLAG_STATIC_INSTANCE_NAMES,
    WNODE_FLAG_TOO_SMALL, WNODE_FLAG_TRACED_GUID, WNODE_FLAG_USE_GUID_PTR, WNODE_FLAG_USE_MOF_PTR,
};
use super::{DATA_ALIGNMENT, Fault, WnodeError, WnodeHeader, WnodeTooSmall};
use crate::FixedBlock;
use crate::layout::{self, align_up};

pub use all_data::{AllData, Blocks};
use bytes::{Bytes, Member, wide};
pub use reference::EventReference;
pub(crate) use single::{Form, Single};
pub use single::{MethodItem, SingleInstance, SingleItem};

/// A WNODE that was read.
#[derive(Clone, Copy, Debug)]
pub enum Wnode<'a> {
    /// `WNODE_ALL_DATA`.
    AllData(AllData<'a>),
    /// `WNODE_SINGLE_INSTANCE`.
    SingleInstance(SingleInstance<'a>),
    /// `WNODE_SINGLE_ITEM`.
    SingleItem(SingleItem<'a>),
    /// `WNODE_METHOD_ITEM`.
    MethodItem(MethodItem<'a>),
    /// `WNODE_EVENT_REFERENCE`.
    EventReference(EventReference<'a>),
    /// `WNODE_TOO_SMALL`: the reply needs a buffer of this many bytes.
    TooSmall {
        /// `SizeNeeded`, in bytes.
        size_needed: u32,
    },
}

/// The flags that name the structure, and those of traces, pointers and ANSI names, whose bytes
/// would be misread.
pub(crate) const KIND: u32 = WNODE_FLAG_ALL_DATA
    | WNODE_FLAG_SINGLE_INSTANCE
    | WNODE_FLAG_SINGLE_ITEM
    | WNODE_FLAG_TOO_SMALL
    | WNODE_FLAG_EVENT_REFERENCE
    | WNODE_FLAG_METHOD_ITEM
    | WNODE_FLAG_ANSI_INSTANCENAMES
    | WNODE_FLAG_TRACED_GUID
    | WNODE_FLAG_USE_GUID_PTR
    | WNODE_FLAG_USE_MOF_PTR
    | WNODE_FLAG_NO_HEADER;

impl<'a> Wnode<'a> {
    /// Reads the WNODE at the start of `bytes`.
    ///
    /// Takes at most time linear in the length of `bytes`, whatever their content.
    ///
    /// # Errors
    ///
    /// [`WnodeError`] at the first invalid member. Data must start at a multiple of 8 and names at
    /// a multiple of 2, as WMI requires of drivers.
    pub fn decode(bytes: &'a [u8]) -> Result<Self, WnodeError> {
        let bytes = Bytes::new(bytes)?;
        let flags = bytes.header.flags.get();
        match flags & KIND {
            WNODE_FLAG_ALL_DATA => AllData::decode(bytes).map(Self::AllData),
            WNODE_FLAG_SINGLE_INSTANCE => SingleInstance::decode(bytes).map(Self::SingleInstance),
            WNODE_FLAG_SINGLE_ITEM => SingleItem::decode(bytes).map(Self::SingleItem),
            WNODE_FLAG_METHOD_ITEM => MethodItem::decode(bytes).map(Self::MethodItem),
            WNODE_FLAG_EVENT_REFERENCE => EventReference::decode(bytes).map(Self::EventReference),
            WNODE_FLAG_TOO_SMALL => {
                let fields: &WnodeTooSmall = bytes.structure()?;
                Ok(Self::TooSmall {
                    size_needed: fields.size_needed.get(),
                })
            }
            _ => {
                let member = Member("Flags", offset_of!(WnodeHeader, flags));
                Err(member.error(Fault::UnknownKind { flags }))
            }
        }
    }

    /// Returns the bytes from the next WNODE on, at the `Linkage` of the WNODE at the start of
    /// `bytes`; `None` after the last. A query answered by several providers returns such a chain.
    ///
    /// Each WNODE starts after the end of the previous one, so following the chain terminates.
    ///
    /// Source: "`IoWMIQueryAllData`", windows-driver-docs-ddi.
    ///
    /// # Errors
    ///
    /// [`WnodeError`] if the header is invalid, or if `Linkage` refers to bytes inside this WNODE
    /// or beyond the end.
    pub fn linked(bytes: &'a [u8]) -> Result<Option<&'a [u8]>, WnodeError> {
        let header = Bytes::new(bytes)?.header;
        let (start, first) = (wide(header.linkage), wide(header.buffer_size));
        match bytes.get(start..) {
            _ if start == 0 => Ok(None),
            Some(next) if start >= first && next.len() >= size_of::<WnodeHeader>() => {
                Ok(Some(next))
            }
            _ => {
                let member = Member("Linkage", offset_of!(WnodeHeader, linkage));
                Err(member.error(Fault::OutOfBounds {
                    start,
                    length: size_of::<WnodeHeader>(),
                    first,
                    end: bytes.len(),
                }))
            }
        }
    }
}

/// The flags of static names; either one means that instances have an index.
pub(crate) const STATIC_NAMES: u32 =
    WNODE_FLAG_STATIC_INSTANCE_NAMES | WNODE_FLAG_PDO_INSTANCE_NAMES;

fn has_static_names(header: &WnodeHeader) -> bool {
    header.flags.get() & STATIC_NAMES != 0
}

fn check_guid<C: FixedBlock>(header: &WnodeHeader) -> Result<(), WnodeError> {
    if header.guid() == C::GUID {
        Ok(())
    } else {
        Err(Member("Guid", offset_of!(WnodeHeader, guid)).error(Fault::WrongGuid))
    }
}

fn check_size<C: FixedBlock>(member: Member, size: usize) -> Result<(), WnodeError> {
    // At most the padding up to the next possible block, so that all blocks of a class have the
    // same stride.
    let padded = align_up(C::SIZE, C::ALIGN.min(DATA_ALIGNMENT)).unwrap_or(C::SIZE);
    if (C::SIZE..=padded).contains(&size) {
        Ok(())
    } else {
        Err(wrong_size::<C>(member, size))
    }
}

/// Checks that no string is shorter than its maximum, which would shift the items after it.
fn check_texts<C: FixedBlock>(member: Member, data: &[u8]) -> Result<(), WnodeError> {
    if const { layout::has_text(C::ITEMS) } && !layout::is_regular(C::ITEMS, data) {
        return Err(member.error(Fault::ShortText));
    }
    Ok(())
}

fn wrong_size<C: FixedBlock>(member: Member, found: usize) -> WnodeError {
    member.error(Fault::WrongSize {
        expected: C::SIZE,
        found,
    })
}
