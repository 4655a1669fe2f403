//! Reads and writes tokens as bits.

use super::{LITERAL_BITS, MAX_PREFIX, Match, SIGNATURE, SYNC, Token, WIDTHS, Width, prefix_of};
use crate::bmf::{BmfDecodeError, wide};

/// Writes a stream.
pub(super) struct BitWriter {
    bytes: Vec<u8>,
    /// Bits that do not fill a byte yet.
    pending: u64,
    count: u32,
}

impl BitWriter {
    pub(super) fn new() -> Self {
        Self {
            bytes: SIGNATURE.to_vec(),
            pending: 0,
            count: 0,
        }
    }

    pub(super) fn token(&mut self, token: Token) {
        match token {
            Token::Literal(byte) => {
                let tag = if byte < 0x80 { 0b10 } else { 0b01 };
                self.put(tag | u64::from(byte & 0x7f) << 2, LITERAL_BITS);
            }
            Token::Match(Match { distance, length }) => {
                let width = Width::of(distance);
                let code = long(distance.saturating_sub(width.first));
                self.put(width.tag | code << width.tag_bits, width.cost());
                let prefix = prefix_of(length);
                self.put(1 << prefix, prefix.saturating_add(1));
                self.put(long(length.saturating_sub(1)) ^ 1 << prefix, prefix);
            }
            Token::Sync => {
                let [.., far] = &WIDTHS;
                self.put(far.tag | SYNC << far.tag_bits, far.cost());
            }
        }
    }

    /// Appends at most 32 bits.
    fn put(&mut self, value: u64, bits: u32) {
        self.pending |= value << self.count;
        self.count = self.count.saturating_add(bits);
        while self.count >= 8 {
            let [low, ..] = self.pending.to_le_bytes();
            self.bytes.push(low);
            self.pending >>= 8;
            self.count = self.count.saturating_sub(8);
        }
    }

    /// Returns the stream; zero bits fill its last byte.
    pub(super) fn finish(mut self) -> Vec<u8> {
        let [low, ..] = self.pending.to_le_bytes();
        if self.count > 0 {
            self.bytes.push(low);
        }
        self.bytes
    }
}

fn long(value: usize) -> u64 {
    u64::try_from(value).unwrap_or(u64::MAX)
}

/// Reads a stream.
pub(super) struct BitReader<'a> {
    bytes: &'a [u8],
    /// In bits.
    position: usize,
}

impl<'a> BitReader<'a> {
    /// # Errors
    ///
    /// [`BmfDecodeError`] if the stream does not start with the DS-01 header.
    pub(super) fn new(bytes: &'a [u8]) -> Result<Self, BmfDecodeError> {
        if !bytes.starts_with(&SIGNATURE) {
            let what = "the stream does not start with `DS` and version 1";
            return Err(BmfDecodeError::new(0, what));
        }
        let position = SIGNATURE.len().saturating_mul(8);
        Ok(Self { bytes, position })
    }

    /// Returns the byte in which the next token starts.
    pub(super) const fn offset(&self) -> usize {
        self.position / 8
    }

    /// # Errors
    ///
    /// [`BmfDecodeError`] if the stream ends, or its bits do not start a token.
    pub(super) fn token(&mut self) -> Result<Token, BmfDecodeError> {
        let mut bits = Bits {
            word: self.peek(),
            used: 0,
        };
        let token = bits.token();
        let end = self.position.saturating_add(wide(bits.used));
        if end > self.bytes.len().saturating_mul(8) {
            let what = "the stream ends too early";
            return Err(BmfDecodeError::new(self.bytes.len(), what));
        }
        let what = "a length starts with more than eight zero bits";
        let token = token.ok_or(BmfDecodeError::new(self.offset(), what))?;
        self.position = end;
        Ok(token)
    }

    /// Returns at least the next 57 bits; zeros after the end of the stream.
    fn peek(&self) -> u64 {
        let rest = self.bytes.get(self.offset()..).unwrap_or_default();
        let word = rest.first_chunk().copied().unwrap_or_else(|| {
            let mut word = [0; 8];
            for (to, from) in word.iter_mut().zip(rest) {
                *to = *from;
            }
            word
        });
        u64::from_le_bytes(word) >> (self.position % 8)
    }
}

/// A window of bits, longer than any token.
struct Bits {
    word: u64,
    used: u32,
}

impl Bits {
    /// Takes at most 16 bits.
    fn take(&mut self, count: u32) -> usize {
        let [low, high, ..] = (self.word & !(u64::MAX << count)).to_le_bytes();
        self.word >>= count;
        self.used = self.used.saturating_add(count);
        usize::from(u16::from_le_bytes([low, high]))
    }

    fn token(&mut self) -> Option<Token> {
        let [near, middle, far] = &WIDTHS;
        let width = match self.take(2) {
            0b10 => return Some(Token::Literal(self.ascii())),
            0b01 => return Some(Token::Literal(0x80 | self.ascii())),
            0b00 => near,
            _ if self.take(1) == 0 => middle,
            _ => far,
        };
        let code = self.take(width.bits);
        if long(code) == SYNC {
            return Some(Token::Sync);
        }
        let prefix = self.word.trailing_zeros().min(MAX_PREFIX.saturating_add(1));
        self.take(prefix.saturating_add(1));
        (prefix <= MAX_PREFIX).then(|| {
            let length = (1usize << prefix).saturating_add(self.take(prefix));
            Token::Match(Match {
                distance: width.first.saturating_add(code),
                length: length.saturating_add(1),
            })
        })
    }

    fn ascii(&mut self) -> u8 {
        let [low, ..] = self.take(7).to_le_bytes();
        low
    }
}
