//! Macro expansion: arguments, `#` and `##`.

use super::super::lexer::{Kind, Lexer, Token};
use super::{Diagnostic, Expansion, MAX_GROWTH, Macro, Preprocessor, TOKEN_SIZE};

/// The maximum nesting depth of macros.
const MAX_DEPTH: usize = 256;

impl<'a> Preprocessor<'a, '_> {
    /// Expands the macro of this name in front of the next tokens. Returns `false` if there is no
    /// such macro, or its arguments are missing.
    pub(super) fn try_expand(&mut self, name: Token<'a>) -> bool {
        let Some(found) = self.macros.get(name.text).copied() else {
            return false;
        };
        let used = |expansion: &Expansion<'a>| expansion.name == Some(name.text);
        if self.expansions.iter().any(used) {
            self.returned = Some(Token {
                is_final: true,
                ..name
            });
            return true;
        }
        if self.expansions.len() >= MAX_DEPTH {
            self.too_deep(name);
            return false;
        }
        let arguments = match found.parameters {
            None => Vec::new(),
            Some(parameters) => {
                let next = self.unexpanded();
                if !next.is("(") {
                    // Without arguments it is a plain name. The next token may be the end of a
                    // file.
                    self.returned = Some(next);
                    if next.kind == Kind::End {
                        self.returned = None;
                    }
                    return false;
                }
                match self.arguments(name, parameters.len()) {
                    Some(arguments) => arguments,
                    None => return true,
                }
            }
        };
        let mut tokens = self.substitute(name, found, arguments);
        if let Some(first) = tokens.first_mut() {
            // It stands where the name stood.
            first.after_space = name.after_space;
            first.starts_line = name.starts_line;
        }
        self.expansions.push(Expansion {
            name: Some(name.text),
            tokens,
            next: 0,
        });
        true
    }

    /// Returns the arguments after `(` as written.
    fn arguments(&mut self, name: Token<'a>, wanted: usize) -> Option<Vec<Vec<Token<'a>>>> {
        let mut arguments = Vec::new();
        let mut current = Vec::new();
        let mut depth = 0usize;
        loop {
            let token = self.unexpanded();
            if token.kind == Kind::End || token.kind == Kind::Pragma {
                let message = format!("the arguments of `{}` have no `)`", name.text);
                let help = "close them with `)`";
                self.report(Diagnostic::error(name.seen_at(), message, help));
                self.returned = (token.kind == Kind::Pragma).then_some(token);
                return None;
            }
            if depth == 0 && token.is(",") {
                arguments.push(core::mem::take(&mut current));
                continue;
            }
            if depth == 0 && token.is(")") {
                break;
            }
            if token.is("(") {
                depth = depth.saturating_add(1);
            } else if token.is(")") {
                depth = depth.saturating_sub(1);
            }
            current.push(token);
        }
        if !(wanted == 0 && arguments.is_empty() && current.is_empty()) {
            arguments.push(current);
        }
        if arguments.len() != wanted {
            let found = arguments.len();
            let plural = if wanted == 1 { "" } else { "s" };
            let message = format!(
                "`{}` takes {wanted} argument{plural}, not {found}",
                name.text
            );
            let found = self.macros.get(name.text).copied();
            let parameters = found.and_then(|found| found.parameters).unwrap_or_default();
            let help = format!("use it as `{}({})`", name.text, parameters.join(", "));
            let mut error = Diagnostic::error(name.seen_at(), message, help);
            if let Some(found) = found {
                error = error.related(found.defined, "defined here");
            }
            self.report(error);
            // Continue with placeholder arguments, so that this is the only error.
            arguments.resize(wanted, Vec::new());
        }
        Some(arguments)
    }

    /// Returns the body with the arguments substituted for the parameters.
    fn substitute(
        &mut self,
        name: Token<'a>,
        found: Macro<'a>,
        arguments: Vec<Vec<Token<'a>>>,
    ) -> Vec<Token<'a>> {
        let used_at = Some(name.seen_at());
        let parameters = found.parameters.unwrap_or(&[]);
        let position = |token: &Token<'a>| parameters.iter().position(|known| *known == token.text);
        let mut arguments: Vec<Argument<'a>> = arguments.into_iter().map(Argument::new).collect();
        let mut made: Vec<Token<'a>> = Vec::new();
        // An empty macro also costs something.
        self.spend(1, name, found);
        let mut body = found.body.iter().copied().peekable();
        while let Some(mut token) = body.next() {
            let mut first_new = made.len();
            token.used_at = used_at;
            let stringified = body.peek().and_then(position);
            if token.is("##") && !made.is_empty() {
                let Some(next) = body.next() else { continue };
                first_new = first_new.saturating_sub(1);
                match position(&next).and_then(|at| arguments.get(at)) {
                    Some(argument) => self.paste(&mut made, &argument.written, used_at),
                    None => self.paste(&mut made, &[next], used_at),
                }
            } else if let Some(argument) = stringified
                .filter(|_| token.is("#"))
                .and_then(|at| arguments.get(at))
            {
                body.next();
                made.push(Token {
                    kind: Kind::String,
                    text: self
                        .arena
                        .text(&stringify(&self.text_of(&argument.written))),
                    ..token
                });
            } else if let Some(argument) = position(&token).and_then(|at| arguments.get_mut(at)) {
                if body.peek().is_some_and(|next| next.is("##")) {
                    made.extend(&argument.written);
                } else {
                    let expanded = argument.expanded.take().unwrap_or_else(|| {
                        let written = argument.written.clone();
                        self.spend(cost(&written), name, found);
                        self.expand_alone(written)
                    });
                    made.extend(&expanded);
                    argument.expanded = Some(expanded);
                }
            } else {
                made.push(token);
            }
            self.spend(cost(made.get(first_new..).unwrap_or(&[])), name, found);
            if self.stopped {
                break;
            }
        }
        made
    }

    /// Spends part of the macro budget; reading stops when it is exhausted.
    fn spend(&mut self, cost: usize, name: Token<'a>, found: Macro<'a>) {
        match self.budget.checked_sub(cost) {
            Some(rest) => self.budget = rest,
            None => {
                let message = "macros produce too many tokens";
                let help = format!(
                    "use fewer macros; the limit is {MAX_GROWTH} tokens per byte of the sources"
                );
                self.report(
                    Diagnostic::error(name.seen_at(), message, help)
                        .related(found.defined, "this macro exceeds the limit"),
                );
                self.stopped = true;
            }
        }
    }

    /// Joins the last token of `made` with the first of `right`.
    fn paste(
        &mut self,
        made: &mut Vec<Token<'a>>,
        right: &[Token<'a>],
        used_at: Option<super::Span>,
    ) {
        let Some((first, rest)) = right.split_first() else {
            return;
        };
        let Some(left) = made.pop() else { return };
        let joined = self.arena.text(&format!("{}{}", left.text, first.text));
        let mut lexer = Lexer::new(0, joined);
        let token = lexer.next();
        if token.text.len() == joined.len() {
            made.push(Token {
                kind: token.kind,
                text: joined,
                is_final: false,
                ..left
            });
        } else {
            let span = used_at.unwrap_or(left.span);
            let message = format!("`##` makes `{joined}`, which is not a token");
            let help = "join parts of one name or number";
            self.report(Diagnostic::error(span, message, help));
            made.push(left);
            made.push(*first);
        }
        made.extend(rest);
    }

    /// Expands tokens in isolation.
    pub(super) fn expand_alone(&mut self, tokens: Vec<Token<'a>>) -> Vec<Token<'a>> {
        let nothing_to_do = |token: &Token<'a>| {
            token.kind != Kind::Identifier || !self.macros.contains_key(token.text)
        };
        if tokens.iter().all(nothing_to_do) {
            return tokens;
        }
        if self.expansions.len() >= MAX_DEPTH {
            if let Some(first) = tokens.first() {
                self.too_deep(*first);
            }
            return tokens;
        }
        let floor = core::mem::replace(&mut self.floor, self.expansions.len().saturating_add(1));
        let returned = self.returned.take();
        // Push two: the first is below the floor and only keeps the location.
        self.expansions.push(Expansion::of(Vec::new()));
        self.expansions.push(Expansion::of(tokens));
        let mut expanded = Vec::new();
        loop {
            let token = self.next();
            if token.kind == Kind::End {
                break;
            }
            expanded.push(token);
        }
        self.expansions.truncate(self.floor.saturating_sub(1));
        self.floor = floor;
        self.returned = returned;
        expanded
    }
}

