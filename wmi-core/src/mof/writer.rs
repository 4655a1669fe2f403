//! Writes a schema as wrapped lines of MOF. Owns line breaks and the selection of qualifiers by
//! style.

use core::fmt::{self, Write};

use super::escape::{split_line, text_width, write_text};
use super::style::Style;
use crate::CounterType;
use crate::schema::base_of_texts;
use crate::schema::{
    Array, ChangeFlags, CimType, Class, File, Flavor, Instance, Method, Object, ObjectKind,
    Property, Qualifier, Qualifiers, Schema, Value,
};

/// The preferred maximum line length.
const WIDTH: usize = 100;
const INDENT: usize = 4;
/// With less room than this, a string literal goes to the next line.
const MIN_TEXT: usize = 24;

pub(super) struct Writer<W> {
    out: Columns<W>,
    style: Style,
    /// The locale of all amended texts, if not that of each class.
    locale: Option<u32>,
    /// Whether the current qualifier fits in its line, so that its literals are not split.
    whole: bool,
}

impl<W: Write> Writer<W> {
    pub(super) fn new(out: W, style: Style) -> Self {
        Self {
            out: Columns { out, column: 0 },
            style,
            locale: None,
            whole: false,
        }
    }

    /// Returns the writer with this locale of all amended texts.
    pub(super) fn with_locale(mut self, locale: Option<u32>) -> Self {
        self.locale = locale;
        self
    }

    pub(super) fn schema(&mut self, schema: &Schema<'_>) -> fmt::Result {
        self.out.write_str("#pragma autorecover\n")?;
        if self.style == Style::Mfl {
            let objects = schema.classes.iter();
            return self.amendments(objects.map(|class| Object::from_schema(schema, class)));
        }
        self.pragma("namespace", schema.namespace)?;
        if schema.class_flags.is_some() {
            self.flags("classflags", schema.class_flags, ChangeFlags::KEYWORDS)?;
        }
        for class in schema.classes {
            self.out.write_char('\n')?;
            self.class(class)?;
        }
        Ok(())
    }

