//! Memory for a schema that is read at run time.

use bumpalo::Bump;

/// Holds what a reader makes; everything it made goes with it.
///
/// The model borrows, so that the same types are constants of a derive and what was read from a
/// file. The arena is what a file's schema borrows from.
#[derive(Debug, Default)]
pub struct Arena(Bump);

impl Arena {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A copy of these items.
    pub(crate) fn list<T: Copy>(&self, items: &[T]) -> &[T] {
        self.0.alloc_slice_copy(items)
    }

    /// A list of so many items, made in place one after the other.
    pub(crate) fn try_list<T: Copy, E>(
        &self,
        count: usize,
        mut item: impl FnMut() -> Result<T, E>,
    ) -> Result<&[T], E> {
        let list = self.0.alloc_slice_try_fill_with(count, |_| item());
        list.map(|list| &*list)
    }

    /// One item.
    pub(crate) fn item<T: Copy>(&self, item: T) -> &T {
        self.0.alloc(item)
    }

    /// A copy of this text.
    pub(crate) fn text(&self, text: &str) -> &str {
        self.0.alloc_str(text)
    }
}
