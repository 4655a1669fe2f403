//! Unpacking a stream; every fault is an error.

use super::bits::BitReader;
use super::{BLOCK, Match, Token};
use crate::bmf::BmfDecodeError;

/// Unpacks a stream into exactly `size` bytes.
///
/// Memory grows with the stream, whatever `size` says: by at most 512 bytes for every 5 bytes of
/// the stream.
///
/// # Errors
///
/// [`BmfDecodeError`] at the first bad byte of the stream: it lacks the DS-01 header, has an
/// unknown token, reaches back before its start, or does not hold exactly `size` bytes.
pub fn unpack(stream: &[u8], size: usize) -> Result<Vec<u8>, BmfDecodeError> {
    let mut bits = BitReader::new(stream)?;
    let mut output = Vec::with_capacity(size.min(stream.len().saturating_mul(USUAL)));
    loop {
        let end = size.min(output.len().saturating_add(BLOCK));
        while output.len() < end {
            let at = bits.offset();
            match bits.token()? {
                Token::Literal(byte) => output.push(byte),
                Token::Match(matched) => {
                    copy(matched, &mut output, end)
                        .map_err(|what| BmfDecodeError::new(at, what))?;
                }
                Token::Sync => {
                    return Err(BmfDecodeError::new(at, "a sync mark within a block"));
                }
            }
        }
        let at = bits.offset();
        let Token::Sync = bits.token()? else {
            return Err(BmfDecodeError::new(
                at,
                "a block does not end with a sync mark",
            ));
        };
        if end == size {
            return Ok(output);
        }
    }
}

/// Usual upper bound of the output per byte of the stream.
const USUAL: usize = 8;

fn copy(matched: Match, output: &mut Vec<u8>, end: usize) -> Result<(), &'static str> {
    let start = output.len().checked_sub(matched.distance);
    let start = start.filter(|_| matched.distance > 0);
    let start = start.ok_or("a match starts before the output")?;
    let mut left = matched.length;
    if left > end.saturating_sub(output.len()) {
        return Err("a match crosses the end of its block");
    }
    // A match may overlap its own output, so each turn can copy twice as many bytes.
    while left > 0 {
        let count = left.min(output.len().saturating_sub(start));
        output.extend_from_within(start..start.saturating_add(count));
        left = left.saturating_sub(count);
    }
    Ok(())
}
