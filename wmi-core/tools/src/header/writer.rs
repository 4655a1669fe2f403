//! Writes the classes as lines of C. Owns order, spelling of names and line breaks.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use core::fmt::{self, Write};

use super::Header;
use super::member::{Member, corrected_members, members, structure_name};
use super::names::{GuidNames, Names, guid_names, method_stem};
use super::structure::Structure;
use crate::Classes;
use crate::classes::items;
use crate::layout::BlockLayout;
use crate::layout::LayoutError;
use wmi_core::Guid;
use wmi_core::schema::{Class, Method, Property, Value};
use wmi_vocabulary::text::is_hidden_control;

/// A class, and the classes of its namespace.
type Known<'a> = (&'a Class<'a>, Arc<Classes<'a>>);

pub(super) struct Writer<'h, 'a, W> {
    pub(super) out: W,
    pub(super) header: &'h Header<'a>,
    /// The classes that the header declares, in order, each with those of its namespace.
    written: Vec<Known<'a>>,
    /// The names that a corrected header changes.
    pub(super) names: Option<Names<'a>>,
}

impl<'h, 'a, W: Write> Writer<'h, 'a, W> {
    pub(super) fn new(out: W, header: &'h Header<'a>) -> Self {
        let all: Vec<_> = header.classes.with_namespaces().collect();
        let written: Vec<_> = if header.corrected {
            with_embedded(all)
        } else {
            let written = all.into_iter();
            written.filter(|(class, _)| is_written(class)).collect()
        };
        let names = header
            .corrected
            .then(|| Names::new(written.iter().map(|(class, _)| *class)));
        Self {
            out,
            header,
            written,
            names,
        }
    }

    pub(super) fn header(&mut self) -> fmt::Result {
        let guard = self.guard();
        writeln!(self.out, "#ifndef {guard}\n#define {guard}\n")?;
        for (class, classes) in core::mem::take(&mut self.written) {
            self.class(class, &classes)?;
        }
        writeln!(self.out, "#endif")
    }

    fn guard(&self) -> String {
        let path = self.header.file_name;
        let name = path.rsplit_once(['/', '\\']).map_or(path, |(_, name)| name);
        let corrected = self.header.corrected;
        let unit = |c: char| match c {
            '.' => '_',
            _ if is_hidden_control(c) => '_',
            _ if corrected && !c.is_ascii_alphanumeric() => '_',
            _ => c,
        };
        core::iter::once('_')
            .chain(name.chars().map(unit))
            .chain(core::iter::once('_'))
            .collect()
    }

    fn class(&mut self, class: &'a Class<'a>, classes: &Classes<'a>) -> fmt::Result {
        let structure = structure_name(class);
        writeln!(self.out, "// {} - {structure}", class.name)?;
        if let Some(text) = class.qualifiers.text("Description") {
            self.comment("", text)?;
        }
        self.cpp_quote(class.qualifiers.text("cpp_quote"))?;
        if let Some(guid) = class.guid() {
            self.guid(class, guid)?;
        }
        self.methods(class, classes)?;
        writeln!(self.out)?;
        let members = self.members(classes, BlockLayout::of(class, classes), items(class));
        if members.is_empty() {
            return Ok(());
        }
        let structure = Structure {
            name: structure.into(),
            class: class.name,
            members,
        };
        let variable_members = self.header.variable_members || self.header.corrected;
        self.structure(&structure, variable_members)
    }

