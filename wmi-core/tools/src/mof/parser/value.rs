//! Values: literals, constant expressions, lists, instances.

use core::mem::discriminant;

use super::super::expression::{Names, define, evaluate};
use super::super::lexer::{Kind, Token};
use super::super::literal::{LiteralError, units};
use super::super::{Diagnostic, Span};
use super::{Failed, MAX_DEPTH, Parsed, Parser};
use wmi_core::schema::{Instance, PropertyValue, Qualifier, Value};

/// The tokens that may follow a list of values.
const AFTER_LISTS: &[&str] = &[";", ",", "]", ")", ":"];

/// The start of an instance.
const OF_CLASS: &str = "write `instance of Class`";

impl<'a> Parser<'a, '_> {
    pub(super) fn value(&mut self) -> Parsed<Value<'a>> {
        let token = self.peek();
        match token.kind {
            Kind::String => self.string(),
            Kind::Character => self.character(),
            Kind::Number => self.number(),
            Kind::Identifier => self.word(),
            Kind::Punctuator => match token.text {
                "{" => self.list(),
                "[" => self.embedded(),
                "$" => {
                    let alias = self.alias()?;
                    self.used_aliases
                        .push((alias, token.seen_at().to(self.last)));
                    Ok(Value::Alias(alias))
                }
                "(" | "-" | "+" | "~" => self.number(),
                _ => Err(self.no_value()),
            },
            Kind::Pragma | Kind::Unknown | Kind::End => Err(self.no_value()),
        }
    }

    fn no_value(&mut self) -> Failed {
        // Windows-1252 quotes are read as control characters.
        let curved = [
            '“', '”', '„', '‘', '’', '\u{91}', '\u{92}', '\u{93}', '\u{94}',
        ];
        let help = if self.peek().text.starts_with(curved) {
            "put text in straight quotes: `\"`"
        } else {
            "a value is a number, text in quotes, TRUE, FALSE or NULL"
        };
        self.unexpected("a value", help)
    }

    /// Reads adjacent literals as one text.
    fn string(&mut self) -> Parsed<Value<'a>> {
        let mut text = Vec::new();
        let mut first: Option<Span> = None;
        while self.peek().kind == Kind::String {
            let token = self.take();
            first.get_or_insert(token.seen_at());
            units(&token, &mut text).map_err(|error| self.literal_error(token, &error))?;
        }
        match String::from_utf16(&text) {
            Ok(text) => Ok(Value::String(self.arena.text(&text))),
            Err(_) => {
                let span = first.map_or(self.last, |first| first.to(self.last));
                let help = "write both UTF-16 units of the character: `\\xD83D\\xDE00`";
                let message = "the text contains half of a surrogate pair";
                self.report(Diagnostic::error(span, message, help));
                Err(Failed)
            }
        }
    }

    fn character(&mut self) -> Parsed<Value<'a>> {
        let token = self.take();
        let mut text = Vec::new();
        units(&token, &mut text).map_err(|error| self.literal_error(token, &error))?;
        match text.as_slice() {
            [unit] => Ok(Value::Char(*unit)),
            _ => {
                let help =
                    "a character is one UTF-16 unit in single quotes; text is in double quotes";
                Err(self.error(token, "this is not a single character", help))
            }
        }
    }

    fn literal_error(&mut self, token: Token<'a>, error: &LiteralError) -> Failed {
        self.has_open_literal |= error.is_open;
        if token.used_at.is_some() {
            return self.error(token, error.message, error.help);
        }
        let start = token.span.range().start;
        let span = Span::new(
            token.span.source(),
            start.saturating_add(error.at.start),
            start.saturating_add(error.at.end),
        );
        self.report(Diagnostic::error(span, error.message, error.help));
        Failed
    }

    /// Reads an integer, an expression of integers, or a real number.
    fn number(&mut self) -> Parsed<Value<'a>> {
        let mut tokens = Vec::new();
        let mut depth = 0usize;
        loop {
            let token = self.peek();
            let is_operand = |last: &Token<'_>| last.kind == Kind::Number || last.is(")");
            let part = match token.kind {
                // A number after a number belongs to what follows the value.
                Kind::Number => depth > 0 || !tokens.last().is_some_and(is_operand),
                // Within parentheses a name belongs to the expression, so the error is about the
                // name.
                Kind::Identifier => depth > 0,
                Kind::Punctuator => match token.text {
                    "(" => true,
                    ")" => depth > 0,
                    "{" | "}" | "[" | "]" | ";" | "," | ":" | "=" | "$" => false,
                    _ => true,
                },
                _ => false,
            };
            if !part {
                break;
            }
            match token.text {
                "(" => depth = depth.saturating_add(1),
                ")" => depth = depth.saturating_sub(1),
                _ => {}
            }
            tokens.push(self.take());
        }
        let whole = match tokens.first() {
            Some(first) => first.seen_at().to(self.last),
            None => self.last,
        };
        if let Some(real) = real(&tokens) {
            return match real {
                Ok(real) => Ok(Value::Real(real)),
                Err(token) => {
                    let message = format!("`{}` is not a number", token.text);
                    Err(self.error(token, message, "a real number is written as `-1.5e3`"))
                }
            };
        }
        match evaluate(&tokens, whole, Names::AreErrors) {
            Ok(value) => match i64::try_from(value) {
                Ok(value) => Ok(Value::Integer(value)),
                Err(_) => {
                    let help = format!(
                        "binary MOF holds 32-bit numbers; write a larger one as text: \
                         `\"{value}\"`"
                    );
                    let message = format!("the number is larger than {}", i64::MAX);
                    self.report(Diagnostic::error(whole, message, help));
                    Err(Failed)
                }
            },
            Err(error) => {
                self.report(error.diagnostic());
                Err(Failed)
            }
        }
    }

    /// Reads `TRUE`, `FALSE`, `NULL` or an instance.
    fn word(&mut self) -> Parsed<Value<'a>> {
        let token = self.peek();
        if token.is_word("instance") && self.peek_at(1).is_word("of") {
            return self.embedded();
        }
        let value = if token.is_word("true") {
            Value::Boolean(true)
        } else if token.is_word("false") {
            Value::Boolean(false)
        } else if token.is_word("null") {
            Value::Null
        } else {
            let message = format!("expected a value, found the name `{}`", token.text);
            return Err(self.error(token, message, &define(token.text)));
        };
        self.take();
        Ok(value)
    }

    /// Reads `[qualifiers] instance of Class { .. }`.
    fn embedded(&mut self) -> Parsed<Value<'a>> {
        let qualifiers = self.qualifiers()?;
        if !self.peek().is_word("instance") {
            let help = "only an instance has qualifiers: `[..] instance of Class {..}`";
            return Err(self.unexpected("`instance` after the qualifiers of a value", help));
        }
        let instance = self
            .instance(qualifiers)?
            .with_namespace(Some(self.pragmas.namespace));
        Ok(Value::Instance(self.arena.item(instance)))
    }

    /// Reads `{a, b, c}` or `{}`; a comma may follow the last value.
    fn list(&mut self) -> Parsed<Value<'a>> {
        self.take();
        let mut values: Vec<Value<'a>> = Vec::new();
        loop {
            if self.is_wrong_bracket(AFTER_LISTS) {
                let wanted = "`,` or `}` after a value of a list";
                self.close("}", wanted, "close the list with `}`", AFTER_LISTS)?;
                break;
            }
            if self.take_if("}") {
                break;
            }
            if let Err(failed) = self.element(&mut values) {
                if [";", "]", ")"].contains(&self.peek().text) {
                    // Only the bracket is missing.
                    break;
                }
                self.skip_to("{", "}", ";");
                self.take_if("}");
                return Err(failed);
            }
        }
        Ok(Value::Array(self.arena.list(&values)))
    }

    /// Reads a value of a list and the comma after it.
    fn element(&mut self, values: &mut Vec<Value<'a>>) -> Parsed {
        let token = self.peek();
        if token.is("{") {
            let help = "a list contains values, not lists";
            return Err(self.error(token, "a list within a list", help));
        }
        if token.is(",") {
            self.unexpected("a value of the list", "remove it");
            self.take();
            return Ok(());
        }
        let value = self.value()?;
        let first = values.iter().find(|first| **first != Value::Null);
        let same = |first: &Value<'_>| discriminant(first) == discriminant(&value);
        if value != Value::Null && !first.is_none_or(same) {
            let help = "write all of them as numbers, or all as strings";
            self.error(token, "the values of a list have different types", help);
        }
        values.push(value);
        let next = self.peek();
        if !next.is("}") && !self.is_wrong_bracket(AFTER_LISTS) && !self.take_if(",") {
            let is_value = matches!(self.peek_at(1).kind, Kind::String | Kind::Number);
            let is_comma_meant = is_value && [";", ":", "."].contains(&next.text);
            let help = match next.text {
                _ if is_comma_meant => "write `,` in its place",
                "]" | ")" | ";" => "close the list with `}`",
                _ => "add `,` before this",
            };
            let failed = self.unexpected("`,` or `}` after a value of a list", help);
            if !is_comma_meant {
                return Err(failed);
            }
            self.take();
        }
        Ok(())
    }

    /// Reads `$` and the name after it.
    pub(super) fn alias(&mut self) -> Parsed<&'a str> {
        if !self.peek().is("$") {
            let help = "an alias starts with `$`: `as $Name`";
            let failed = self.unexpected("`$` before an alias", help);
            let is_name = self.peek_at(1).kind == Kind::Identifier && !self.peek_at(1).starts_line;
            if self.peek().kind != Kind::Punctuator || !is_name {
                return Err(failed);
            }
        }
        self.take();
        Ok(self.name("the name of an alias", "write `$Name`")?.text)
    }

    /// Reads the alias that an object declares.
    pub(super) fn new_alias(&mut self) -> Parsed<&'a str> {
        let start = self.peek().seen_at();
        let alias = self.alias()?;
        self.aliases.push((alias, start.to(self.last)));
        Ok(alias)
    }

    /// Reads `instance of Class as $Alias { name = value; .. }`.
    pub(super) fn instance(&mut self, qualifiers: &'a [Qualifier<'a>]) -> Parsed<Instance<'a>> {
        let start = self.take();
        if !self.peek().is_word("of") {
            return Err(self.unexpected("`of` after `instance`", OF_CLASS));
        }
        self.take();
        let class = self.name("the class of the instance", OF_CLASS)?.text;
        let mut alias = None;
        if self.peek().is_word("as") {
            self.take();
            alias = Some(self.new_alias()?);
        }
        let outer = (self.in_body, self.is_one_line);
        self.open_body("before the values of the instance")?;
        if self.depth >= MAX_DEPTH {
            let help = "binary MOF nests at most 16 instances";
            return Err(self.error(start, "instances are nested too deeply", help));
        }
        self.depth = self.depth.saturating_add(1);
        let mut values = Vec::new();
        let mut names = Vec::new();
        while !self.close_body("`}` after the values of the instance") {
            if matches!(self.peek().kind, Kind::End | Kind::Pragma) || self.is_next_object() {
                let help = "close the instance with `};` before this";
                return Err(self.unexpected("`}` after the values of the instance", help));
            }
            match self.instance_value() {
                Ok((name, value)) => {
                    names.push((name.text, name.seen_at()));
                    values.push(value);
                }
                Err(Failed) => self.skip_member(),
            }
        }
        self.depth = self.depth.saturating_sub(1);
        self.in_body = outer.0;
        self.is_one_line &= outer.1;
        let message = |name: &str| format!("the instance has two values of `{name}`");
        self.refuse_repeated(names, message, "remove one of them");
        let mut instance = Instance::new(class, self.arena.list(&values));
        instance.alias = alias;
        instance.qualifiers = wmi_core::schema::Qualifiers::new(qualifiers);
        Ok(instance)
    }

    /// Reads a value of an instance; also returns the name of its property.
    fn instance_value(&mut self) -> Parsed<(Token<'a>, PropertyValue<'a>)> {
        let qualifiers = self.qualifiers()?;
        let help = "write `Name = value;`, or close the instance with `};`";
        let name = self.name("the name of a property, or `}`", help)?;
        self.expect("=", "after the name of the property")?;
        let mut value = PropertyValue::new(name.text, self.value()?);
        value.qualifiers = wmi_core::schema::Qualifiers::new(qualifiers);
        self.semicolon("the value");
        Ok((name, value))
    }
}

/// Returns the tokens as a real number, if they are one, with or without a sign.
fn real<'a>(tokens: &[Token<'a>]) -> Option<Result<f64, Token<'a>>> {
    let (sign, number) = match tokens {
        [number] => (1.0, number),
        [sign, number] if sign.is("-") => (-1.0, number),
        [sign, number] if sign.is("+") => (1.0, number),
        _ => return None,
    };
    let text = number.text;
    let is_hex = text.starts_with("0x") || text.starts_with("0X");
    let has_mark = text.contains('.') || text.contains(['e', 'E']);
    if number.kind != Kind::Number || is_hex || !has_mark {
        return None;
    }
    let parsed = text.parse::<f64>().ok().filter(|real| real.is_finite());
    Some(parsed.map(|real| sign * real).ok_or(*number))
}
