//! Declarations of properties and parameters in C.

use std::borrow::Cow;

use super::names::name_of;
use crate::Classes;
use crate::layout::BlockItem;
use crate::layout::BlockLayout;
use wmi_core::schema::{Array, CimType, Class, Property};

/// A structure member.
#[derive(Clone, Debug)]
pub(super) struct Member<'a> {
    pub(super) property: &'a Property<'a>,
    /// The `WmiDataId`, or the position of the parameter.
    pub(super) id: u32,
    pub(super) declaration: Declaration<'a>,
    /// The alignment on the wire, in a corrected header.
    pub(super) align: Option<usize>,
}

/// `c_type name dimensions`
#[derive(Clone, Debug)]
pub(super) struct Declaration<'a> {
    pub(super) c_type: &'a str,
    pub(super) name: Cow<'a, str>,
    pub(super) dimensions: String,
    pub(super) extent: Extent,
}

/// Whether a declaration gives the size of its item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// The item always has this size.
    Fixed,
    /// The item has at most this size: a string with a maximum, which may be shorter.
    Bounded,
    /// The declaration gives only the start of the item.
    Variable,
}

/// Returns the members of these items as `wmimofck` declares them.
pub(super) fn members<'a>(
    classes: &Classes<'a>,
    items: Vec<(u32, &'a Property<'a>)>,
) -> Vec<Member<'a>> {
    let member = |(id, property)| Member {
        property,
        id,
        declaration: declaration(classes, property),
        align: None,
    };
    items.into_iter().map(member).collect()
}

/// Returns the members of a data block as they are on the wire.
pub(super) fn corrected_members<'a>(
    classes: &Classes<'a>,
    block: &BlockLayout<'a>,
) -> Vec<Member<'a>> {
    let member = |item: &BlockItem<'a>| Member {
        property: item.property,
        id: item.id,
        declaration: corrected(declaration(classes, item.property), item),
        align: Some(item.align()),
    };
    block.items.iter().map(member).collect()
}

fn corrected<'a>(declaration: Declaration<'a>, item: &BlockItem<'a>) -> Declaration<'a> {
    match (declaration.extent, item.property.cim_type) {
        (Extent::Variable, CimType::String) => Declaration {
            c_type: "WCHAR",
            ..declaration
        },
        (Extent::Fixed, _) if item.size().is_none() => Declaration {
            dimensions: match item.property.dimension() {
                Array::Scalar => String::new(),
                _ => "[1]".into(),
            },
            extent: Extent::Variable,
            ..declaration
        },
        _ => declaration,
    }
}

fn declaration<'a>(classes: &Classes<'a>, property: &'a Property<'a>) -> Declaration<'a> {
    let name = property.name;
    let dimension = property.dimension();
    let (count, extent) = match dimension {
        Array::Scalar => (String::new(), Extent::Fixed),
        Array::Fixed(length) => (format!("[{length}]"), Extent::Fixed),
        Array::Variable => ("[1]".into(), Extent::Variable),
    };
    let (c_type, name, dimensions, extent) = match (property.cim_type, dimension) {
        (CimType::Datetime, _) => ("WCHAR", name, format!("{count}[25]"), extent),
        (CimType::String, Array::Variable) => ("WCHAR", name, count, extent),
        // A string is its count, in one unit, and its units.
        (CimType::String, _) => match (property.max_len(), dimension) {
            (Some(units), _) => {
                let dimensions = format!("{count}[{units} + 1]");
                ("WCHAR", name, dimensions, Extent::Bounded)
            }
            (None, Array::Scalar) => ("CHAR", "VariableData", "[1]".into(), Extent::Variable),
            (None, _) => ("WCHAR", name, "[1]".into(), Extent::Variable),
        },
        _ => match c_type(classes, property) {
            Some(c_type) => (c_type, name, count, extent),
            None => ("CHAR", "VariableData", "[1]".into(), Extent::Variable),
        },
    };
    Declaration {
        c_type,
        name: Cow::Borrowed(name),
        dimensions,
        extent,
    }
}

/// Returns the C type of an element, or `None` if C does not have one.
fn c_type<'a>(classes: &Classes<'a>, property: &Property<'a>) -> Option<&'a str> {
    Some(match property.cim_type {
        CimType::Boolean => "BOOLEAN",
        CimType::Sint8 => "CHAR",
        CimType::Uint8 => "UCHAR",
        CimType::Sint16 | CimType::Char16 => "SHORT",
        CimType::Uint16 => "USHORT",
        CimType::Sint32 => "LONG",
        CimType::Uint32 => "ULONG",
        CimType::Sint64 => "LONGLONG",
        CimType::Uint64 => "ULONGLONG",
        CimType::String | CimType::Datetime => "WCHAR",
        // No driver uses these. The compiler decides their layout.
        CimType::Real32 => "float",
        CimType::Real64 => "double",
        CimType::Reference => return None,
        // `object` without a class name is an object of any class.
        CimType::Object if property.type_name.eq_ignore_ascii_case("object") => return None,
        CimType::Object => match classes.embedded(property) {
            Some(class) => structure_name(class),
            None => property.type_name,
        },
    })
}

/// Returns the types of a data block's items as a corrected header declares them: `WCHAR[40 + 1]`.
#[cfg(feature = "doc")]
pub(crate) fn c_types(classes: &Classes<'_>, block: &BlockLayout<'_>) -> Vec<String> {
    let members = corrected_members(classes, block).into_iter();
    let types = members.map(|member| {
        let Declaration {
            c_type, dimensions, ..
        } = member.declaration;
        format!("{c_type}{dimensions}")
    });
    types.collect()
}

/// Returns the name of the structure of a class.
pub(crate) fn structure_name<'a>(class: &Class<'a>) -> &'a str {
    name_of(class.qualifiers, "HeaderName").unwrap_or(class.name)
}
