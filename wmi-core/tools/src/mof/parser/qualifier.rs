//! Qualifiers and their flavors.

use super::super::lexer::{Kind, Token};
use super::super::{Diagnostic, Span};
use super::{Parsed, Parser, is_bracket};
use crate::classes::Name;
use wmi_core::schema::{CimType, Flavor, Qualifier, Value};

const FLAVORS: &str =
    "the flavors are amended, ToInstance, ToSubclass, DisableOverride and their opposites";

/// The tokens that may follow the name of a qualifier.
const AFTER_NAMES: [&str; 5] = [",", "]", "(", "{", ":"];

impl<'a> Parser<'a, '_> {
    /// Reads `[name(value) : flavor, ..]`, or nothing.
    pub(super) fn qualifiers(&mut self) -> Parsed<&'a [Qualifier<'a>]> {
        if !self.take_if("[") {
            return Ok(&[]);
        }
        let mut qualifiers: Vec<Qualifier<'a>> = Vec::new();
        let mut names: Vec<(&str, Span)> = Vec::new();
        loop {
            let at = self.peek();
            let qualifier = self.qualifier()?;
            if qualifier.name.eq_ignore_ascii_case("CIMTYPE") {
                let help = "leave it out; the type implies it";
                self.error(at, "`CIMTYPE` is not a qualifier of MOF text", help);
            }
            names.push((qualifier.name, at.seen_at()));
            qualifiers.push(qualifier);
            if self.take_if("]") {
                break;
            }
            if self.is_comma_meant() {
                self.unexpected("`,` or `]` after a qualifier", "write `,` in its place");
                self.take();
                continue;
            }
            if !self.take_if(",") {
                let next = self.peek();
                let is_closed = self.is_member(0) || self.is_next_object();
                let is_apart = next.is("}") && next.starts_line;
                let is_wrong =
                    is_bracket(&next) && !is_apart && self.peek_at(1).kind == Kind::Identifier;
                let help = match next.kind {
                    Kind::Identifier if is_closed => "close the list with `]`",
                    Kind::Identifier => "put commas between qualifiers",
                    Kind::String | Kind::Number => "put a value in parentheses: `Name(value)`",
                    _ if next.is("=") => "put a value in parentheses: `Name(value)`",
                    _ if is_wrong => "write `]` in its place",
                    _ => "close the list with `]`",
                };
                let failed = self.unexpected("`,` or `]` after a qualifier", help);
                if is_wrong {
                    self.take();
                } else if !is_closed {
                    return Err(failed);
                }
                break;
            }
        }
        let message = |name: &str| format!("the qualifier `{name}` occurs twice");
        self.refuse_repeated(names, message, "remove one of them");
        Ok(self.arena.list(&qualifiers))
    }

    /// Returns whether a `;` stands between two qualifiers.
    fn is_comma_meant(&mut self) -> bool {
        self.peek().is(";")
            && self.peek_at(1).kind == Kind::Identifier
            && AFTER_NAMES.contains(&self.peek_at(2).text)
    }

    fn qualifier(&mut self) -> Parsed<Qualifier<'a>> {
        let help = "a qualifier is `Name` or `Name(value)`";
        let name = self.name("the name of a qualifier", help)?;
        let next = self.peek();
        let value = if next.is("(") {
            self.take();
            let first = self.peek();
            let value = self.value()?;
            let wanted = "`)` after the value of the qualifier";
            // A literal without its closing quote ends where the next one starts.
            let help = match first.kind == Kind::String && first.text.contains(')') {
                true => {
                    "close the value with `)`, or add the closing quote of the literal before it, \
                     which holds a `)`"
                }
                false => "close the value with `)`",
            };
            let is_next = self.peek_at(1).kind == Kind::Identifier
                && AFTER_NAMES.contains(&self.peek_at(2).text);
            if self.peek().is(",") && !is_next {
                let help = "put several values in braces: `Name{1, 2}`";
                return Err(self.unexpected(wanted, help));
            }
            self.close(")", wanted, help, &["]", ",", ":"])?;
            value
        } else if next.is("{") {
            self.value()?
        } else {
            Value::Boolean(true)
        };
        let declaration = self.declarations.get(&Name(name.text)).copied();
        if let Some(declaration) = declaration {
            self.check_declared(name.text, name.seen_at(), &value, declaration);
        }
        let flavor = if self.take_if(":") {
            self.flavors()?
        } else {
            declaration.map_or(Flavor::NONE, |declaration| declaration.flavor)
        };
        Ok(Qualifier::new(name.text, value).with_flavor(flavor))
    }

    /// Refuses a value whose type is not the declared one.
    fn check_declared(
        &mut self,
        name: &str,
        at: Span,
        value: &Value<'a>,
        declaration: Declaration,
    ) {
        let Some((cim_type, is_array)) = declaration.cim_type else {
            return;
        };
        if !fits(value, cim_type, is_array) {
            let brackets = if is_array { "[]" } else { "" };
            let keyword = cim_type.keyword();
            let message = format!("`{name}` is declared as `{keyword}{brackets}`");
            let error = Diagnostic::error(at, message, "give it a value of this type");
            self.report(error.related(declaration.span, "declared here"));
        }
    }

    /// Reads one or more flavors without separators.
    fn flavors(&mut self) -> Parsed<Flavor> {
        let mut words: Vec<Token<'a>> = Vec::new();
        let mut flavor = Flavor::NONE;
        while self.peek().kind == Kind::Identifier {
            flavor = flavor.union(self.flavor(&mut words)?);
        }
        if words.is_empty() {
            return Err(self.unexpected("a flavor after `:`", FLAVORS));
        }
        Ok(flavor)
    }

    /// Reads a flavor; `words` contains the flavors before it.
    fn flavor(&mut self, words: &mut Vec<Token<'a>>) -> Parsed<Flavor> {
        let token = self.name("a flavor", FLAVORS)?;
        let Some(flavor) = Flavor::from_keyword(token.text) else {
            let help = if words.is_empty() {
                FLAVORS
            } else {
                "put a comma before the next qualifier"
            };
            return Err(self.error(token, format!("unknown flavor `{}`", token.text), help));
        };
        if let Some(other) = words.iter().find(|word| contradict(word.text, token.text)) {
            let message = format!("`{}` contradicts `{}`", token.text, other.text);
            self.error(token, message, "remove one of them");
        }
        words.push(token);
        Ok(flavor)
    }

    /// Reads Microsoft's `qualifier Name : flavor flavor;` or the DMTF's `qualifier Name : type =
    /// value, scope(..), flavor(..);`. The flavors apply to every later use in the file without
    /// flavors of its own. Scopes and default values only concern repositories, but a default value
    /// has the declared type.
    pub(super) fn qualifier_declaration(&mut self) -> Parsed {
        self.take();
        let name = self.name(
            "the name of the qualifier",
            "write `qualifier Name : flavors;`",
        )?;
        self.expect(":", "after the name of the qualifier")?;
        let mut declaration = Declaration {
            flavor: Flavor::NONE,
            cim_type: None,
            span: name.seen_at(),
        };
        let mut words = Vec::new();
        let is_typed = self.declared_type()?;
        if let Some(cim_type) = is_typed {
            let is_array = self.take_if("[");
            if is_array && !self.take_if("]") {
                self.value()?;
                self.expect("]", "after the length of the array")?;
            }
            declaration.cim_type = Some((cim_type, is_array));
            if self.take_if("=") {
                let at = self.peek().seen_at();
                let value = self.value()?;
                self.check_declared(name.text, at, &value, declaration);
                if is_array && !matches!(value, Value::Array(_)) && self.peek().is("}") {
                    // Without its `{`, which is reported.
                    self.take();
                }
            }
        } else {
            self.declared_part(&mut words, &mut declaration)?;
        }
        loop {
            let next = self.peek();
            let is_next_word = next.kind == Kind::Identifier && !next.starts_line;
            // Only the flavors of Microsoft's form follow each other without commas.
            let continues = self.take_if(",") || is_next_word && is_typed.is_none();
            if !continues {
                if is_next_word {
                    let help = "add `,` before this";
                    return Err(self.unexpected("`,` or `;` after a part of the declaration", help));
                }
                break;
            }
            self.declared_part(&mut words, &mut declaration)?;
        }
        self.semicolon("the declaration of the qualifier");
        self.declarations.insert(Name(name.text), declaration);
        Ok(())
    }

    /// Reads the type of a declared qualifier, if one stands here.
    fn declared_type(&mut self) -> Parsed<Option<CimType>> {
        let token = self.peek();
        let cim_type = CimType::from_keyword(token.text);
        if token.kind == Kind::Identifier && cim_type != CimType::Object {
            self.take();
            return Ok(Some(cim_type));
        }
        if ["=", "["].contains(&self.peek_at(1).text) {
            let message = format!("`{}` is not the type of a qualifier", token.text);
            let help = "write a type of MOF, such as `uint32` or `string`";
            return Err(self.error(token, message, help));
        }
        Ok(None)
    }

    /// Reads scopes or flavors of a declaration.
    fn declared_part(
        &mut self,
        words: &mut Vec<Token<'a>>,
        declaration: &mut Declaration,
    ) -> Parsed {
        let token = self.peek();
        let has_list = self.peek_at(1).is("(");
        if has_list && token.is_word("scope") {
            self.take();
            self.take();
            self.skip_to("(", ")", ";");
            self.close(")", "`)` after the scopes", "add `)` before this", &[";"])?;
        } else if has_list && token.is_word("flavor") {
            self.take();
            self.take();
            while !self.take_if(")") {
                if !words.is_empty() {
                    self.take_if(",");
                }
                declaration.flavor = declaration.flavor.union(self.declared_flavor(words)?);
            }
        } else {
            declaration.flavor = declaration.flavor.union(self.declared_flavor(words)?);
        }
        Ok(())
    }

    /// Reads a flavor of a declaration, in which `Translatable` is the DMTF's word for `Amended`.
    fn declared_flavor(&mut self, words: &mut Vec<Token<'a>>) -> Parsed<Flavor> {
        if self.peek().is_word("translatable") {
            words.push(self.take());
            return Ok(Flavor::AMENDED);
        }
        self.flavor(words)
    }
}

