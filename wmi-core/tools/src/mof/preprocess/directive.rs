//! The lines that start with `#`.

use super::super::lexer::{Kind, Token};
use super::super::source::Span;
use super::{Condition, Diagnostic, Macro, Preprocessor};

/// Conditional directives, which also count in skipped lines.
const CONDITIONALS: [&str; 6] = ["if", "ifdef", "ifndef", "elif", "else", "endif"];

/// The maximum number of parameters of a macro, which every C compiler supports.
const MAX_PARAMETERS: usize = 127;

impl<'a> Preprocessor<'a, '_> {
    /// Executes the directive after `#`. Returns the token of a `#pragma`, whose rest the parser
    /// reads.
    pub(super) fn directive(&mut self, hash: Token<'a>) -> Option<Token<'a>> {
        let file = self.files.last_mut()?;
        let before = file.lexer;
        let name = file.lexer.next();
        if name.starts_line || name.kind == Kind::End {
            // A `#` alone on its line has no effect.
            file.lexer = before;
            return None;
        }
        let span = hash.span.to(name.span);
        if name.is_word("pragma") {
            return self.pragma(hash, span);
        }
        let rest = self.line();
        match name.text {
            "define" => self.define(span, &rest),
            "undef" => match rest.as_slice() {
                [name] if name.kind == Kind::Identifier => {
                    self.macros.remove(name.text);
                }
                _ => self.malformed(span, "#undef", "one name"),
            },
            "include" => self.include_line(span, &rest),
            "if" | "ifdef" | "ifndef" => {
                let holds = self.opening(name.text, span, &rest);
                self.branch(span, holds);
            }
            "elif" | "else" => self.other_branch(name.text, span),
            "endif" => {
                let conditions = self.files.last_mut().map(|file| &mut file.conditions);
                if conditions.and_then(Vec::pop).is_none() {
                    self.report(Diagnostic::error(span, "`#endif` without `#if`"));
                }
            }
            "error" => {
                let text = self.text_of(&rest);
                self.report(Diagnostic::error(span, format!("#error {text}")));
            }
            "warning" => {
                let text = self.text_of(&rest);
                self.report(Diagnostic::warning(span, format!("#warning {text}")));
            }
            // Line markers of an earlier preprocessor are ignored.
            "line" | "ident" => {}
            _ if name.kind == Kind::Number => {}
            other => {
                let message = format!("unknown directive `#{other}`");
                self.report(
                    Diagnostic::error(span, message)
                        .help("a line that starts with `#` is for the preprocessor"),
                );
            }
        }
        None
    }

    fn malformed(&mut self, span: Span, directive: &str, wanted: &str) {
        self.report(Diagnostic::error(
            span,
            format!("`{directive}` takes {wanted}"),
        ));
    }

    /// Executes `#pragma include("file")` and `#pragma once`; the parser reads every other pragma.
    fn pragma(&mut self, hash: Token<'a>, span: Span) -> Option<Token<'a>> {
        let before = self.files.last()?.lexer;
        let line = self.line();
        match line.as_slice() {
            [word] if word.is_word("once") => {
                self.once.insert(span.source());
                None
            }
            [word, rest @ ..] if word.is_word("include") => {
                let quoted = match rest {
                    [open, name, close] if open.is("(") && close.is(")") => quoted(name),
                    _ => None,
                };
                match quoted {
                    Some((name, span)) => self.include(name, span),
                    None => {
                        self.malformed(span, "#pragma include", "a file name: `(\"file.mof\")`")
                    }
                }
                None
            }
            _ => {
                self.files.last_mut()?.lexer = before;
                Some(Token {
                    kind: Kind::Pragma,
                    text: "#pragma",
                    span,
                    ..hash
                })
            }
        }
    }

    fn define(&mut self, span: Span, rest: &[Token<'a>]) {
        let Some((name, rest)) = rest.split_first() else {
            return self.malformed(span, "#define", "a name");
        };
        let Some(text) = name.identifier() else {
            return self.malformed(name.span, "#define", "a name");
        };
        let has_parameters = rest
            .first()
            .is_some_and(|open| open.is("(") && !open.after_space);
        let (parameters, body) = if has_parameters {
            let Some(close) = rest.iter().position(|token| token.is(")")) else {
                return self.malformed(name.span, "#define", "its parameters up to a `)`");
            };
            let (list, body) = rest.split_at_checked(close).unwrap_or((rest, &[]));
            let Some(list) = parameters(list.get(1..).unwrap_or(&[])) else {
                return self.malformed(name.span, "#define", "names with commas as parameters");
            };
            if list.len() > MAX_PARAMETERS {
                let wanted = format!("at most {MAX_PARAMETERS} parameters");
                return self.malformed(name.span, "#define", &wanted);
            }
            (Some(self.arena.list(&list)), body.get(1..).unwrap_or(&[]))
        } else {
            (None, rest)
        };
        let new = Macro {
            parameters,
            body: self.arena.list(body),
            defined: name.span,
        };
        if let Some(old) = self.macros.insert(text, new) {
            let same = |old: &Token<'_>, new: &Token<'_>| old.text == new.text;
            let equal = old.parameters == new.parameters
                && old.body.len() == new.body.len()
                && old
                    .body
                    .iter()
                    .zip(new.body)
                    .all(|(old, new)| same(old, new));
            if !equal {
                self.report(
                    Diagnostic::warning(name.span, format!("`{text}` is redefined"))
                        .related(old.defined, "first defined here")
                        .help("`#undef` it first"),
                );
            }
        }
    }

    fn include_line(&mut self, span: Span, rest: &[Token<'a>]) {
        let is_angled = rest.first().is_some_and(|first| first.is("<"));
        let has_macro = rest.iter().any(|token| token.kind == Kind::Identifier);
        let expanded = if has_macro && !is_angled {
            self.expand_alone(rest.to_vec())
        } else {
            rest.to_vec()
        };
        let literal = match expanded.as_slice() {
            [name] => quoted(name),
            // MOF's own form, for use without a preprocessor.
            [open, name, close] if open.is("(") && close.is(")") => quoted(name),
            _ => None,
        };
        if let Some((name, span)) = literal {
            return self.include(name, span);
        }
        match expanded.as_slice() {
            [open, name @ .., close] if open.is("<") && close.is(">") && !name.is_empty() => {
                let name = self.text_of(name);
                self.include(&name, span);
            }
            [open, name] if open.is("(") && quoted(name).is_some() => {
                self.malformed(name.seen_at(), "#include", "a `)` after the file name");
            }
            [name, next, ..] if quoted(name).is_some() => self.after_file(next.seen_at()),
            [open, name, close, next, ..]
                if open.is("(") && quoted(name).is_some() && close.is(")") =>
            {
                self.after_file(next.seen_at());
            }
            _ => self.malformed(span, "#include", "a file name: `\"file.h\"`"),
        }
    }

    fn after_file(&mut self, span: Span) {
        let message = "text after the file name of `#include`";
        self.report(Diagnostic::error(span, message).help("put it in a line of its own"));
    }

    fn opening(&mut self, directive: &str, span: Span, rest: &[Token<'a>]) -> bool {
        match (directive, rest) {
            ("if", _) => self.condition(span, rest),
            (_, [name]) if name.kind == Kind::Identifier => {
                self.macros.contains_key(name.text) == (directive == "ifdef")
            }
            _ => {
                self.malformed(span, &format!("#{directive}"), "one name");
                false
            }
        }
    }

    /// Enters the first branch of a condition, or skips to the next one.
    fn branch(&mut self, span: Span, holds: bool) {
        if let Some(file) = self.files.last_mut() {
            file.conditions.push(Condition {
                opened: span,
                taken: holds,
                after_else: false,
            });
        }
        if !holds {
            self.skip();
        }
    }

    /// Skips the branches that `#elif` and `#else` open after the selected branch.
    fn other_branch(&mut self, directive: &str, span: Span) {
        let conditions = self.files.last_mut().map(|file| &mut file.conditions);
        match conditions.and_then(|conditions| conditions.last_mut()) {
            Some(condition) if !condition.after_else => {
                condition.after_else = directive == "else";
                self.skip();
            }
            Some(condition) => {
                let opened = condition.opened;
                self.report(
                    Diagnostic::error(span, format!("`#{directive}` after `#else`"))
                        .related(opened, "of this condition"),
                );
                self.skip();
            }
            None => {
                let message = format!("`#{directive}` without `#if`");
                self.report(Diagnostic::error(span, message));
            }
        }
    }

    /// Skips lines up to the next selected branch, or to the end of the condition.
    fn skip(&mut self) {
        let mut depth = 0usize;
        while let Some((name, span)) = self.next_conditional() {
            match name {
                "if" | "ifdef" | "ifndef" => depth = depth.saturating_add(1),
                "endif" if depth > 0 => depth = depth.saturating_sub(1),
                "endif" => {
                    if let Some(file) = self.files.last_mut() {
                        file.conditions.pop();
                    }
                    return;
                }
                _ if depth > 0 => {}
                _ => {
                    if self.enters(name, span) {
                        return;
                    }
                }
            }
        }
    }

    /// Returns whether to read the branch that `#elif` or `#else` opens.
    fn enters(&mut self, directive: &str, span: Span) -> bool {
        let line = self.line();
        let conditions = self.files.last().map(|file| &file.conditions);
        let state = conditions
            .and_then(|conditions| conditions.last())
            .map(|condition| (condition.taken, condition.after_else, condition.opened));
        let Some((taken, after_else, opened)) = state else {
            return false;
        };
        if after_else {
            self.report(
                Diagnostic::error(span, format!("`#{directive}` after `#else`"))
                    .related(opened, "of this condition"),
            );
            return false;
        }
        let holds = !taken && (directive == "else" || self.condition(span, &line));
        let conditions = self.files.last_mut().map(|file| &mut file.conditions);
        if let Some(condition) = conditions.and_then(|conditions| conditions.last_mut()) {
            condition.taken |= holds;
            condition.after_else = directive == "else";
        }
        holds
    }

    /// Returns the next conditional directive in skipped lines.
    fn next_conditional(&mut self) -> Option<(&'a str, Span)> {
        let lexer = &mut self.files.last_mut()?.lexer;
        loop {
            let before = *lexer;
            let token = lexer.next();
            if token.kind == Kind::End {
                *lexer = before;
                return None;
            }
            if !(token.starts_line && token.is("#")) {
                continue;
            }
            let before = *lexer;
            let name = lexer.next();
            if name.starts_line {
                *lexer = before;
            } else if CONDITIONALS.contains(&name.text) {
                return Some((name.text, token.span.to(name.span)));
            }
        }
    }
}

/// Returns a quoted file name, in which a backslash is not an escape.
fn quoted<'a>(token: &Token<'a>) -> Option<(&'a str, Span)> {
    let name = token.text.strip_prefix('"')?.strip_suffix('"')?;
    Some((name, token.seen_at()))
}

/// Returns the names in `a, b, c`.
fn parameters<'a>(tokens: &[Token<'a>]) -> Option<Vec<&'a str>> {
    if tokens.is_empty() {
        return Some(Vec::new());
    }
    let names = tokens.split(|token| token.is(","));
    names
        .map(|name| match name {
            [name] => name.identifier(),
            _ => None,
        })
        .collect()
}
