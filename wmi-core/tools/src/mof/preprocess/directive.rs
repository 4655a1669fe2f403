//! The lines that start with `#`.

use super::super::lexer::{Kind, Token};
use super::super::source::Span;
use super::{Condition, Diagnostic, Macro, Preprocessor};

/// Conditional directives, which also count in skipped lines.
const CONDITIONALS: [&str; 6] = ["if", "ifdef", "ifndef", "elif", "else", "endif"];

/// The maximum number of parameters of a macro, which every C compiler supports.
const MAX_PARAMETERS: usize = 127;

const DEFINE: &str = "#define NAME value";
const DEFINE_WITH_PARAMETERS: &str = "#define NAME(a, b) value";
/// The remedy for what the text reports itself.
const ON_PURPOSE: &str = "the text reports this; check the macros in the conditions around it";

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
                _ => self.malformed(span, "`#undef` takes one name", "#undef NAME"),
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
                    self.without_if(span, "endif");
                }
            }
            "error" => {
                let text = self.text_of(&rest);
                self.report(Diagnostic::error(
                    span,
                    format!("#error {text}"),
                    ON_PURPOSE,
                ));
            }
            "warning" => {
                let text = self.text_of(&rest);
                self.report(Diagnostic::warning(
                    span,
                    format!("#warning {text}"),
                    ON_PURPOSE,
                ));
            }
            // Line markers of an earlier preprocessor are ignored.
            "line" | "ident" => {}
            _ if name.kind == Kind::Number => {}
            other => {
                let message = format!("unknown directive `#{other}`");
                let help = "correct it, or remove the `#`: it starts a line for the preprocessor";
                self.report(Diagnostic::error(span, message, help));
            }
        }
        None
    }

    /// Reports a malformed directive, and its right form.
    fn malformed(&mut self, span: Span, message: &str, form: &str) {
        self.report(Diagnostic::error(span, message, format!("write `{form}`")));
    }

    fn without_if(&mut self, span: Span, directive: &str) {
        let message = format!("`#{directive}` without `#if`");
        let help = "remove it, or open the condition with `#if`";
        self.report(Diagnostic::error(span, message, help));
    }

    fn after_else(&mut self, span: Span, directive: &str, opened: Span) {
        let message = format!("`#{directive}` after `#else`");
        let help = match directive {
            "elif" => "move it before the `#else`",
            _ => "remove one of them",
        };
        self.report(Diagnostic::error(span, message, help).related(opened, "of this condition"));
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
                        let form = "#pragma include(\"file.mof\")";
                        self.malformed(span, "`#pragma include` takes a file name", form);
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
            return self.malformed(span, "`#define` takes a name", DEFINE);
        };
        let Some(text) = name.identifier() else {
            return self.malformed(name.span, "`#define` takes a name", DEFINE);
        };
        let has_parameters = rest
            .first()
            .is_some_and(|open| open.is("(") && !open.after_space);
        let (parameters, body) = if has_parameters {
            let Some(close) = rest.iter().position(|token| token.is(")")) else {
                let message = "the parameters of the macro have no `)`";
                return self.malformed(name.span, message, DEFINE_WITH_PARAMETERS);
            };
            let (list, body) = rest.split_at_checked(close).unwrap_or((rest, &[]));
            let Some(list) = parameters(list.get(1..).unwrap_or(&[])) else {
                let message = "the parameters of a macro are names with commas between them";
                return self.malformed(name.span, message, DEFINE_WITH_PARAMETERS);
            };
            if list.len() > MAX_PARAMETERS {
                let message = "the macro has too many parameters";
                let help = format!("use at most {MAX_PARAMETERS}");
                self.report(Diagnostic::error(name.span, message, help));
                return;
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
                let message = format!("`{text}` is redefined");
                self.report(
                    Diagnostic::warning(name.span, message, "`#undef` it first")
                        .related(old.defined, "first defined here"),
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
                let form = format!("#include ({})", name.text);
                self.malformed(name.seen_at(), "expected `)` after the file name", &form);
            }
            [name, next, ..] if quoted(name).is_some() => self.after_file(next.seen_at()),
            [open, name, close, next, ..]
                if open.is("(") && quoted(name).is_some() && close.is(")") =>
            {
                self.after_file(next.seen_at());
            }
            _ => {
                let message = "`#include` takes a file name";
                self.malformed(span, message, "#include \"file.h\"");
            }
        }
    }

    fn after_file(&mut self, span: Span) {
        let message = "text after the file name of `#include`";
        self.report(Diagnostic::error(
            span,
            message,
            "put it in a line of its own",
        ));
    }

    fn opening(&mut self, directive: &str, span: Span, rest: &[Token<'a>]) -> bool {
        match (directive, rest) {
            ("if", _) => self.condition(span, rest),
            (_, [name]) if name.kind == Kind::Identifier => {
                self.macros.contains_key(name.text) == (directive == "ifdef")
            }
            _ => {
                let message = format!("`#{directive}` takes one name");
                self.malformed(span, &message, &format!("#{directive} NAME"));
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
                self.after_else(span, directive, opened);
                self.skip();
            }
            None => self.without_if(span, directive),
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
            self.after_else(span, directive, opened);
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
