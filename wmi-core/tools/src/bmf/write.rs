//! Writes the payload: objects, then the flavors of their qualifiers.

use super::kind::{self, NOTHING};
use super::{BmfEncodeError, Inexpressible, SIGNATURE, length};
use wmi_core::schema::{
    Array, ChangeFlags, CimType, Class, Edition, File, Flavor, Instance, Method, Object,
    ObjectKind, Property, PropertyValue, Qualifier, Qualifiers, Value,
};

type Result<T = ()> = core::result::Result<T, Inexpressible>;

/// Writes the payload of a file, in the edition of the file.
///
/// # Errors
///
/// [`BmfEncodeError`] if the file holds a part that [`Inexpressible`] lists.
pub fn encode_payload(file: &File<'_>) -> core::result::Result<Vec<u8>, BmfEncodeError> {
    let mut writer = Writer {
        bytes: Vec::new(),
        flavors: Vec::new(),
        edition: file.edition,
        pads: true,
        class: None,
        member: None,
    };
    match writer.file(file) {
        Ok(()) => {
            length(&writer.bytes)?;
            Ok(writer.bytes)
        }
        Err(what) => Err(BmfEncodeError {
            class: writer.class,
            member: writer.member,
            what,
        }),
    }
}

struct Writer {
    bytes: Vec<u8>,
    edition: Edition,
    /// The place of each qualifier with flavors.
    flavors: Vec<(u32, u8)>,
    /// Whether strings and scalars are padded to four bytes. This is one switch for the whole
    /// payload: each element of an array sets it, the last one to `true`, and nothing resets it.
    /// The old edition has no padding.
    pads: bool,
    /// The class and the member of an error.
    class: Option<String>,
    member: Option<String>,
}

/// A block of parameters.
#[derive(Clone, Copy, PartialEq)]
enum Direction {
    In,
    Out,
}

impl Direction {
    /// Returns whether the block holds a parameter.
    fn takes(self, parameter: &Property<'_>) -> bool {
        match self {
            Self::In => parameter.is_input(),
            Self::Out => parameter.is_output(),
        }
    }
}

impl Writer {
    fn file(&mut self, file: &File<'_>) -> Result {
        self.bytes.extend(SIGNATURE);
        self.number(0);
        self.number(1);
        self.number(1);
        self.number(u32::try_from(file.objects.len()).map_err(|_| Inexpressible::TooLarge)?);
        for object in file.objects {
            self.object(object)?;
        }
        self.patch_length(4, 0)?;
        if !self.flavors.is_empty() {
            let flavors = core::mem::take(&mut self.flavors);
            self.bytes.extend(kind::FLAVORS);
            self.number(u32::try_from(flavors.len()).map_err(|_| Inexpressible::TooLarge)?);
            for (offset, flavor) in flavors {
                self.number(offset);
                self.number(u32::from(flavor));
            }
        }
        Ok(())
    }

    fn number(&mut self, number: u32) {
        self.bytes.extend(number.to_le_bytes());
    }

    /// Writes the number of bytes since `start` at `at`.
    fn patch_length(&mut self, at: usize, start: usize) -> Result {
        let length = self.bytes.len().saturating_sub(start);
        self.patch(
            at,
            u32::try_from(length).map_err(|_| Inexpressible::TooLarge)?,
        );
        Ok(())
    }

    fn patch(&mut self, at: usize, number: u32) {
        if let Some(place) = self
            .bytes
            .get_mut(at..)
            .and_then(|rest| rest.first_chunk_mut())
        {
            *place = number.to_le_bytes();
        }
    }

    /// Returns the number of bytes since `start`.
    fn offset(&self, start: usize) -> Result<u32> {
        let offset = self.bytes.len().saturating_sub(start);
        u32::try_from(offset).map_err(|_| Inexpressible::TooLarge)
    }

    fn padded(&mut self, bytes: &[u8]) {
        self.bytes.extend(bytes);
        if self.pads && self.edition == Edition::Current {
            let padding = bytes.len().next_multiple_of(4).saturating_sub(bytes.len());
            self.bytes.extend(core::iter::repeat_n(0, padding));
        }
    }

