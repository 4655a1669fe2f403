//! DS-01, the bit stream in which binary MOF is packed (DoubleSpace).
//!
//! Bits are taken from each byte least significant first. A token is a literal byte (9 bits) or a
//! match: a distance of 1 to 4414 bytes in one of three widths, then a length of 2 to 512. A sync
//! mark follows every 512 bytes of output and the last byte; no match crosses a sync mark.

mod bits;
mod matches;
mod pack;
mod unpack;

pub use pack::{Packing, pack};
pub use unpack::unpack;

const SIGNATURE: [u8; 4] = *b"DS\x00\x01";
/// Output bytes between two sync marks.
const BLOCK: usize = 512;
const MIN_MATCH: usize = 2;
const MAX_DISTANCE: usize = 4414;

/// An element of a stream.
#[derive(Clone, Copy)]
enum Token {
    Literal(u8),
    Match(Match),
    Sync,
}

/// A copy of earlier bytes, which may overlap its own output.
#[derive(Clone, Copy, Default)]
struct Match {
    distance: usize,
    length: usize,
}

/// One of the three widths of a distance: its tag, and the bits that count from `first`.
struct Width {
    tag: u64,
    tag_bits: u32,
    bits: u32,
    first: usize,
    last: usize,
}

/// Nearest distances first.
const WIDTHS: [Width; 3] = [
    Width {
        tag: 0b00,
        tag_bits: 2,
        bits: 6,
        first: 0,
        last: 63,
    },
    Width {
        tag: 0b011,
        tag_bits: 3,
        bits: 8,
        first: 64,
        last: 319,
    },
    Width {
        tag: 0b111,
        tag_bits: 3,
        bits: 12,
        first: 320,
        last: MAX_DISTANCE,
    },
];

/// The distance of the last width, in its bits, that marks a sync.
const SYNC: u64 = 0xfff;

const LITERAL_BITS: u32 = 9;

/// The maximum number of zero bits before a length.
const MAX_PREFIX: u32 = 8;

impl Width {
    const fn of(distance: usize) -> &'static Self {
        let [near, middle, far] = &WIDTHS;
        if distance <= near.last {
            near
        } else if distance <= middle.last {
            middle
        } else {
            far
        }
    }

    /// Returns the number of bits of the tag and the distance.
    const fn cost(&self) -> u32 {
        self.tag_bits.saturating_add(self.bits)
    }
}

/// Returns the number n of zero bits before a length. A one follows them, then n bits that count
/// the lengths from 2<sup>n</sup> + 1 on.
const fn prefix_of(length: usize) -> u32 {
    match length.saturating_sub(1).checked_ilog2() {
        Some(prefix) => prefix,
        None => 0,
    }
}

/// Returns the number of bits of a length.
const fn length_cost(length: usize) -> u32 {
    prefix_of(length).saturating_mul(2).saturating_add(1)
}
