//! Parses tokens into the schema: the grammar of a file. After an error, parsing continues with the
//! next part, so one run shows all errors.

mod class;
mod pragma;
mod qualifier;
mod types;
mod value;

use std::collections::{BTreeMap, BTreeSet};

use super::expression::integer;
use super::lexer::{Kind, Token};
use super::preprocess::Preprocessor;
use super::{Diagnostic, Located, Pragmas, Span};
use crate::classes::{Name, continues_name, starts_name};
use crate::{Arena, Severity};
use qualifier::Declaration;
use wmi_core::schema::{CimType, File, Object, ObjectKind, Qualifier};

/// The maximum nesting depth of instances, the same as in binary MOF.
const MAX_DEPTH: usize = 16;

/// A failure that has been reported.
struct Failed;
type Parsed<T = ()> = Result<T, Failed>;

pub(super) struct Parser<'a, 'l> {
    tokens: Preprocessor<'a, 'l>,
    arena: &'a Arena,
    /// Tokens read ahead.
    ahead: Vec<Token<'a>>,
    /// The last consumed token.
    last: Span,
    pragmas: Pragmas<'a>,
    /// The locale of `#pragma amendment`.
    amendment: Option<u32>,
    objects: Vec<Object<'a>>,
    located: Vec<Located<'a>>,
    /// The alias of the class read last.
    class_alias: Option<&'a str>,
    /// The aliases of objects, and those used in values.
    aliases: Vec<(&'a str, Span)>,
    used_aliases: Vec<(&'a str, Span)>,
    /// Types that resemble a keyword, with that keyword.
    strange_types: Vec<(Token<'a>, &'static str)>,
    /// The declared qualifiers.
    declarations: BTreeMap<Name<'a>, Declaration>,
    /// Qualifiers of the next object that were read as a member's.
    qualifiers_of_next: Option<&'a [Qualifier<'a>]>,
    /// Classes whose `}` may follow, because an object stood before it or because another bracket
    /// was taken for it or for the `{`.
    open_classes: usize,
    /// Whether a class or an instance is open.
    in_body: bool,
    /// Whether the open class or instance has been in one line so far.
    is_one_line: bool,
    /// Whether an object with an error was dropped, perhaps with its alias.
    has_dropped_object: bool,
    /// Whether a literal has swallowed the rest of its line, perhaps with a `}`.
    has_open_literal: bool,
    depth: usize,
}

/// The result of parsing a file.
pub(super) struct Outcome<'a, 'l> {
    pub(super) file: File<'a>,
    pub(super) located: Vec<Located<'a>>,
    pub(super) amendment: Option<u32>,
    pub(super) tokens: Preprocessor<'a, 'l>,
}

/// Reads a whole file, at whose start these pragmas are in force.
pub(super) fn parse<'a, 'l>(tokens: Preprocessor<'a, 'l>, pragmas: Pragmas<'a>) -> Outcome<'a, 'l> {
    let arena = tokens.arena;
    let mut parser = Parser {
        tokens,
        arena,
        ahead: Vec::new(),
        last: Span::new(0, 0, 0),
        pragmas,
        amendment: None,
        objects: Vec::new(),
        located: Vec::new(),
        class_alias: None,
        aliases: Vec::new(),
        used_aliases: Vec::new(),
        strange_types: Vec::new(),
        declarations: BTreeMap::new(),
        qualifiers_of_next: None,
        open_classes: 0,
        in_body: false,
        is_one_line: false,
        has_dropped_object: false,
        has_open_literal: false,
        depth: 0,
    };
    while parser.peek().kind != Kind::End {
        parser.depth = 0;
        parser.in_body = false;
        if parser.object().is_err() {
            parser.skip_object();
        }
    }
    parser.check_aliases();
    parser.warn_of_misspelled_types();
    Outcome {
        file: File::new(arena.list(&parser.objects)),
        located: parser.located,
        amendment: parser.amendment,
        tokens: parser.tokens,
    }
}

impl<'a> Parser<'a, '_> {
    fn peek(&mut self) -> Token<'a> {
        self.peek_at(0)
    }

    fn peek_at(&mut self, distance: usize) -> Token<'a> {
        loop {
            if let Some(token) = self.ahead.get(distance) {
                return *token;
            }
            let token = self.tokens.next();
            self.ahead.push(token);
        }
    }

    fn take(&mut self) -> Token<'a> {
        let token = self.peek();
        self.ahead.remove(0);
        self.last = token.seen_at();
        self.is_one_line &= !token.starts_line;
        token
    }

    fn take_if(&mut self, punctuator: &str) -> bool {
        let is = self.peek().is(punctuator);
        if is {
            self.take();
        }
        is
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.tokens.report(diagnostic);
    }

    /// Reports an error at a token, or at the macro use that produced it.
    fn error(&mut self, token: Token<'a>, message: impl Into<String>, help: &str) -> Failed {
        let mut error = Diagnostic::error(token.seen_at(), message, help);
        if token.used_at.is_some() {
            error = error.related(token.span, "written here, in a macro");
        }
        self.report(error);
        Failed
    }

    /// Reports that the next token is not the expected one.
    fn unexpected(&mut self, wanted: &str, help: &str) -> Failed {
        let token = self.peek();
        let found = match token.kind {
            Kind::End if self.has_open_literal => return Failed,
            Kind::End => String::from("the end of the file"),
            Kind::Unknown if token.text.starts_with("/*") => {
                return self.error(token, "the comment is not closed", "close it with `*/`");
            }
            _ => format!("`{}`", shortened(token.text)),
        };
        self.error(token, format!("expected {wanted}, found {found}"), help)
    }

    fn expect(&mut self, punctuator: &str, after: &str) -> Parsed<Token<'a>> {
        if self.peek().is(punctuator) {
            return Ok(self.take());
        }
        const SEPARATORS: [&str; 5] = [",", ";", ":", ".", "="];
        let found = self.peek();
        let is_wrong = SEPARATORS.contains(&punctuator) && SEPARATORS.contains(&found.text);
        let help = if is_wrong {
            format!("write `{punctuator}` in its place")
        } else {
            format!("add `{punctuator}` before this")
        };
        let failed = self.unexpected(&format!("`{punctuator}` {after}"), &help);
        let next = self.peek_at(1);
        if is_wrong && !next.starts_line && next.kind != Kind::End {
            return Ok(self.take());
        }
        Err(failed)
    }

    /// Reads the bracket that closes a part, after which one of these stands. If another bracket is in
    /// its place, or if it is missing, one error says so and parsing continues.
    fn close(&mut self, bracket: &str, wanted: &str, help: &str, after: &[&str]) -> Parsed {
        if self.take_if(bracket) {
            return Ok(());
        }
        let next = self.peek();
        let is_wrong = self.is_wrong_bracket(after);
        let in_its_place = format!("write `{bracket}` in its place");
        let failed = self.unexpected(wanted, if is_wrong { &in_its_place } else { help });
        if is_wrong {
            self.take();
        }
        if is_wrong || after.contains(&next.text) {
            return Ok(());
        }
        Err(failed)
    }

    /// Returns whether a bracket stands here, and one of these after it.
    fn is_wrong_bracket(&mut self, after: &[&str]) -> bool {
        let next = self.peek();
        // A `}` in a new line closes the class.
        let is_apart = next.is("}") && next.starts_line;
        is_bracket(&next) && !is_apart && after.contains(&self.peek_at(1).text)
    }

    /// Returns whether the next token is the `}` of the open class or instance. In the line of a
    /// fault, it may rather be a bracket of the faulty part.
    fn closes_body(&mut self) -> bool {
        let token = self.peek();
        if !token.is("}") || !self.in_body && self.open_classes == 0 {
            return false;
        }
        let ends = self.peek_at(1).is(";") && {
            let next = self.peek_at(2);
            let is_keyword = next.is_word("class") || next.is_word("instance");
            is_keyword || matches!(next.kind, Kind::End | Kind::Pragma)
        };
        (token.starts_line || self.is_one_line || ends) && !self.goes_on()
    }

    /// Returns whether a word other than the start of an object follows a bracket in its line.
    fn goes_on(&mut self) -> bool {
        let next = self.peek_at(1);
        let is_object = ["class", "instance", "qualifier"];
        let is_object = is_object.iter().any(|word| next.is_word(word));
        next.kind == Kind::Identifier && !next.starts_line && !is_object
    }

    /// Reads the end of a class or an instance if it is here, perhaps with another bracket or
    /// without one.
    fn close_body(&mut self, wanted: &str) -> bool {
        let next = self.peek();
        if next.is("}") && !self.goes_on() {
            self.take();
            return true;
        }
        let after = self.peek_at(1);
        let is_last = after.is_word("class") || matches!(after.kind, Kind::End | Kind::Pragma);
        if is_bracket(&next) && after.is(";") {
            self.unexpected(wanted, "write `}` in its place");
            self.take();
            return true;
        }
        let is_missing = next.is(";") && (next.starts_line || is_last);
        if is_missing {
            self.unexpected(wanted, "add `}` before this");
        }
        is_missing
    }

    /// Reads the `;` after something. If it is missing, parsing continues with the next token that can
    /// start a part.
    fn semicolon(&mut self, after: &str) {
        if !self.take_if(";") {
            let end = self.last;
            let span = Span::new(end.source(), end.range().end, end.range().end);
            let next = self.peek();
            // The label is the remedy.
            let message = format!("expected `;` after {after}");
            let mut error = Diagnostic::new(Severity::Error, span, message).label("add `;` here");
            if next.kind != Kind::End {
                error = error.related(next.seen_at(), "before this");
            }
            self.report(error);
            let starts = match next.kind {
                Kind::Identifier => next.starts_line || self.is_member(0) || self.is_next_object(),
                Kind::Pragma | Kind::End => true,
                _ => self.closes_body() || next.is("[") && self.is_next_list(),
            };
            if !starts {
                self.skip_member();
            }
        }
    }

    /// Reads a name. Illegal characters in it give one error, and parsing continues with a legal
    /// name instead.
    fn name(&mut self, what: &str, help: &str) -> Parsed<Token<'a>> {
        let first = self.peek();
        let is_number = first.kind == Kind::Number && integer(&first).is_err();
        if first.kind != Kind::Identifier && !is_number {
            let help = match first.kind {
                Kind::String => "write it without quotes",
                _ => help,
            };
            return Err(self.unexpected(what, help));
        }
        self.take();
        let mut name = first;
        while self.sticks(&name) {
            name.span = name.span.to(self.take().span);
        }
        if name.span == first.span && !is_number {
            return Ok(name);
        }
        Ok(self.misnamed(name))
    }

    /// Returns whether the next token is attached to a name although it cannot follow one.
    fn sticks(&mut self, name: &Token<'a>) -> bool {
        const NEVER_AFTER_NAMES: &str = "-+~!|&^*/%<>?.@#$";
        let next = self.peek();
        let apart = next.after_space || next.starts_line;
        let is_foreign = match next.kind {
            Kind::Punctuator => next.text.contains(|c| NEVER_AFTER_NAMES.contains(c)),
            Kind::Identifier | Kind::Number | Kind::Unknown => true,
            _ => false,
        };
        let of_text = name.used_at.is_none() && next.used_at.is_none();
        !apart && is_foreign && of_text && !next.text.starts_with("/*")
    }

    /// Reads parentheses that are meant as part of the name before them.
    fn with_unit(&mut self, mut name: Token<'a>) -> Token<'a> {
        while !matches!(self.peek().kind, Kind::End | Kind::Pragma) && !self.peek().is(";") {
            let token = self.take();
            name.span = name.span.to(token.span);
            if token.is(")") {
                break;
            }
        }
        self.misnamed(name)
    }

    /// Reads the words after a name as part of it, if only a name with spaces explains them: one of
    /// these follows the last one, in the same line.
    fn with_words(&mut self, mut name: Token<'a>, after: &[&str]) -> Token<'a> {
        let mut words = 0usize;
        loop {
            let next = self.peek_at(words);
            if words > 0 && after.contains(&next.text) {
                break;
            }
            let is_type = CimType::from_keyword(next.text) != CimType::Object || next.is_word("as");
            let is_written = name.used_at.is_none() && next.used_at.is_none() && !next.starts_line;
            if next.kind != Kind::Identifier || is_type || !is_written {
                return name;
            }
            words = words.saturating_add(1);
        }
        for _ in 0..words {
            name.span = name.span.to(self.take().span);
        }
        self.misnamed(name)
    }

    /// Reports an illegal name and returns a legal one instead.
    fn misnamed(&mut self, name: Token<'a>) -> Token<'a> {
        let source = self.tokens.sources.get(name.span.source());
        let text = source.and_then(|source| source.text.get(name.span.range()));
        let text = text.unwrap_or(name.text);
        let words = text.split(|c: char| !continues_name(c));
        let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
        let legal = words.join("_");
        let starts = legal.starts_with(starts_name);
        let (rule, help) = if starts {
            ("", format!("write `{legal}`"))
        } else {
            let rule = ", and do not start with a digit";
            (rule, String::from("start it with a letter"))
        };
        let message = format!(
            "`{}` is not a name: names are letters, digits and underscores{rule}",
            shortened(text)
        );
        self.error(name, message, &help);
        Token {
            kind: Kind::Identifier,
            text: self.arena.text(&legal),
            ..name
        }
    }

    /// Refuses aliases that two objects declare, and values with an undeclared alias.
    fn check_aliases(&mut self) {
        let aliases = core::mem::take(&mut self.aliases);
        let known: BTreeSet<_> = aliases.iter().map(|(name, _)| Name(name)).collect();
        for (name, span) in core::mem::take(&mut self.used_aliases) {
            if !self.has_dropped_object && !known.contains(&Name(name)) {
                let message = format!("no object of this file has the alias `${name}`");
                let help = format!("declare one with `instance of Class as ${name}`");
                self.report(Diagnostic::error(span, message, help));
            }
        }
        let message = |name: &str| format!("two objects have the alias `${name}`");
        self.refuse_repeated(aliases, message, "rename one of them");
    }

    fn object(&mut self) -> Parsed {
        let token = self.peek();
        if token.kind == Kind::Pragma {
            return self.pragma();
        }
        if self.take_if(";") {
            // A `;` after a class, as in C++.
            return Ok(());
        }
        if let (true, Some(open)) = (token.is("}"), self.open_classes.checked_sub(1)) {
            // It closes a class with a fault, which was reported.
            self.open_classes = open;
            self.take();
            return Ok(());
        }
        let qualifiers = match self.qualifiers_of_next.take() {
            Some(qualifiers) => qualifiers,
            None => self.qualifiers()?,
        };
        let keyword = self.peek();
        let kind = if keyword.is_word("class") {
            ObjectKind::Class(self.class(qualifiers)?)
        } else if keyword.is_word("instance") {
            let instance = self.instance(qualifiers)?;
            self.semicolon("the instance");
            ObjectKind::Instance(instance)
        } else if keyword.is_word("qualifier") && self.peek_at(1).kind == Kind::Identifier {
            return self.qualifier_declaration();
        } else if self.is_member(0) {
            // The first one is reported, unless the fault before it was.
            if self.open_classes == 0 {
                let help = "put it between the `{` and the `}` of its class";
                self.error(keyword, "a member outside of a class", help);
                self.open_classes = 1;
            }
            self.skip_member();
            return Ok(());
        } else {
            let help = match keyword.text {
                "#" => "a directive such as `#include` stands in a line of its own",
                "}" => "remove it; it closes nothing",
                _ => "a MOF file consists of classes, instances and pragmas",
            };
            return Err(self.unexpected("`class`, `instance` or `#pragma`", help));
        };
        let mut object = Object::new(self.pragmas.namespace, kind);
        object.class_flags = self.pragmas.class_flags;
        object.instance_flags = self.pragmas.instance_flags;
        object.class_alias = self.class_alias.take();
        self.objects.push(object);
        Ok(())
    }

    /// Returns whether a property, a method or a value of an instance starts after so many tokens.
    fn is_member(&mut self, distance: usize) -> bool {
        let [first, second, third] =
            [0, 1, 2].map(|more| self.peek_at(distance.saturating_add(more)));
        let is_typed =
            second.kind == Kind::Identifier && [";", "=", "[", "("].contains(&third.text);
        first.kind == Kind::Identifier && (is_typed || second.is("="))
    }

    /// Skips tokens up to the likely start of the next object.
    fn skip_object(&mut self) {
        self.has_dropped_object = true;
        let mut depth = 0usize;
        loop {
            let token = self.peek();
            let starts = token.starts_line && token.used_at.is_none();
            let keyword = token.is_word("class") || token.is_word("instance");
            match token.kind {
                Kind::End | Kind::Pragma => return,
                Kind::Identifier if starts && keyword => return,
                Kind::Punctuator if token.text == "[" && starts && depth == 0 => return,
                _ => {}
            }
            self.take();
            match token.text {
                "{" => depth = depth.saturating_add(1),
                "}" => depth = depth.saturating_sub(1),
                ";" if depth == 0 => return,
                _ => {}
            }
        }
    }

    /// Skips tokens up to the end of a malformed list, or to a token that no list contains.
    fn skip_to(&mut self, open: &str, close: &str, stop: &str) {
        let mut depth = 0usize;
        loop {
            let token = self.peek();
            let ends = matches!(token.kind, Kind::End | Kind::Pragma) || token.is(stop);
            if ends || (depth == 0 && token.is(close)) {
                return;
            }
            self.take();
            if token.is(open) {
                depth = depth.saturating_add(1);
            } else if token.is(close) {
                depth = depth.saturating_sub(1);
            }
        }
    }

    /// Refuses repeated names in a list.
    fn refuse_repeated(
        &mut self,
        names: impl IntoIterator<Item = (&'a str, Span)>,
        message: impl Fn(&str) -> String,
        help: &str,
    ) {
        let mut known = BTreeMap::new();
        for (name, span) in names {
            let Some(first) = known.insert(Name(name), span) else {
                continue;
            };
            let mut error = Diagnostic::error(span, message(name), help);
            if first != span {
                error = error.related(first, "the first one");
            }
            self.report(error);
        }
    }

    fn locate(&mut self, class: &'a str, member: Option<&'a str>, span: Span) {
        self.located.push(Located {
            namespace: self.pragmas.namespace,
            class,
            member,
            span,
        });
    }
}

/// Returns whether a token is a bracket of any kind.
fn is_bracket(token: &Token<'_>) -> bool {
    ["(", ")", "[", "]", "{", "}"].contains(&token.text)
}

/// Returns the part of a text to show in an error.
fn shortened(text: &str) -> &str {
    let line = text.lines().next().unwrap_or("");
    match line.char_indices().nth(40) {
        Some((end, _)) => line.get(..end).unwrap_or(line),
        None => line,
    }
}
