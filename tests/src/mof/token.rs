//! Tokens of MOF.

/// A token. Comments are skipped.
#[derive(Clone, Debug, PartialEq)]
pub enum Token {
    /// An identifier or keyword as spelled.
    Word(String),
    /// An integer, decimal or hexadecimal.
    Number(i64),
    /// A string with its escapes resolved. Adjacent literals are joined.
    Text(String),
    /// A bracket, comma and so on.
    Symbol(char),
}

/// Splits a text into tokens. Literals may contain line breaks, as in published documents.
///
/// # Panics
///
/// Panics if the text is not MOF.
#[must_use]
pub fn tokens(source: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = skip_blank(source);
    while let Some(first) = rest.chars().next() {
        rest = match first {
            '"' => {
                let (text, rest) = literal(&rest[1..]);
                match tokens.last_mut() {
                    Some(Token::Text(before)) => before.push_str(&text),
                    _ => tokens.push(Token::Text(text)),
                }
                rest
            }
            '0'..='9' | '-' | '+' => {
                let (digits, rest) =
                    split_while(rest, |c| c.is_ascii_alphanumeric() || "+-".contains(c));
                tokens.push(Token::Number(number(digits)));
                rest
            }
            'a'..='z' | 'A'..='Z' | '_' => {
                let (word, rest) = split_while(rest, |c| c.is_ascii_alphanumeric() || c == '_');
                tokens.push(Token::Word(word.to_owned()));
                rest
            }
            '[' | ']' | '(' | ')' | '{' | '}' | ',' | ';' | ':' | '=' | '#' => {
                tokens.push(Token::Symbol(first));
                &rest[1..]
            }
            _ => panic!("no token of MOF starts with {first:?}"),
        };
        rest = skip_blank(rest);
    }
    tokens
}

/// Returns the tokens with each run of white space in strings replaced by one space.
#[must_use]
pub fn fold_white_space(tokens: &[Token]) -> Vec<Token> {
    let fold = |text: &str| {
        let mut folded = String::new();
        for c in text.chars() {
            if !c.is_whitespace() {
                folded.push(c);
            } else if !folded.ends_with(' ') {
                folded.push(' ');
            }
        }
        folded
    };
    tokens
        .iter()
        .map(|token| match token {
            Token::Text(text) => Token::Text(fold(text)),
            other => other.clone(),
        })
        .collect()
}

/// Skips white space and comments.
fn skip_blank(source: &str) -> &str {
    let mut rest = source.trim_start();
    loop {
        rest = if rest.starts_with("//") {
            rest.split_once('\n').map_or("", |(_, rest)| rest)
        } else if let Some(comment) = rest.strip_prefix("/*") {
            comment.split_once("*/").expect("a comment ends").1
        } else {
            return rest;
        }
        .trim_start();
    }
}

fn split_while(source: &str, belongs: fn(char) -> bool) -> (&str, &str) {
    let end = source.find(|c| !belongs(c)).unwrap_or(source.len());
    source.split_at(end)
}

fn number(digits: &str) -> i64 {
    let hexadecimal = digits
        .strip_prefix("0x")
        .or_else(|| digits.strip_prefix("0X"));
    match hexadecimal {
        Some(digits) => i64::from_str_radix(digits, 16),
        None => digits.parse(),
    }
    .unwrap_or_else(|why| panic!("{digits}: {why}"))
}

/// Reads a literal whose opening quote has been read, and returns its text and the rest.
fn literal(source: &str) -> (String, &str) {
    let mut units = Vec::new();
    let mut rest = source;
    loop {
        let mut chars = rest.chars();
        match chars.next().expect("a literal ends") {
            '"' => {
                let text = String::from_utf16(&units).expect("no surrogate stands alone");
                return (text, chars.as_str());
            }
            '\\' => {
                let escape = chars.next().expect("an escape ends");
                units.push(match escape {
                    '\\' | '"' | '\'' => u16::try_from(escape).expect("ASCII"),
                    'n' => 0x0a,
                    't' => 0x09,
                    'r' => 0x0d,
                    'b' => 0x08,
                    'f' => 0x0c,
                    'x' | 'X' => {
                        // One to four digits, as many as there are.
                        let digits = chars.as_str();
                        let length = digits
                            .bytes()
                            .take(4)
                            .take_while(u8::is_ascii_hexdigit)
                            .count();
                        chars = digits[length..].chars();
                        u16::from_str_radix(&digits[..length], 16).expect("a digit follows")
                    }
                    _ => panic!("\\{escape} is not an escape"),
                });
            }
            c => units.extend_from_slice(c.encode_utf16(&mut [0; 2])),
        }
        rest = chars.as_str();
    }
}
