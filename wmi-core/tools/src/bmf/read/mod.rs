//! Reads the payload into the schema. Everything that the compiler generated (`CIMTYPE`, `MAX`,
//! `ID`, directions, system properties) becomes the declaration it came from.

mod cursor;
mod parameters;

use core::cell::Cell;

use super::kind::{self, NOTHING};
use super::{BmfDecodeError, SIGNATURE, wide};
use cursor::Cursor;
use parameters::{Parameters, take_maximum};

use crate::Arena;
use crate::classes::is_name;
use wmi_core::schema::{
    ChangeFlags, Class, Edition, File, Flavor, Instance, Method, Object, ObjectKind, Property,
    PropertyValue, Qualifier, Qualifiers, Value,
};

type Result<T> = core::result::Result<T, BmfDecodeError>;

/// The bytes of a qualifier besides its name and value; other records take more.
const RECORD_HEADER: usize = 16;

/// The bytes of the smallest element of an array.
const ELEMENT: usize = 2;

/// The maximum nesting depth of objects, which no compiler reaches.
const MAX_DEPTH: usize = 16;

/// Reads the payload of a file into `arena`.
///
/// # Errors
///
/// [`BmfDecodeError`] at the first bad byte of the records, or at a name that MOF text cannot
/// spell.
pub fn decode_payload<'a>(arena: &'a Arena, payload: &[u8]) -> Result<File<'a>> {
    let mut cursor = Cursor {
        bytes: payload,
        position: 0,
        end: payload.len(),
    };
    if cursor.number()? != u32::from_le_bytes(SIGNATURE) {
        return Err(BmfDecodeError::new(
            0,
            "the payload does not start with `FOMB`",
        ));
    }
    let objects_end = wide(cursor.number()?);
    if objects_end > payload.len() {
        return Err(BmfDecodeError::new(4, "the objects end after the payload"));
    }
    for _ in 0..2 {
        if cursor.number()? != 1 {
            return Err(cursor.error_before(4, "the payload has another version"));
        }
    }
    let count = cursor.number()?;
    cursor.end = objects_end;
    let flavors = read_flavors(payload, objects_end)?;
    let reader = Reader {
        arena,
        flavors,
        flavored: Cell::new(0),
        edition: Cell::new(None),
    };
    let mut objects = Vec::new();
    for _ in 0..count {
        objects.push(reader.object(&mut cursor)?);
    }
    cursor.finish("bytes are left after the last object")?;
    if reader.flavored.get() != reader.flavors.len() {
        let what = "flavors of something that is not a qualifier";
        return Err(BmfDecodeError::new(objects_end, what));
    }
    let edition = match reader.edition.get() {
        // The old edition has no flavors.
        Some(Edition::Old) if reader.flavors.is_empty() => Edition::Old,
        _ => Edition::Current,
    };
    Ok(File::new(arena.list(&objects)).with_edition(edition))
}

/// Reads the flavors by the places of their qualifiers, in ascending order.
fn read_flavors(payload: &[u8], start: usize) -> Result<Vec<(usize, u8)>> {
    let mut cursor = Cursor {
        bytes: payload,
        position: start,
        end: payload.len(),
    };
    if start == payload.len() {
        return Ok(Vec::new());
    }
    if cursor.take(16)? != kind::FLAVORS {
        return Err(BmfDecodeError::new(
            start,
            "no section of flavors follows the objects",
        ));
    }
    let count = cursor.number()?;
    let mut flavors = Vec::new();
    for _ in 0..count {
        let (offset, bits) = (wide(cursor.number()?), cursor.number()?);
        let bits = u8::try_from(bits).map_err(|_| cursor.error_before(4, "unknown flavors"))?;
        if flavors.last().is_some_and(|(before, _)| *before >= offset) {
            return Err(cursor.error_before(8, "the flavors are not in order"));
        }
        flavors.push((offset, bits));
    }
    cursor.finish("bytes are left after the flavors")?;
    Ok(flavors)
}

struct Reader<'a> {
    arena: &'a Arena,
    flavors: Vec<(usize, u8)>,
    /// The number of flavors whose qualifiers were found.
    flavored: Cell<usize>,
    /// The edition, once something shows it.
    edition: Cell<Option<Edition>>,
}

/// An object as it is stored.
struct Stored<'a, 'p> {
    kind: u32,
    qualifiers: Option<Vec<Qualifier<'a>>>,
    properties: Vec<StoredProperty<'a>>,
    /// The list of methods.
    methods: Cursor<'p>,
    system: SystemProperties<'a>,
    start: usize,
}

