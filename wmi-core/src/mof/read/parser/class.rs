//! Classes: properties, methods and their parameters.

use alloc::format;
use alloc::vec::Vec;

use super::super::lexer::{Kind, Token};
use super::super::{Diagnostic, Span};
use super::{Parsed, Parser};
use crate::schema::{Array, CimType, Class, Method, Property, Qualifier, Value};

/// A member of a class.
enum Member<'a> {
    Property(Property<'a>),
    Method(Method<'a>),
}

/// A type and whether it is a reference to it.
struct Type<'a> {
    cim_type: CimType,
    name: &'a str,
    token: Token<'a>,
}

impl<'a> Parser<'a, '_> {
    pub(super) fn class(&mut self, qualifiers: &'a [Qualifier<'a>]) -> Parsed<Class<'a>> {
        self.take();
        let name = self.name("the name of the class")?;
        let mut class = Class::new(name.text).with_qualifiers(qualifiers);
        self.locate(name.text, None, name.seen_at());
        self.class_alias()?;
        if self.take_if(":") {
            class = class.with_superclass(self.name("the name of the base class")?.text);
        }
        let open = self.expect("{", "before the members of the class")?;
        let mut properties = Vec::new();
        let mut methods = Vec::new();
        loop {
            let token = self.peek();
            if token.is("}") {
                self.take();
                break;
            }
            if token.kind == Kind::End || token.kind == Kind::Pragma || self.is_next_object() {
                let found = token.seen_at();
                self.report(
                    Diagnostic::error(found, format!("the class `{}` has no `}}`", name.text))
                        .related(open.seen_at(), "opened here"),
                );
                break;
            }
            match self.member(class.name) {
                Ok(Member::Property(property)) => properties.push(property),
                Ok(Member::Method(method)) => methods.push(method),
                Err(_) => self.skip_member(),
            }
        }
        self.semicolon("the class");
        self.refuse_repeated(&properties, &methods, class.name);
        Ok(class
            .with_properties(self.arena.list(&properties))
            .with_methods(self.arena.list(&methods)))
    }

    /// `class Name` at the start of a line can be no member: the type of a member is no keyword.
    fn is_next_object(&mut self) -> bool {
        let token = self.peek();
        token.starts_line
            && token.is_word("class")
            && self.peek_at(1).kind == Kind::Identifier
            && (self.peek_at(2).is("{") || self.peek_at(2).is(":"))
    }

    /// `as $Alias`, which names the class within the file; nothing here refers to it.
    fn class_alias(&mut self) -> Parsed {
        if self.peek().is_word("as") && self.peek_at(1).is("$") {
            let span = self.take().seen_at();
            let alias = self.alias()?;
            let message = format!("the alias `${alias}` of a class is not kept");
            self.report(Diagnostic::warning(span.to(self.last), message));
        }
        Ok(())
    }

    fn member(&mut self, class: &'a str) -> Parsed<Member<'a>> {
        let qualifiers = self.qualifiers()?;
        let type_token = self.name("the type of a property or method")?;
        if type_token.is_word("void") && self.peek_at(1).is("(") {
            let name = self.name("the name of the method")?;
            self.locate(class, Some(name.text), name.seen_at());
            return self.method(name, qualifiers, None);
        }
        let declared = self.reference(type_token);
        let name = self.name("a name after the type")?;
        self.locate(class, Some(name.text), name.seen_at());
        if self.peek().is("(") {
            let returns = Some((declared.cim_type, declared.name));
            return self.method(name, qualifiers, returns);
        }
        let mut property = self.declarator(declared, name)?.with_qualifiers(qualifiers);
        if self.take_if("=") {
            let at = self.peek();
            let value = self.value()?;
            self.check_default(at, &property, &value);
            // `NULL` is what a property without default has.
            property.default = (value != Value::Null).then_some(value);
        }
        self.semicolon("the property");
        Ok(Member::Property(property))
    }

    /// A type by its name; `Name ref` is a reference.
    fn reference(&mut self, token: Token<'a>) -> Type<'a> {
        let is_reference = self.peek().is_word("ref") && self.peek_at(1).kind == Kind::Identifier;
        let cim_type = if is_reference {
            self.take();
            CimType::Reference
        } else {
            CimType::of_keyword(token.text)
        };
        Type {
            cim_type,
            name: token.text,
            token,
        }
    }

    /// What follows the type: the name and, for an array, its length.
    fn declarator(&mut self, declared: Type<'a>, name: Token<'a>) -> Parsed<Property<'a>> {
        if declared.token.is_word("void") {
            let help = "only a method returns `void`";
            return Err(self.error(declared.token, "a property of type `void`", help));
        }
        let mut property = Property::new(name.text, declared.cim_type, declared.name);
        if self.take_if("[") {
            property = property.with_array(self.length()?);
        }
        Ok(property)
    }

    /// `]` or `5]`.
    fn length(&mut self) -> Parsed<Array> {
        if self.take_if("]") {
            return Ok(Array::Variable);
        }
        let token = self.peek();
        let array = match self.value()? {
            Value::Integer(length) => u32::try_from(length).ok().filter(|length| *length > 0),
            _ => None,
        };
        let Some(length) = array else {
            let help = "write the number of elements, or nothing for an array of any length";
            return Err(self.error(token, "this is no length of an array", help));
        };
        self.expect("]", "after the length of the array")?;
        Ok(Array::Fixed(length))
    }

    fn method(
        &mut self,
        name: Token<'a>,
        qualifiers: &'a [Qualifier<'a>],
        returns: Option<(CimType, &'a str)>,
    ) -> Parsed<Member<'a>> {
        self.expect("(", "before the parameters")?;
        let mut parameters: Vec<Property<'a>> = Vec::new();
        while !self.take_if(")") {
            if !parameters.is_empty() {
                self.expect(",", "or `)` after a parameter")?;
            }
            let parameter = self.parameter()?;
            let repeated = |known: &Property<'_>| known.name.eq_ignore_ascii_case(parameter.name);
            if parameters.iter().any(repeated) {
                let message = format!("the parameter `{}` stands twice", parameter.name);
                self.report(Diagnostic::error(self.last, message));
            }
            parameters.push(parameter);
        }
        self.semicolon("the method");
        let mut method = Method::new(name.text)
            .with_qualifiers(qualifiers)
            .with_parameters(self.arena.list(&parameters));
        method.returns = returns;
        Ok(Member::Method(method))
    }

    fn parameter(&mut self) -> Parsed<Property<'a>> {
        let qualifiers = self.qualifiers()?;
        let type_token = self.name("the type of a parameter")?;
        let declared = self.reference(type_token);
        let name = self.name("the name of the parameter")?;
        let parameter = self.declarator(declared, name)?;
        Ok(parameter.with_qualifiers(qualifiers))
    }

    /// A default value of another kind than the property.
    fn check_default(&mut self, at: Token<'a>, property: &Property<'a>, value: &Value<'a>) {
        let is_array = matches!(value, Value::Array(_));
        let wants_array = property.array != Array::Scalar;
        if *value != Value::Null && is_array != wants_array {
            let (message, help) = if wants_array {
                ("a single value for an array", "put it in braces: `{value}`")
            } else {
                (
                    "several values for a property that is no array",
                    "add `[]` after its name",
                )
            };
            self.error(at, message, help);
        }
    }

    fn refuse_repeated(
        &mut self,
        properties: &[Property<'a>],
        methods: &[Method<'a>],
        class: &str,
    ) {
        let properties = properties.iter().map(|property| property.name);
        let mut names: Vec<&str> = properties
            .chain(methods.iter().map(|method| method.name))
            .collect();
        names.sort_by_key(|name| name.to_ascii_lowercase());
        for pair in names.windows(2) {
            let [first, second] = pair else { continue };
            if !first.eq_ignore_ascii_case(second) {
                continue;
            }
            let places: Vec<Span> = self
                .located
                .iter()
                .rev()
                .take_while(|located| located.member.is_some())
                .filter(|located| {
                    let member = located.member.unwrap_or("");
                    located.class == class && member.eq_ignore_ascii_case(first)
                })
                .map(|located| located.span)
                .collect();
            if let [second, .., first] = places.as_slice() {
                let message = format!("the class `{class}` has two members of one name");
                self.report(
                    Diagnostic::error(*second, message)
                        .help("rename one of them; names compare without case")
                        .related(*first, "the first one"),
                );
            }
        }
    }

    /// Goes on after the member that is wrong, be it of a class or of an instance.
    pub(super) fn skip_member(&mut self) {
        let mut depth = 0usize;
        loop {
            let token = self.peek();
            let ends = token.kind == Kind::End || token.kind == Kind::Pragma;
            if ends || (depth == 0 && (token.is("}") || self.is_next_object())) {
                return;
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
}
