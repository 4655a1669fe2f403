//! Names of the kernel's objects.

use windows_sys::Win32::Foundation::UNICODE_STRING;

/// The name of an object, in UTF-16.
#[derive(Clone, Copy)]
pub struct Name(&'static [u16]);

impl Name {
    /// See [`name!`].
    pub const fn new(units: &'static [u16]) -> Self {
        assert!(units.len() < 0x8000, "the name is too long");
        Self(units)
    }

    /// The name as the kernel's routines take it, which only read it.
    pub(super) const fn unicode(self) -> UNICODE_STRING {
        let bytes = (self.0.len() * 2) as u16;
        UNICODE_STRING {
            Length: bytes,
            MaximumLength: bytes,
            Buffer: self.0.as_ptr().cast_mut(),
        }
    }
}

/// ASCII text in UTF-16.
pub const fn utf16<const N: usize>(text: &str) -> [u16; N] {
    assert!(text.is_ascii() && text.len() == N);
    let mut units = [0; N];
    let mut index = 0;
    while index < N {
        units[index] = text.as_bytes()[index] as u16;
        index += 1;
    }
    units
}

/// A constant [`Name`] from a literal.
macro_rules! name {
    ($text:literal) => {
        $crate::kernel::Name::new(const { &$crate::kernel::utf16::<{ $text.len() }>($text) })
    };
}

pub(crate) use name;
