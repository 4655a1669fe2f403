//! Lays out classes as blocks.

use std::collections::{BTreeMap, BTreeSet};

use std::sync::Arc;

use super::{
    BlockItem, BlockLayout, ElementType, Elements, Integer, LayoutError, LayoutFault, MAX_DEPTH,
};
use crate::Classes;
use crate::classes::{self, Name};
use wmi_core::layout::{MAX_SIZE, place};
use wmi_core::schema::{Array, CimType, Class, Method, Property};

impl<'a> BlockLayout<'a> {
    /// Lays out a class, which may embed those of `classes`: the ones of its namespace, as
    /// [`Classes::with_namespaces`] gives them.
    ///
    /// Items of its bases among `classes` belong to the block too.
    ///
    /// # Errors
    ///
    /// [`LayoutError`] at the first class or item with a fault.
    pub fn of(class: &'a Class<'a>, classes: &Classes<'a>) -> Result<Self, LayoutError> {
        Builder::new(classes).class(class, 0)
    }

    /// Lays out the `in` parameters of a method, in declaration order.
    ///
    /// # Errors
    ///
    /// [`LayoutError`] at the first parameter with a fault.
    pub fn of_input(method: &'a Method<'a>, classes: &Classes<'a>) -> Result<Self, LayoutError> {
        Builder::new(classes).lay_out(method.name, method.inputs().collect(), 0)
    }

    /// Lays out the `out` parameters of a method, in declaration order.
    ///
    /// # Errors
    ///
    /// [`LayoutError`] at the first parameter with a fault.
    pub fn of_output(method: &'a Method<'a>, classes: &Classes<'a>) -> Result<Self, LayoutError> {
        Builder::new(classes).lay_out(method.name, method.outputs().collect(), 0)
    }
}

/// Lays out a class and those it embeds, each once.
struct Builder<'c, 'a> {
    classes: &'c Classes<'a>,
    /// The blocks of classes by lower-case name; `None` during the layout of one.
    done: BTreeMap<String, Option<Arc<BlockLayout<'a>>>>,
}

impl<'c, 'a> Builder<'c, 'a> {
    const fn new(classes: &'c Classes<'a>) -> Self {
        Self {
            classes,
            done: BTreeMap::new(),
        }
    }

    fn class(
        &mut self,
        class: &'a Class<'a>,
        depth: usize,
    ) -> Result<BlockLayout<'a>, LayoutError> {
        let key = class.name.to_ascii_lowercase();
        self.done.insert(key, None);
        self.lay_out(class.name, self.items(class)?, depth)
    }

    /// Returns the items of a class and its bases, ordered by id.
    fn items(&self, class: &'a Class<'a>) -> Result<Vec<(u32, &'a Property<'a>)>, LayoutError> {
        let mut items = classes::items(class);
        let mut known: BTreeSet<_> = items.iter().map(|(_, item)| Name(item.name)).collect();
        let mut next = self.classes.base(class);
        let mut classes = BTreeSet::from([Name(class.name)]);
        while let Some(base) = next {
            if !classes.insert(Name(base.name)) {
                return Err(error(base.name, LayoutFault::Recursive));
            }
            if classes.len() > MAX_DEPTH {
                return Err(error(class.name, LayoutFault::TooDeep));
            }
            // A redeclared item replaces that of the base.
            let inherited = classes::items(base).into_iter();
            items.extend(inherited.filter(|(_, item)| known.insert(Name(item.name))));
            next = self.classes.base(base);
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
        &mut self,
        name: &'a str,
        properties: Vec<(u32, &'a Property<'a>)>,
        depth: usize,
    ) -> Result<BlockLayout<'a>, LayoutError> {
        let mut items: Vec<BlockItem<'a>> = Vec::with_capacity(properties.len());
        let (mut end, mut align, mut inner) = (Some(0), 1, 0);
        for (id, property) in properties {
            let located = |fault| at(name, property, fault);
            let element = self.element(name, property, depth)?;
            let mut item = BlockItem {
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
        Ok(BlockLayout {
            name,
            items,
            align,
            size: end,
            depth: inner,
        })
    }

    fn element(
        &mut self,
        class: &str,
        property: &'a Property<'a>,
        depth: usize,
    ) -> Result<ElementType<'a>, LayoutError> {
        if let Some(integer) = Integer::from_cim_type(property.cim_type) {
            return Ok(ElementType::Integer(integer));
        }
        let located = |fault| at(class, property, fault);
        match property.cim_type {
            CimType::Boolean => Ok(ElementType::Boolean),
            CimType::Char16 => Ok(ElementType::Char16),
            CimType::Datetime => Ok(ElementType::DateTime),
            CimType::String => match property.max_len() {
                None => Ok(ElementType::Text { max: None }),
                Some(units) => match u16::try_from(units) {
                    Ok(max) if max <= u16::MAX / 2 => Ok(ElementType::Text { max: Some(max) }),
                    _ => Err(located(LayoutFault::MaxLen { units })),
                },
            },
            // `object` without a class name is an object of any class.
            CimType::Object if !property.type_name.eq_ignore_ascii_case("object") => {
                let embedded = self.classes.embedded(property).ok_or_else(|| {
                    let name = property.type_name.to_owned();
                    located(match self.classes.elsewhere(&name) {
                        Some(namespace) => LayoutFault::OtherNamespace {
                            name,
                            namespace: namespace.to_owned(),
                        },
                        None => LayoutFault::UnknownClass { name },
                    })
                })?;
                let key = embedded.name.to_ascii_lowercase();
                match self.done.get(&key) {
                    Some(Some(block)) => return Ok(ElementType::Class(Arc::clone(block))),
                    Some(None) => return Err(located(LayoutFault::Recursive)),
                    None if depth >= MAX_DEPTH => return Err(located(LayoutFault::TooDeep)),
                    None => {}
                }
                let block = self.class(embedded, depth.saturating_add(1))?;
                if block.items.is_empty() {
                    return Err(error(embedded.name, LayoutFault::NoItems));
                }
                let block = Arc::new(block);
                self.done.insert(key, Some(Arc::clone(&block)));
                Ok(ElementType::Class(block))
            }
            cim_type => Err(located(LayoutFault::UnsupportedType { cim_type })),
        }
    }
}

/// Returns the number of elements of a property.
fn elements(property: &Property<'_>, before: &[BlockItem<'_>]) -> Result<Elements, LayoutFault> {
    match (property.dimension(), property.size_is()) {
        (Array::Scalar, _) => Ok(Elements::One),
        (Array::Fixed(0), _) => Err(LayoutFault::EmptyArray),
        (Array::Fixed(length), _) => Ok(Elements::Fixed(length)),
        (Array::Variable, None) => Err(LayoutFault::UnknownLength),
        (Array::Variable, Some(name)) => {
            let by = before
                .iter()
                .position(|item| same_name(item.property, name));
            let name = || name.to_owned();
            let by = by.ok_or_else(|| LayoutFault::UnknownCount { name: name() })?;
            let counts = before.get(by).is_some_and(|item| {
                matches!(item.element, ElementType::Integer(_)) && item.elements == Elements::One
            });
            if counts {
                Ok(Elements::Counted { by })
            } else {
                Err(LayoutFault::NoCount { name: name() })
            }
        }
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
