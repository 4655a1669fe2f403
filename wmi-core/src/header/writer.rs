//! The writer: classes in, lines of C out. Owns order, spelling of names and line breaks.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Write};

use super::Header;
use super::member::{Extent, Member, Types, structure_name};
use super::shape::Shapes;
use crate::Guid;
use crate::schema::{Class, Method, Property, Value};

pub(super) struct Writer<'h, 'a, W> {
    out: W,
    header: &'h Header<'a>,
    types: Types<'h, 'a>,
}

/// A structure that is to be written.
struct Structure<'a> {
    name: String,
    /// The class, for the warning that has no members.
    class: &'a str,
    members: Vec<Member<'a>>,
}

impl<'h, 'a, W: Write> Writer<'h, 'a, W> {
    pub(super) fn new(out: W, header: &'h Header<'a>) -> Self {
        let classes = &header.classes;
        let shapes = header.corrected.then(|| Shapes::new(classes));
        Self {
            out,
            header,
            types: Types { classes, shapes },
        }
    }

    pub(super) fn header(&mut self) -> fmt::Result {
        let guard = self.guard();
        writeln!(self.out, "#ifndef {guard}\n#define {guard}\n")?;
        for class in self.header.classes.iter() {
            let wanted = class.qualifiers.get("WmiGenerateHeader");
            if wanted.is_none_or(|wanted| wanted.value != Value::Boolean(false)) {
                self.class(class)?;
            }
        }
        writeln!(self.out, "#endif")
    }

    fn guard(&self) -> String {
        let path = self.header.file_name;
        let name = path.rsplit_once(['/', '\\']).map_or(path, |(_, name)| name);
        let corrected = self.header.corrected;
        let unit = |c: char| match c {
            '.' => '_',
            _ if corrected && !c.is_ascii_alphanumeric() => '_',
            _ => c,
        };
        core::iter::once('_')
            .chain(name.chars().map(unit))
            .chain(core::iter::once('_'))
            .collect()
    }

    fn class(&mut self, class: &'a Class<'a>) -> fmt::Result {
        let structure = structure_name(class);
        writeln!(self.out, "// {} - {structure}", class.name)?;
        if let Some(text) = class.qualifiers.text("Description") {
            self.comment("", text)?;
        }
        self.cpp_quote(class.qualifiers.text("cpp_quote"))?;
        if let Some(guid) = class.guid() {
            self.guid(class, guid)?;
        }
        self.methods(class)?;
        writeln!(self.out)?;
        let items = class.items();
        if items.is_empty() {
            return Ok(());
        }
        let structure = Structure {
            name: structure.into(),
            class: class.name,
            members: self.members(items),
        };
        let variable_members = self.header.variable_members || self.header.corrected;
        self.structure(&structure, variable_members)
    }

