//! `#pragma`.

use alloc::format;
use alloc::vec::Vec;

use super::super::expression::integer;
use super::super::lexer::{Kind, Token};
use super::super::{Diagnostic, Span};
use super::{Parsed, Parser};
use crate::schema::{CLASS_FLAGS, INSTANCE_FLAGS, Value};

/// Pragmas that say what to do with a repository, of which binary MOF keeps nothing.
const WITHOUT_TRACE: [&str; 4] = ["autorecover", "locale", "security", "source"];
/// Pragmas that change a repository in ways that no binary MOF was seen to hold.
const REFUSED: [&str; 3] = ["deleteclass", "deleteinstance", "amendment"];

impl<'a> Parser<'a, '_> {
    pub(super) fn pragma(&mut self) -> Parsed {
        let pragma = self.take();
        let name = self.name("the name of a pragma")?;
        let span = pragma.span.to(name.seen_at());
        let arguments = self.pragma_arguments()?;
        if name.is_word("namespace") {
            return match arguments.as_slice() {
                [(_, namespace)] => {
                    self.pragmas.namespace = namespace;
                    Ok(())
                }
                _ => Err(self.pragma_error(span, "one namespace: `(\"root\\\\wmi\")`")),
            };
        }
        if name.is_word("classflags") {
            self.pragmas.class_flags = self.flags(&arguments, &CLASS_FLAGS);
            return Ok(());
        }
        if name.is_word("instanceflags") {
            self.pragmas.instance_flags = self.flags(&arguments, &INSTANCE_FLAGS);
            return Ok(());
        }
        let is = |known: &&str| name.is_word(known);
        if REFUSED.iter().any(is) {
            let message = format!("`#pragma {}` is not kept", name.text);
            self.report(Diagnostic::warning(span, message).help(
                "it changes a repository; binary MOF and the other outputs have no place for it",
            ));
        } else if !WITHOUT_TRACE.iter().any(is) {
            let message = format!("unknown pragma `{}`", name.text);
            self.report(Diagnostic::warning(span, message).label("ignored"));
        }
        Ok(())
    }

    fn pragma_error(&mut self, span: Span, wanted: &str) -> super::Failed {
        self.report(Diagnostic::error(
            span,
            format!("this pragma takes {wanted}"),
        ));
        super::Failed
    }

    /// `("text", word)`, or nothing.
    fn pragma_arguments(&mut self) -> Parsed<Vec<(Token<'a>, &'a str)>> {
        let mut arguments = Vec::new();
        if !self.take_if("(") {
            return Ok(arguments);
        }
        while !self.take_if(")") {
            let token = self.peek();
            let text = match token.kind {
                Kind::String => match self.value()? {
                    Value::String(text) => text,
                    _ => "",
                },
                Kind::Identifier | Kind::Number => self.take().text,
                _ => return Err(self.unexpected("an argument of the pragma", "")),
            };
            arguments.push((token, text));
            if !self.peek().is(")") {
                self.expect(",", "between the arguments of the pragma")?;
            }
        }
        Ok(arguments)
    }

    /// Bits without a word, as decompiled files may have them.
    fn flag_number(&mut self, token: Token<'a>) -> u32 {
        match integer(&token).map(u32::try_from) {
            Ok(Ok(bits)) => bits,
            _ => {
                self.error(token, format!("`{}` is no number of flags", token.text), "");
                0
            }
        }
    }

    /// The bits of flags, which stand as several arguments or in one with commas; no argument ends
    /// their force.
    fn flags(&mut self, arguments: &[(Token<'a>, &'a str)], known: &[(&str, u32)]) -> Option<u32> {
        if arguments.is_empty() {
            return None;
        }
        let mut bits = 0;
        for (token, words) in arguments {
            for word in words.split(',').map(str::trim) {
                if token.kind == Kind::Number {
                    bits |= self.flag_number(*token);
                    continue;
                }
                match known
                    .iter()
                    .find(|(name, _)| name.eq_ignore_ascii_case(word))
                {
                    Some((_, bit)) => bits |= bit,
                    None => {
                        let names: Vec<_> = known.iter().map(|(name, _)| *name).collect();
                        let help = format!("the flags are {}", names.join(", "));
                        self.error(*token, format!("unknown flag `{word}`"), &help);
                    }
                }
            }
        }
        Some(bits)
    }
}
