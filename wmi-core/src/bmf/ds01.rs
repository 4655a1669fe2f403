//! DS-01, the bit stream in which binary MOF is packed (DoubleSpace).
//!
//! Bits are taken from each byte least significant first. A token is a literal byte (9 bits) or a
//! match: a distance of 1 to 4414 bytes in one of three widths, then a length of 2 to 512. After
//! each 512 bytes of output, and at the end, stands a sync mark; no match crosses such a place.

use alloc::vec::Vec;

use super::BmfError;

/// How the packer chooses among the ways to write a payload.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Parse {
    /// As `mofcomp` does: always the longest match, the nearest of several. The file is
    /// byte-identical to Microsoft's.
    #[default]
    Greedy,
    /// The fewest bits there are, about 6 % less; every reader takes it.
    Optimal,
}

const SIGNATURE: [u8; 4] = *b"DS\x00\x01";
/// Output bytes between two sync marks.
const BLOCK: usize = 512;
const MAX_DISTANCE: usize = 4414;
const MIN_MATCH: usize = 2;
/// The 12-bit distance that is no distance.
const SYNC: u32 = 0xfff;

/// A width of distance: its tag, the smallest distance, and the bits after the tag.
struct Class {
    tag: u32,
    tag_bits: u32,
    first: usize,
    last: usize,
    bits: u32,
}

const CLASSES: [Class; 3] = [
    Class {
        tag: 0b00,
        tag_bits: 2,
        first: 0,
        last: 63,
        bits: 6,
    },
    Class {
        tag: 0b011,
        tag_bits: 3,
        first: 64,
        last: 319,
        bits: 8,
    },
    Class {
        tag: 0b111,
        tag_bits: 3,
        first: 320,
        last: MAX_DISTANCE,
        bits: 12,
    },
];

fn class_of(distance: usize) -> &'static Class {
    let [near, middle, far] = &CLASSES;
    match distance {
        0..=63 => near,
        64..=319 => middle,
        _ => far,
    }
}

const LITERAL_COST: u32 = 9;

/// Zero bits before the one that ends the prefix of a length.
fn length_prefix(length: usize) -> u32 {
    length.saturating_sub(1).checked_ilog2().unwrap_or(0)
}

fn length_cost(length: usize) -> u32 {
    length_prefix(length).saturating_mul(2).saturating_add(1)
}

fn distance_cost(class: &Class) -> u32 {
    class.tag_bits.saturating_add(class.bits)
}

/// Unpacks a stream into exactly `size` bytes.
///
/// Memory grows with what the stream really holds, whatever `size` says.
///
/// # Errors
///
/// [`BmfError`] at the byte of the stream where it is wrong.
pub fn unpack(stream: &[u8], size: usize) -> Result<Vec<u8>, BmfError> {
    let mut bits = BitReader {
        bytes: stream,
        position: 0,
    };
    for expected in SIGNATURE {
        if bits.read(8)? != u32::from(expected) {
            return Err(BmfError::new(
                0,
                "the stream does not start with `DS` and version 1",
            ));
        }
    }
    let mut output = Vec::new();
    loop {
        if output.len() == size || (!output.is_empty() && output.len() % BLOCK == 0) {
            bits.expect_sync()?;
            if output.len() == size {
                return Ok(output);
            }
        }
        let end = size.min(
            (output.len() / BLOCK)
                .saturating_add(1)
                .saturating_mul(BLOCK),
        );
        match bits.token()? {
            Token::Literal(byte) => output.push(byte),
            Token::Match { distance, length } => {
                let start = output.len().checked_sub(distance).filter(|_| distance > 0);
                let start = start.ok_or(bits.error("a match starts before the output"))?;
                if output.len().saturating_add(length) > end {
                    return Err(bits.error("a match crosses the end of its block"));
                }
                // Byte by byte: a match may overlap what it writes.
                for from in (start..).take(length) {
                    let byte = output.get(from).copied().unwrap_or_default();
                    output.push(byte);
                }
            }
            Token::Sync => return Err(bits.error("a sync mark stands within a block")),
        }
    }
}

