//! What a class is inside of another: whether its size varies, and how it is aligned.
//!
//! Only the corrected header asks; `wmimofck` takes every embedded class for one of fixed size.

use alloc::collections::BTreeMap;

use crate::schema::{Array, CimType, Class, Classes, Property};

/// A class as an item of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) varies: bool,
    /// Bytes.
    pub(super) align: u32,
}

impl Shape {
    const EMPTY: Self = Self {
        varies: false,
        align: 1,
    };

    fn join(self, other: Self) -> Self {
        Self {
            varies: self.varies || other.varies,
            align: self.align.max(other.align),
        }
    }
}

/// The shapes of the classes of a schema.
#[derive(Debug, Default)]
pub(super) struct Shapes<'a>(BTreeMap<&'a str, Shape>);

impl<'a> Shapes<'a> {
    /// Looks again at classes until nothing changes, which takes as many rounds as classes nest.
    /// There is no recursion, so classes that contain themselves do no harm.
    pub(super) fn new(classes: &Classes<'a>) -> Self {
        let mut shapes = Self::default();
        loop {
            let mut changed = false;
            for class in classes.iter() {
                let shape = shapes.join(classes, class);
                changed |= shapes.0.insert(class.name, shape) != Some(shape);
            }
            if !changed {
                return shapes;
            }
        }
    }

    fn join(&self, classes: &Classes<'a>, class: &Class<'a>) -> Shape {
        let items = class.properties.iter();
        let items = items.filter(|property| property.data_id().is_some());
        items.fold(Shape::EMPTY, |shape, item| {
            shape.join(self.item(classes, item))
        })
    }

    /// The shape of a class; of several of one name, the last, as of none, has the least.
    pub(super) fn class(&self, class: &Class<'_>) -> Shape {
        self.0.get(class.name).copied().unwrap_or(Shape::EMPTY)
    }

    /// The shape of an item or a parameter.
    pub(super) fn item(&self, classes: &Classes<'a>, item: &Property<'_>) -> Shape {
        let one = match item.cim_type {
            CimType::Boolean | CimType::Sint8 | CimType::Uint8 => fixed(1),
            CimType::Sint16 | CimType::Uint16 | CimType::Char16 | CimType::Datetime => fixed(2),
            CimType::Sint32 | CimType::Uint32 | CimType::Real32 => fixed(4),
            CimType::Sint64 | CimType::Uint64 | CimType::Real64 => fixed(8),
            CimType::String | CimType::Reference => Shape {
                varies: item.max_len().is_none(),
                align: 2,
            },
            CimType::Object => classes
                .embedded(item)
                .map_or(Shape::EMPTY, |class| self.class(class)),
        };
        Shape {
            varies: one.varies || item.dimension() == Array::Variable,
            ..one
        }
    }
}

fn fixed(align: u32) -> Shape {
    Shape {
        varies: false,
        align,
    }
}
