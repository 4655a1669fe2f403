//! The rules for names: WMI classes and properties in MOF, members in the C header.

use core::fmt;

/// The reason why a name cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NameError {
    /// The name is empty.
    Empty,
    /// The first character is not an ASCII letter or, for an item, an underscore.
    Start(char),
    /// A character other than an ASCII letter, a digit or an underscore.
    Character(char),
    /// The last character of a class name is an underscore.
    TrailingUnderscore,
    /// A keyword of MOF.
    MofKeyword,
    /// A keyword of C or C++, which cannot be declared in the generated header.
    CKeyword,
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("it is empty"),
            Self::Start(found) => write!(f, "it starts with `{}`", found.escape_debug()),
            Self::Character(found) => write!(f, "it contains `{}`", found.escape_debug()),
            Self::TrailingUnderscore => f.write_str("it ends in `_`"),
            Self::MofKeyword => f.write_str("it is a keyword of MOF"),
            Self::CKeyword => f.write_str("it is a keyword of C or C++"),
        }
    }
}

impl core::error::Error for NameError {}

/// Checks a class name: a letter, then letters, digits and underscores, no underscore at the end.
///
/// # Errors
///
/// [`NameError`] if the name breaks this rule or is a keyword of MOF, C or C++. Source: "WMI Class
/// Names and Base Classes", windows-driver-docs.
pub fn check_class_name(name: &str) -> Result<(), NameError> {
    check(name, |first| first.is_ascii_alphabetic())?;
    if name.ends_with('_') {
        Err(NameError::TrailingUnderscore)
    } else {
        Ok(())
    }
}

/// Checks the name of a property, method or parameter: a letter or underscore, then letters, digits
/// and underscores.
///
/// # Errors
///
/// [`NameError`] if the name breaks this rule or is a keyword of MOF, C or C++.
pub fn check_item_name(name: &str) -> Result<(), NameError> {
    check(name, |first| first.is_ascii_alphabetic() || first == '_')
}

fn check(name: &str, may_start: fn(char) -> bool) -> Result<(), NameError> {
    let first = name.chars().next().ok_or(NameError::Empty)?;
    if !may_start(first) {
        return Err(NameError::Start(first));
    }
    if let Some(bad) = name
        .chars()
        .find(|c| !c.is_ascii_alphanumeric() && *c != '_')
    {
        return Err(NameError::Character(bad));
    }
    if MOF_KEYWORDS
        .iter()
        .any(|keyword| keyword.eq_ignore_ascii_case(name))
    {
        return Err(NameError::MofKeyword);
    }
    if is_c_keyword(name) {
        return Err(NameError::CKeyword);
    }
    Ok(())
}

/// Returns whether `name` is a keyword of C17 or C++20.
#[must_use]
pub fn is_c_keyword(name: &str) -> bool {
    C_KEYWORDS.contains(&name)
}

/// Returns whether a resource can have this name: letters, digits and underscores, not starting
/// with a digit, as in a resource script. Case does not matter.
#[must_use]
pub const fn is_resource_name(name: &str) -> bool {
    let mut rest = name.as_bytes();
    if let [b'0'..=b'9', ..] | [] = rest {
        return false;
    }
    while let [first, others @ ..] = rest {
        if !first.is_ascii_alphanumeric() && *first != b'_' {
            return false;
        }
        rest = others;
    }
    true
}

/// Returns whether `text` has a NUL, which binary MOF cannot express as it ends a string.
#[must_use]
pub fn has_nul(text: &str) -> bool {
    text.contains('\0')
}

/// Reserved words of the MOF grammar, in any case.
const MOF_KEYWORDS: &[&str] = &[
    "as",
    "boolean",
    "char16",
    "class",
    "datetime",
    "false",
    "instance",
    "null",
    "object",
    "of",
    "qualifier",
    "real32",
    "real64",
    "ref",
    "sint16",
    "sint32",
    "sint64",
    "sint8",
    "string",
    "true",
    "uint16",
    "uint32",
    "uint64",
    "uint8",
    "void",
];

const C_KEYWORDS: &[&str] = &[
    "alignas",
    "alignof",
    "and",
    "and_eq",
    "asm",
    "auto",
    "bitand",
    "bitor",
    "bool",
    "break",
    "case",
    "catch",
    "char",
    "char8_t",
    "char16_t",
    "char32_t",
    "class",
    "co_await",
    "co_return",
    "co_yield",
    "compl",
    "concept",
    "const",
    "const_cast",
    "consteval",
    "constexpr",
    "constinit",
    "continue",
    "decltype",
    "default",
    "delete",
    "do",
    "double",
    "dynamic_cast",
    "else",
    "enum",
    "explicit",
    "export",
    "extern",
    "false",
    "float",
    "for",
    "friend",
    "goto",
    "if",
    "inline",
    "int",
    "long",
    "mutable",
    "namespace",
    "new",
    "noexcept",
    "not",
    "not_eq",
    "nullptr",
    "operator",
    "or",
    "or_eq",
    "private",
    "protected",
    "public",
    "register",
    "reinterpret_cast",
    "requires",
    "restrict",
    "return",
    "short",
    "signed",
    "sizeof",
    "static",
    "static_assert",
    "static_cast",
    "struct",
    "switch",
    "template",
    "this",
    "thread_local",
    "throw",
    "true",
    "try",
    "typedef",
    "typeid",
    "typename",
    "union",
    "unsigned",
    "using",
    "virtual",
    "void",
    "volatile",
    "wchar_t",
    "while",
    "xor",
    "xor_eq",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn class_names_are_checked() {
        assert_eq!(check_class_name("MSiSCSI_MMIPSECStats"), Ok(()));
        assert_eq!(check_class_name(""), Err(NameError::Empty));
        assert_eq!(check_class_name("_A"), Err(NameError::Start('_')));
        assert_eq!(check_class_name("1A"), Err(NameError::Start('1')));
        assert_eq!(check_class_name("A-b"), Err(NameError::Character('-')));
        assert_eq!(check_class_name("A_"), Err(NameError::TrailingUnderscore));
        assert_eq!(check_class_name("Class"), Err(NameError::MofKeyword));
        assert_eq!(check_class_name("struct"), Err(NameError::CKeyword));
    }

    #[test]
    fn resource_names_are_checked() {
        for name in ["MofResource", "_1", "a"] {
            assert!(is_resource_name(name), "{name}");
        }
        for name in ["", "1st", "my resource", "Mof.Resource", "gr\u{f6}\u{df}e"] {
            assert!(!is_resource_name(name), "{name}");
        }
    }

    #[test]
    fn item_names_are_checked() {
        assert_eq!(check_item_name("_reserved_"), Ok(()));
        assert_eq!(check_item_name("Struct"), Ok(()));
        assert_eq!(check_item_name("größe"), Err(NameError::Character('ö')));
        assert_eq!(check_item_name("uint8"), Err(NameError::MofKeyword));
        assert_eq!(check_item_name("long"), Err(NameError::CKeyword));
    }
}
