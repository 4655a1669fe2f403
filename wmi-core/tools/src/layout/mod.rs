//! The layout of a data block, from a class of any origin: derived, MOF text or binary MOF.
//!
//! A [`BlockLayout`] is made from a class and those it may embed, or from the parameters of a
//! method in one direction. It applies the same rule as the derive. After the first item of
//! variable size, offsets depend on the data and are `None`.
//!
//! ```
//! use wmi_core::WmiClass;
//! use wmi_tools::layout::BlockLayout;
//! use wmi_tools::Classes;
//!
//! /// A disk.
//! #[derive(WmiClass)]
//! #[wmi(variable, name = "Vendor_Disk", guid = "2a7f2f0e-64a1-4f6d-9d36-b8b6a2f0c7d4")]
//! pub struct Disk<'a> {
//!     /// Whether it is there.
//!     #[wmi(data_id = 1)]
//!     pub present: bool,
//!     /// Its size, in bytes.
//!     #[wmi(data_id = 2)]
//!     pub size: u64,
//!     /// Its name.
//!     #[wmi(data_id = 3)]
//!     pub label: &'a str,
//!     /// Its slot.
//!     #[wmi(data_id = 4)]
//!     pub slot: u32,
//! }
//!
//! let block = BlockLayout::of(Disk::CLASS, &Classes::default()).unwrap();
//! let offsets: Vec<_> = block.items.iter().map(|item| item.offset).collect();
//! assert_eq!(offsets, [Some(0), Some(8), Some(16), None]);
//! assert_eq!((block.size, block.align), (None, 8));
//! ```

mod error;
mod rule;

use std::sync::Arc;

pub use error::{LayoutError, LayoutFault};

use wmi_core::schema::{CimType, Property};
use wmi_core::{DateTime, Text, WmiField, layout};

/// The maximum nesting depth of embedded classes, which bounds the stack that reading a block
/// takes.
pub const MAX_DEPTH: usize = 32;

/// The layout of a data block, or of the parameters of a method in one direction.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct BlockLayout<'a> {
    /// The class, or the method.
    pub name: &'a str,
    /// The items in block order.
    pub items: Vec<BlockItem<'a>>,
    /// The largest alignment of the items; 1 without items.
    pub align: usize,
    /// Size in bytes up to the end of the last item, the `X_SIZE` of a generated header; `None` if
    /// it depends on the data.
    pub size: Option<usize>,
    /// The nesting depth of embedded classes: 0 to [`MAX_DEPTH`].
    pub depth: usize,
}

impl<'a> BlockLayout<'a> {
    /// Returns the item of this name, ignoring case.
    #[must_use]
    pub fn item(&self, name: &str) -> Option<&BlockItem<'a>> {
        let same = |item: &&BlockItem<'a>| item.property.name.eq_ignore_ascii_case(name);
        self.items.iter().find(same)
    }

    /// Returns the item with this `WmiDataId`.
    #[must_use]
    pub fn item_by_id(&self, id: u32) -> Option<&BlockItem<'a>> {
        self.items.iter().find(|item| item.id == id)
    }

    /// Returns whether the item at this position, from zero, counts the elements of an array.
    #[must_use]
    pub fn counts(&self, position: usize) -> bool {
        let counted = Elements::Counted { by: position };
        self.items.iter().any(|item| item.elements == counted)
    }

    /// Returns the type of one of these items in MOF syntax, with the length of an array or string:
    /// `string(40)`, `uint8[6]`, `uint16[Count]`.
    #[must_use]
    pub fn type_text(&self, item: &BlockItem<'a>) -> String {
        let name = item.property.type_name;
        let name = match item.element {
            ElementType::Text { max: Some(max) } => format!("{name}({max})"),
            _ => name.to_owned(),
        };
        match item.elements {
            Elements::One => name,
            Elements::Fixed(count) => format!("{name}[{count}]"),
            Elements::Counted { by } => {
                let by = self.items.get(by).map_or("", |item| item.property.name);
                format!("{name}[{by}]")
            }
        }
    }

    /// Returns the size in bytes as a member of another block, with the padding at the end that C's
    /// `sizeof` includes; `None` if it depends on the data.
    #[must_use]
    pub fn padded_size(&self) -> Option<usize> {
        layout::padded(self.size?, self.align)
    }
}

/// An item of a [`BlockLayout`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct BlockItem<'a> {
    /// The property or parameter.
    pub property: &'a Property<'a>,
    /// The `WmiDataId`; for a parameter, its position among all parameters of the method, counted
    /// from 1, which a generated header calls its id.
    pub id: u32,
    /// Offset in bytes from the start of the block; `None` after an item of variable size.
    pub offset: Option<usize>,
    /// The type of the item, or of each element.
    pub element: ElementType<'a>,
    /// The number of elements.
    pub elements: Elements,
}

