//! [`Severity`], for what is said about a text or a class.

/// Whether what is found prevents the use of a text or class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// It cannot be used.
    Error,
    /// It is usable but probably not what was meant.
    Warning,
}