/// A property as it is stored.
struct StoredProperty<'a> {
    code: u32,
    name: &'a str,
    value: Option<Value<'a>>,
    qualifiers: Vec<Qualifier<'a>>,
    start: usize,
}

#[derive(Default)]
struct SystemProperties<'a> {
    class: Option<&'a str>,
    namespace: Option<&'a str>,
    class_flags: Option<ChangeFlags>,
    instance_flags: Option<ChangeFlags>,
    superclass: Option<&'a str>,
    alias: Option<&'a str>,
}

impl<'a> Reader<'a> {
    fn object<'p>(&self, cursor: &mut Cursor<'p>) -> Result<Object<'a>> {
        let stored = self.stored(cursor.record()?, 0)?;
        let system = &stored.system;
        let names = [system.superclass, system.alias].into_iter().flatten();
        names
            .chain(system.class)
            .try_for_each(|name| self.spelled(stored.start, name))?;
        let namespace = system.namespace.unwrap_or(Object::DEFAULT_NAMESPACE);
        let (class_flags, instance_flags) = (system.class_flags, system.instance_flags);
        let alias = system.alias;
        let (kind, class_alias) = match stored.kind {
            kind::CLASS => (ObjectKind::Class(self.class(stored)?), alias),
            _ => (ObjectKind::Instance(self.instance(stored)?), None),
        };
        Ok(Object::new(namespace, kind)
            .with_class_alias(class_alias)
            .with_class_flags(class_flags)
            .with_instance_flags(instance_flags))
    }

    fn stored<'p>(&self, mut record: Cursor<'p>, depth: usize) -> Result<Stored<'a, 'p>> {
        let start = record.position.saturating_sub(4);
        if depth > MAX_DEPTH {
            return Err(BmfDecodeError::new(start, "objects are nested too deep"));
        }
        let [qualifiers, properties, methods, kind] = [
            record.number()?,
            record.number()?,
            record.number()?,
            record.number()?,
        ];
        if !matches!(kind, kind::CLASS | kind::INSTANCE) {
            return Err(record.error_before(4, "the object is neither class nor instance"));
        }
        let heap = record.position;
        let at = |offset: u32| heap.saturating_add(wide(offset));
        let qualifiers = match qualifiers {
            NOTHING => None,
            offset => {
                let mut part = record.part(heap, offset, at(properties))?;
                let qualifiers = self.qualifiers(&mut part, depth)?;
                part.finish("bytes are left after the qualifiers")?;
                Some(qualifiers)
            }
        };
        let mut part = record.part(heap, properties, at(methods))?;
        let mut system = SystemProperties::default();
        let properties = self.properties(&mut part, &mut system, depth)?;
        part.finish("bytes are left after the properties")?;
        let methods = record.part(heap, methods, record.end)?;
        Ok(Stored {
            kind,
            qualifiers,
            properties,
            methods,
            system,
            start,
        })
    }

    /// Reads a list: its length, the number of records, the records.
    fn list<'p, T>(
        &self,
        cursor: &mut Cursor<'p>,
        mut read: impl FnMut(Cursor<'p>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut list = cursor.record()?;
        let count = list.number()?;
        // The count may be false: no more records than this fit.
        let fit = list.rest().len() / RECORD_HEADER;
        let mut items = Vec::with_capacity(fit.min(wide(count)));
        for _ in 0..count {
            items.push(read(list.record()?)?);
        }
        list.finish("bytes are left after the last record of the list")?;
        Ok(items)
    }

    fn qualifiers<'p>(&self, cursor: &mut Cursor<'p>, depth: usize) -> Result<Vec<Qualifier<'a>>> {
        self.list(cursor, |record| self.qualifier(record, depth))
    }

    fn qualifier<'p>(&self, mut record: Cursor<'p>, depth: usize) -> Result<Qualifier<'a>> {
        let start = record.position.saturating_sub(4);
        let [code, _, value] = [record.number()?, record.number()?, record.number()?];
        let heap = record.position;
        let end = match value {
            NOTHING => record.end,
            offset => heap.saturating_add(wide(offset)),
        };
        let name = self.name(&mut record.part(heap, 0, end)?, depth)?;
        let value = match value {
            NOTHING if code == kind::STRING => Value::Null,
            offset => self.value(&mut record.part(heap, offset, record.end)?, code, depth)?,
        };
        let flavor = self
            .flavors
            .binary_search_by_key(&start, |(place, _)| *place);
        let flavor = flavor.ok().and_then(|index| self.flavors.get(index));
        let bits = flavor.map_or(0, |(_, bits)| *bits);
        if flavor.is_some() {
            self.flavored.set(self.flavored.get().saturating_add(1));
        }
        Ok(Qualifier::new(name, value).with_flavor(Flavor::from_bits(bits)))
    }

    /// Reads the properties of an object; system properties are stored in `system`.
    fn properties<'p>(
        &self,
        cursor: &mut Cursor<'p>,
        system: &mut SystemProperties<'a>,
        depth: usize,
    ) -> Result<Vec<StoredProperty<'a>>> {
        let mut own = Vec::new();
        self.list(cursor, |mut record| {
            let start = record.position.saturating_sub(4);
            let [code, _, value, qualifiers] = [
                record.number()?,
                record.number()?,
                record.number()?,
                record.number()?,
            ];
            let heap = record.position;
            let end = match qualifiers {
                NOTHING => record.end,
                offset => heap.saturating_add(wide(offset)),
            };
            let name_end = match value {
                NOTHING => end,
                offset => heap.saturating_add(wide(offset)),
            };
            let name = self.name(&mut record.part(heap, 0, name_end)?, depth)?;
            let value = match value {
                NOTHING => None,
                offset => {
                    let mut part = record.part(heap, offset, end)?;
                    Some(self.value(&mut part, code, depth)?)
                }
            };
            if qualifiers == NOTHING {
                return system
                    .set(name, value)
                    .ok_or(BmfDecodeError::new(start, "unknown system property"));
            }
            let mut part = record.part(heap, qualifiers, record.end)?;
            let qualifiers = self.qualifiers(&mut part, depth)?;
            part.finish("bytes are left after the qualifiers")?;
            own.push(StoredProperty {
                code,
                name,
                value,
                qualifiers,
                start,
            });
            Ok(())
        })?;
        Ok(own)
    }

    /// Reads a name that MOF text can spell. The part holds nothing else.
    fn name<'p>(&self, part: &mut Cursor<'p>, depth: usize) -> Result<&'a str> {
        let start = part.position;
        let name = self.string(part)?;
        self.spelled(start, name)?;
        // A name at depth 0 is never in an array element before the last, so the current edition
        // pads it.
        let is_odd = part.position.saturating_sub(start) % 4 != 0;
        if depth == 0 && is_odd && self.edition.get().is_none() {
            self.edition.set(match part.rest() {
                [] => Some(Edition::Old),
                [0, 0] => Some(Edition::Current),
                _ => None,
            });
        }
        Ok(name)
    }

    /// Refuses a name that MOF text cannot spell.
    fn spelled(&self, start: usize, name: &str) -> Result<()> {
        if is_name(name) {
            Ok(())
        } else {
            Err(BmfDecodeError::new(start, "MOF text cannot spell a name"))
        }
    }

    /// Reads a string up to its NUL.
    fn string<'p>(&self, cursor: &mut Cursor<'p>) -> Result<&'a str> {
        let start = cursor.position;
        let units = cursor.units_to_nul()?;
        let mut text = String::with_capacity(units.len());
        for character in char::decode_utf16(units) {
            let what = "the text is not UTF-16";
            text.push(character.map_err(|_| BmfDecodeError::new(start, what))?);
        }
        Ok(self.arena.text(&text))
    }

    fn value<'p>(&self, cursor: &mut Cursor<'p>, code: u32, depth: usize) -> Result<Value<'a>> {
        if code & kind::ARRAY != 0 && code != kind::ALIAS {
            let element = code & !kind::ARRAY;
            let (mut elements, count) = self.elements(cursor)?;
            let values = self
                .arena
                .try_list(count, || self.value(&mut elements, element, depth))?;
            end_of_array(elements)?;
            return Ok(Value::Array(values));
        }
        let start = cursor.position;
        Ok(match code {
            kind::STRING => Value::String(self.string(cursor)?),
            kind::ALIAS => {
                let alias = self.string(cursor)?;
                self.spelled(start, alias)?;
                Value::Alias(alias)
            }
            kind::BOOLEAN => match *cursor.take(2)? {
                [0xff, 0xff] => Value::Boolean(true),
                [0, 0] => Value::Boolean(false),
                _ => {
                    return Err(BmfDecodeError::new(
                        start,
                        "a boolean is neither true nor false",
                    ));
                }
            },
            kind::CHAR => {
                let bytes = cursor.take(2)?.first_chunk().copied().unwrap_or_default();
                Value::Char(u16::from_le_bytes(bytes))
            }
            kind::INTEGER => {
                let number = i32::from_le_bytes(cursor.number()?.to_le_bytes());
                Value::Integer(i64::from(number))
            }
            kind::REAL => {
                let bytes = cursor.take(8)?.first_chunk().copied().unwrap_or_default();
                Value::Real(f64::from_le_bytes(bytes))
            }
            kind::OBJECT => {
                let stored = self.stored(cursor.record()?, depth.saturating_add(1))?;
                let namespace = stored.system.namespace;
                let mut names = stored.system.class.iter().chain(&stored.system.alias);
                names.try_for_each(|name| self.spelled(stored.start, name))?;
                let instance = self.instance(stored)?.with_namespace(namespace);
                Value::Instance(self.arena.item(instance))
            }
            _ => return Err(BmfDecodeError::new(start, "unknown type of a value")),
        })
    }

    /// Reads the start of an array: its length, 1, the number of elements, and the length from
    /// there. Returns the elements and their number.
    fn elements<'p>(&self, cursor: &mut Cursor<'p>) -> Result<(Cursor<'p>, usize)> {
        let mut outer = cursor.record()?;
        if outer.number()? != 1 {
            return Err(outer.error_before(4, "an array has several dimensions"));
        }
        let count = wide(outer.number()?);
        let inner = outer.record()?;
        outer.finish("bytes are left after the array")?;
        if count > inner.rest().len() / ELEMENT {
            return Err(inner.error("an array has more elements than it holds"));
        }
        Ok((inner, count))
    }

    fn class<'p>(&self, stored: Stored<'a, 'p>) -> Result<Class<'a>> {
        let name = stored.class_name()?;
        let mut properties = Vec::with_capacity(stored.properties.len());
        for property in stored.properties {
            properties.push(self.declaration(property)?);
        }
        let mut cursor = stored.methods;
        let methods = self.list(&mut cursor, |record| self.method(record))?;
        cursor.finish("bytes are left after the methods")?;
        let qualifiers = self.arena.list(&stored.qualifiers.unwrap_or_default());
        let class = Class::new(name)
            .with_qualifiers(qualifiers)
            .with_properties(self.arena.list(&properties))
            .with_methods(self.arena.list(&methods));
        Ok(match stored.system.superclass {
            Some(superclass) => class.with_superclass(superclass),
            None => class,
        })
    }

    fn instance<'p>(&self, stored: Stored<'a, 'p>) -> Result<Instance<'a>> {
        let name = stored.class_name()?;
        let mut values = Vec::with_capacity(stored.properties.len());
        for property in &stored.properties {
            let value = property.value.unwrap_or(Value::Null);
            let qualifiers = self.arena.list(&property.qualifiers);
            values.push(PropertyValue::new(property.name, value).with_qualifiers(qualifiers));
        }
        self.no_methods(stored.methods)?;
        let qualifiers = self.arena.list(&stored.qualifiers.unwrap_or_default());
        Ok(Instance::new(name, self.arena.list(&values))
            .with_alias(stored.system.alias)
            .with_qualifiers(qualifiers))
    }

    /// Refuses methods of an object that is not a class.
    fn no_methods(&self, mut cursor: Cursor<'_>) -> Result<()> {
        let error = |record: Cursor<'_>| record.error("only a class has methods");
        self.list(&mut cursor, |record| Err::<(), _>(error(record)))?;
        cursor.finish("bytes are left after the methods")
    }

    /// Returns a property of a class, or a parameter, without the generated qualifiers.
    fn declaration(&self, mut stored: StoredProperty<'a>) -> Result<Property<'a>> {
        let Some(Qualifier {
            name: "CIMTYPE",
            value: Value::String(text),
            ..
        }) = stored.qualifiers.pop()
        else {
            return Err(stored.error("the last qualifier is not `CIMTYPE`"));
        };
        let (cim_type, type_name) = kind::parse_type(text);
        self.spelled(stored.start, type_name)?;
        let mut property = Property::new(stored.name, cim_type, type_name);
        if stored.code & kind::ARRAY != 0 {
            property.array = take_maximum(&mut stored.qualifiers);
        }
        let expected = match &stored.value {
            // An empty array does not show its type.
            Some(Value::Array([])) => stored.code,
            Some(value) => kind::of_value(value),
            None => kind::of_type(cim_type, property.array),
        };
        if expected != stored.code {
            return Err(stored.error("the type is not that of `CIMTYPE` or the value"));
        }
        property.default = stored.value;
        property.qualifiers = Qualifiers::new(self.arena.list(&stored.qualifiers));
        Ok(property)
    }

    fn method<'p>(&self, mut record: Cursor<'p>) -> Result<Method<'a>> {
        let start = record.position.saturating_sub(4);
        let [code, _, value, qualifiers] = [
            record.number()?,
            record.number()?,
            record.number()?,
            record.number()?,
        ];
        let heap = record.position;
        let name_end = heap.saturating_add(wide(value.min(qualifiers)));
        let name = self.name(&mut record.part(heap, 0, name_end.min(record.end))?, 0)?;
        if qualifiers == NOTHING {
            return Err(BmfDecodeError::new(
                start,
                "a method has no list of qualifiers",
            ));
        }
        let mut blocks = Vec::new();
        match (code, value) {
            (kind::VOID, NOTHING) => {}
            (kind::METHOD, offset) if offset != NOTHING => {
                let end = heap.saturating_add(wide(qualifiers));
                let mut part = record.part(heap, offset, end)?;
                let (mut elements, count) = self.elements(&mut part)?;
                if !matches!(count, 1 | 2) {
                    return Err(BmfDecodeError::new(start, "a method has one or two blocks"));
                }
                for _ in 0..count {
                    blocks.push(self.block(&mut elements)?);
                }
                end_of_array(elements)?;
            }
            _ => {
                return Err(BmfDecodeError::new(
                    start,
                    "the type of a method is unknown",
                ));
            }
        }
        let mut part = record.part(heap, qualifiers, record.end)?;
        let qualifiers = self.qualifiers(&mut part, 0)?;
        part.finish("bytes are left after the qualifiers")?;
        let parameters = Parameters::of_blocks(blocks)?;
        let mut declared = Vec::with_capacity(parameters.declared.len());
        for stored in parameters.declared {
            declared.push(self.declaration(stored)?);
        }
        let method = Method::new(name)
            .with_qualifiers(self.arena.list(&qualifiers))
            .with_parameters(self.arena.list(&declared));
        Ok(match parameters.returns {
            Some(stored) => {
                let start = stored.start;
                let result = self.declaration(stored)?;
                if result != Property::new("ReturnValue", result.cim_type, result.type_name) {
                    return Err(BmfDecodeError::new(
                        start,
                        "a result has more than its type",
                    ));
                }
                method.with_returns(result.cim_type, result.type_name)
            }
            None => method,
        })
    }

    /// Reads the parameters of one direction.
    fn block<'p>(&self, cursor: &mut Cursor<'p>) -> Result<Vec<StoredProperty<'a>>> {
        let stored = self.stored(cursor.record()?, 1)?;
        if stored.kind != kind::INSTANCE || stored.qualifiers.is_some() {
            return Err(BmfDecodeError::new(
                stored.start,
                "the block is not one of parameters",
            ));
        }
        self.no_methods(stored.methods)?;
        Ok(stored.properties)
    }
}

