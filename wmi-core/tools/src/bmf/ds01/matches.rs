//! Finds the longest earlier occurrence of the bytes at a place.

use core::ops::RangeInclusive;

use super::{MAX_DISTANCE, Match};
use crate::bmf::wide;

/// Finds matches in a payload.
pub(super) struct Matches<'a> {
    payload: &'a [u8],
    /// For each place, the distance to the previous occurrence of its two bytes, or [`NONE`].
    back: Vec<u16>,
}

/// A distance beyond the reach of any match.
const NONE: u16 = u16::MAX;

impl<'a> Matches<'a> {
    pub(super) fn new(payload: &'a [u8]) -> Self {
        // For each pair, the place after its last occurrence.
        let mut last = vec![0; 1 << 16];
        let mut back = |after: usize, pair: [u8; 2]| {
            let last = last.get_mut(usize::from(u16::from_le_bytes(pair)))?;
            let before = core::mem::replace(last, after);
            let distance = after.saturating_sub(before);
            let reached = before > 0 && distance <= MAX_DISTANCE;
            u16::try_from(distance).ok().filter(|_| reached)
        };
        let pairs = payload.iter().zip(payload.iter().skip(1));
        let back = pairs
            .zip(1..)
            .map(|((first, second), after)| back(after, [*first, *second]).unwrap_or(NONE))
            .collect();
        Self { payload, back }
    }

    pub(super) fn byte(&self, place: usize) -> u8 {
        self.payload.get(place).copied().unwrap_or_default()
    }

    /// Returns the longest match at `place` at one of these distances, and the nearest of equally
    /// long ones. It is longer than `exceed`, which is not zero, and at most `limit` bytes long.
    ///
    /// A match that is longer than the best so far contains every pair of bytes of the best. So the
    /// search follows the occurrences of one pair, and after each better match continues with the
    /// pair whose previous occurrence is farthest: it skips most places.
    pub(super) fn longest(
        &self,
        place: usize,
        limit: usize,
        distances: RangeInclusive<usize>,
        mut exceed: usize,
    ) -> Option<Match> {
        if exceed >= limit {
            return None;
        }
        let here = self.payload.get(place..)?.get(..limit)?;
        let nearest = place.checked_sub(*distances.start())?;
        let farthest = place.saturating_sub(*distances.end());
        let mut best = None;
        // The last of these pairs extends one byte beyond the current best match.
        let mut before = self.before(place, exceed)?;
        // The byte that would extend the best match is the likeliest to differ.
        let (mut end, mut ends) = (here.get(exceed)?, self.payload.get(exceed..)?);
        let mut start = place;
        loop {
            start = match start.checked_sub(usize::from(*before.get(start)?)) {
                Some(start) if start >= farthest => start,
                _ => return best,
            };
            if ends.get(start)? != end || start > nearest {
                continue;
            }
            let length = common(here, self.payload.get(start..)?);
            if length > exceed {
                let distance = place.saturating_sub(start);
                best = Some(Match { distance, length });
                if length == limit {
                    return best;
                }
                exceed = length;
                (end, ends) = (here.get(exceed)?, self.payload.get(exceed..)?);
                before = self.before(start, length.saturating_sub(1))?;
            }
        }
    }

    /// Returns `back`, shifted so that its entry at `place` is that of the pair with the farthest
    /// previous occurrence, of `pairs` in a row at `place`.
    fn before(&self, place: usize, pairs: usize) -> Option<&[u16]> {
        let row = self.back.get(place..)?.get(..pairs)?;
        let farthest = row.iter().copied().fold(0, u16::max);
        let offset = row.iter().position(|back| *back == farthest)?;
        self.back.get(offset..)
    }
}

/// Returns the number of equal bytes at the start of both.
fn common(here: &[u8], there: &[u8]) -> usize {
    const WORD: usize = size_of::<u64>();
    let mut length = 0usize;
    for (here, there) in here.chunks(WORD).zip(there.chunks(WORD)) {
        let (Some(here_word), Some(there_word)) = (here.first_chunk(), there.first_chunk()) else {
            let same = here
                .iter()
                .zip(there)
                .take_while(|(here, there)| here == there);
            return length.saturating_add(same.count());
        };
        let differing = u64::from_le_bytes(*here_word) ^ u64::from_le_bytes(*there_word);
        if differing != 0 {
            return length.saturating_add(wide(differing.trailing_zeros() / u8::BITS));
        }
        length = length.saturating_add(WORD);
    }
    length
}
