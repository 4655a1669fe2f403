//! Memory for a schema that is read at run time.

use bumpalo::Bump;

/// The memory that a schema read from a file borrows from.
///
/// The types of [`wmi_core::schema`] borrow everything, so that derived schemas can be constants.
/// Dropping the arena frees the schema.
#[derive(Debug, Default)]
pub struct Arena(Bump);

impl Arena {
    /// Creates an empty arena.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Copies these items.
    pub(crate) fn list<T: Copy>(&self, items: &[T]) -> &[T] {
        self.0.alloc_slice_copy(items)
    }

    /// Makes a list of `count` items in place.
    pub(crate) fn try_list<T: Copy, E>(
        &self,
        count: usize,
        mut item: impl FnMut() -> Result<T, E>,
    ) -> Result<&[T], E> {
        let list = self.0.alloc_slice_try_fill_with(count, |_| item());
        list.map(|list| &*list)
    }

    /// Stores an item.
    pub(crate) fn item<T: Copy>(&self, item: T) -> &T {
        self.0.alloc(item)
    }

    /// Copies this text.
    pub(crate) fn text(&self, text: &str) -> &str {
        self.0.alloc_str(text)
    }
}