/// Refuses bytes other than padding after the last element of an array.
fn end_of_array(mut elements: Cursor<'_>) -> Result<()> {
    elements.skip_padding();
    elements.finish("bytes are left after the last element")
}

impl StoredProperty<'_> {
    fn error(&self, what: &'static str) -> BmfDecodeError {
        BmfDecodeError::new(self.start, what)
    }
}

impl<'a> Stored<'a, '_> {
    fn class_name(&self) -> Result<&'a str> {
        self.system.class.ok_or(BmfDecodeError::new(
            self.start,
            "the object has no `__CLASS`",
        ))
    }
}

impl<'a> SystemProperties<'a> {
    fn set(&mut self, name: &str, value: Option<Value<'a>>) -> Option<()> {
        let flags = |value| match value {
            Value::Integer(flags) => u32::try_from(flags).ok().map(ChangeFlags::from_bits),
            _ => None,
        };
        match (name, value?) {
            ("__CLASS", Value::String(text)) => self.class = Some(text),
            ("__NAMESPACE", Value::String(text)) => self.namespace = Some(text),
            ("__SUPERCLASS", Value::String(text)) => self.superclass = Some(text),
            ("__ALIAS", Value::String(text)) => self.alias = Some(text),
            ("__CLASSFLAGS", value) => self.class_flags = Some(flags(value)?),
            ("__INSTANCEFLAGS", value) => self.instance_flags = Some(flags(value)?),
            _ => return None,
        }
        Some(())
    }
}
