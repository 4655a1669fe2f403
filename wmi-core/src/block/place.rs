//! The layout rule: the offset of an item after others. Owns only its arithmetic.

/// Largest data block in bytes: sizes and offsets in a WNODE have 32 bits.
pub const MAX_SIZE: usize = 0xffff_0000;

/// Returns the next multiple of `align`, a power of two, or `None` if it exceeds `usize`.
#[must_use]
pub const fn align_up(offset: usize, align: usize) -> Option<usize> {
    offset.checked_next_multiple_of(align)
}

/// Returns the offset and the end of an item after others that end at `end`; `None` if it exceeds
/// `usize`. This is the layout rule.
#[must_use]
pub const fn place(end: usize, size: usize, align: usize) -> Option<(usize, usize)> {
    let Some(offset) = align_up(end, align) else {
        return None;
    };
    match offset.checked_add(size) {
        Some(end) => Some((offset, end)),
        None => None,
    }
}

/// Returns the size of a block as a member of another: with the trailing padding of C's `sizeof`.
#[must_use]
pub const fn padded(size: usize, align: usize) -> Option<usize> {
    align_up(size, align)
}

/// Returns the size of a string of at most `max` UTF-16 units, in bytes: its count and all units.
#[must_use]
pub const fn text_size(max: usize) -> usize {
    const UNIT: usize = size_of::<u16>();
    UNIT.saturating_add(max.saturating_mul(UNIT))
}