enum Token {
    Literal(u8),
    Match { distance: usize, length: usize },
    Sync,
}

struct BitReader<'a> {
    bytes: &'a [u8],
    /// In bits.
    position: usize,
}

impl BitReader<'_> {
    fn error(&self, what: &'static str) -> BmfError {
        BmfError::new(self.position / 8, what)
    }

    fn read(&mut self, count: u32) -> Result<u32, BmfError> {
        let mut value = 0;
        for bit in 0..count {
            let byte = self.bytes.get(self.position / 8);
            let byte = byte.ok_or(self.error("the stream ends too early"))?;
            value |= u32::from(byte >> (self.position % 8) & 1) << bit;
            self.position = self.position.saturating_add(1);
        }
        Ok(value)
    }

    fn token(&mut self) -> Result<Token, BmfError> {
        let class = match self.read(2)? {
            0b10 => return self.literal(0),
            0b01 => return self.literal(0x80),
            0b00 => 0,
            _ => self.read(1)?.saturating_add(1),
        };
        let class = CLASSES
            .get(wide(class))
            .ok_or(self.error("unknown token"))?;
        let code = self.read(class.bits)?;
        if class.bits == 12 && code == SYNC {
            return Ok(Token::Sync);
        }
        let mut prefix = 0u32;
        while self.read(1)? == 0 {
            prefix = prefix.saturating_add(1);
            if prefix > 8 {
                return Err(self.error("a length has more than eight zero bits"));
            }
        }
        let length = (1u32 << prefix)
            .saturating_add(self.read(prefix)?)
            .saturating_add(1);
        let length = wide(length);
        Ok(Token::Match {
            distance: class.first.saturating_add(wide(code)),
            length,
        })
    }

    fn literal(&mut self, base: u8) -> Result<Token, BmfError> {
        let low = u8::try_from(self.read(7)?).unwrap_or(0);
        Ok(Token::Literal(base | low))
    }

    fn expect_sync(&mut self) -> Result<(), BmfError> {
        match self.token()? {
            Token::Sync => Ok(()),
            _ => Err(self.error("a block does not end with a sync mark")),
        }
    }
}

fn wide(value: u32) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}

/// Packs a payload.
#[must_use]
pub fn pack(payload: &[u8], parse: Parse) -> Vec<u8> {
    let mut bits = BitWriter {
        bytes: SIGNATURE.to_vec(),
        pending: 0,
        count: 0,
    };
    match parse {
        Parse::Greedy => greedy(payload, &mut bits),
        Parse::Optimal => optimal(payload, &mut bits),
    }
    bits.finish()
}

/// Bytes that a match at `position` may have: to the end of its block.
fn limit(payload: &[u8], position: usize) -> usize {
    let in_block = BLOCK.saturating_sub(position % BLOCK);
    in_block.min(payload.len().saturating_sub(position))
}

fn greedy(payload: &[u8], bits: &mut BitWriter) {
    let mut matches = Matches::new(payload);
    let mut position = 0;
    while position < payload.len() {
        let (distance, length) = matches.longest(position, limit(payload, position));
        let step = if length >= MIN_MATCH {
            bits.matched(distance, length);
            length
        } else {
            bits.literal(payload.get(position).copied().unwrap_or_default());
            1
        };
        position = position.saturating_add(step);
        if position % BLOCK == 0 && position < payload.len() {
            bits.sync();
        }
    }
    bits.sync();
}

/// The cheapest way from a position to the end.
#[derive(Clone, Copy)]
struct Step {
    cost: u32,
    distance: usize,
    length: usize,
}

