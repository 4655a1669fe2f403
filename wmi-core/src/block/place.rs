//! The layout rule: where an item stands after others. Owns its arithmetic alone.

/// WNODE structures hold sizes and offsets as 32 bits.
pub const MAX_SIZE: usize = 0xffff_0000;

/// Returns the next multiple of `align`, which is a power of two, or `None` past the end of
/// `usize`.
#[must_use]
pub const fn align_up(offset: usize, align: usize) -> Option<usize> {
    offset.checked_next_multiple_of(align)
}

/// Returns where an item stands after those that end at `end`, and where it ends itself; `None`
/// past the end of `usize`. This is the layout rule.
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

/// Returns the bytes of a block as a member of another: with the padding at its end that C's
/// `sizeof` has.
#[must_use]
pub const fn padded(size: usize, align: usize) -> Option<usize> {
    align_up(size, align)
}

/// Returns the size of a string of at most `max` UTF-16 units, in bytes: its count and its
/// units.
#[must_use]
pub const fn text_size(max: usize) -> usize {
    const UNIT: usize = size_of::<u16>();
    UNIT.saturating_add(max.saturating_mul(UNIT))
}
