//! A minimal C preprocessor for `def.mof` and `common.mof`.

/// Macros of headers missing from the samples. A macro for several qualifiers is one qualifier.
const FROM_HEADERS: [(&str, &str); 12] = [
    ("ISCSI_AUTH_TYPES", "uint32"),
    ("ISCSI_AUTH_TYPES_QUALIFIERS", "from_a_header"),
    ("ISCSI_DIGEST_CPPQUOTE", "\"\""),
    ("ISCSI_LOGIN_FLAGS", "uint32"),
    ("ISCSI_LOGIN_FLAGS_CPPQUOTE", "\"\""),
    ("ISCSI_LOGIN_FLAGS_QUALIFIERS", "from_a_header"),
    ("ISCSI_LOGIN_OPTIONS_INFO_CPPQUOTE", "\"\""),
    ("ISCSI_LOGIN_OPTIONS_INFO_QUALIFIERS", "from_a_header"),
    ("ISCSI_LOGIN_OPTIONS_INFO_SPECIFIED", "uint32"),
    ("ISCSI_SECURITY_FLAGS_CPPQUOTE", "\"\""),
    ("MAX_ISCSI_NAME_LEN", "223"),
    ("MAX_ISCSI_TEXT_ADDRESS_LEN", "256"),
];

/// Removes directives and replaces macros. Macros have no parameters and do not refer to each
/// other.
pub(crate) fn run(source: &str) -> String {
    let source = source.replace("\r\n", "\n").replace("\\\n", " ");
    let mut macros = FROM_HEADERS
        .map(|(name, text)| (name.to_owned(), text.to_owned()))
        .to_vec();
    let mut output = String::new();
    for line in source.lines() {
        if let Some(directive) = line.trim_start().strip_prefix('#') {
            if let Some(definition) = directive.strip_prefix("define ") {
                let (name, text) = definition.split_once(' ').unwrap_or((definition, ""));
                macros.push((name.to_owned(), text.trim().to_owned()));
            }
        } else {
            replace(line, &macros, &mut output);
        }
        output.push('\n');
    }
    output
}

/// Appends the line with macros replaced, except in strings. Comments are dropped.
fn replace(line: &str, macros: &[(String, String)], output: &mut String) {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut rest = line;
    let mut in_string = false;
    while let Some(first) = rest.chars().next() {
        if !in_string && rest.starts_with("//") {
            return;
        }
        let name = &rest[..rest.find(|c| !is_name(c)).unwrap_or(rest.len())];
        if !in_string && !name.is_empty() {
            let found = macros.iter().find(|(other, _)| other == name);
            output.push_str(found.map_or(name, |(_, text)| text));
            rest = &rest[name.len()..];
            continue;
        }
        // The strings here have no escaped quotes.
        in_string ^= first == '"';
        output.push(first);
        rest = &rest[first.len_utf8()..];
    }
}
