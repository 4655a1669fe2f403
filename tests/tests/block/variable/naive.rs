//! A second implementation of the layout rule, written from the documentation and independent of
//! the crate under test. A table describes the block, and flat lists contain the values.
//!
//! Items follow in order, each at a multiple of its alignment from the start of the block. A string
//! is a byte count and that many bytes of UTF-16. Another item holds the number of an array's
//! elements. A class has the alignment of its most aligned item; a fixed class is padded at its
//! end.

use std::vec::IntoIter;

/// The shape of an item or a block.
pub(crate) enum Shape {
    /// One byte, zero or nonzero.
    Bool,
    /// An unsigned number of this many bytes.
    Unsigned(usize),
    /// A signed number of this many bytes.
    Signed(usize),
    /// A string.
    Text,
    /// A string that a writer pads to this many units.
    Bounded(usize),
    /// An array of this many elements.
    Fixed(usize, &'static Shape),
    /// An array, whose number of elements is in the item at this position in the class.
    Counted(usize, &'static Shape),
    /// The items of a class with padding at its end.
    FixedClass(&'static [Shape]),
    /// The items of a class without padding at its end.
    VariableClass(&'static [Shape]),
}

/// The value of one position.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    /// A number, sign-extended.
    Number(i128),
    /// The units of a string, up to the first NUL.
    Text(Vec<u16>),
}

impl Shape {
    fn align(&self) -> usize {
        match self {
            Self::Bool => 1,
            Self::Unsigned(size) | Self::Signed(size) => *size,
            Self::Text | Self::Bounded(_) => 2,
            Self::Fixed(_, element) | Self::Counted(_, element) => element.align(),
            Self::FixedClass(items) | Self::VariableClass(items) => {
                items.iter().map(Self::align).max().unwrap_or(1)
            }
        }
    }
}

/// A block, with the start and end of each value in it.
#[derive(Default)]
pub(crate) struct Written {
    pub(crate) bytes: Vec<u8>,
    pub(crate) places: Vec<(usize, usize)>,
}

/// Writes the block of these values.
pub(crate) fn write(shape: &Shape, values: Vec<Value>) -> Written {
    let mut out = Written::default();
    let mut values = values.into_iter();
    out.put(shape, 0, &mut values);
    assert_eq!(values.next(), None, "a value without a place");
    out
}

impl Written {
    fn pad(&mut self, align: usize) {
        while self.bytes.len() % align != 0 {
            self.bytes.push(0);
        }
    }

    fn leaf(&mut self, bytes: &[u8]) {
        let start = self.bytes.len();
        self.bytes.extend(bytes);
        self.places.push((start, self.bytes.len()));
    }

    /// Writes an item, and returns its value if it is a number that can be a count, otherwise 0.
    fn put(&mut self, shape: &Shape, count: usize, values: &mut IntoIter<Value>) -> usize {
        if let Shape::Fixed(..) | Shape::Counted(..) = shape {
            let (elements, element) = match shape {
                Shape::Fixed(elements, element) => (*elements, element),
                Shape::Counted(_, element) => (count, element),
                _ => unreachable!(),
            };
            for _ in 0..elements {
                self.put(element, 0, values);
            }
            return 0;
        }
        self.pad(shape.align());
        match shape {
            Shape::FixedClass(items) | Shape::VariableClass(items) => {
                let mut numbers = Vec::new();
                for item in *items {
                    let count = match item {
                        Shape::Counted(count, _) => numbers[*count],
                        _ => 0,
                    };
                    numbers.push(self.put(item, count, values));
                }
                if let Shape::FixedClass(_) = shape {
                    self.pad(shape.align());
                }
                0
            }
            Shape::Text | Shape::Bounded(_) => {
                let Some(Value::Text(mut units)) = values.next() else {
                    panic!("a string is missing");
                };
                if let Shape::Bounded(max) = shape {
                    units.resize(*max, 0);
                }
                let count = u16::try_from(units.len() * 2).expect("it is short");
                let mut bytes = count.to_le_bytes().to_vec();
                bytes.extend(units.iter().flat_map(|unit| unit.to_le_bytes()));
                self.leaf(&bytes);
                0
            }
            _ => {
                let Some(Value::Number(number)) = values.next() else {
                    panic!("a number is missing");
                };
                self.leaf(&number.to_le_bytes()[..shape.align()]);
                usize::try_from(number).unwrap_or(0)
            }
        }
    }
}

/// Returns the values of a block, or the offset of the first faulty item.
pub(crate) fn read(shape: &Shape, bytes: &[u8]) -> Result<Vec<Value>, usize> {
    let mut reader = Reader {
        bytes,
        position: 0,
        values: Vec::new(),
    };
    reader.take(shape, 0)?;
    Ok(reader.values)
}

struct Reader<'a> {
    bytes: &'a [u8],
    position: usize,
    values: Vec<Value>,
}

impl<'a> Reader<'a> {
    fn slice(&mut self, length: usize) -> Option<&'a [u8]> {
        let slice = self
            .bytes
            .get(self.position..self.position.checked_add(length)?)?;
        self.position += length;
        Some(slice)
    }

    fn pad(&mut self, align: usize) {
        self.position = self.position.next_multiple_of(align);
    }

    /// Reads an item, and returns its value if it is a number, otherwise 0.
    fn take(&mut self, shape: &Shape, count: i128) -> Result<i128, usize> {
        if let Shape::Fixed(elements, element) = shape {
            return self.elements(*elements as i128, element);
        }
        if let Shape::Counted(_, element) = shape {
            return self.elements(count, element);
        }
        self.pad(shape.align());
        let start = self.position;
        match shape {
            Shape::FixedClass(items) | Shape::VariableClass(items) => {
                self.items(items)?;
                if let Shape::FixedClass(_) = shape {
                    self.pad(shape.align());
                }
                Ok(0)
            }
            Shape::Text | Shape::Bounded(_) => {
                let max = match shape {
                    Shape::Bounded(max) => *max,
                    _ => usize::MAX,
                };
                let units = self.text().ok_or(start)?;
                let units = units.into_iter().take_while(|unit| *unit != 0);
                self.values.push(Value::Text(units.take(max).collect()));
                Ok(0)
            }
            _ => {
                let bytes = self.slice(shape.align()).ok_or(start)?;
                let negative = matches!(shape, Shape::Signed(_)) && bytes[bytes.len() - 1] >= 0x80;
                let mut wide = [if negative { 0xff } else { 0 }; 16];
                wide[..bytes.len()].copy_from_slice(bytes);
                let number = match shape {
                    Shape::Bool => i128::from(bytes != [0]),
                    _ => i128::from_le_bytes(wide),
                };
                self.values.push(Value::Number(number));
                Ok(number)
            }
        }
    }

    fn items(&mut self, items: &[Shape]) -> Result<(), usize> {
        let mut numbers = Vec::new();
        for (place, item) in items.iter().enumerate() {
            let count = match item {
                Shape::Counted(count, _) => numbers[*count],
                _ => 0,
            };
            let number = self.take(item, count)?;
            let counts = items
                .iter()
                .any(|other| matches!(other, Shape::Counted(count, _) if *count == place));
            if counts && number < 0 {
                return Err(self.position - item.align());
            }
            numbers.push(number);
        }
        Ok(())
    }

    fn elements(&mut self, count: i128, element: &Shape) -> Result<i128, usize> {
        for _ in 0..count {
            self.take(element, 0)?;
        }
        Ok(0)
    }

    fn text(&mut self) -> Option<Vec<u16>> {
        let count = self.slice(2)?;
        let count = usize::from(u16::from_le_bytes([count[0], count[1]]));
        if count % 2 != 0 {
            return None;
        }
        let units = self.slice(count)?.chunks_exact(2);
        Some(
            units
                .map(|unit| u16::from_le_bytes([unit[0], unit[1]]))
                .collect(),
        )
    }
}
