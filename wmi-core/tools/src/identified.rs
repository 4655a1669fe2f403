//! `identified!`: enums whose variants have a stable name each, for scripts and options.

/// Declares an enum with the list `ALL` of its variants and their names `id`, which
/// [`Display`](core::fmt::Display) writes.
macro_rules! identified {
    ($(#[$meta:meta])* $enum:ident { $($(#[$doc:meta])* $name:ident = $id:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum $enum {
            $($(#[$doc])* $name,)*
        }

        impl $enum {
            /// All variants.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Returns the stable name for scripts.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self {
                    $(Self::$name => $id,)*
                }
            }
        }

        impl core::fmt::Display for $enum {
            /// Writes the [`id`](Self::id).
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.pad(self.id())
            }
        }
    };
}

pub(crate) use identified;