    fn members(&self, items: Vec<(u32, &'a Property<'a>)>) -> Vec<Member<'a>> {
        let items = items.into_iter();
        items
            .map(|(id, property)| self.types.member(id, property))
            .collect()
    }

    fn guid(&mut self, class: &Class<'_>, guid: Guid) -> fmt::Result {
        let named = |qualifier, ending| match class.qualifiers.text(qualifier) {
            Some(name) => (name, ""),
            None => (class.name, ending),
        };
        let (data1, data2, data3, data4) = guid.to_fields();
        let first = (data1, data2, data3);
        let (name, ending) = named("GuidName1", "Guid");
        write!(self.out, "#define {name}{ending} \\\n    {{ ")?;
        self.guid_fields(first)?;
        write!(self.out, ", {{ ")?;
        self.guid_bytes(data4)?;
        writeln!(self.out, " }} }}\n\n#if ! (defined(MIDL_PASS))")?;
        let (name, ending) = named("GuidName2", "_GUID");
        write!(self.out, "DEFINE_GUID({name}{ending}, \\\n            ")?;
        self.guid_fields(first)?;
        write!(self.out, ",")?;
        self.guid_bytes(data4)?;
        writeln!(self.out, ");\n#endif\n")
    }

    fn guid_fields(&mut self, (data1, data2, data3): (u32, u16, u16)) -> fmt::Result {
        write!(self.out, "0x{data1:08x},0x{data2:04x},0x{data3:04x}")
    }

    fn guid_bytes(&mut self, bytes: [u8; 8]) -> fmt::Result {
        let mut separator = "";
        bytes.iter().try_for_each(|byte| {
            write!(self.out, "{separator}0x{byte:02x}")?;
            separator = ",";
            Ok(())
        })
    }

    fn methods(&mut self, class: &'a Class<'a>) -> fmt::Result {
        let methods = class.methods.iter();
        let mut methods = methods
            .filter_map(|method| Some((method.method_id()?, method)))
            .peekable();
        if methods.peek().is_some() {
            let name = class.name;
            writeln!(self.out, "//\n// Method id definitions for {name}")?;
        }
        methods.try_for_each(|(id, method)| {
            self.cpp_quote(method.qualifiers.text("cpp_quote"))?;
            writeln!(self.out, "#define {}     {id}", method.name)?;
            if self.header.method_structs {
                self.parameters(class, method, "IN", method.inputs())?;
                self.parameters(class, method, "OUT", method.outputs())?;
            }
            writeln!(self.out)
        })
    }

    fn parameters(
        &mut self,
        class: &'a Class<'a>,
        method: &'a Method<'a>,
        direction: &str,
        parameters: Vec<(u32, &'a Property<'a>)>,
    ) -> fmt::Result {
        if parameters.is_empty() {
            return Ok(());
        }
        let stem = method.qualifiers.text("HeaderName").unwrap_or(method.name);
        let structure = Structure {
            name: alloc::format!("{stem}_{direction}"),
            class: class.name,
            members: self.members(parameters),
        };
        self.structure(&structure, true)
    }

    fn structure(&mut self, structure: &Structure<'_>, variable_members: bool) -> fmt::Result {
        let Structure {
            name,
            class,
            members,
        } = structure;
        let varies = |member: &Member<'_>| member.extent == Extent::Variable;
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
            Some(last) if last.extent == Extent::Fixed && hidden.is_empty() => {
                self.size(name, last)
            }
            _ => Ok(()),
        }
    }

    /// The structure up to the end of its last item, which is less than `sizeof` where padding
    /// follows.
    fn size(&mut self, structure: &str, last: &Member<'_>) -> fmt::Result {
        write!(
            self.out,
            "#define {structure}_SIZE (FIELD_OFFSET({structure}, {}) + ",
            last.name
        )?;
        if self.header.corrected {
            self.define_stem(structure, last)?;
        } else {
            write!(self.out, "{structure}_{}", last.property.name)?;
        }
        writeln!(self.out, "_SIZE)\n")
    }

    fn member(&mut self, structure: &str, member: &Member<'_>, start: &str) -> fmt::Result {
        let property = member.property;
        self.cpp_quote(property.qualifiers.text("cpp_quote"))?;
        self.define_values(property)?;
        let text = property.qualifiers.text("Description");
        self.comment("    ", text.unwrap_or_default())?;
        let Member {
            c_type,
            name,
            dimensions,
            ..
        } = member;
        writeln!(self.out, "{start}{c_type} {name}{dimensions};")?;
        if member.extent == Extent::Fixed {
            write!(self.out, "    #define ")?;
            self.define_stem(structure, member)?;
            writeln!(self.out, "_SIZE sizeof({c_type}{dimensions})")?;
        }
        write!(self.out, "    #define ")?;
        self.define_stem(structure, member)?;
        writeln!(self.out, "_ID {}\n", member.id)
    }

    fn define_stem(&mut self, structure: &str, member: &Member<'_>) -> fmt::Result {
        match member.property.qualifiers.text("DefineDataId") {
            Some(stem) => write!(self.out, "{stem}"),
            None => write!(self.out, "{structure}_{}", member.property.name),
        }
    }

    /// Names for the values of an item; without a `ValueMap`, they count from 0.
    fn define_values(&mut self, property: &Property<'_>) -> fmt::Result {
        let list = |name| match property.qualifiers.get(name).map(|list| list.value) {
            Some(Value::Array(values)) => values,
            _ => &[],
        };
        let (values, map) = (list("Values"), list("ValueMap"));
        let mut names = list("DefineValues").iter().enumerate().peekable();
        if names.peek().is_none() {
            return Ok(());
        }
        writeln!(self.out)?;
        for (index, name) in names {
            if let Some(Value::String(text)) = values.get(index) {
                self.comment("", text)?;
            }
            let Value::String(name) = name else { continue };
            match map.get(index) {
                Some(Value::String(value)) => writeln!(self.out, "#define {name} {value}")?,
                Some(Value::Integer(value)) => writeln!(self.out, "#define {name} {value}")?,
                _ => writeln!(self.out, "#define {name} {index}")?,
            }
        }
        writeln!(self.out)
    }

    fn cpp_quote(&mut self, text: Option<&str>) -> fmt::Result {
        match text {
            Some(text) => writeln!(self.out, "\n{text}"),
            None => Ok(()),
        }
    }

    /// Comments of ASCII that end with their lines, whatever the text.
    fn comment(&mut self, indent: &str, text: &str) -> fmt::Result {
        let text = text.strip_suffix('\n').unwrap_or(text);
        for line in text.split('\n') {
            let line = line.strip_suffix('\r').unwrap_or(line);
            write!(self.out, "{indent}// ")?;
            for c in line.chars() {
                let printable = c == '\t' || c.is_ascii() && !c.is_ascii_control();
                self.out.write_char(if printable { c } else { '?' })?;
            }
            // A backslash, also as a trigraph, would take the next line into the comment.
            let continues = line.ends_with('\\') || line.ends_with("??/");
            writeln!(self.out, "{}", if continues { " //" } else { "" })?;
        }
        Ok(())
    }
}

/// The alignment that the members before the first of variable size do not give a structure.
struct Alignment(Option<u32>);

impl Alignment {
    fn of(declared: &[Member<'_>], hidden: &[Member<'_>]) -> Self {
        let largest = |members: &[Member<'_>]| members.iter().map(|member| member.align).max();
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
