//! Qualifiers and their flavors.

use super::super::lexer::{Kind, Token};
use super::super::{Diagnostic, Span};
use super::{Parsed, Parser};
use wmi_core::schema::{Flavor, Qualifier, Value};

impl<'a> Parser<'a, '_> {
    /// `[name(value) : flavor, ..]`, or nothing.
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
                let help = "leave it out; it is made from the type";
                self.error(at, "`CIMTYPE` is no qualifier of a MOF text", help);
            }
            names.push((qualifier.name, at.seen_at()));
            qualifiers.push(qualifier);
            if self.take_if("]") {
                break;
            }
            if !self.take_if(",") {
                let help = match self.peek().kind {
                    Kind::Identifier => "commas stand between qualifiers",
                    Kind::String | Kind::Number => "a value stands in parentheses: `Name(value)`",
                    _ if self.peek().is("=") => "a value stands in parentheses: `Name(value)`",
                    _ => "",
                };
                return Err(self.unexpected("`,` or `]` after a qualifier", help));
            }
        }
        let message = |name: &str| format!("the qualifier `{name}` stands twice");
        self.refuse_repeated(names, message, "remove one of them");
        Ok(self.arena.list(&qualifiers))
    }

    fn qualifier(&mut self) -> Parsed<Qualifier<'a>> {
        let name = self.name("the name of a qualifier")?;
        let next = self.peek();
        let value = if next.is("(") {
            self.take();
            let value = self.value()?;
            if !self.take_if(")") {
                let help = "several values stand in braces: `Name{1, 2}`";
                return Err(self.unexpected("`)` after the value of the qualifier", help));
            }
            value
        } else if next.is("{") {
            self.value()?
        } else {
            Value::Boolean(true)
        };
        let mut qualifier = Qualifier::new(name.text, value);
        if self.take_if(":") {
            qualifier = qualifier.with_flavor(self.flavors()?);
        }
        Ok(qualifier)
    }

    /// One or more flavors, with nothing between them.
    fn flavors(&mut self) -> Parsed<Flavor> {
        let mut flavor = Flavor::NONE;
        let mut words: Vec<Token<'a>> = Vec::new();
        while self.peek().kind == Kind::Identifier {
            let token = self.take();
            match Flavor::of_keyword(token.text) {
                Some(known) => flavor = flavor.union(known),
                None => {
                    let help = if words.is_empty() {
                        "the flavors are amended, ToInstance, ToSubclass, DisableOverride and \
                         their opposites"
                    } else {
                        "a comma stands before the next qualifier"
                    };
                    return Err(self.error(
                        token,
                        format!("unknown flavor `{}`", token.text),
                        help,
                    ));
                }
            }
            if let Some(other) = words.iter().find(|word| contradict(word.text, token.text)) {
                let message = format!("`{}` contradicts `{}`", token.text, other.text);
                self.error(token, message, "remove one of them");
            }
            words.push(token);
        }
        if words.is_empty() {
            return Err(self.unexpected("a flavor after `:`", ""));
        }
        Ok(flavor)
    }

    /// `qualifier Name : type = value, scope(..), flavor(..);`, which says how a repository treats
    /// a qualifier.
    pub(super) fn qualifier_declaration(&mut self) -> Parsed {
        let start = self.take().seen_at();
        let name = self.name("the name of the qualifier")?;
        while !self.peek().is(";") {
            if self.peek().kind == Kind::End {
                return Err(self.unexpected("`;` after the declaration", ""));
            }
            self.take();
        }
        self.take();
        let message = format!(
            "the declaration of the qualifier `{}` is not kept",
            name.text
        );
        self.report(
            Diagnostic::warning(start.to(self.last), message)
                .help("binary MOF and the other outputs have no place for it"),
        );
        Ok(())
    }
}

/// Whether two words of flavors cannot both hold.
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