impl BlockItem<'_> {
    /// Returns the size in bytes; `None` if it depends on the data.
    #[must_use]
    pub fn size(&self) -> Option<usize> {
        let count = match self.elements {
            Elements::One => 1,
            Elements::Fixed(count) => usize::try_from(count).unwrap_or(usize::MAX),
            Elements::Counted { .. } => return None,
        };
        // A saturated product exceeds the largest block, which is checked.
        Some(self.element.size()?.saturating_mul(count))
    }

    /// Returns the alignment in bytes.
    #[must_use]
    pub fn align(&self) -> usize {
        self.element.align()
    }
}

/// The number of elements of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Elements {
    /// The item is not an array.
    One,
    /// This number of elements: `T x[n]` or `[MAX(n)] T x[]`.
    Fixed(u32),
    /// The value of an earlier item, an [`ElementType::Integer`], at this position in
    /// [`BlockLayout::items`].
    Counted {
        /// The position, from zero.
        by: usize,
    },
}

/// The type of an item, or of each element of an array.
#[derive(Clone, Debug, PartialEq)]
pub enum ElementType<'a> {
    /// `boolean`: one byte, zero or nonzero.
    Boolean,
    /// An integer.
    Integer(Integer),
    /// `char16`: one UTF-16 unit.
    Char16,
    /// `string`: a byte count of 16 bits, then the UTF-16 units.
    Text {
        /// `MaxLen`: the number of units with space in the block; `None` without a maximum.
        max: Option<u16>,
    },
    /// `datetime`: 25 UTF-16 units.
    DateTime,
    /// An embedded class.
    Class(Arc<BlockLayout<'a>>),
}

impl<'a> ElementType<'a> {
    /// Returns the size in bytes of one element; `None` if it depends on the data.
    #[must_use]
    pub fn size(&self) -> Option<usize> {
        match self {
            Self::Boolean => Some(bool::SIZE),
            Self::Integer(integer) => Some(integer.size()),
            Self::Char16 => Some(u16::SIZE),
            Self::Text { max } => max.map(|max| layout::text_size(max.into())),
            Self::DateTime => Some(DateTime::SIZE),
            Self::Class(block) => block.padded_size(),
        }
    }

    /// Returns the embedded class, if the type is one.
    #[must_use]
    pub fn class(&self) -> Option<&BlockLayout<'a>> {
        match self {
            Self::Class(block) => Some(block),
            _ => None,
        }
    }

    /// Returns the alignment in bytes.
    #[must_use]
    pub fn align(&self) -> usize {
        match self {
            Self::Boolean => bool::ALIGN,
            Self::Integer(integer) => integer.size(),
            Self::Char16 => u16::ALIGN,
            Self::Text { .. } => Text::<1>::ALIGN,
            Self::DateTime => DateTime::ALIGN,
            Self::Class(block) => block.align,
        }
    }
}

/// The integer types of items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Integer {
    /// `sint8`.
    I8,
    /// `uint8`.
    U8,
    /// `sint16`.
    I16,
    /// `uint16`.
    U16,
    /// `sint32`.
    I32,
    /// `uint32`.
    U32,
    /// `sint64`.
    I64,
    /// `uint64`.
    U64,
}

impl Integer {
    /// Returns the integer type, if it is one.
    #[must_use]
    pub const fn from_cim_type(cim_type: CimType) -> Option<Self> {
        Some(match cim_type {
            CimType::Sint8 => Self::I8,
            CimType::Uint8 => Self::U8,
            CimType::Sint16 => Self::I16,
            CimType::Uint16 => Self::U16,
            CimType::Sint32 => Self::I32,
            CimType::Uint32 => Self::U32,
            CimType::Sint64 => Self::I64,
            CimType::Uint64 => Self::U64,
            _ => return None,
        })
    }

    /// Returns the size in bytes, which is also the alignment.
    #[must_use]
    pub const fn size(self) -> usize {
        match self {
            Self::I8 => i8::SIZE,
            Self::U8 => u8::SIZE,
            Self::I16 => i16::SIZE,
            Self::U16 => u16::SIZE,
            Self::I32 => i32::SIZE,
            Self::U32 => u32::SIZE,
            Self::I64 => i64::SIZE,
            Self::U64 => u64::SIZE,
        }
    }

    /// Returns the Rust type.
    #[cfg(feature = "import")]
    pub(crate) const fn rust_type(self) -> &'static str {
        match self {
            Self::I8 => "i8",
            Self::U8 => "u8",
            Self::I16 => "i16",
            Self::U16 => "u16",
            Self::I32 => "i32",
            Self::U32 => "u32",
            Self::I64 => "i64",
            Self::U64 => "u64",
        }
    }
}
