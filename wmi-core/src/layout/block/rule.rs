//! [`Layouts`]: from classes to their blocks.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::{Block, Element, Elements, Integer, Item, LayoutError, LayoutFault, MAX_DEPTH};
use crate::layout::{MAX_SIZE, place};
use crate::schema::{Array, CimType, Class, Method, Property, Value};

/// The classes of a file or schema, and the layouts of their blocks.
#[derive(Clone, Debug, Default)]
pub struct Layouts<'a> {
    /// By name in lower case.
    classes: BTreeMap<String, &'a Class<'a>>,
}

/// The blocks of embedded classes, by name in lower case; `None` while one is being laid out.
type Done<'a> = BTreeMap<String, Option<Arc<Block<'a>>>>;

impl<'a> Layouts<'a> {
    /// These classes, which may embed each other. Of several with one name the first counts;
    /// amendments, which hold text only, do not.
    pub fn new(classes: impl IntoIterator<Item = &'a Class<'a>>) -> Self {
        let mut by_name = BTreeMap::new();
        for class in classes {
            if class.qualifier("amendment").is_none() {
                by_name
                    .entry(class.name.to_ascii_lowercase())
                    .or_insert(class);
            }
        }
        Self { classes: by_name }
    }

    /// The class of this name, in any case.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&'a Class<'a>> {
        self.classes.get(&name.to_ascii_lowercase()).copied()
    }

    /// The classes in order of their names.
    pub fn classes(&self) -> impl Iterator<Item = &'a Class<'a>> + '_ {
        self.classes.values().copied()
    }

    /// The layout of the class of this name, in any case.
    ///
    /// # Errors
    ///
    /// [`LayoutError`] where there is no such class, or it has no layout.
    pub fn class(&self, name: &str) -> Result<Block<'a>, LayoutError> {
        let unknown = || LayoutFault::UnknownClass {
            name: name.to_owned(),
        };
        let class = self.find(name).ok_or_else(|| error(name, unknown()))?;
        self.of(class)
    }

    /// The layout of this class, which need not be among those that it may embed.
    ///
    /// Items that a base among the classes declares belong to the block too.
    ///
    /// # Errors
    ///
    /// [`LayoutError`] where it has no layout.
    pub fn of(&self, class: &'a Class<'a>) -> Result<Block<'a>, LayoutError> {
        let mut done = Done::from([(class.name.to_ascii_lowercase(), None)]);
        self.block(class, &mut done, 0)
    }

    /// The layout of the `in` parameters of a method.
    ///
    /// # Errors
    ///
    /// [`LayoutError`] where they have none.
    pub fn input(&self, method: &'a Method<'a>) -> Result<Block<'a>, LayoutError> {
        self.parameters(method, "in")
    }

    /// The layout of the `out` parameters of a method.
    ///
    /// # Errors
    ///
    /// [`LayoutError`] where they have none.
    pub fn output(&self, method: &'a Method<'a>) -> Result<Block<'a>, LayoutError> {
        self.parameters(method, "out")
    }

    /// Parameters stand in declaration order. Their numbers count those of both directions.
    fn parameters(
        &self,
        method: &'a Method<'a>,
        direction: &str,
    ) -> Result<Block<'a>, LayoutError> {
        let parameters = (1..).zip(method.parameters);
        let items = parameters.filter(|(_, parameter)| parameter.qualifier(direction).is_some());
        self.lay_out(method.name, items.collect(), &mut Done::new(), 0)
    }

    fn block(
        &self,
        class: &'a Class<'a>,
        done: &mut Done<'a>,
        depth: usize,
    ) -> Result<Block<'a>, LayoutError> {
        self.lay_out(class.name, self.items_by_id(class)?, done, depth)
    }

    /// The properties with a `WmiDataId`, in its order.
    fn items_by_id(
        &self,
        class: &'a Class<'a>,
    ) -> Result<Vec<(u32, &'a Property<'a>)>, LayoutError> {
        let mut items: Vec<(u32, &'a Property<'a>)> = Vec::new();
        let mut next = Some(class);
        let mut bases = 0..=self.classes.len();
        while let Some(class) = next {
            if bases.next().is_none() {
                return Err(error(class.name, LayoutFault::Recursive));
            }
            // What a class declares again is no longer its base's.
            let own = items.len();
            for property in class.properties {
                let mut derived = items.iter().take(own);
                let again = derived.any(|(_, other)| same_name(other, property.name));
                if let Some(id) = property.data_id().filter(|_| !again) {
                    items.push((id, property));
                }
            }
            next = class.superclass.and_then(|base| self.find(base));
        }
        items.sort_by_key(|(id, _)| *id);
        for (&(id, property), expected) in items.iter().zip(1..) {
            if id != expected {
                let fault = LayoutFault::UnexpectedId { id, expected };
                return Err(at(class.name, property, fault));
            }
        }
        Ok(items)
    }

    fn lay_out(
        &self,
        name: &'a str,
        properties: Vec<(u32, &'a Property<'a>)>,
        done: &mut Done<'a>,
        depth: usize,
    ) -> Result<Block<'a>, LayoutError> {
        let mut items: Vec<Item<'a>> = Vec::with_capacity(properties.len());
        let (mut end, mut align, mut inner) = (Some(0), 1, 0);
        for (id, property) in properties {
            let located = |fault| at(name, property, fault);
            let element = self.element(name, property, done, depth)?;
            let mut item = Item {
                property,
                id,
                offset: None,
                element,
                elements: elements(property, &items).map_err(located)?,
            };
            align = align.max(item.align());
            if let Some(class) = item.element.class() {
                inner = inner.max(class.depth.saturating_add(1));
            }
            if inner > MAX_DEPTH {
                return Err(located(LayoutFault::TooDeep));
            }
            if let Some(before) = end {
                let too_large = || located(LayoutFault::TooLarge);
                let size = item.size();
                let (offset, item_end) = place(before, size.unwrap_or(0), item.align())
                    .filter(|(_, item_end)| *item_end <= MAX_SIZE)
                    .ok_or_else(too_large)?;
                item.offset = Some(offset);
                end = size.map(|_| item_end);
            }
            items.push(item);
        }
        Ok(Block {
            name,
            items,
            align,
            size: end,
            depth: inner,
        })
    }

    fn element(
        &self,
        class: &str,
        property: &'a Property<'a>,
        done: &mut Done<'a>,
        depth: usize,
    ) -> Result<Element<'a>, LayoutError> {
        if let Some(integer) = Integer::of(property.cim_type) {
            return Ok(Element::Integer(integer));
        }
        let located = |fault| Err(at(class, property, fault));
        match property.cim_type {
            CimType::Boolean => Ok(Element::Boolean),
            CimType::Datetime => Ok(Element::DateTime),
            CimType::String => match max_len(property) {
                Ok(max) => Ok(Element::Text { max }),
                Err(units) => located(LayoutFault::MaxLen { units }),
            },
            // `object` alone is an object of any class.
            CimType::Object if !property.type_name.eq_ignore_ascii_case("object") => {
                let name = property.type_name;
                let key = name.to_ascii_lowercase();
                match done.get(&key) {
                    Some(Some(block)) => return Ok(Element::Class(Arc::clone(block))),
                    Some(None) => return located(LayoutFault::Recursive),
                    None => {}
                }
                if depth >= MAX_DEPTH {
                    return located(LayoutFault::TooDeep);
                }
                let Some(embedded) = self.find(name) else {
                    return located(LayoutFault::UnknownClass {
                        name: name.to_owned(),
                    });
                };
                done.insert(key.clone(), None);
                let block = self.block(embedded, done, depth.saturating_add(1))?;
                if block.items.is_empty() {
                    return Err(error(embedded.name, LayoutFault::NoItems));
                }
                let block = Arc::new(block);
                done.insert(key, Some(Arc::clone(&block)));
                Ok(Element::Class(block))
            }
            cim_type => located(LayoutFault::UnsupportedType { cim_type }),
        }
    }
}

