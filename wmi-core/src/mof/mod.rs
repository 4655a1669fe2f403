//! Writes a [`schema`](crate::schema) as MOF text through [`Display`](core::fmt::Display), without
//! allocation. Owns the form of MOF text; the schema owns its content.
//!
//! ```
//! use wmi_core::mof::Style;
//! use wmi_core::schema::{CimType, Class, Property, Qualifier, Value};
//!
//! let id = [Qualifier::new("WmiDataId", Value::Integer(1))];
//! let properties = [Property::new("Length", CimType::Uint32, "uint32").with_qualifiers(&id)];
//! let class = Class::new("Vendor_Queue").with_properties(&properties);
//! assert_eq!(
//!     class.mof().style(Style::Neutral).to_string(),
//!     "class Vendor_Queue\n{\n    [WmiDataId(1)]\n    uint32 Length;\n};\n",
//! );
//! ```

mod escape;
mod style;
mod writer;

use core::fmt;

use crate::schema::{Class, File, Schema};
use writer::Writer;

pub use escape::write_text;
pub use style::Style;

/// The MOF text of one class; see [`Class::mof`].
#[derive(Clone, Copy, Debug)]
#[must_use = "this is text only once it is formatted"]
pub struct ClassMof<'a> {
    class: &'a Class<'a>,
    style: Style,
}

/// The MOF text of a whole schema, including pragmas; see [`Schema::mof`].
#[derive(Clone, Copy, Debug)]
#[must_use = "this is text only once it is formatted"]
pub struct SchemaMof<'a> {
    schema: Schema<'a>,
    style: Style,
}

/// The MOF text of a whole file, including instances; see [`File::mof`].
#[derive(Clone, Copy, Debug)]
#[must_use = "this is text only once it is formatted"]
pub struct FileMof<'a> {
    file: File<'a>,
    style: Style,
    locale: Option<u32>,
}

impl<'a> File<'a> {
    /// Returns the file as MOF text, [`Style::Compilable`] unless another is set. Compiling it
    /// gives the same binary MOF if every embedded instance is in the namespace of its object, as
    /// text cannot express another.
    ///
    /// [`Style::Neutral`] and [`Style::Mfl`] are the two halves that `mofcomp -AMENDMENT` writes.
    /// Texts that the file keeps apart from its classes already, in any language, belong to the
    /// second half.
    pub const fn mof(&self) -> FileMof<'a> {
        FileMof {
            file: *self,
            style: Style::Compilable,
            locale: None,
        }
    }
}

impl<'a> Class<'a> {
    /// Returns the class declaration as MOF text, [`Style::Compilable`] unless another is set.
    pub const fn mof(&'a self) -> ClassMof<'a> {
        ClassMof {
            class: self,
            style: Style::Compilable,
        }
    }
}

impl<'a> Schema<'a> {
    /// Returns the schema as a MOF file, [`Style::Compilable`] unless another is set.
    ///
    /// [`Style::Mfl`] opens the child namespace of each class's locale (`ms_409`).
    pub const fn mof(&self) -> SchemaMof<'a> {
        SchemaMof {
            schema: *self,
            style: Style::Compilable,
        }
    }
}

impl ClassMof<'_> {
    /// Returns the text in another style.
    pub const fn style(mut self, style: Style) -> Self {
        self.style = style;
        self
    }
}

impl SchemaMof<'_> {
    /// Returns the text in another style.
    pub const fn style(mut self, style: Style) -> Self {
        self.style = style;
        self
    }
}

impl FileMof<'_> {
    /// Returns the text in another style.
    pub const fn style(mut self, style: Style) -> Self {
        self.style = style;
        self
    }

    /// Returns the text with the amended texts of all classes in this locale, a `LANGID`, whatever
    /// their `Locale` says. Only [`Style::Mfl`] shows the locale.
    pub const fn locale(mut self, locale: u32) -> Self {
        self.locale = Some(locale);
        self
    }
}

impl fmt::Display for FileMof<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Writer::new(f, self.style)
            .with_locale(self.locale)
            .file(&self.file)
    }
}

impl fmt::Display for ClassMof<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Writer::new(f, self.style).class(self.class)
    }
}

impl fmt::Display for SchemaMof<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Writer::new(f, self.style).schema(&self.schema)
    }
}
