//! [`Style`]: the form of MOF text.

/// The form of MOF text to write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Style {
    /// For `mofcomp`: counter types as numbers, amended text in place.
    #[default]
    Compilable,
    /// As in documentation: counter types by their `winperf.h` names, which `mofcomp` does not
    /// accept.
    Documented,
    /// The language-neutral half of a localised schema: compilable, without amended qualifiers.
    Neutral,
    /// The other half, the `.mfl`: only classes and members with amended qualifiers, and only
    /// these and `key`, `in` and `out`, for the namespace of the locale.
    Mfl,
}
