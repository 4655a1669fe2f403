//! Classes: properties, methods and their parameters.

use super::super::lexer::{Kind, Token};
use super::super::{Diagnostic, Span};
use super::types::Type;
use super::{Parsed, Parser, is_bracket};
use wmi_core::schema::{Array, CimType, Class, Method, Property, Qualifier, Value};

/// The form of a parameter.
const PARAMETER: &str = "a parameter is `[in] type Name` or `[out] type Name`";

/// A member of a class.
enum Member<'a> {
    Property(Property<'a>),
    Method(Method<'a>),
}

impl<'a> Parser<'a, '_> {
    pub(super) fn class(&mut self, qualifiers: &'a [Qualifier<'a>]) -> Parsed<Class<'a>> {
        self.take();
        let name = self.name("the name of the class", "write `class Name`")?;
        let name = self.with_words(name, &["{", ":"]);
        let mut class = Class::new(name.text).with_qualifiers(qualifiers);
        self.locate(name.text, None, name.seen_at());
        self.class_alias = None;
        if self.peek().is_word("as") {
            self.take();
            self.class_alias = Some(self.new_alias()?);
        }
        if self.take_if(":") || self.is_colon_meant() {
            let help = "write `class Name : Base`";
            let base = self.name("the name of the base class", help)?;
            if self.peek().is_word("as") {
                let help = "write `class Name as $Alias : Base`";
                return Err(self.error(base, "the alias of a class stands before its base", help));
            }
            class = class.with_superclass(self.with_words(base, &["{"]).text);
            let next = self.peek();
            if next.is(",") || next.is(":") {
                let help = "derive the base itself from the other class, or embed an object of it";
                return Err(self.error(next, "a class has one base", help));
            }
        }
        if self.peek().is(";") && self.peek_at(1).starts_line {
            let help = "a class is declared once, with its members, before the classes that use it";
            return Err(self.unexpected("`{` before the members of the class", help));
        }
        let open = self.open_body("before the members of the class")?;
        let first_member = self.located.len();
        let mut properties = Vec::new();
        let mut methods = Vec::new();
        loop {
            let token = self.peek();
            if self.close_body("`}` after the members of the class") {
                self.in_body = false;
                self.semicolon("the class");
                break;
            }
            let Ok(qualifiers) = self.qualifiers() else {
                self.skip_member();
                continue;
            };
            let ends = matches!(self.peek().kind, Kind::End | Kind::Pragma);
            if ends || self.is_next_object() {
                let message = format!("the class `{}` has no `}}`", name.text);
                let help = "close it with `};` before this";
                let error = Diagnostic::error(token.seen_at(), message, help);
                if !ends || !self.has_open_literal {
                    self.report(error.related(open.seen_at(), "opened here"));
                }
                self.in_body = false;
                self.qualifiers_of_next = Some(qualifiers).filter(|_| !ends);
                self.open_classes = self.open_classes.saturating_add(1);
                break;
            }
            match self.member(class.name, qualifiers) {
                Ok(Member::Property(property)) => properties.push(property),
                Ok(Member::Method(method)) => methods.push(method),
                Err(_) => self.skip_member(),
            }
        }
        let members = self.located.get(first_member..).unwrap_or_default();
        let members: Vec<_> = members
            .iter()
            .filter_map(|located| Some((located.member?, located.span)))
            .collect();
        let message = |_: &str| {
            format!(
                "the class `{}` has two members with the same name",
                name.text
            )
        };
        let help = "rename one of them; names compare without case";
        self.refuse_repeated(members, message, help);
        Ok(class
            .with_properties(self.arena.list(&properties))
            .with_methods(self.arena.list(&methods)))
    }

    /// Returns whether the name of a base class stands after another separator or after none, which
    /// is reported.
    fn is_colon_meant(&mut self) -> bool {
        let is_separator = [";", ",", "="].contains(&self.peek().text);
        let base = self.peek_at(usize::from(is_separator));
        let after = self.peek_at(usize::from(is_separator).saturating_add(1));
        let is_meant = base.kind == Kind::Identifier && !base.starts_line && after.is("{");
        if is_meant && is_separator {
            self.unexpected("`:` before the base class", "write `:` in its place");
            self.take();
        } else if is_meant {
            self.unexpected("`:` before the base class", "add `:` before this");
        }
        is_meant
    }

    /// Reads the `{` before members or values; also returns it.
    pub(super) fn open_body(&mut self, after: &str) -> Parsed<Token<'a>> {
        let open = self.peek();
        if !self.take_if("{") {
            let is_list = open.is("[") && self.is_next_list() && !self.is_member(1);
            let failed = if is_bracket(&open) && !is_list {
                let failed = self.unexpected(&format!("`{{` {after}"), "write `{` in its place");
                self.take();
                failed
            } else {
                self.unexpected(&format!("`{{` {after}"), "add `{` before this")
            };
            let next = self.peek();
            if next.kind != Kind::Identifier && !next.is("[") {
                return Err(failed);
            }
        }
        let after = self.peek_at(1);
        let is_member = self.is_member(1) || after.is("[") || after.starts_line;
        if self.peek().is("{") && is_member {
            self.unexpected("a member", "remove it");
            self.take();
        }
        self.in_body = true;
        self.is_one_line = true;
        Ok(open)
    }

    /// Returns whether the next object starts here: `class Name {`, or `instance of Name {` at the
    /// start of a line, which cannot be a member.
    pub(super) fn is_next_object(&mut self) -> bool {
        let token = self.peek();
        let name = if token.is_word("class") {
            1
        } else if token.is_word("instance") && token.starts_line && self.peek_at(1).is_word("of") {
            2
        } else {
            return false;
        };
        let after = usize::saturating_add(name, 1);
        self.peek_at(name).kind == Kind::Identifier
            && ["{", ":", "as"]
                .iter()
                .any(|next| self.peek_at(after).text.eq_ignore_ascii_case(next))
    }

    fn member(&mut self, class: &'a str, qualifiers: &'a [Qualifier<'a>]) -> Parsed<Member<'a>> {
        let help = "a member is `type Name;` or `type Name(parameters);`";
        let mut type_token = self.name("the type of a property or method", help)?;
        let next = self.peek();
        let is_type = CimType::from_keyword(next.text) != CimType::Object;
        if is_type && self.peek_at(1).kind == Kind::Identifier {
            let message = format!(
                "`{}` stands before the type `{}`",
                type_token.text, next.text
            );
            self.error(type_token, message, "remove it");
            type_token = self.take();
        }
        if type_token.is_word("void") && self.peek_at(1).is("(") {
            let name = self.name("the name of the method", "write `void Name(parameters);`")?;
            self.locate(class, Some(name.text), name.seen_at());
            return self.method(name, qualifiers, None);
        }
        if type_token.is_word("qualifier") && self.peek_at(1).is(":") {
            let help = "move it before the class";
            return Err(self.error(
                type_token,
                "the declaration of a qualifier in a class",
                help,
            ));
        }
        let declared = self.reference(type_token);
        if self.peek().is("[") {
            let help = "put the brackets of an array after its name; methods cannot return arrays";
            return Err(self.unexpected("a name after the type", help));
        }
        let mut name = self.name("a name after the type", help)?;
        let is_item = qualifiers
            .iter()
            .any(|qualifier| qualifier.name.eq_ignore_ascii_case("WmiDataId"));
        if self.peek().is("(") && (is_item || self.is_unit()) {
            name = self.with_unit(name);
        }
        name = self.with_words(name, &[";", "="]);
        self.locate(class, Some(name.text), name.seen_at());
        if self.peek().is("(") {
            let returns = Some((declared.cim_type, declared.name));
            return self.method(name, qualifiers, returns);
        }
        let property = self
            .declarator(declared, name, &[";", "="])?
            .with_qualifiers(qualifiers);
        self.semicolon("the property");
        Ok(Member::Property(property))
    }

    /// Reads the rest after the type and the name: the length of an array, and a default value. One
    /// of these tokens comes next.
    fn declarator(
        &mut self,
        declared: Type<'a>,
        name: Token<'a>,
        after: &[&str],
    ) -> Parsed<Property<'a>> {
        if declared.token.is_word("void") {
            let help = "only a method returns `void`";
            return Err(self.error(declared.token, "a property of type `void`", help));
        }
        let mut property = Property::new(name.text, declared.cim_type, declared.name);
        if self.peek().is("[") && !self.is_next_list() {
            self.take();
            property = property.with_array(self.length(after)?);
            if self.peek().is("[") && !self.is_next_list() {
                return Err(self.dimensions());
            }
        }
        if self.take_if("=") {
            let at = self.peek();
            let value = self.value()?;
            let is_list = matches!(value, Value::Array(_));
            if property.array != Array::Scalar && !is_list && self.peek().is(",") {
                let help = "put all of them in braces: `{1, 2}`";
                return Err(self.error(at, "several values without braces", help));
            }
            self.check_default(at, &property, &value);
            // A default of `NULL` equals no default.
            property.default = (value != Value::Null).then_some(value);
        }
        Ok(property)
    }

    /// Returns whether `(` opens a unit, as in `Delay(Hour)` or `Rate(MB/s)`, and not parameters,
    /// which each have a type and a name.
    fn is_unit(&mut self) -> bool {
        let first = self.peek_at(1);
        let second = self.peek_at(2);
        let is_type = CimType::from_keyword(first.text) != CimType::Object || first.is_word("void");
        match first.kind {
            Kind::Identifier if second.kind == Kind::Punctuator => {
                !is_type && !second.is(",") && !second.is("[")
            }
            Kind::Identifier => false,
            Kind::Punctuator => first.is("%") || first.is("/"),
            _ => true,
        }
    }

    /// Returns whether `[` opens the qualifiers of the next member or parameter, because `;` or `,`
    /// is missing before it. A single name may also be an undefined macro for an array length.
    pub(super) fn is_next_list(&mut self) -> bool {
        self.peek_at(1).kind == Kind::Identifier
            && !(self.peek_at(2).is("]") && self.peek_at(3).kind == Kind::Punctuator)
    }

    /// Reads `]` or `5]`.
    fn length(&mut self, after: &[&str]) -> Parsed<Array> {
        let token = self.peek();
        let is_wrong = self.is_wrong_bracket(after) || self.peek_at(1).is("]");
        if token.is("[") && !self.is_next_list() && !is_wrong {
            self.unexpected("the length of an array", "remove it");
            self.take();
        } else if is_bracket(&token) && !token.is("(") {
            self.close("]", "`]` after `[`", "add `]` before this", after)?;
            return Ok(Array::Variable);
        }
        let array = match self.value()? {
            Value::Integer(length) => u32::try_from(length).ok().filter(|length| *length > 0),
            _ => None,
        };
        let Some(length) = array else {
            let help = "write the number of elements, at least 1, or nothing for an array of any \
                        length";
            return Err(self.error(token, "this is not the length of an array", help));
        };
        if self.peek().is(",") {
            return Err(self.dimensions());
        }
        let wanted = "`]` after the length of the array";
        self.close("]", wanted, "add `]` before this", after)?;
        Ok(Array::Fixed(length))
    }

    fn dimensions(&mut self) -> super::Failed {
        let token = self.peek();
        let help = "write all elements into one dimension, or embed a class with one row";
        self.error(token, "an array has one dimension", help)
    }

    fn method(
        &mut self,
        name: Token<'a>,
        qualifiers: &'a [Qualifier<'a>],
        returns: Option<(CimType, &'a str)>,
    ) -> Parsed<Member<'a>> {
        self.expect("(", "before the parameters")?;
        let mut parameters: Vec<Property<'a>> = Vec::new();
        let mut names: Vec<(&str, Span)> = Vec::new();
        loop {
            let is_direction = ["in", "out"]
                .iter()
                .any(|word| self.peek_at(2).is_word(word));
            let is_comma_meant = self.peek_at(1).is("[") && is_direction;
            let is_open = self.peek().is(";") && !parameters.is_empty() && !is_comma_meant;
            if is_open || self.peek().is(")") || self.is_wrong_bracket(&[";"]) {
                let wanted = "`,` or `)` after a parameter";
                self.close(")", wanted, "add `)` before this", &[";"])?;
                break;
            }
            match self.parameter(!parameters.is_empty()) {
                Ok((name, parameter)) => {
                    names.push((name.text, name.seen_at()));
                    parameters.push(parameter);
                }
                Err(failed) => {
                    self.skip_to("(", ")", "}");
                    return Err(failed);
                }
            }
        }
        self.semicolon("the method");
        let message = |name: &str| format!("the parameter `{name}` occurs twice");
        self.refuse_repeated(names, message, "rename one of them");
        let mut method = Method::new(name.text)
            .with_qualifiers(qualifiers)
            .with_parameters(self.arena.list(&parameters));
        method.returns = returns;
        Ok(Member::Method(method))
    }

    /// Reads a parameter, after a comma unless it is the first; also returns the token of its name.
    fn parameter(&mut self, after_others: bool) -> Parsed<(Token<'a>, Property<'a>)> {
        if after_others {
            self.expect(",", "or `)` after a parameter")?;
        }
        let qualifiers = self.qualifiers()?;
        let help = if after_others && self.peek().is(")") {
            "remove the comma before this"
        } else {
            PARAMETER
        };
        let type_token = self.name("the type of a parameter", help)?;
        if type_token.is_word("void") && self.peek().is(")") {
            let help = "a method without parameters has `()`";
            return Err(self.error(type_token, "a parameter of type `void`", help));
        }
        if ["in", "out"].iter().any(|word| type_token.is_word(word))
            && self.peek_at(1).kind == Kind::Identifier
        {
            let message = format!("`{}` is not a type", type_token.text);
            let help = "directions are qualifiers: `[in] uint32 Name`";
            return Err(self.error(type_token, message, help));
        }
        let declared = self.reference(type_token);
        let name = self.name("the name of the parameter", PARAMETER)?;
        let parameter = self.declarator(declared, name, &[",", ")", "="])?;
        Ok((name, parameter.with_qualifiers(qualifiers)))
    }

    /// Skips the malformed member of a class or an instance.
    pub(super) fn skip_member(&mut self) {
        // Blocks have their brackets in lines of their own; a brace within a line may be a wrong
        // bracket, so the line ends it too.
        let (mut blocks, mut braces) = (0usize, 0usize);
        loop {
            let token = self.peek();
            let is_outside = blocks == 0 && braces == 0;
            let ends = token.kind == Kind::End || token.kind == Kind::Pragma;
            if ends || (is_outside && (self.closes_body() || self.is_next_object())) {
                return;
            }
            self.take();
            let ends_line = self.peek().starts_line;
            match token.text {
                "{" if ends_line => blocks = blocks.saturating_add(1),
                "{" => braces = braces.saturating_add(1),
                "}" if braces > 0 => braces = braces.saturating_sub(1),
                "}" => blocks = blocks.saturating_sub(1),
                ";" if is_outside || (blocks == 0 && ends_line) => return,
                _ => {}
            }
        }
    }
}