    /// Returns the members. The members of a class without a layout are written as declared.
    fn members(
        &self,
        classes: &Classes<'a>,
        block: Result<BlockLayout<'a>, LayoutError>,
        items: Vec<(u32, &'a Property<'a>)>,
    ) -> Vec<Member<'a>> {
        let Some(names) = &self.names else {
            return members(classes, items);
        };
        let mut members = match block {
            Ok(block) => corrected_members(classes, &block),
            Err(_) => members(classes, items),
        };
        for member in &mut members {
            let declaration = &mut member.declaration;
            if declaration.name == member.property.name {
                declaration.name = names.member(member.property.name);
            }
        }
        members
    }

    fn guid(&mut self, class: &Class<'_>, guid: Guid) -> fmt::Result {
        let GuidNames {
            initialiser,
            symbol,
        } = guid_names(class);
        let (data1, data2, data3, data4) = guid.to_fields();
        let first = (data1, data2, data3);
        write!(self.out, "#define {initialiser} \\\n    {{ ")?;
        self.guid_fields(first)?;
        write!(self.out, ", {{ ")?;
        self.guid_bytes(data4)?;
        writeln!(self.out, " }} }}\n\n#if ! (defined(MIDL_PASS))")?;
        write!(self.out, "DEFINE_GUID({symbol}, \\\n            ")?;
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

    fn methods(&mut self, class: &'a Class<'a>, classes: &Classes<'a>) -> fmt::Result {
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
            let name = self.method_name(class, method.name);
            writeln!(self.out, "#define {name}     {id}")?;
            if self.header.method_structs {
                let input = BlockLayout::of_input(method, classes);
                let inputs = self.members(classes, input, method.inputs().collect());
                self.parameters(class, method, "IN", inputs)?;
                let output = BlockLayout::of_output(method, classes);
                let outputs = self.members(classes, output, method.outputs().collect());
                self.parameters(class, method, "OUT", outputs)?;
            }
            writeln!(self.out)
        })
    }

    fn parameters(
        &mut self,
        class: &Class<'a>,
        method: &Method<'a>,
        direction: &str,
        members: Vec<Member<'a>>,
    ) -> fmt::Result {
        if members.is_empty() {
            return Ok(());
        }
        let stem = self.method_name(class, method_stem(method));
        let structure = Structure {
            name: format!("{stem}_{direction}"),
            class: class.name,
            members,
        };
        self.structure(&structure, true)
    }

    fn method_name(&self, class: &Class<'_>, name: &'a str) -> Cow<'a, str> {
        match &self.names {
            Some(names) => names.method(class, name),
            None => Cow::Borrowed(name),
        }
    }

    /// Writes text for the header as it is, but for characters that would act on a terminal.
    pub(super) fn cpp_quote(&mut self, text: Option<&str>) -> fmt::Result {
        let Some(text) = text else {
            return Ok(());
        };
        writeln!(self.out)?;
        for c in text.chars() {
            let acts = is_hidden_control(c) && !matches!(c, '\n' | '\r' | '\t');
            self.out.write_char(if acts { '?' } else { c })?;
        }
        writeln!(self.out)
    }

    /// Writes text as ASCII comments that cannot continue on the next line.
    pub(super) fn comment(&mut self, indent: &str, text: &str) -> fmt::Result {
        let text = text.strip_suffix('\n').unwrap_or(text);
        for line in text.split('\n') {
            let line = line.strip_suffix('\r').unwrap_or(line);
            write!(self.out, "{indent}// ")?;
            for c in line.chars() {
                let printable = c == '\t' || c.is_ascii() && !c.is_ascii_control();
                self.out.write_char(if printable { c } else { '?' })?;
            }
            // A backslash, also as a trigraph, would extend the comment to the next line.
            let continues = line.ends_with('\\') || line.ends_with("??/");
            writeln!(self.out, "{}", if continues { " //" } else { "" })?;
        }
        Ok(())
    }
}

/// Returns whether the header declares the class: a driver's class that no other header declares.
pub(crate) fn is_written(class: &Class<'_>) -> bool {
    class.qualifiers.flag("WMI") && !is_elsewhere(class)
}

fn is_elsewhere(class: &Class<'_>) -> bool {
    let wanted = class.qualifiers.get("WmiGenerateHeader");
    wanted.is_some_and(|wanted| wanted.value == Value::Boolean(false))
}

/// Returns the classes of the header, and the classes without `WMI` that they embed: a member does
/// not compile without its structure.
fn with_embedded<'a>(all: Vec<Known<'a>>) -> Vec<Known<'a>> {
    // A class of one name may be in several namespaces.
    let place = |class: &'a Class<'a>| core::ptr::from_ref(class);
    let mut known = BTreeSet::new();
    let mut next: Vec<_> = all
        .iter()
        .filter(|(class, _)| is_written(class))
        .map(|(class, classes)| (*class, classes))
        .collect();
    while let Some((class, classes)) = next.pop() {
        if !known.insert(place(class)) {
            continue;
        }
        let parameters = class.methods.iter().flat_map(|method| method.parameters);
        let embedded = class.properties.iter().chain(parameters);
        let embedded = embedded.filter_map(|item| classes.embedded(item));
        let embedded = embedded.filter(|class| !is_elsewhere(class));
        next.extend(embedded.map(|class| (class, classes)));
    }
    let mut all = all;
    all.retain(|(class, _)| known.contains(&place(class)));
    all
}
