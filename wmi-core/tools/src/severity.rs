//! [`Severity`] of findings in a text or a class.

use core::fmt;

/// Whether a finding prevents the use of a text or class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Unusable.
    Error,
    /// Usable, but probably not intended.
    Warning,
}

impl fmt::Display for Severity {
    /// Writes `error` or `warning`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}
