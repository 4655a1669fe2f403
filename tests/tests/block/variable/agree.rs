//! Properties of arbitrary values and bytes, shared with the fuzz target.

use wmi_core::block::{DecodeFault, EncodeError};
use wmi_core::{Count, Text, VariableClass};

use super::classes::{Branch, Flat, Leaf, Pair, Port, TREE, Tree};
use super::naive;

/// Makes values from bytes.
pub(crate) struct Source<'a>(pub(crate) &'a [u8]);

impl<'a> Source<'a> {
    fn bytes(&mut self, length: usize) -> &'a [u8] {
        let (bytes, rest) = self.0.split_at(length.min(self.0.len()));
        self.0 = rest;
        bytes
    }

    fn number(&mut self, length: usize) -> u64 {
        let mut wide = [0; 8];
        let bytes = self.bytes(length);
        wide[..bytes.len()].copy_from_slice(bytes);
        u64::from_le_bytes(wide)
    }

    fn length(&mut self) -> usize {
        self.number(1) as usize % 5
    }

    /// Takes a text: the bytes up to a NUL, or to the first that is not valid UTF-8.
    fn text(&mut self) -> &'a str {
        let length = self.number(1) as usize % 12;
        let bytes = self.bytes(length);
        let valid = match core::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(why) => core::str::from_utf8(&bytes[..why.valid_up_to()]).unwrap(),
        };
        valid.split('\0').next().unwrap_or_default()
    }

    fn many<T>(&mut self, length: usize, one: fn(&mut Self) -> T) -> Vec<T> {
        (0..length).map(|_| one(self)).collect()
    }

    fn pair(&mut self) -> Pair {
        Pair {
            long: self.number(4) as u32,
            tag: self.number(1) as u8,
        }
    }

    fn port(&mut self) -> Port {
        Port {
            number: self.number(2) as u16,
            label: Text::truncated(self.text()),
            speed: self.number(4) as u32,
        }
    }

    fn leaves(&mut self) -> Vec<Leaf<'a>> {
        let length = self.length();
        self.many(length, |source| Leaf {
            name: source.text(),
            weight: source.number(8) as i64,
            end: source.number(1) as u8,
        })
    }

    /// Makes a tree and passes it to `work`.
    pub(crate) fn tree<R>(&mut self, work: impl FnOnce(&Tree<'_>) -> R) -> R {
        let [count, port_count, branch_count] = [self.length(), self.length(), self.length()];
        let leaves = self.many(branch_count + 1, Self::leaves);
        let branches: Vec<_> = leaves
            .iter()
            .map(|leaves| Branch {
                leaf_count: Count::NEW,
                leaves,
                title: self.text(),
            })
            .collect();
        let [alone, ..] = &leaves[..] else {
            unreachable!("there is at least one list of leaves")
        };
        work(&Tree {
            head: self.text(),
            flag: self.number(1) % 2 == 0,
            count: Count::NEW,
            numbers: &self.many(count, |source| source.number(8)),
            names: &self.many(count, Self::text),
            middle: self.number(4) as u32,
            port_count: Count::NEW,
            ports: &self.many(port_count, Self::port),
            labels: &self.many(port_count, |source| Text::truncated(source.text())),
            pairs: &self.many(port_count, Self::pair),
            branch_count: Count::NEW,
            branches: &branches[1..],
            branch: Branch {
                leaf_count: Count::NEW,
                leaves: alone,
                title: self.text(),
            },
            pair: self.pair(),
            words: [(); 3].map(|()| self.number(2) as i16),
            tail: self.text(),
            last: self.pair(),
        })
    }
}

/// Writes the tree and returns its block. Asserts that it equals the naive writer's, that buffers
/// which are too small are unchanged, and that the values are read back.
pub(crate) fn values(tree: &Tree<'_>) -> naive::Written {
    let values = tree.values();
    let expected = naive::write(&TREE, values.clone());
    let needed = expected.bytes.len();
    assert_eq!(tree.encoded_size(), Ok(needed));
    let mut buffer = vec![0xa5; needed + 3];
    for length in [0, needed / 2, needed - 1] {
        let error = EncodeError::BufferTooSmall { needed };
        assert_eq!(tree.encode(&mut buffer[..length]), Err(error));
        assert!(buffer.iter().all(|byte| *byte == 0xa5));
    }
    assert_eq!(tree.encode(&mut buffer), Ok(needed));
    assert_eq!(buffer[..needed], expected.bytes);
    assert_eq!(buffer[needed..], [0xa5; 3]);
    // Bytes after the block are ignored.
    assert_eq!(Tree::decode(&buffer).unwrap().values(), values);
    assert_eq!(Tree::decode(&expected.bytes).unwrap().values(), values);
    expected
}

/// Truncates the block, and asserts that the error names the first incomplete value, or that the
/// block is read if only padding is missing.
pub(crate) fn cut(block: &naive::Written, length: usize) {
    let read = Tree::decode(&block.bytes[..length]);
    let whole = |(_, end): &(usize, usize)| *end <= length;
    let Some((start, end)) = block.places.iter().find(|place| !whole(place)) else {
        assert!(read.is_ok());
        return;
    };
    let error = read.unwrap_err();
    assert_eq!(error.offset, *start, "of {length} bytes");
    let DecodeFault::Truncated { needed, available } = error.fault else {
        panic!("{error}");
    };
    assert_eq!(available, length.saturating_sub(*start));
    // Even the count of a string may be missing.
    assert!(needed > available && needed <= end - start);
}

/// Reads arbitrary bytes, and asserts that the values, or the offset of the first fault, equal the
/// naive reader's.
pub(crate) fn bytes(bytes: &[u8]) {
    let read = match Tree::decode(bytes) {
        Ok(view) => Ok(view.values()),
        Err(error) => Err(error.offset),
    };
    assert_eq!(read, naive::read(&TREE, bytes));
}
