//! A reader of binary MOF without regard to speed: it owns every name and value, and reads streams
//! bit by bit. It was written from the description of the format.

use std::collections::HashMap;

#[path = "../../tests/tools/ds01/naive.rs"]
#[expect(dead_code, reason = "the tests need the rest")]
mod ds01;

/// A class, an instance, or the parameters of a method.
#[derive(Debug)]
pub struct Object {
    /// Whether it is an instance.
    pub is_instance: bool,
    /// Its qualifiers.
    pub qualifiers: Vec<Named>,
    /// Its properties, including system properties.
    pub properties: Vec<Named>,
    /// Its methods.
    pub methods: Vec<Named>,
}

/// A qualifier, property or method.
#[derive(Debug)]
pub struct Named {
    /// The name.
    pub name: String,
    /// The type code.
    pub code: u32,
    /// The flavors of a qualifier.
    pub flavor: u32,
    /// The value, if it has one.
    pub value: Option<Value>,
    /// Its qualifiers.
    pub qualifiers: Vec<Self>,
}

/// A value.
#[derive(Debug)]
pub enum Value {
    /// A text.
    Text(String),
    /// An integer.
    Integer(i32),
    /// A truth value.
    Boolean(bool),
    /// A number with a fraction.
    Real(f64),
    /// An object.
    Object(Object),
    /// An array.
    Array(Vec<Self>),
}

const NOTHING: u32 = u32::MAX;

struct Payload<'a> {
    bytes: &'a [u8],
    flavors: HashMap<usize, u32>,
}

/// Reads a binary MOF file.
///
/// # Panics
///
/// Panics if the bytes are not a binary MOF.
pub fn decode(file: &[u8]) -> Vec<Object> {
    let size = number(file, 12) as usize;
    let bytes = ds01::unpack(&file[16..], size).expect("the stream is whole");
    let end = number(&bytes, 4) as usize;
    let mut payload = Payload {
        bytes: &bytes,
        flavors: HashMap::new(),
    };
    if let Some(flavors) = bytes.get(end + 20..) {
        for entry in flavors.chunks(8) {
            let place = number(entry, 0) as usize;
            payload.flavors.insert(place, number(entry, 4));
        }
    }
    let mut place = 20;
    let objects = 0..number(&bytes, 16);
    objects
        .map(|_| {
            let object = payload.object(place);
            place += number(&bytes, place) as usize;
            object
        })
        .collect()
}

fn number(bytes: &[u8], place: usize) -> u32 {
    u32::from_le_bytes(bytes[place..place + 4].try_into().expect("four bytes"))
}

impl Payload<'_> {
    fn number(&self, place: usize) -> u32 {
        number(self.bytes, place)
    }

    fn object(&self, place: usize) -> Object {
        let list = |at: usize, header: usize| match self.number(place + at) {
            NOTHING => Vec::new(),
            offset => self.list(place + 20 + offset as usize, header),
        };
        Object {
            qualifiers: list(4, 16),
            properties: list(8, 20),
            methods: list(12, 20),
            is_instance: self.number(place + 16) == 1,
        }
    }

    /// Reads records with a header of `header` bytes: 16 for qualifiers, otherwise 20.
    fn list(&self, place: usize, header: usize) -> Vec<Named> {
        let mut place = place;
        let count = self.number(place + 4);
        place += 8;
        let records = (0..count).map(|_| {
            let record = self.record(place, header);
            place += self.number(place) as usize;
            record
        });
        records.collect()
    }

    fn record(&self, place: usize, header: usize) -> Named {
        let start = place + header;
        let code = self.number(place + 4);
        let value = match self.number(place + 12) {
            NOTHING => None,
            offset => Some(self.value(start + offset as usize, code)),
        };
        let qualifiers = match header {
            20 => self.number(place + 16),
            _ => NOTHING,
        };
        let qualifiers = match qualifiers {
            NOTHING => Vec::new(),
            offset => self.list(start + offset as usize, 16),
        };
        Named {
            name: self.text(start).0,
            code,
            flavor: self.flavors.get(&place).copied().unwrap_or(0),
            value,
            qualifiers,
        }
    }

    /// Reads a text, and returns it with its size in bytes, including the NUL.
    fn text(&self, place: usize) -> (String, usize) {
        let units = self.bytes[place..].chunks(2);
        let units: Vec<u16> = units
            .map(|unit| u16::from_le_bytes([unit[0], unit[1]]))
            .take_while(|unit| *unit != 0)
            .collect();
        (String::from_utf16_lossy(&units), 2 * units.len() + 2)
    }

    fn value(&self, place: usize, code: u32) -> Value {
        match code {
            0x03 => Value::Integer(self.number(place) as i32),
            0x05 => {
                let bytes = self.bytes[place..place + 8].try_into();
                Value::Real(f64::from_le_bytes(bytes.expect("eight bytes")))
            }
            0x0b => Value::Boolean(self.bytes[place] != 0),
            0x0d => Value::Object(self.object(place)),
            0x2000.. if code & 0x2000 != 0 => {
                let mut place = place;
                let count = self.number(place + 8);
                place += 16;
                let values = (0..count).map(|_| {
                    let value = self.value(place, code & !0x2000);
                    place += match &value {
                        Value::Integer(_) => 4,
                        Value::Text(_) => self.text(place).1,
                        Value::Object(_) => self.number(place) as usize,
                        _ => 8,
                    };
                    value
                });
                Value::Array(values.collect())
            }
            _ => Value::Text(self.text(place).0),
        }
    }
}
