//! Checks how any writer uses its buffer.

use wmi_core::wnode::WriteError;

/// Returns the bytes that a writer writes, after asserting that
///
/// - exactly `needed` bytes are enough, and smaller buffers are left unchanged,
/// - bytes after the output are left unchanged,
/// - the output does not depend on the old contents, so padding leaks nothing.
pub(crate) fn written(
    needed: usize,
    write: impl Fn(&mut [u8]) -> Result<usize, WriteError>,
) -> Vec<u8> {
    for length in [0, needed / 2, needed - 1] {
        let mut short = vec![0xa5; length];
        assert_eq!(
            write(&mut short),
            Err(WriteError::BufferTooSmall { needed })
        );
        assert_eq!(short, vec![0xa5; length]);
    }
    let mut exact = vec![0; needed];
    assert_eq!(write(&mut exact), Ok(needed));

    let mut longer = vec![0xff; needed + 9];
    assert_eq!(write(&mut longer), Ok(needed));
    assert_eq!(longer[needed..], [0xff; 9]);
    longer.truncate(needed);
    assert_eq!(exact, longer);
    exact
}
