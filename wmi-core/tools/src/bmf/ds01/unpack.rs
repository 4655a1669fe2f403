//! Unpacking a stream; every fault is an error.

use super::bits::BitReader;
use super::{BLOCK, Match, Token};
use crate::bmf::BmfDecodeError;

/// Unpacks a stream into exactly `size` bytes.
///
/// Memory grows with the content of the stream, whatever `size` says; that is at most 512 bytes
/// for each 5 of the stream.
///
/// # Errors
///
/// [`BmfDecodeError`] at the first faulty byte of the stream: it does not start as DS-01 does, has
/// an unknown token, reaches back before its start, or does not hold exactly `size` bytes.
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
                    return Err(BmfDecodeError::new(at, "a sync mark stands within a block"));
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

/// Bytes that one byte of a stream usually becomes, and then some.
const USUAL: usize = 8;

fn copy(matched: Match, output: &mut Vec<u8>, end: usize) -> Result<(), &'static str> {
    let start = output.len().checked_sub(matched.distance);
    let start = start.filter(|_| matched.distance > 0);
    let start = start.ok_or("a match starts before the output")?;
    let mut left = matched.length;
    if left > end.saturating_sub(output.len()) {
        return Err("a match crosses the end of its block");
    }
    // Where a match overlaps what it makes, each turn has twice as many bytes to copy.
    while left > 0 {
        let count = left.min(output.len().saturating_sub(start));
        output.extend_from_within(start..start.saturating_add(count));
        left = left.saturating_sub(count);
    }
    Ok(())
}
