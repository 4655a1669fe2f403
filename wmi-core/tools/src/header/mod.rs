//! The C header of a schema, as `wmimofck -h` writes it: GUIDs, structures of the data blocks,
//! sizes and ids of items, ids of methods. Owns the contents of the header; sizes and order come
//! from the schema.
//!
//! ```
//! use wmi_core::schema::{CimType, Class, Property, Qualifier, Schema, Value};
//! use wmi_tools::header::Header;
//!
//! let wmi = [Qualifier::new("WMI", Value::Boolean(true))];
//! let id = [Qualifier::new("WmiDataId", Value::Integer(1))];
//! let properties = [Property::new("Length", CimType::Uint32, "uint32").with_qualifiers(&id)];
//! let class = Class::new("Vendor_Queue").with_qualifiers(&wmi).with_properties(&properties);
//! let classes = [&class];
//! let schema = Schema::new(&classes);
//! let header = Header::new("queue.h", &schema).to_string();
//! assert!(header.starts_with("#ifndef _queue_h_\n#define _queue_h_\n"));
//! assert!(header.contains("    ULONG Length;\n    #define Vendor_Queue_Length_SIZE sizeof(ULONG)\n"));
//! ```
//!
//! # Headers to include before it
//!
//! `ntddk.h` or `windows.h`, for the types, `FIELD_OFFSET` and `DEFINE_GUID`; and `initguid.h` in
//! the one file that defines the GUIDs.
//!
//! # Where `wmimofck` is wrong
//!
//! The header equals that of `wmimofck` token for token, so that code written for it compiles. In a
//! few places `wmimofck`'s header contradicts the data block or does not compile;
//! [`corrected`](Header::corrected) fixes these:
//!
//! | place | `wmimofck` | corrected |
//! |---|---|---|
//! | embedded class with a part of variable size | `T x;` with the size `sizeof(T)`, and constant offsets after it | no size; the items after it are comments |
//! | array of such classes | `T x[n];` | `T x[1];` |
//! | string without maximum | `CHAR`, possibly at an odd offset | `WCHAR`, at an even offset as on the wire |
//! | class whose aligned items are only comments | aligned as the members before | `DECLSPEC_ALIGN` |
//! | class whose base has items | only its own | those of the base too |
//! | class that needs [`variable_members`](Header::variable_members) | `char VariableData[1]` | its members |
//! | `X_SIZE` where `DefineDataId` renames the last item | names a macro that does not exist | names the renamed one |
//! | methods of one name in two classes | both define it, and the structures of its parameters | `Class_Method` |
//! | `DefineValues` of one name and different values | both define it | `Structure_Name` |
//! | item named like a C keyword or a method | does not compile | a `_` after the name |
//! | guard of a file name with a `-` | no identifier | `_` |
//! | class without `WMI` that another embeds | not declared | declared |
//!
//! A name or value from a qualifier that does not stay in its line, because of a line end or the start
//! of a comment, is left out; only `cpp_quote` brings lines of its own.
//!
//! A class or method without a [layout](crate::layout) is left as it is. Other classes without the
//! qualifier `WMI` are not declared, because no driver provides them.
//!
//! In both headers a string with `MaxLen` takes its full size. This holds for blocks whose writer
//! pads the string, as [`Text`](wmi_core::Text) does.
//!
//! Sources: headers written by `wmimofck` (`iscsiprf.h`, `iscsiop.h`, `wmidata.h`); "Using
//! wmimofck.exe", windows-driver-docs. `wmimofck`'s form of arrays of strings and dates, and of
//! items of fixed size after one of variable size, is unknown; here such an item keeps its `_SIZE`.

mod member;
mod names;
mod structure;
mod writer;

use core::fmt;

#[cfg(feature = "doc")]
pub(crate) use member::c_types;
#[cfg(feature = "check")]
pub(crate) use member::structure_name;
#[cfg(feature = "doc")]
pub(crate) use names::{GuidNames, guid_names};
#[cfg(feature = "check")]
pub(crate) use names::{defined_values, method_stem};
#[cfg(feature = "check")]
pub(crate) use writer::is_written;

use crate::Classes;

/// A C header, by default as `wmimofck -h` writes it.
#[derive(Clone, Debug)]
#[must_use = "this is text only once it is formatted"]
pub struct Header<'a> {
    file_name: &'a str,
    classes: Classes<'a>,
    method_structs: bool,
    variable_members: bool,
    corrected: bool,
}

impl<'a> Header<'a> {
    /// Creates the header of these classes. The file name gives the include guard, `_iscsiprf_h_`
    /// for `iscsiprf.h`; its folders are ignored.
    pub fn new(file_name: &'a str, classes: impl Into<Classes<'a>>) -> Self {
        Self {
            file_name,
            classes: classes.into(),
            method_structs: false,
            variable_members: false,
            corrected: false,
        }
    }

    /// Sets whether the parameters of methods have structures, `Method_IN` and `Method_OUT`
    /// (`wmimofck -m`).
    pub fn method_structs(mut self, on: bool) -> Self {
        self.method_structs = on;
        self
    }

    /// Sets whether a class with items after one of variable size has members (`wmimofck -u`). The
    /// items after it become comments, because their offsets are not constant.
    pub fn variable_members(mut self, on: bool) -> Self {
        self.variable_members = on;
        self
    }

    /// Sets whether the header is corrected [where `wmimofck` is
    /// wrong](crate::header#where-wmimofck-is-wrong).
    pub fn corrected(mut self, on: bool) -> Self {
        self.corrected = on;
        self
    }
}

impl fmt::Display for Header<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writer::Writer::new(f, self).header()
    }
}

/// Returns bytes as the initialiser list of a C array, without its braces: `wmimofck -x` writes a
/// binary MOF like this, for drivers that serve their own MOF.
///
/// ```
/// assert_eq!(wmi_tools::header::hexadecimal(b"FOMB"), "    0x46, 0x4f, 0x4d, 0x42\n");
/// ```
///
/// Source: "Implementing Dynamic MOF Data", windows-driver-docs. The text of `wmimofck -x` itself is
/// not published; C reads both alike.
#[must_use]
pub fn hexadecimal(bytes: &[u8]) -> String {
    const IN_LINE: usize = 16;
    let lines = bytes.chunks(IN_LINE).map(|line| {
        let numbers: Vec<_> = line.iter().map(|byte| format!("{byte:#04x}")).collect();
        format!("    {}", numbers.join(", "))
    });
    lines.collect::<Vec<_>>().join(",\n") + "\n"
}