    /// Writes the amended texts of classes, each in the namespace of its locale. Classes that hold
    /// nothing but texts are in such a namespace already.
    fn amendments<'a>(&mut self, objects: impl Iterator<Item = Object<'a>>) -> fmt::Result {
        let mut current = None;
        let mut separator = "";
        for object in objects {
            let ObjectKind::Class(class) = &object.kind else {
                continue;
            };
            if !is_amended(class) {
                continue;
            }
            let (base, id) = match (class.is_amendment(), object.locale()) {
                (true, Some((base, id))) => (base, Some(id)),
                (true, None) => (object.namespace, None),
                (false, _) => (base_of_texts(object.namespace), Some(self.locale_of(class))),
            };
            if current != Some((base, id)) {
                current = Some((base, id));
                self.out.write_str(separator)?;
                self.pragma("namespace", base)?;
                if let Some(id) = id {
                    writeln!(
                        self.out,
                        "\ninstance of __namespace\n{{\n    name = \"ms_{id:x}\";\n}};\n"
                    )?;
                    self.namespace_of_locale(base, id)?;
                }
            }
            self.out.write_char('\n')?;
            self.class(class)?;
            separator = "\n";
        }
        Ok(())
    }

    /// Writes the objects, each after the pragmas that change there.
    pub(super) fn file(&mut self, file: &File<'_>) -> fmt::Result {
        if self.style == Style::Mfl {
            return self.amendments(file.objects.iter().copied());
        }
        let mut namespace = Object::DEFAULT_NAMESPACE;
        let (mut class_flags, mut instance_flags) = (None, None);
        let style = self.style;
        let all = file.objects.iter();
        let objects = all.filter(|object| style != Style::Neutral || !object.is_amendment());
        let mut separator = "";
        for object in objects {
            self.out.write_str(separator)?;
            separator = "\n";
            if object.namespace != namespace {
                self.pragma("namespace", object.namespace)?;
                namespace = object.namespace;
            }
            if object.class_flags != class_flags {
                self.flags("classflags", object.class_flags, ChangeFlags::KEYWORDS)?;
                class_flags = object.class_flags;
            }
            if object.instance_flags != instance_flags {
                self.flags(
                    "instanceflags",
                    object.instance_flags,
                    ChangeFlags::OF_INSTANCES,
                )?;
                instance_flags = object.instance_flags;
            }
            match &object.kind {
                ObjectKind::Class(class) => self.class_as(class, object.class_alias)?,
                ObjectKind::Instance(instance) => {
                    // An MFL has classes only, so instances keep their localised texts.
                    self.style = Style::Compilable;
                    self.qualifiers(instance.qualifiers, &[], 0)?;
                    self.instance(instance, 0)?;
                    self.out.write_str(";\n")?;
                    self.style = style;
                }
            }
        }
        Ok(())
    }

    /// Returns the locale of the amended texts of a class.
    fn locale_of(&self, class: &Class<'_>) -> u32 {
        match self.locale {
            Some(locale) if !class.is_amendment() => locale,
            _ => class.locale(),
        }
    }

    /// Writes flags as keywords, and bits without a keyword as a number.
    fn flags(
        &mut self,
        pragma: &str,
        flags: Option<ChangeFlags>,
        words: &[(ChangeFlags, &str)],
    ) -> fmt::Result {
        let mut rest = flags.map_or(0, ChangeFlags::bits);
        let mut separator = "";
        write!(self.out, "#pragma {pragma}(")?;
        for (flag, word) in words {
            if rest & flag.bits() != 0 {
                write!(self.out, "{separator}\"{word}\"")?;
                separator = ", ";
                rest &= !flag.bits();
            }
        }
        if rest != 0 || (flags.is_some() && separator.is_empty()) {
            write!(self.out, "{separator}{rest}")?;
        }
        self.out.write_str(")\n")
    }

    /// Writes the pragma of the namespace that holds the amended texts of another.
    fn namespace_of_locale(&mut self, namespace: &str, locale: u32) -> fmt::Result {
        self.out.write_str("#pragma namespace(\"")?;
        write_text(&mut self.out, namespace)?;
        writeln!(self.out, "\\\\ms_{locale:x}\")")
    }

    fn pragma(&mut self, name: &str, argument: &str) -> fmt::Result {
        write!(self.out, "#pragma {name}(\"")?;
        write_text(&mut self.out, argument)?;
        self.out.write_str("\")\n")
    }

    pub(super) fn class(&mut self, class: &Class<'_>) -> fmt::Result {
        self.class_as(class, None)
    }

    /// Writes `class Name as $Alias : Base { .. };`.
    fn class_as(&mut self, class: &Class<'_>, alias: Option<&str>) -> fmt::Result {
        let id = self.locale_of(class);
        let locale = [
            Qualifier::new("AMENDMENT", Value::Boolean(true)),
            Qualifier::new("LOCALE", Value::Integer(i64::from(id))),
        ];
        let amendment = if self.style == Style::Mfl {
            &locale[..]
        } else {
            &[]
        };
        self.qualifiers(class.qualifiers, amendment, 0)?;
        write!(self.out, "class {}", class.name)?;
        if let Some(alias) = alias {
            write!(self.out, " as ${alias}")?;
        }
        if let Some(superclass) = class.superclass {
            write!(self.out, " : {superclass}")?;
        }
        self.out.write_str("\n{\n")?;
        let style = self.style;
        let mut separator = "";
        for property in class.properties {
            if style != Style::Mfl || property.qualifiers.iter().any(amended) {
                self.out.write_str(separator)?;
                separator = "\n";
                self.property(property)?;
            }
        }
        for method in class.methods {
            if style != Style::Mfl || is_amended_method(method) {
                self.out.write_str(separator)?;
                separator = "\n";
                self.method(method)?;
            }
        }
        self.out.write_str("};\n")
    }

    fn property(&mut self, property: &Property<'_>) -> fmt::Result {
        self.qualifiers(property.qualifiers, &[], INDENT)?;
        self.spaces(INDENT)?;
        self.declarator(property, INDENT)?;
        self.out.write_str(";\n")
    }

    /// Writes the type, the name and the default value.
    fn declarator(&mut self, property: &Property<'_>, indent: usize) -> fmt::Result {
        let reference = match property.cim_type {
            CimType::Reference => " ref",
            _ => "",
        };
        write!(
            self.out,
            "{}{reference} {}",
            property.type_name, property.name
        )?;
        match property.array {
            Array::Scalar => {}
            Array::Fixed(length) => write!(self.out, "[{length}]")?,
            Array::Variable => self.out.write_str("[]")?,
        }
        if let Some(default) = &property.default {
            self.out.write_str(" = ")?;
            self.value(default, indent)?;
        }
        Ok(())
    }

    fn method(&mut self, method: &Method<'_>) -> fmt::Result {
        const PARAMETER: usize = INDENT + INDENT;
        self.qualifiers(method.qualifiers, &[], INDENT)?;
        self.spaces(INDENT)?;
        let returns = method.returns.map_or("void", |(_, type_name)| type_name);
        write!(self.out, "{returns} {}(", method.name)?;
        for (index, parameter) in method.parameters.iter().enumerate() {
            self.out.write_str(if index > 0 { ",\n" } else { "\n" })?;
            self.qualifiers(parameter.qualifiers, &[], PARAMETER)?;
            self.spaces(PARAMETER)?;
            self.declarator(parameter, PARAMETER)?;
        }
        self.out.write_str(");\n")
    }

    /// Writes the bracketed list on its own lines, or nothing if no qualifier remains in the style.
    /// `more` is written in every style.
    fn qualifiers(
        &mut self,
        qualifiers: Qualifiers<'_>,
        more: &[Qualifier<'_>],
        indent: usize,
    ) -> fmt::Result {
        let style = self.style;
        let written = qualifiers
            .iter()
            .filter(|qualifier| is_written(qualifier, style));
        let mut open = false;
        for qualifier in written.chain(more) {
            let wanted = self.measure(qualifier).saturating_add(1);
            if open {
                self.out.write_char(',')?;
                let end = self.out.column.saturating_add(wanted).saturating_add(1);
                if end < WIDTH {
                    self.out.write_char(' ')?;
                } else {
                    self.line(indent.saturating_add(1))?;
                }
            } else {
                self.spaces(indent)?;
                self.out.write_char('[')?;
                open = true;
            }
            self.whole = self.out.column.saturating_add(wanted) < WIDTH;
            self.qualifier(qualifier, indent)?;
            self.whole = false;
        }
        if open {
            self.out.write_str("]\n")
        } else {
            Ok(())
        }
    }

    fn qualifier(&mut self, qualifier: &Qualifier<'_>, indent: usize) -> fmt::Result {
        self.out.write_str(qualifier.name)?;
        let inner = indent.saturating_add(INDENT);
        match qualifier.value {
            Value::Boolean(true) => {}
            Value::Array(_) => self.value(&qualifier.value, inner)?,
            value => {
                self.out.write_char('(')?;
                match self.counter_name(qualifier) {
                    Some(name) => self.out.write_str(name)?,
                    None => self.value(&value, inner)?,
                }
                self.out.write_char(')')?;
            }
        }
        self.flavor(qualifier.flavor)
    }

    fn counter_name(&self, qualifier: &Qualifier<'_>) -> Option<&'static str> {
        match qualifier.value {
            Value::Integer(value)
                if self.style == Style::Documented
                    && qualifier.name.eq_ignore_ascii_case("CounterType") =>
            {
                CounterType::from_value(u32::try_from(value).ok()?).name()
            }
            _ => None,
        }
    }

    fn value(&mut self, value: &Value<'_>, indent: usize) -> fmt::Result {
        match *value {
            Value::Boolean(true) => self.out.write_str("TRUE"),
            Value::Boolean(false) => self.out.write_str("FALSE"),
            Value::Integer(number) => write!(self.out, "{number}"),
            Value::String(text) => self.string(text, indent),
            Value::Null => self.out.write_str("NULL"),
            Value::Char(unit) => write!(self.out, "'\\x{unit:04X}'"),
            // `{:?}` always has a decimal point, which the grammar requires.
            Value::Real(number) => write!(self.out, "{number:?}"),
            Value::Alias(name) => write!(self.out, "${name}"),
            Value::Instance(instance) => {
                if instance.qualifiers.iter().next().is_some() {
                    self.out.write_char('\n')?;
                    self.qualifiers(instance.qualifiers, &[], indent)?;
                    self.spaces(indent)?;
                }
                self.instance(instance, indent)
            }
            Value::Array(values) => {
                self.out.write_char('{')?;
                for (index, value) in values.iter().enumerate() {
                    if index > 0 {
                        self.out.write_char(',')?;
                        let next = self.out.column.saturating_add(1);
                        let moved = matches!(value, Value::String(text) if moves(text, next));
                        if moved || self.out.column > WIDTH.saturating_sub(MIN_TEXT) {
                            self.line(indent)?;
                        } else {
                            self.out.write_char(' ')?;
                        }
                    }
                    self.value(value, indent)?;
                }
                self.out.write_char('}')
            }
        }
    }

    /// Writes `instance of Class as $Alias { name = value; .. }`.
    fn instance(&mut self, instance: &Instance<'_>, indent: usize) -> fmt::Result {
        write!(self.out, "instance of {}", instance.class)?;
        if let Some(alias) = instance.alias {
            write!(self.out, " as ${alias}")?;
        }
        self.line(indent)?;
        self.out.write_char('{')?;
        let inner = indent.saturating_add(INDENT);
        for value in instance.values {
            self.out.write_char('\n')?;
            self.qualifiers(value.qualifiers, &[], inner)?;
            self.spaces(inner)?;
            write!(self.out, "{} = ", value.name)?;
            self.value(&value.value, inner)?;
            self.out.write_char(';')?;
        }
        self.line(indent)?;
        self.out.write_char('}')
    }

    /// Writes a string, as several adjacent literals if it is longer than a line.
    fn string(&mut self, text: &str, indent: usize) -> fmt::Result {
        let mut rest = text;
        if !self.whole && moves(text, self.out.column) {
            self.line(indent)?;
        }
        loop {
            let (line, more) = if self.whole {
                (rest, "")
            } else {
                split_line(rest, room(self.out.column))
            };
            self.out.write_char('"')?;
            write_text(&mut self.out, line)?;
            self.out.write_char('"')?;
            if more.is_empty() {
                return Ok(());
            }
            rest = more;
            self.line(indent)?;
        }
    }

    fn flavor(&mut self, flavor: Flavor) -> fmt::Result {
        let mut separator = " : ";
        for (known, keyword) in Flavor::KEYWORDS {
            if flavor.contains(known) {
                write!(self.out, "{separator}{keyword}")?;
                separator = " ";
            }
        }
        Ok(())
    }

    /// Returns the width of a qualifier on one line.
    fn measure(&self, qualifier: &Qualifier<'_>) -> usize {
        if let Value::String(text) = qualifier.value {
            // Skips formatting a text that is too long anyway.
            if text.len() > WIDTH {
                return WIDTH;
            }
        }
        let mut probe = Writer::new(Length(0), self.style);
        probe.whole = true;
        match probe.qualifier(qualifier, 0) {
            Ok(()) => probe.out.out.0,
            Err(fmt::Error) => WIDTH,
        }
    }

    fn line(&mut self, indent: usize) -> fmt::Result {
        self.out.write_char('\n')?;
        self.spaces(indent)
    }

    fn spaces(&mut self, count: usize) -> fmt::Result {
        (0..count).try_for_each(|_| self.out.write_char(' '))
    }
}

/// Returns the width available to a literal's text from this column on.
fn room(column: usize) -> usize {
    // Quotes, and the text that may follow: `) : amended],`.
    const AROUND: usize = 2 + 14;
    WIDTH.saturating_sub(column).saturating_sub(AROUND)
}

/// Returns whether a string starts on the next line, as too little of it fits on this one.
fn moves(text: &str, column: usize) -> bool {
    room(column) < MIN_TEXT && text_width(text) > room(column)
}

fn amended(qualifier: &Qualifier<'_>) -> bool {
    qualifier.flavor.contains(Flavor::AMENDED)
}

fn is_amended(class: &Class<'_>) -> bool {
    class.qualifiers.iter().any(amended)
        || class
            .properties
            .iter()
            .any(|property| property.qualifiers.iter().any(amended))
        || class.methods.iter().any(is_amended_method)
}

fn is_amended_method(method: &Method<'_>) -> bool {
    method.qualifiers.iter().any(amended)
        || method
            .parameters
            .iter()
            .any(|parameter| parameter.qualifiers.iter().any(amended))
}

/// Qualifiers that an MFL repeats, because they determine the role of the property or parameter.
const KEPT_IN_MFL: [&str; 3] = ["key", "in", "out"];

fn is_written(qualifier: &Qualifier<'_>, style: Style) -> bool {
    let kept = || {
        KEPT_IN_MFL
            .iter()
            .any(|name| name.eq_ignore_ascii_case(qualifier.name))
    };
    match style {
        Style::Compilable | Style::Documented => true,
        Style::Neutral => !amended(qualifier),
        Style::Mfl => amended(qualifier) || kept(),
    }
}

/// Tracks the current column. The output is ASCII, so bytes are columns.
struct Columns<W> {
    out: W,
    column: usize,
}

impl<W: Write> Write for Columns<W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.column = match text.rsplit_once('\n') {
            Some((_, line)) => line.len(),
            None => self.column.saturating_add(text.len()),
        };
        self.out.write_str(text)
    }
}

/// Counts the bytes written.
struct Length(usize);

impl Write for Length {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 = self.0.saturating_add(text.len());
        Ok(())
    }
}
