//! How a property or parameter is declared in C.

use alloc::format;
use alloc::string::String;

use super::shape::{Shape, Shapes};
use crate::schema::{Array, CimType, Class, Classes, Property};

/// The declaration of a member, `c_type name dimensions`.
#[derive(Clone, Debug)]
pub(super) struct Member<'a> {
    pub(super) property: &'a Property<'a>,
    /// The `WmiDataId`, or the place among the parameters.
    pub(super) id: u32,
    pub(super) c_type: &'a str,
    pub(super) name: &'a str,
    pub(super) dimensions: String,
    pub(super) extent: Extent,
    pub(super) align: u32,
}

/// How much a member says about the size of its item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// All: the item has this size always.
    Fixed,
    /// The most: a string with a maximum, whose writer may leave some of its place.
    Bounded,
    /// Only where the item starts.
    Variable,
}

/// What declarations depend on.
#[derive(Debug)]
pub(super) struct Types<'h, 'a> {
    pub(super) classes: &'h Classes<'a>,
    /// Known where the header is to be right about them.
    pub(super) shapes: Option<Shapes<'a>>,
}

impl<'a> Types<'_, 'a> {
    /// The declaration of an item or parameter.
    pub(super) fn member(&self, id: u32, property: &'a Property<'a>) -> Member<'a> {
        let dimension = property.dimension();
        let (c_type, name, dimensions, extent) = match property.cim_type {
            CimType::String => self.string(property, dimension),
            CimType::Datetime => {
                let (count, extent) = elements(dimension);
                ("WCHAR", property.name, format!("{count}[25]"), extent)
            }
            _ => match self.c_type(property) {
                Some(c_type) => {
                    let varies = self.shape(property).varies && dimension != Array::Variable;
                    let (count, extent) = match dimension {
                        Array::Scalar if varies => (String::new(), Extent::Variable),
                        _ if varies => elements(Array::Variable),
                        _ => elements(dimension),
                    };
                    (c_type, property.name, count, extent)
                }
                None => self.unbounded(),
            },
        };
        Member {
            property,
            id,
            c_type,
            name,
            dimensions,
            extent,
            align: self.shape(property).align,
        }
    }

    /// A string is its count in one unit, then its units.
    fn string(
        &self,
        property: &'a Property<'a>,
        dimension: Array,
    ) -> (&'a str, &'a str, String, Extent) {
        match (dimension, property.max_len()) {
            (Array::Scalar, None) => self.unbounded(),
            (Array::Scalar | Array::Fixed(_), Some(units)) => {
                let (count, _) = elements(dimension);
                let dimensions = format!("{count}[{units} + 1]");
                ("WCHAR", property.name, dimensions, Extent::Bounded)
            }
            _ => ("WCHAR", property.name, "[1]".into(), Extent::Variable),
        }
    }

    /// A string without maximum, which loses its name.
    fn unbounded(&self) -> (&'a str, &'a str, String, Extent) {
        let c_type = if self.shapes.is_some() {
            "WCHAR"
        } else {
            "CHAR"
        };
        (c_type, "VariableData", "[1]".into(), Extent::Variable)
    }

    fn shape(&self, property: &Property<'_>) -> Shape {
        match &self.shapes {
            Some(shapes) => shapes.item(self.classes, property),
            None => Shape {
                varies: false,
                align: 1,
            },
        }
    }

    /// The C type of an element, `None` where C has none.
    fn c_type(&self, property: &'a Property<'a>) -> Option<&'a str> {
        Some(match property.cim_type {
            CimType::Boolean => "BOOLEAN",
            CimType::Sint8 => "CHAR",
            CimType::Uint8 => "UCHAR",
            CimType::Sint16 => "SHORT",
            CimType::Uint16 => "USHORT",
            CimType::Sint32 => "LONG",
            CimType::Uint32 => "ULONG",
            CimType::Sint64 => "LONGLONG",
            CimType::Uint64 => "ULONGLONG",
            // No driver has these; their layout is the compiler's.
            CimType::Real32 => "float",
            CimType::Real64 => "double",
            CimType::Char16 | CimType::String | CimType::Datetime => "WCHAR",
            CimType::Object if property.type_name.eq_ignore_ascii_case("object") => return None,
            CimType::Object => self
                .classes
                .embedded(property)
                .map_or(property.type_name, structure_name),
            CimType::Reference => return None,
        })
    }
}

/// The name of the structure of a class.
pub(super) fn structure_name<'a>(class: &'a Class<'a>) -> &'a str {
    class.qualifiers.text("HeaderName").unwrap_or(class.name)
}

/// The C dimension of the elements; those of a variable number start here.
fn elements(dimension: Array) -> (String, Extent) {
    match dimension {
        Array::Scalar => (String::new(), Extent::Fixed),
        Array::Fixed(length) => (format!("[{length}]"), Extent::Fixed),
        Array::Variable => ("[1]".into(), Extent::Variable),
    }
}