fn optimal(payload: &[u8], bits: &mut BitWriter) {
    let mut matches = Matches::new(payload);
    // The longest match of each class at each position, forwards; the cheapest way, backwards.
    let found: Vec<[(usize, usize); 3]> = (0..payload.len())
        .map(|position| matches.longest_of_classes(position, limit(payload, position)))
        .collect();
    let end = Step {
        cost: 0,
        distance: 0,
        length: 0,
    };
    let mut steps = alloc::vec![end; payload.len().saturating_add(1)];
    for (position, candidates) in found.iter().enumerate().rev() {
        let after = |length: usize| {
            steps
                .get(position.saturating_add(length))
                .map_or(0, |step| step.cost)
        };
        let literal = LITERAL_COST.saturating_add(after(1));
        let mut best = Step {
            cost: literal,
            distance: 0,
            length: 1,
        };
        for (class, &(distance, longest)) in CLASSES.iter().zip(candidates) {
            for length in MIN_MATCH..=longest {
                let cost = distance_cost(class)
                    .saturating_add(length_cost(length))
                    .saturating_add(after(length));
                if cost < best.cost {
                    best = Step {
                        cost,
                        distance,
                        length,
                    };
                }
            }
        }
        if let Some(step) = steps.get_mut(position) {
            *step = best;
        }
    }
    let mut position = 0;
    while let Some(step) = steps.get(position).filter(|_| position < payload.len()) {
        if step.distance == 0 {
            bits.literal(payload.get(position).copied().unwrap_or_default());
        } else {
            bits.matched(step.distance, step.length);
        }
        position = position.saturating_add(step.length);
        if position % BLOCK == 0 && position < payload.len() {
            bits.sync();
        }
    }
    bits.sync();
}

/// Finds earlier occurrences: chains of places with the same three bytes, and the last place of
/// each pair.
struct Matches<'a> {
    payload: &'a [u8],
    /// The last place of each pair of bytes and of each hash of three, one-based.
    pairs: Vec<u32>,
    triples: Vec<u32>,
    /// The place before with the same hash, one-based.
    before: Vec<u32>,
    /// Places up to here are entered.
    entered: usize,
}

const TRIPLE_BITS: u32 = 15;

impl<'a> Matches<'a> {
    fn new(payload: &'a [u8]) -> Self {
        Self {
            payload,
            pairs: alloc::vec![0; 1 << 16],
            triples: alloc::vec![0; 1 << TRIPLE_BITS],
            before: alloc::vec![0; payload.len()],
            entered: 0,
        }
    }

    /// Enters all places before `position`.
    fn enter(&mut self, position: usize) {
        while self.entered < position {
            let place = self.entered;
            let entry = u32::try_from(place.saturating_add(1)).unwrap_or(u32::MAX);
            if let Some(slot) = pair(self.payload, place).and_then(|key| self.pairs.get_mut(key)) {
                *slot = entry;
            }
            if let Some(slot) =
                triple(self.payload, place).and_then(|key| self.triples.get_mut(key))
            {
                let last = core::mem::replace(slot, entry);
                if let Some(before) = self.before.get_mut(place) {
                    *before = last;
                }
            }
            self.entered = place.saturating_add(1);
        }
    }

    /// The longest match, the nearest of several; a length below 2 is none.
    fn longest(&mut self, position: usize, limit: usize) -> (usize, usize) {
        self.enter(position);
        let mut best = (0, 0);
        self.each(position, limit, |distance, length| {
            if length > best.1 {
                best = (distance, length);
            }
            best.1
        });
        best
    }

    /// The longest match of each class of distances.
    fn longest_of_classes(&mut self, position: usize, limit: usize) -> [(usize, usize); 3] {
        self.enter(position);
        let mut best = [(0, 0); 3];
        self.each(position, limit, |distance, length| {
            let class = CLASSES.iter().position(|class| distance <= class.last);
            let Some(best) = class.and_then(|class| best.get_mut(class)) else {
                return 0;
            };
            if length > best.1 {
                *best = (distance, length);
            }
            // A farther class costs more, so it must be longer than the nearer ones.
            best.1
        });
        best
    }

