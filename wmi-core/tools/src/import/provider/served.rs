//! The classes with a block, and what the device stores for each. It owns no source text.

use std::collections::BTreeSet;

use wmi_vocabulary::kind::ClassKind;

use super::super::class::{MAX_SIZE, Struct, Written};
use super::super::item::Field;
use super::super::method;
use super::super::name::field_name;
use super::test::Functions;
use crate::layout::Elements;
use wmi_core::schema::Class;

/// A class with a block.
pub(super) struct Served<'w> {
    pub(super) class: &'w Class<'w>,
    pub(super) written: &'w Written,
    pub(super) content: Content,
    /// The field of the device, and the function that returns its value in the test.
    pub(super) field: String,
    /// The items that clients may set, if the device has an atomic for each of them.
    pub(super) settable: Vec<Settable<'w>>,
    /// The type of the device's field, if it stores the whole block because clients may set items.
    pub(super) store: Option<String>,
    pub(super) methods: Vec<ServedMethod<'w>>,
}

/// A method of a class with a block.
pub(super) struct ServedMethod<'w> {
    pub(super) written: &'w method::Written,
    /// The field of the device for its output, and the function that returns its value in the test;
    /// `None` without outputs.
    pub(super) output: Option<String>,
}

impl ServedMethod<'_> {
    /// Returns whether its output has strings or arrays, whose size the driver must tell.
    pub(super) fn output_borrows(&self) -> bool {
        self.written.going("out").any(Field::borrows)
    }

    /// Returns the type of its output.
    pub(super) fn output_type(&self, lifetime: &str) -> String {
        match (&self.output, self.output_borrows()) {
            (None, _) => "wmi_core::NoParameters".to_string(),
            (_, true) => format!("schema::{}Out<{lifetime}>", self.written.name()),
            (_, false) => format!("schema::{}Out", self.written.name()),
        }
    }
}

/// An item that clients may set, and that the device stores in an atomic, or in an array of them.
pub(super) struct Settable<'w> {
    pub(super) item: &'w Field,
    /// The field of the device.
    pub(super) field: String,
    pub(super) atomic: &'static str,
    /// The length, if the item is an array.
    pub(super) length: Option<u32>,
}

impl Settable<'_> {
    /// Returns the type of the device's field.
    pub(super) fn ty(&self) -> String {
        let atomic = self.atomic;
        match self.length {
            Some(length) => format!("[{atomic}; {length}]"),
            None => atomic.to_string(),
        }
    }
}

/// The source of the data of a block.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Content {
    Counters,
    Fixed,
    Variable,
    MethodsOnly,
    Event,
}

impl<'w> Served<'w> {
    /// Returns a class of this content. The names of its functions are among the `names`, where its
    /// fields claim theirs.
    pub(super) fn new(
        class: &'w Class<'w>,
        written: &'w Written,
        content: Content,
        functions: &Functions<'_>,
        names: &mut BTreeSet<String>,
    ) -> Self {
        let name = written.structure.name.as_str();
        let field = match functions.get(name) {
            Some((field, _)) => field.clone(),
            None => String::new(),
        };
        let settable = match content {
            Content::Fixed => settable(class, written, &field, names),
            _ => Vec::new(),
        };
        let is_writable = settable_items(class, written).next().is_some();
        let store = match content {
            Content::Fixed if is_writable && settable.is_empty() => {
                Some(format!("Stored<schema::{name}>"))
            }
            Content::Variable if is_writable => {
                let room = room(&written.structure);
                let fits = room <= MOST_STORED;
                fits.then(|| format!("StoredVariable<schema::{name}<'static>, {room}>"))
            }
            _ => None,
        };
        let methods = written.methods.iter().map(|method| {
            let mut outputs = method.going("out");
            let output = outputs.next().map(|_| claim(method.name(), names));
            ServedMethod {
                written: method,
                output,
            }
        });
        let methods = methods.collect();
        Self {
            class,
            written,
            content,
            field,
            settable,
            store,
            methods,
        }
    }
}