impl Preprocessor<'_, '_> {
    fn too_deep(&mut self, token: Token<'_>) {
        let message = "macros are nested too deeply";
        let help = format!("nest at most {MAX_DEPTH} macros");
        self.report(Diagnostic::error(token.seen_at(), message, help));
        self.stopped = true;
    }
}

/// An argument of a macro.
struct Argument<'a> {
    /// The tokens as written, for `#` and `##`.
    written: Vec<Token<'a>>,
    /// The tokens with macros expanded, computed on first use.
    expanded: Option<Vec<Token<'a>>>,
}

impl<'a> Argument<'a> {
    fn new(written: Vec<Token<'a>>) -> Self {
        Self {
            written,
            expanded: None,
        }
    }
}

impl<'a> Expansion<'a> {
    /// Creates an expansion of tokens that do not come from a macro.
    fn of(tokens: Vec<Token<'a>>) -> Self {
        Self {
            name: None,
            tokens,
            next: 0,
        }
    }
}

/// Returns the cost of tokens in the budget.
fn cost(tokens: &[Token<'_>]) -> usize {
    let cost = |token: &Token<'_>| (token.text.len() / TOKEN_SIZE).saturating_add(1);
    tokens.iter().map(cost).fold(0, usize::saturating_add)
}

/// Returns a text as a string literal.
fn stringify(text: &str) -> String {
    let mut literal = String::from('"');
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            literal.push('\\');
        }
        literal.push(c);
    }
    literal.push('"');
    literal
}