    /// Calls `visit` with matches, the nearest first, which says what length the next ones must
    /// exceed.
    fn each(&self, position: usize, limit: usize, mut visit: impl FnMut(usize, usize) -> usize) {
        if limit < MIN_MATCH {
            return;
        }
        let last_pair = pair(self.payload, position).and_then(|key| self.pairs.get(key));
        let mut exceed = 0;
        if let Some(distance) = distance(position, last_pair.copied().unwrap_or(0)) {
            exceed = visit(distance, self.common(position, distance, limit));
        }
        let mut place = triple(self.payload, position)
            .and_then(|key| self.triples.get(key))
            .copied()
            .unwrap_or(0);
        while let Some(distance) = distance(position, place).filter(|_| exceed < limit) {
            let start = position.saturating_sub(distance);
            // The byte that would make it longer is the likeliest to differ.
            let next = |place: usize| self.payload.get(place.saturating_add(exceed));
            if next(position) == next(start) {
                let length = self.common(position, distance, limit);
                if length >= 3 {
                    exceed = visit(distance, length);
                }
            }
            place = self.before.get(start).copied().unwrap_or(0);
        }
    }

    /// Bytes that are the same `distance` bytes earlier.
    fn common(&self, position: usize, distance: usize, limit: usize) -> usize {
        let here = self.payload.get(position..).unwrap_or_default();
        let there = position
            .checked_sub(distance)
            .and_then(|start| self.payload.get(start..));
        let same = here.iter().zip(there.unwrap_or_default()).take(limit);
        same.take_while(|(a, b)| a == b).count()
    }
}

/// How far back a one-based place is, if a match can reach it.
fn distance(position: usize, place: u32) -> Option<usize> {
    let place = wide(place).checked_sub(1)?;
    position
        .checked_sub(place)
        .filter(|distance| (1..=MAX_DISTANCE).contains(distance))
}

fn pair(payload: &[u8], place: usize) -> Option<usize> {
    let [a, b] = *payload.get(place..)?.first_chunk()?;
    Some(usize::from(u16::from_le_bytes([a, b])))
}

fn triple(payload: &[u8], place: usize) -> Option<usize> {
    let [a, b, c] = *payload.get(place..)?.first_chunk()?;
    let key = u32::from_le_bytes([a, b, c, 0]).wrapping_mul(0x9e37_79b1);
    Some(wide(key >> (32 - TRIPLE_BITS)))
}

struct BitWriter {
    bytes: Vec<u8>,
    pending: u32,
    count: u32,
}

impl BitWriter {
    fn put(&mut self, value: u32, bits: u32) {
        self.pending |= value << self.count;
        self.count = self.count.saturating_add(bits);
        while self.count >= 8 {
            let [low, ..] = self.pending.to_le_bytes();
            self.bytes.push(low);
            self.pending >>= 8;
            self.count = self.count.saturating_sub(8);
        }
    }

    fn literal(&mut self, byte: u8) {
        self.put(if byte < 0x80 { 0b10 } else { 0b01 }, 2);
        self.put(u32::from(byte & 0x7f), 7);
    }

    fn matched(&mut self, distance: usize, length: usize) {
        let class = class_of(distance);
        self.put(class.tag, class.tag_bits);
        self.put(narrow(distance.saturating_sub(class.first)), class.bits);
        let prefix = length_prefix(length);
        self.put(1 << prefix, prefix.saturating_add(1));
        let rest = length.saturating_sub(1).saturating_sub(1 << prefix);
        self.put(narrow(rest), prefix);
    }

    fn sync(&mut self) {
        self.put(0b111, 3);
        self.put(SYNC, 12);
    }

    fn finish(mut self) -> Vec<u8> {
        if self.count > 0 {
            self.put(0, 8_u32.saturating_sub(self.count));
        }
        self.bytes
    }
}

fn narrow(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}