/// A declared qualifier.
#[derive(Clone, Copy)]
pub(super) struct Declaration {
    flavor: Flavor,
    /// The type of the value, and whether it is an array.
    cim_type: Option<(CimType, bool)>,
    span: Span,
}

/// Returns whether a qualifier of this type can have this value.
fn fits(value: &Value<'_>, cim_type: CimType, is_array: bool) -> bool {
    match (value, cim_type) {
        (Value::Null, _) => true,
        (Value::Array(values), _) => {
            is_array && values.iter().all(|value| fits(value, cim_type, false))
        }
        _ if is_array => false,
        (Value::Boolean(_), CimType::Boolean)
        | (Value::String(_), CimType::String | CimType::Datetime)
        | (Value::Char(_), CimType::Char16)
        | (Value::Real(_) | Value::Integer(_), CimType::Real32 | CimType::Real64) => true,
        // 64-bit numbers are written as text.
        (Value::String(_), CimType::Sint64 | CimType::Uint64) => true,
        (
            Value::Integer(_),
            CimType::Sint8
            | CimType::Uint8
            | CimType::Sint16
            | CimType::Uint16
            | CimType::Sint32
            | CimType::Uint32
            | CimType::Sint64
            | CimType::Uint64,
        ) => true,
        _ => false,
    }
}

/// Returns whether two flavors exclude each other.
fn contradict(word: &str, other: &str) -> bool {
    const CONTRADICTIONS: [(&str, &str); 5] = [
        ("ToInstance", "NotToInstance"),
        ("ToSubclass", "NotToSubclass"),
        ("EnableOverride", "DisableOverride"),
        ("Restricted", "ToInstance"),
        ("Restricted", "ToSubclass"),
    ];
    let are = |first: &str, second: &str| {
        word.eq_ignore_ascii_case(first) && other.eq_ignore_ascii_case(second)
    };
    CONTRADICTIONS
        .iter()
        .any(|(first, second)| are(first, second) || are(second, first))
}