    fn string(&mut self, text: &str) -> Result {
        if text.contains('\0') {
            return Err(Inexpressible::Nul(text.to_string()));
        }
        let units = text.encode_utf16().chain([0]);
        self.padded(&units.flat_map(u16::to_le_bytes).collect::<Vec<_>>());
        Ok(())
    }

    /// Writes a record: its length, then the rest through `write`.
    fn record(&mut self, write: impl FnOnce(&mut Self) -> Result) -> Result {
        let start = self.bytes.len();
        self.number(0);
        write(self)?;
        self.patch_length(start, start)
    }

    /// Writes a list: its length, the number of records, the records.
    fn list(&mut self, write: impl FnOnce(&mut Self, &mut u32) -> Result) -> Result {
        self.record(|this| {
            let at = this.bytes.len();
            this.number(0);
            let mut count = 0;
            write(this, &mut count)?;
            this.patch(at, count);
            Ok(())
        })
    }

    fn object(&mut self, object: &Object<'_>) -> Result {
        let mut system = SystemProperties {
            namespace: Some(object.namespace),
            class_flags: object.class_flags,
            instance_flags: object.instance_flags,
            ..SystemProperties::default()
        };
        match &object.kind {
            ObjectKind::Class(class) => {
                system.superclass = class.superclass;
                system.alias = object.class_alias;
                let written = self.class(class, &system);
                self.within_class(class.name, written)
            }
            ObjectKind::Instance(instance) => {
                system.alias = instance.alias;
                let written = self.instance(instance, &system);
                self.within_class(instance.class, written)
            }
        }
    }

    /// Records the class of an error.
    fn within_class(&mut self, name: &str, written: Result) -> Result {
        if written.is_err() {
            self.class = Some(name.to_string());
        }
        written
    }

    /// Records the member of an error; the outermost one, recorded last, wins.
    fn within_member(&mut self, name: &str, written: Result) -> Result {
        if written.is_err() {
            self.member = Some(name.to_string());
        }
        written
    }

    /// Writes the header of an object, its three lists, and their offsets in the header.
    fn object_record(
        &mut self,
        kind: u32,
        qualifiers: Option<Qualifiers<'_>>,
        properties: impl FnOnce(&mut Self) -> Result,
        methods: impl FnOnce(&mut Self) -> Result,
    ) -> Result {
        self.record(|this| {
            let header = this.bytes.len();
            for number in [NOTHING, 0, 0, kind] {
                this.number(number);
            }
            let heap = this.bytes.len();
            if let Some(qualifiers) = qualifiers {
                this.patch(header, 0);
                this.qualifiers(qualifiers.iter())?;
            }
            let offset = this.offset(heap)?;
            this.patch(header.saturating_add(4), offset);
            properties(this)?;
            let offset = this.offset(heap)?;
            this.patch(header.saturating_add(8), offset);
            methods(this)
        })
    }

    fn class(&mut self, class: &Class<'_>, system: &SystemProperties<'_>) -> Result {
        self.object_record(
            kind::CLASS,
            Some(class.qualifiers),
            |this| {
                this.list(|this, count| {
                    for property in class.properties {
                        *count = count.saturating_add(1);
                        let written = this.property(property, &[]);
                        this.within_member(property.name, written)?;
                    }
                    this.system_properties(class.name, system, count)
                })
            },
            |this| {
                this.list(|this, count| {
                    class.methods.iter().try_for_each(|method| {
                        *count = count.saturating_add(1);
                        let written = this.method(method);
                        this.within_member(method.name, written)
                    })
                })
            },
        )
    }

    fn instance(&mut self, instance: &Instance<'_>, system: &SystemProperties<'_>) -> Result {
        self.object_record(
            kind::INSTANCE,
            Some(instance.qualifiers),
            |this| {
                this.list(|this, count| {
                    for value in instance.values {
                        *count = count.saturating_add(1);
                        let written = this.instance_value(value);
                        this.within_member(value.name, written)?;
                    }
                    this.system_properties(instance.class, system, count)
                })
            },
            |this| this.list(|_, _| Ok(())),
        )
    }

