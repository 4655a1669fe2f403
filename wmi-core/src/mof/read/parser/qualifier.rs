//! Qualifiers and their flavors.

use alloc::format;
use alloc::vec::Vec;

use super::super::Diagnostic;
use super::super::lexer::Kind;
use super::{Parsed, Parser};
use crate::schema::{Flavor, Qualifier, Value};

impl<'a> Parser<'a, '_> {
    /// `[name(value) : flavor, ..]`, or nothing.
    pub(super) fn qualifiers(&mut self) -> Parsed<&'a [Qualifier<'a>]> {
        if !self.take_if("[") {
            return Ok(&[]);
        }
        let mut qualifiers: Vec<Qualifier<'a>> = Vec::new();
        loop {
            let at = self.peek();
            let qualifier = self.qualifier()?;
            let same = |known: &Qualifier<'_>| known.name.eq_ignore_ascii_case(qualifier.name);
            if qualifiers.iter().any(same) {
                let message = format!("the qualifier `{}` stands twice", qualifier.name);
                self.error(at, message, "remove one of them");
            }
            qualifiers.push(qualifier);
            if self.take_if("]") {
                return Ok(self.arena.list(&qualifiers));
            }
            if !self.take_if(",") {
                return Err(self.unexpected("`,` or `]` after a qualifier", ""));
            }
        }
    }

    fn qualifier(&mut self) -> Parsed<Qualifier<'a>> {
        let name = self.name("the name of a qualifier")?;
        let next = self.peek();
        let value = if next.is("(") {
            self.take();
            let value = self.value()?;
            self.expect(")", "after the value of the qualifier")?;
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
        let mut count = 0usize;
        while self.peek().kind == Kind::Identifier {
            let token = self.take();
            match Flavor::of_keyword(token.text) {
                Some(known) => flavor = flavor.union(known),
                None => {
                    self.error(
                        token,
                        format!("unknown flavor `{}`", token.text),
                        "the flavors are amended, ToInstance, ToSubclass, DisableOverride and \
                         their opposites",
                    );
                }
            }
            count = count.saturating_add(1);
        }
        if count == 0 {
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
