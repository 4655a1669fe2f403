//! Evaluates `#if`.

use super::super::expression::{Names, evaluate};
use super::super::lexer::{Kind, Token};
use super::super::source::Span;
use super::Preprocessor;

impl<'a> Preprocessor<'a, '_> {
    /// Returns whether the condition in the rest of a line holds; a malformed one does not.
    pub(super) fn condition(&mut self, directive: Span, line: &[Token<'a>]) -> bool {
        let line = self.without_defined(line);
        let tokens = self.expand_alone(line);
        match evaluate(&tokens, directive, Names::AreZero) {
            Ok(value) => value != 0,
            Err(error) => {
                self.report(error.diagnostic().label("in this condition"));
                false
            }
        }
    }

    /// Replaces `defined NAME` and `defined(NAME)` by `1` or `0`.
    fn without_defined(&self, line: &[Token<'a>]) -> Vec<Token<'a>> {
        let mut tokens = Vec::with_capacity(line.len());
        let mut rest = line;
        while let [token, after @ ..] = rest {
            let (name, after) = match after {
                _ if token.text != "defined" => (None, after),
                [open, name, close, after @ ..] if open.is("(") && close.is(")") => {
                    (Some(name), after)
                }
                [name, after @ ..] if name.kind == Kind::Identifier => (Some(name), after),
                _ => (None, after),
            };
            tokens.push(match name {
                None => *token,
                Some(name) => Token {
                    kind: Kind::Number,
                    text: if self.macros.contains_key(name.text) {
                        "1"
                    } else {
                        "0"
                    },
                    ..*token
                },
            });
            rest = after;
        }
        tokens
    }
}