    fn instance_value(&mut self, value: &PropertyValue<'_>) -> Result {
        let code = kind::of_value(&value.value);
        let qualifiers = value.qualifiers;
        let written = (value.value != Value::Null).then_some(&value.value);
        self.property_record(code, value.name, written, |this| {
            this.qualifiers(qualifiers.iter())
        })
    }

    /// Writes a property or method: its header, name, value and qualifiers.
    fn property_record(
        &mut self,
        code: u32,
        name: &str,
        value: Option<&Value<'_>>,
        qualifiers: impl FnOnce(&mut Self) -> Result,
    ) -> Result {
        self.property_like(
            code,
            name,
            value.is_some(),
            |this| value.map_or(Ok(()), |value| this.value(value)),
            Some(qualifiers),
        )
    }

    fn property_like(
        &mut self,
        code: u32,
        name: &str,
        has_value: bool,
        value: impl FnOnce(&mut Self) -> Result,
        qualifiers: Option<impl FnOnce(&mut Self) -> Result>,
    ) -> Result {
        self.record(|this| {
            let header = this.bytes.len();
            for number in [code, 0, NOTHING, NOTHING] {
                this.number(number);
            }
            let heap = this.bytes.len();
            this.string(name)?;
            if has_value {
                let offset = this.offset(heap)?;
                this.patch(header.saturating_add(8), offset);
                value(this)?;
            }
            if let Some(qualifiers) = qualifiers {
                let offset = this.offset(heap)?;
                this.patch(header.saturating_add(12), offset);
                qualifiers(this)?;
            }
            Ok(())
        })
    }

