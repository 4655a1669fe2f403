//! A naive second implementation of DS-01, written from the format description alone: bit by bit,
//! trying every place.

const BLOCK: usize = 512;

/// The tag of a distance in stream order, its first distance, and its bits after the tag.
const WIDTHS: [(&[u8], usize, u32); 3] =
    [(&[0, 0], 0, 6), (&[1, 1, 0], 64, 8), (&[1, 1, 1], 320, 12)];

/// A stream as bits in stream order.
#[derive(Default)]
struct Bits(Vec<u8>);

impl Bits {
    fn put(&mut self, value: usize, bits: u32) {
        self.0.extend((0..bits).map(|bit| (value >> bit & 1) as u8));
    }

    fn literal(&mut self, byte: u8) {
        self.0.extend(if byte < 0x80 { [0, 1] } else { [1, 0] });
        self.put(usize::from(byte & 0x7f), 7);
    }

    fn matched(&mut self, distance: usize, length: usize) {
        let fits = |(_, first, _): &&(_, usize, _)| *first <= distance;
        let (tag, first, bits) = WIDTHS.iter().rev().find(fits).unwrap();
        self.0.extend(*tag);
        self.put(distance - first, *bits);
        let zeros = (0..).find(|zeros| length <= 2 << zeros).unwrap();
        self.put(1 << zeros, zeros + 1);
        self.put(length - 1 - (1 << zeros), zeros);
    }

    fn sync(&mut self) {
        self.0.extend([1; 15]);
    }
}

/// Returns the longest match at `place`, and the nearest of equally long ones.
fn longest(payload: &[u8], place: usize) -> Option<(usize, usize)> {
    let end = payload.len().min(place - place % BLOCK + BLOCK);
    let lengths = (1..=place.min(4414)).map(|distance| {
        let same = |at: &usize| payload[*at] == payload[at - distance];
        (distance, (place..end).take_while(same).count())
    });
    let longest = lengths.rev().max_by_key(|(_, length)| *length);
    longest.filter(|(_, length)| *length >= 2)
}

/// Returns the stream that Microsoft's compiler writes.
pub(crate) fn greedy(payload: &[u8]) -> Vec<u8> {
    let mut bits = Bits::default();
    let mut place = 0;
    while place < payload.len() {
        match longest(payload, place) {
            Some((distance, length)) => {
                bits.matched(distance, length);
                place += length;
            }
            None => {
                bits.literal(payload[place]);
                place += 1;
            }
        }
        if place % BLOCK == 0 && place < payload.len() {
            bits.sync();
        }
    }
    bits.sync();
    let bytes = bits.0.chunks(8).map(|bits| {
        let bits = bits.iter().enumerate();
        bits.map(|(at, bit)| bit << at).sum::<u8>()
    });
    b"DS\x00\x01".iter().copied().chain(bytes).collect()
}

/// Returns the size in bytes of the shortest possible stream.
pub(crate) fn shortest(payload: &[u8]) -> usize {
    let mut left = vec![0; payload.len() + 1];
    for place in (0..payload.len()).rev() {
        let end = payload.len().min(place - place % BLOCK + BLOCK);
        left[place] = 9 + left[place + 1];
        for distance in 1..=place.min(4414) {
            let same = |at: &usize| payload[*at] == payload[at - distance];
            let bits = match distance {
                0..64 => 8,
                64..320 => 11,
                _ => 15,
            };
            for length in 2..=(place..end).take_while(same).count() {
                let zeros = (0..).find(|zeros| length <= 2 << zeros).unwrap();
                left[place] = left[place].min(bits + 2 * zeros + 1 + left[place + length]);
            }
        }
    }
    let syncs = payload.len().div_ceil(BLOCK).max(1);
    4 + (left[0] + 15 * syncs).div_ceil(8)
}

enum Token {
    Literal(u8),
    Match { distance: usize, length: usize },
    Sync,
}

fn take(bits: &mut impl Iterator<Item = u8>, count: u32) -> Option<usize> {
    let mut value = 0;
    for at in 0..count {
        value |= usize::from(bits.next()?) << at;
    }
    Some(value)
}

fn token(bits: &mut impl Iterator<Item = u8>) -> Option<Token> {
    let (first, width) = match [bits.next()?, bits.next()?] {
        [0, 1] => return Some(Token::Literal(take(bits, 7)? as u8)),
        [1, 0] => return Some(Token::Literal(take(bits, 7)? as u8 | 0x80)),
        [0, _] => (0, 6),
        _ if bits.next()? == 0 => (64, 8),
        _ => (320, 12),
    };
    let distance = first + take(bits, width)?;
    if distance == 320 + 0xfff {
        return Some(Token::Sync);
    }
    let mut zeros = 0;
    while bits.next()? == 0 {
        zeros += 1;
    }
    if zeros > 8 {
        return None;
    }
    let length = (1 << zeros) + take(bits, zeros)? + 1;
    Some(Token::Match { distance, length })
}

/// Unpacks a stream, if it is valid and holds exactly `size` bytes.
pub(crate) fn unpack(stream: &[u8], size: usize) -> Option<Vec<u8>> {
    let stream = stream.strip_prefix(b"DS\x00\x01")?;
    let bits = |byte: u8| (0..8).map(move |bit| byte >> bit & 1);
    let mut bits = stream.iter().copied().flat_map(bits);
    let mut output = Vec::new();
    loop {
        let end = size.min(output.len() + BLOCK);
        while output.len() < end {
            match token(&mut bits)? {
                Token::Literal(byte) => output.push(byte),
                Token::Match { distance, length } => {
                    let room = length <= end - output.len();
                    for _ in 0..Some(length).filter(|_| room)? {
                        output.push(*output.iter().nth_back(distance.checked_sub(1)?)?);
                    }
                }
                Token::Sync => return None,
            }
        }
        let Token::Sync = token(&mut bits)? else {
            return None;
        };
        if end == size {
            return Some(output);
        }
    }
}
