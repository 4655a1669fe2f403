//! Structures of data blocks and parameters: members, their sizes and ids.

use std::borrow::Cow;

use core::fmt::{self, Write};

use super::member::{Declaration, Extent, Member};
use super::names::{name_of, written_values};
use super::writer::Writer;
use wmi_core::schema::Property;

/// A structure of the header.
pub(super) struct Structure<'a> {
    pub(super) name: String,
    /// The class, for the warning that replaces its members.
    pub(super) class: &'a str,
    pub(super) members: Vec<Member<'a>>,
}

impl<'a, W: Write> Writer<'_, 'a, W> {
    pub(super) fn structure(
        &mut self,
        structure: &Structure<'a>,
        variable_members: bool,
    ) -> fmt::Result {
        let Structure {
            name,
            class,
            members,
        } = structure;
        let varies = |member: &Member<'_>| member.declaration.extent == Extent::Variable;
        let declared = members.iter().position(varies);
        let declared = declared.map_or(members.len(), |first| first.saturating_add(1));
        let (declared, hidden) = members.split_at_checked(declared).unwrap_or_default();
        let known = hidden.is_empty() || variable_members;
        if !known {
            let warning = "cannot be created";
            writeln!(self.out, "// Warning: Header for class {class} {warning}")?;
        }
        writeln!(
            self.out,
            "typedef struct {}_{name}\n{{",
            Alignment::of(declared, hidden)
        )?;
        if known {
            for member in declared {
                self.member(name, member, "    ")?;
            }
            for member in hidden {
                self.member(name, member, "//  ")?;
            }
        } else {
            writeln!(self.out, "    char VariableData[1];\n")?;
        }
        writeln!(self.out, "}} {name}, *P{name};\n")?;
        match declared.last() {
            Some(last) if last.declaration.extent == Extent::Fixed && hidden.is_empty() => {
                self.size(name, last)
            }
            _ => Ok(()),
        }
    }

    /// Writes the size of the structure up to the end of its last item, which is less than `sizeof`
    /// if padding follows.
    fn size(&mut self, structure: &str, last: &Member<'_>) -> fmt::Result {
        write!(
            self.out,
            "#define {structure}_SIZE (FIELD_OFFSET({structure}, {}) + ",
            last.declaration.name
        )?;
        if self.header.corrected {
            self.define_stem(structure, last)?;
        } else {
            write!(self.out, "{structure}_{}", last.property.name)?;
        }
        writeln!(self.out, "_SIZE)\n")
    }

    fn member(&mut self, structure: &str, member: &Member<'a>, start: &str) -> fmt::Result {
        let property = member.property;
        self.cpp_quote(property.qualifiers.text("cpp_quote"))?;
        self.define_values(structure, property)?;
        let text = property.qualifiers.text("Description");
        self.comment("    ", text.unwrap_or_default())?;
        let Declaration {
            c_type,
            name,
            dimensions,
            extent,
        } = &member.declaration;
        writeln!(self.out, "{start}{c_type} {name}{dimensions};")?;
        if *extent == Extent::Fixed {
            write!(self.out, "    #define ")?;
            self.define_stem(structure, member)?;
            writeln!(self.out, "_SIZE sizeof({c_type}{dimensions})")?;
        }
        write!(self.out, "    #define ")?;
        self.define_stem(structure, member)?;
        writeln!(self.out, "_ID {}\n", member.id)
    }

    fn define_stem(&mut self, structure: &str, member: &Member<'_>) -> fmt::Result {
        match name_of(member.property.qualifiers, "DefineDataId") {
            Some(stem) => write!(self.out, "{stem}"),
            None => write!(self.out, "{structure}_{}", member.property.name),
        }
    }

    fn define_values(&mut self, structure: &str, property: &Property<'a>) -> fmt::Result {
        let mut values = written_values(property).peekable();
        if values.peek().is_none() {
            return Ok(());
        }
        writeln!(self.out)?;
        for defined in values {
            if let Some(text) = defined.comment {
                self.comment("", text)?;
            }
            let name = match &self.names {
                Some(names) => names.value(structure, defined.name),
                None => Cow::Borrowed(defined.name),
            };
            writeln!(self.out, "#define {name} {}", defined.value)?;
        }
        writeln!(self.out)
    }
}

/// The alignment of a structure that comes only from members that are comments.
struct Alignment(Option<usize>);

impl Alignment {
    fn of(declared: &[Member<'_>], hidden: &[Member<'_>]) -> Self {
        let largest =
            |members: &[Member<'_>]| members.iter().filter_map(|member| member.align).max();
        Self(largest(hidden).filter(|hidden| Some(*hidden) > largest(declared)))
    }
}

impl fmt::Display for Alignment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(align) => write!(f, "DECLSPEC_ALIGN({align}) "),
            None => Ok(()),
        }
    }
}
