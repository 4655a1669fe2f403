//! `#pragma`.

use super::super::Diagnostic;
use super::super::expression::integer;
use super::super::lexer::{Kind, Token};
use super::{Parsed, Parser, is_bracket};
use wmi_core::schema::{ChangeFlags, Value, parse_locale};
use wmi_vocabulary::near::distance;

/// Pragmas that objects or the reading record.
const KEPT: [&str; 4] = ["namespace", "classflags", "instanceflags", "amendment"];
/// Pragmas that instruct a repository; binary MOF does not record them.
const WITHOUT_TRACE: [&str; 4] = ["autorecover", "locale", "security", "source"];
/// Pragmas that change a repository; no known binary MOF records them.
const REFUSED: [&str; 2] = ["deleteclass", "deleteinstance"];

impl<'a> Parser<'a, '_> {
    pub(super) fn pragma(&mut self) -> Parsed {
        let pragma = self.take();
        // The rest may have the form of another compiler, so it is ignored.
        let name = self.peek();
        if name.kind != Kind::Identifier || name.starts_line {
            return Err(self.unexpected("the name of a pragma", &known_pragmas()));
        }
        self.take();
        let span = pragma.span.to(name.seen_at());
        let is = |known: &&str| name.is_word(known);
        let mut known = KEPT.iter().chain(&WITHOUT_TRACE).chain(&REFUSED);
        if !known.any(is) {
            // A pragma of another compiler, with arguments in another form.
            if self.ahead.is_empty() {
                self.tokens.skip_line();
            }
            let message = format!("unknown pragma `{}`", name.text);
            let mut known = KEPT.iter().chain(&WITHOUT_TRACE).chain(&REFUSED);
            let meant =
                known.find(|known| distance(known, &name.text.to_ascii_lowercase()) == Some(1));
            let help = meant.map_or_else(known_pragmas, |meant| format!("write `{meant}`"));
            let warning = Diagnostic::warning(span, message, help);
            self.report(warning.label("ignored"));
            return Ok(());
        }
        let arguments = self.pragma_arguments()?;
        if name.is_word("namespace") {
            return match arguments.as_slice() {
                [(_, namespace)] => {
                    self.pragmas.namespace = namespace;
                    Ok(())
                }
                _ => {
                    let message = "`#pragma namespace` takes one namespace";
                    let help = "write `#pragma namespace(\"root\\\\wmi\")`";
                    self.report(Diagnostic::error(span, message, help));
                    Err(super::Failed)
                }
            };
        }
        if name.is_word("classflags") {
            self.pragmas.class_flags = self.flags(&arguments, ChangeFlags::KEYWORDS);
            return Ok(());
        }
        if name.is_word("instanceflags") {
            self.pragmas.instance_flags = self.flags(&arguments, ChangeFlags::OF_INSTANCES);
            return Ok(());
        }
        if name.is_word("amendment") {
            return match arguments.as_slice() {
                [(_, locale)] if parse_locale(locale).is_some() => {
                    self.amendment = parse_locale(locale);
                    Ok(())
                }
                _ => {
                    let message = "`#pragma amendment` takes one locale";
                    let help = "write `#pragma amendment(\"MS_409\")`";
                    self.report(Diagnostic::error(span, message, help));
                    Err(super::Failed)
                }
            };
        }
        if REFUSED.iter().any(is) {
            if !is_deletion(&arguments) {
                let message = format!(
                    "`#pragma {}` takes the name of an object, and `FAIL` or `NOFAIL`",
                    name.text
                );
                let help = format!("write `#pragma {}(\"Name\", NOFAIL)`", name.text);
                self.report(Diagnostic::error(span, message, help));
                return Err(super::Failed);
            }
            let message = format!("`#pragma {}` is not kept", name.text);
            let help =
                "it changes a repository, which binary MOF and the other outputs cannot express";
            self.report(Diagnostic::warning(span, message, help));
        }
        Ok(())
    }

    /// Reads `("text", word)`, or nothing.
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
                _ => {
                    let help = "an argument is text in quotes, a word or a number";
                    return Err(self.unexpected("an argument of the pragma", help));
                }
            };
            arguments.push((token, text));
            if !self.peek().is(")") && !self.take_if(",") {
                let is_last = self.peek_at(1).starts_line;
                let help = match self.peek().kind {
                    _ if is_last && is_bracket(&self.peek()) => "write `)` in its place",
                    Kind::Punctuator | Kind::Unknown => {
                        "put text in quotes, with each backslash twice"
                    }
                    _ => "close the arguments with `)`",
                };
                return Err(self.unexpected("`,` or `)` after an argument of the pragma", help));
            }
        }
        Ok(arguments)
    }

    /// Returns flags, given as several arguments or as one with commas. Without an argument the
    /// flags end.
    fn flags(
        &mut self,
        arguments: &[(Token<'a>, &'a str)],
        known: &[(ChangeFlags, &str)],
    ) -> Option<ChangeFlags> {
        let mut flags = ChangeFlags::NONE;
        for (token, words) in arguments {
            for word in words.split(',').map(str::trim) {
                let named = known
                    .iter()
                    .find(|(_, name)| name.eq_ignore_ascii_case(word));
                let flag = match named {
                    Some((flag, _)) => Some(*flag),
                    None => flag_number(*token),
                };
                let Some(flag) = flag else {
                    let names: Vec<_> = known.iter().map(|(_, name)| *name).collect();
                    let help = format!("the flags are {}", names.join(", "));
                    self.error(*token, format!("unknown flag `{word}`"), &help);
                    continue;
                };
                flags = flags.union(flag);
            }
        }
        (!arguments.is_empty()).then_some(flags)
    }
}

/// Lists the pragmas for a message.
fn known_pragmas() -> String {
    let pragmas = [&KEPT[..], &WITHOUT_TRACE, &REFUSED, &["include", "once"]].concat();
    format!("the pragmas are {}", pragmas.join(", "))
}

/// Returns whether the arguments name an object and say whether its absence is an error.
fn is_deletion(arguments: &[(Token<'_>, &str)]) -> bool {
    let is_word = |token: &Token<'_>| ["FAIL", "NOFAIL"].iter().any(|it| token.is_word(it));
    matches!(arguments, [(object, _), (word, _)] if object.kind == Kind::String && is_word(word))
}

/// Returns bits without a keyword, which decompiled files may contain.
fn flag_number(token: Token<'_>) -> Option<ChangeFlags> {
    let number = (token.kind == Kind::Number).then(|| integer(&token).ok())??;
    u32::try_from(number).ok().map(ChangeFlags::from_bits)
}