/// `MaxLen`, of which zero is none; the number where a string cannot be so long.
fn max_len(property: &Property<'_>) -> Result<Option<u16>, i64> {
    match property.qualifier("MaxLen").map(|found| found.value) {
        None | Some(Value::Integer(0)) => Ok(None),
        Some(Value::Integer(units)) => match u16::try_from(units) {
            Ok(max) if max <= u16::MAX / 2 => Ok(Some(max)),
            _ => Err(units),
        },
        // A qualifier of another type says nothing that could be read.
        Some(_) => Ok(None),
    }
}

/// How many elements a property has. `WmiSizeIs` comes first, since `T x[n]` and `[MAX(n)] T x[]`
/// are one class in the repository.
fn elements(property: &Property<'_>, before: &[Item<'_>]) -> Result<Elements, LayoutFault> {
    if property.array == Array::Scalar {
        return Ok(Elements::One);
    }
    if let Some(Value::String(name)) = property.qualifier("WmiSizeIs").map(|found| found.value) {
        let by = before
            .iter()
            .position(|item| same_name(item.property, name));
        let name = || name.to_owned();
        let by = by.ok_or_else(|| LayoutFault::UnknownCount { name: name() })?;
        let counts = before.get(by).is_some_and(|item| {
            matches!(item.element, Element::Integer(_)) && item.elements == Elements::One
        });
        return if counts {
            Ok(Elements::Counted { by })
        } else {
            Err(LayoutFault::NoCount { name: name() })
        };
    }
    let length = match property.array {
        Array::Fixed(length) => Some(length),
        _ => match property.qualifier("MAX").map(|found| found.value) {
            Some(Value::Integer(length)) => u32::try_from(length).ok(),
            _ => None,
        },
    };
    match length {
        None => Err(LayoutFault::UnknownLength),
        Some(0) => Err(LayoutFault::EmptyArray),
        Some(length) => Ok(Elements::Fixed(length)),
    }
}

fn same_name(property: &Property<'_>, name: &str) -> bool {
    property.name.eq_ignore_ascii_case(name)
}

fn error(class: &str, fault: LayoutFault) -> LayoutError {
    LayoutError {
        class: class.to_owned(),
        item: String::new(),
        fault,
    }
}

fn at(class: &str, property: &Property<'_>, fault: LayoutFault) -> LayoutError {
    LayoutError {
        item: property.name.to_owned(),
        ..error(class, fault)
    }
}