impl Served<'_> {
    /// Returns the struct with an inferred lifetime.
    pub(super) fn ty(&self) -> String {
        self.with_lifetime("'_")
    }

    pub(super) fn with_lifetime(&self, lifetime: &str) -> String {
        let structure = &self.written.structure;
        let lifetime = if structure.borrows {
            format!("<{lifetime}>")
        } else {
            String::new()
        };
        format!("schema::{}{lifetime}", structure.name)
    }

    /// Returns the items that clients may set.
    pub(super) fn settable_items(&self) -> Vec<&Field> {
        settable_items(self.class, self.written).collect()
    }

    /// Returns whether clients may set some items and not others.
    pub(super) fn has_both(&self) -> bool {
        self.settable_items().len() < self.written.fields.len()
    }

    /// Returns whether the device itself is the object of a block of counters, since it executes the
    /// methods.
    pub(super) fn stores_counters(&self) -> bool {
        self.content == Content::Counters && !self.methods.is_empty()
    }

    /// Returns whether a method has an output of variable size.
    pub(super) fn tells_output_sizes(&self) -> bool {
        self.methods.iter().any(ServedMethod::output_borrows)
    }

    /// Returns whether sets are stored.
    pub(super) fn takes_sets(&self) -> bool {
        !self.settable.is_empty() || self.store.is_some()
    }

    /// Returns whether the device has a field for all items but those with fields of their own.
    pub(super) fn has_values(&self) -> bool {
        match self.content {
            Content::MethodsOnly => false,
            // It is a field also without items.
            Content::Event => true,
            _ => self.settable.len() < self.written.fields.len(),
        }
    }
}

fn settable_items<'w>(
    class: &'w Class<'w>,
    written: &'w Written,
) -> impl Iterator<Item = &'w Field> {
    written.fields.iter().filter(|field| {
        let property = class.property(&field.wmi_name);
        property.is_some_and(|property| property.qualifiers.flag("write"))
    })
}

/// The atomics that store settable items, by the type of the item.
pub(super) const ATOMICS: [(&str, &str); 9] = [
    ("bool", "AtomicBool"),
    ("i8", "AtomicI8"),
    ("i16", "AtomicI16"),
    ("i32", "AtomicI32"),
    ("i64", "AtomicI64"),
    ("u8", "AtomicU8"),
    ("u16", "AtomicU16"),
    ("u32", "AtomicU32"),
    ("u64", "AtomicU64"),
];

/// The largest block of variable size that the device stores, in bytes: each request copies it to the
/// stack, and a kernel stack has 24 kB at most.
const MOST_STORED: usize = 4096;

/// Returns the bytes that the device has for a block of variable size: more than the test needs, if it
/// needs few.
fn room(structure: &Struct) -> usize {
    const LEAST: usize = 256;
    const USUAL: usize = 1024;
    let needed = structure.room;
    let room = needed.saturating_mul(4).min(USUAL).max(needed).max(LEAST);
    room.checked_next_power_of_two().unwrap_or(room)
}

/// Returns the items that clients may set, with the device's fields for them; none if one has no
/// atomic, since a set must store all.
fn settable<'w>(
    class: &'w Class<'w>,
    written: &'w Written,
    block: &str,
    names: &mut BTreeSet<String>,
) -> Vec<Settable<'w>> {
    let stored = |item: &Field| {
        let (element, length) = match item.sample.elements {
            Elements::One => (&*item.ty, None),
            Elements::Fixed(length) => {
                let element = item.ty.strip_prefix('[')?.split(';').next()?;
                (element, Some(length))
            }
            Elements::Counted { .. } => return None,
        };
        let atomic = ATOMICS.into_iter().find(|(ty, _)| *ty == element)?;
        Some((atomic.1, length))
    };
    let items = settable_items(class, written).map(|item| Some((item, stored(item)?)));
    let items: Option<Vec<_>> = items.collect();
    let items = items.unwrap_or_default().into_iter();
    items
        .map(|(item, (atomic, length))| Settable {
            item,
            field: claim(&format!("{block}_{}", item.name), names),
            atomic,
            length,
        })
        .collect()
}

/// Returns a name for a struct that no other has.
pub(super) fn claim(of: &str, names: &mut BTreeSet<String>) -> String {
    let name = field_name(of);
    let numbered = (2u32..).map(|number| format!("{name}_{number}"));
    let mut candidates = core::iter::once(name.clone()).chain(numbered);
    candidates
        .find(|name| names.insert(name.clone()))
        .unwrap_or_default()
}

/// Returns the content of the block of a class, or why it has none.
pub(super) fn content(written: &Written) -> Result<Content, &'static str> {
    let has_methods = !written.methods.is_empty();
    if written.has_untyped_items {
        return Err("its struct has no fields for its items");
    }
    // Classes within classes, each with two of the next, have any size.
    if written.structure.borrows && written.structure.room > MAX_SIZE {
        return Err("its values are too large for a WNODE");
    }
    if written.kind == ClassKind::Event {
        return match (has_methods, written.fits_event) {
            (true, _) => Err("an event has no methods"),
            (_, false) => Err("its data is too large for an event"),
            _ => Ok(Content::Event),
        };
    }
    Ok(match written.fields.is_empty() {
        true if has_methods => Content::MethodsOnly,
        true => return Err("it has neither items nor methods"),
        false if written.structure.borrows => Content::Variable,
        false if written.structure.counts => Content::Counters,
        false => Content::Fixed,
    })
}