    /// Writes a property of a class or a parameter block; `generated` qualifiers follow its own.
    fn property(&mut self, property: &Property<'_>, generated: &[Qualifier<'_>]) -> Result {
        self.declaration(property, &|_| true, generated)
    }

    /// Writes a property without the qualifiers that `keep` refuses.
    fn declaration(
        &mut self,
        property: &Property<'_>,
        keep: &dyn Fn(&Qualifier<'_>) -> bool,
        generated: &[Qualifier<'_>],
    ) -> Result {
        refuse_unsigned(property)?;
        let code = match &property.default {
            Some(Value::Array([])) => kind::of_empty(property.cim_type),
            Some(value) => kind::of_value(value),
            None => kind::of_type(property.cim_type, property.array),
        };
        let maximum = match property.array {
            Array::Fixed(length) => Some(Qualifier::new("MAX", Value::Integer(i64::from(length)))),
            Array::Scalar | Array::Variable => None,
        };
        let text = cim_type_text(property.cim_type, property.type_name);
        let cim_type = generated_type(&text);
        // The compiler adds them in this order: a direction, `MAX`, `ID`, `CIMTYPE`.
        let is_direction = |qualifier: &&Qualifier<'_>| qualifier.name != "ID";
        let (directions, ids): (Vec<_>, Vec<_>) = generated.iter().partition(is_direction);
        self.property_record(code, property.name, property.default.as_ref(), |this| {
            let own = property
                .qualifiers
                .iter()
                .filter(|qualifier| keep(qualifier));
            this.qualifiers(
                own.chain(directions)
                    .chain(&maximum)
                    .chain(ids)
                    .chain([&cim_type]),
            )
        })
    }

    fn system_properties(
        &mut self,
        class: &str,
        system: &SystemProperties<'_>,
        count: &mut u32,
    ) -> Result {
        let flags =
            |flags: Option<ChangeFlags>| flags.map(|flags| Value::Integer(i64::from(flags.bits())));
        let values = [
            ("__CLASS", Some(Value::String(class))),
            ("__NAMESPACE", system.namespace.map(Value::String)),
            ("__CLASSFLAGS", flags(system.class_flags)),
            ("__INSTANCEFLAGS", flags(system.instance_flags)),
            ("__SUPERCLASS", system.superclass.map(Value::String)),
            ("__ALIAS", system.alias.map(Value::String)),
        ];
        for (name, value) in values {
            let Some(value) = value else { continue };
            *count = count.saturating_add(1);
            let code = kind::of_value(&value);
            let none: Option<fn(&mut Self) -> Result> = None;
            self.property_like(code, name, true, |this| this.value(&value), none)?;
        }
        Ok(())
    }

    fn qualifiers<'q, 'a: 'q>(
        &mut self,
        qualifiers: impl Iterator<Item = &'q Qualifier<'a>>,
    ) -> Result {
        self.list(|this, count| {
            for qualifier in qualifiers {
                *count = count.saturating_add(1);
                this.qualifier(qualifier)?;
            }
            Ok(())
        })
    }

    fn qualifier(&mut self, qualifier: &Qualifier<'_>) -> Result {
        if qualifier.flavor != Flavor::NONE && self.edition == Edition::Current {
            let place = self.offset(0)?;
            self.flavors.push((place, qualifier.flavor.bits()));
        }
        self.record(|this| {
            let header = this.bytes.len();
            for number in [kind::of_value(&qualifier.value), 0, NOTHING] {
                this.number(number);
            }
            let heap = this.bytes.len();
            this.string(qualifier.name)?;
            if qualifier.value == Value::Null {
                return Ok(());
            }
            let offset = this.offset(heap)?;
            this.patch(header.saturating_add(8), offset);
            this.value(&qualifier.value)
        })
    }

    fn value(&mut self, value: &Value<'_>) -> Result {
        match *value {
            Value::Null => Err(Inexpressible::Null),
            Value::String(text) | Value::Alias(text) => self.string(text),
            Value::Boolean(on) => {
                self.padded(&if on { [0xff, 0xff] } else { [0, 0] });
                Ok(())
            }
            Value::Char(unit) => {
                self.padded(&unit.to_le_bytes());
                Ok(())
            }
            Value::Integer(number) => {
                let bytes = match (i32::try_from(number), u32::try_from(number)) {
                    (Ok(signed), _) => signed.to_le_bytes(),
                    (_, Ok(unsigned)) => unsigned.to_le_bytes(),
                    _ => return Err(Inexpressible::Integer(number)),
                };
                self.padded(&bytes);
                Ok(())
            }
            Value::Real(number) => {
                self.padded(&number.to_le_bytes());
                Ok(())
            }
            Value::Instance(instance) => {
                let system = SystemProperties {
                    namespace: instance.namespace,
                    alias: instance.alias,
                    ..SystemProperties::default()
                };
                self.instance(instance, &system)
            }
            Value::Array(values) => {
                if values.contains(&Value::Null) {
                    return Err(Inexpressible::Null);
                }
                let mut kinds = values.iter().map(kind::of_value);
                let first = kinds.next();
                if kinds.any(|kind| Some(kind) != first) {
                    return Err(Inexpressible::Array);
                }
                self.array(values.len(), |this, index| {
                    values.get(index).map_or(Ok(()), |value| this.value(value))
                })
            }
        }
    }

    /// Writes an array: its length, 1, the number of elements, the length from there, the elements.
    fn array(
        &mut self,
        count: usize,
        mut element: impl FnMut(&mut Self, usize) -> Result,
    ) -> Result {
        self.record(|this| {
            this.number(1);
            this.number(u32::try_from(count).map_err(|_| Inexpressible::TooLarge)?);
            this.record(|this| {
                (0..count).try_for_each(|index| {
                    this.pads = index.saturating_add(1) == count;
                    element(this, index)
                })
            })
        })
    }

    fn method(&mut self, method: &Method<'_>) -> Result {
        let blocks: Vec<Direction> = [Direction::In, Direction::Out]
            .into_iter()
            .filter(|direction| has_block(method, *direction))
            .collect();
        let code = if blocks.is_empty() {
            kind::VOID
        } else {
            kind::METHOD
        };
        let qualifiers = method.qualifiers;
        self.property_like(
            code,
            method.name,
            !blocks.is_empty(),
            |this| {
                this.array(blocks.len(), |this, index| {
                    blocks
                        .get(index)
                        .map_or(Ok(()), |block| this.parameters(method, *block))
                })
            },
            Some(|this: &mut Self| this.qualifiers(qualifiers.iter())),
        )
    }

    fn parameters(&mut self, method: &Method<'_>, block: Direction) -> Result {
        self.object_record(
            kind::INSTANCE,
            None,
            |this| {
                this.list(|this, count| {
                    for (parameter, id) in method.parameters.iter().zip(0..) {
                        if block.takes(parameter) {
                            *count = count.saturating_add(1);
                            this.parameter(parameter, block, id)?;
                        }
                    }
                    if let Some((cim_type, type_name)) =
                        method.returns.filter(|_| block == Direction::Out)
                    {
                        *count = count.saturating_add(1);
                        this.property(&Property::new("ReturnValue", cim_type, type_name), &[])?;
                    }
                    this.system_properties("__PARAMETERS", &SystemProperties::default(), count)
                })
            },
            |this| this.list(|_, _| Ok(())),
        )
    }

    fn parameter(&mut self, parameter: &Property<'_>, block: Direction, id: i64) -> Result {
        let (here, name) = match block {
            Direction::In => ("in", "IN"),
            Direction::Out => ("out", "OUT"),
        };
        let mut generated = Vec::new();
        if !parameter.qualifiers.flag(here) {
            generated.push(Qualifier::new(name, Value::Boolean(true)));
        }
        if parameter.qualifier("ID").is_none() {
            let flavor = Flavor::from_bits(kind::ID_FLAVOR);
            generated.push(Qualifier::new("ID", Value::Integer(id)).with_flavor(flavor));
        }
        // Keep the direction of this block, unless it is `FALSE`.
        let keep = |qualifier: &Qualifier<'_>| {
            let is = |name: &str| qualifier.name.eq_ignore_ascii_case(name);
            let is_on = qualifier.value != Value::Boolean(false);
            !(is("in") || is("out")) || (is(here) && is_on)
        };
        self.declaration(parameter, &keep, &generated)
    }
}

/// The properties that WMI adds to an object.
#[derive(Default)]
struct SystemProperties<'a> {
    namespace: Option<&'a str>,
    class_flags: Option<ChangeFlags>,
    instance_flags: Option<ChangeFlags>,
    superclass: Option<&'a str>,
    alias: Option<&'a str>,
}

fn has_block(method: &Method<'_>, block: Direction) -> bool {
    let returns = block == Direction::Out && method.returns.is_some();
    returns
        || method
            .parameters
            .iter()
            .any(|parameter| block.takes(parameter))
}

/// Returns the text of `CIMTYPE`.
fn cim_type_text(cim_type: CimType, type_name: &str) -> std::borrow::Cow<'_, str> {
    let is_object = type_name.eq_ignore_ascii_case("object");
    match cim_type {
        CimType::Object if !is_object => format!("object:{type_name}").into(),
        CimType::Reference if is_object => "ref".into(),
        CimType::Reference => format!("ref:{type_name}").into(),
        _ => type_name.into(),
    }
}

fn generated_type(text: &str) -> Qualifier<'_> {
    let flavor = Flavor::from_bits(kind::CIMTYPE_FLAVOR);
    Qualifier::new("CIMTYPE", Value::String(text)).with_flavor(flavor)
}

/// Refuses defaults of 64-bit properties that 32 bits hold without a sign alone: they would be read as
/// negative numbers.
fn refuse_unsigned(property: &Property<'_>) -> Result {
    if !matches!(property.cim_type, CimType::Sint64 | CimType::Uint64) {
        return Ok(());
    }
    let values = match &property.default {
        Some(Value::Array(values)) => values,
        Some(value) => core::slice::from_ref(value),
        None => &[],
    };
    for value in values {
        if let Value::Integer(number) = *value {
            if i32::try_from(number).is_err() {
                return Err(Inexpressible::Integer(number));
            }
        }
    }
    Ok(())
}
