//! Parses classes from tokens.

use super::token::{Token, tokens};

/// A class declaration.
#[derive(Clone, Debug, PartialEq)]
pub struct Class {
    /// The name as spelled.
    pub name: String,
    /// The base class.
    pub base: Option<String>,
    /// The qualifiers in source order.
    pub qualifiers: Vec<Qualifier>,
    /// The properties in source order.
    pub properties: Vec<Property>,
    /// The methods in source order.
    pub methods: Vec<Method>,
}

/// A property of a class, or a parameter of a method.
#[derive(Clone, Debug, PartialEq)]
pub struct Property {
    /// The qualifiers in source order.
    pub qualifiers: Vec<Qualifier>,
    /// The type as spelled.
    pub type_name: String,
    /// The name as spelled.
    pub name: String,
    /// Whether the property is an array.
    pub array: Array,
}

/// Whether a property is an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Array {
    /// Not an array.
    No,
    /// `x[]`.
    Open,
    /// `x[n]`.
    Fixed(i64),
}

/// A method of a class.
#[derive(Clone, Debug, PartialEq)]
pub struct Method {
    /// The qualifiers in source order.
    pub qualifiers: Vec<Qualifier>,
    /// The result type as spelled.
    pub type_name: String,
    /// The name as spelled.
    pub name: String,
    /// The parameters in source order.
    pub parameters: Vec<Property>,
}

/// A qualifier of a class, property or method.
#[derive(Clone, Debug, PartialEq)]
pub struct Qualifier {
    /// The name as spelled.
    pub name: String,
    /// The value; `TRUE` if none is written.
    pub value: Value,
    /// The flavors as spelled.
    pub flavors: Vec<String>,
}

/// The value of a qualifier.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `TRUE` or `FALSE`.
    Boolean(bool),
    /// An integer.
    Number(i64),
    /// A string.
    Text(String),
    /// A bare word, as documentation prints counter types.
    Name(String),
    /// Values in braces.
    Many(Vec<Value>),
}

/// Parses the classes of a text.
///
/// # Panics
///
/// Panics if the text is not MOF, or if a property has a default value, which is not supported.
#[must_use]
pub fn classes(source: &str) -> Vec<Class> {
    declarations(&tokens(source))
        .into_iter()
        .filter(|declaration| declared_class(declaration).is_some())
        .map(|declaration| Reader(declaration).class())
        .collect()
}

/// Returns the tokens of one class, from its qualifiers to its last semicolon.
#[must_use]
pub fn declaration<'t>(tokens: &'t [Token], class: &str) -> Option<&'t [Token]> {
    declarations(tokens)
        .into_iter()
        .find(|declaration| declared_class(declaration) == Some(class))
}

/// Splits a file into its classes and instances, without its pragmas.
fn declarations(tokens: &[Token]) -> Vec<&[Token]> {
    let mut declarations = Vec::new();
    let mut rest = tokens;
    while let [first, after @ ..] = rest {
        if *first == Token::Symbol('#') {
            // `pragma name` or `pragma name("..")`
            let length = if after.get(2) == Some(&Token::Symbol('(')) {
                5
            } else {
                2
            };
            rest = &after[length..];
            continue;
        }
        let mut depth = 0usize;
        let end = rest.iter().position(|token| {
            match token {
                Token::Symbol('{') => depth += 1,
                Token::Symbol('}') => depth -= 1,
                _ => {}
            }
            depth == 0 && *token == Token::Symbol(';')
        });
        let (declaration, after) = rest.split_at(end.expect("a declaration ends") + 1);
        declarations.push(declaration);
        rest = after;
    }
    declarations
}

/// Returns the name of the declared class, or `None` if the declaration is not a class.
fn declared_class(declaration: &[Token]) -> Option<&str> {
    let body = declaration
        .iter()
        .position(|token| matches!(token, Token::Word(word) if word.eq_ignore_ascii_case("class")));
    match declaration.get(body? + 1)? {
        Token::Word(name) => Some(name),
        _ => None,
    }
}

/// A parser, which holds the remaining tokens of a declaration.
struct Reader<'t>(&'t [Token]);

impl<'t> Reader<'t> {
    fn next(&mut self) -> &'t Token {
        let (first, rest) = self.0.split_first().expect("more tokens");
        self.0 = rest;
        first
    }

    fn takes(&mut self, symbol: char) -> bool {
        let found = self.0.first() == Some(&Token::Symbol(symbol));
        if found {
            self.next();
        }
        found
    }

    fn expect(&mut self, symbol: char) {
        assert!(
            self.takes(symbol),
            "expected {symbol} at {:?}",
            self.0.first()
        );
    }

    fn word(&mut self) -> String {
        match self.next() {
            Token::Word(word) => word.clone(),
            other => panic!("expected a name, found {other:?}"),
        }
    }

    fn class(&mut self) -> Class {
        let qualifiers = self.qualifiers();
        assert!(self.word().eq_ignore_ascii_case("class"));
        let name = self.word();
        let base = self.takes(':').then(|| self.word());
        self.expect('{');
        let (mut properties, mut methods) = (Vec::new(), Vec::new());
        while !self.takes('}') {
            let member = self.member();
            if self.takes('(') {
                methods.push(self.method(member));
            } else {
                properties.push(member);
            }
            self.expect(';');
        }
        self.expect(';');
        Class {
            name,
            base,
            qualifiers,
            properties,
            methods,
        }
    }

    /// Parses a property, a parameter, or a method up to its parameters.
    fn member(&mut self) -> Property {
        let qualifiers = self.qualifiers();
        let (type_name, name) = (self.word(), self.word());
        let array = if !self.takes('[') {
            Array::No
        } else if self.takes(']') {
            Array::Open
        } else {
            let Token::Number(length) = *self.next() else {
                panic!("expected an array length");
            };
            self.expect(']');
            Array::Fixed(length)
        };
        Property {
            qualifiers,
            type_name,
            name,
            array,
        }
    }

    fn method(&mut self, start: Property) -> Method {
        let mut parameters = Vec::new();
        while !self.takes(')') {
            if !parameters.is_empty() {
                self.expect(',');
            }
            parameters.push(self.member());
        }
        Method {
            qualifiers: start.qualifiers,
            type_name: start.type_name,
            name: start.name,
            parameters,
        }
    }

    fn qualifiers(&mut self) -> Vec<Qualifier> {
        let mut qualifiers = Vec::new();
        if self.takes('[') {
            qualifiers.push(self.qualifier());
            while self.takes(',') {
                qualifiers.push(self.qualifier());
            }
            self.expect(']');
        }
        qualifiers
    }

    fn qualifier(&mut self) -> Qualifier {
        let name = self.word();
        let value = if self.takes('(') {
            let value = self.value();
            self.expect(')');
            value
        } else if self.takes('{') {
            let mut values = vec![self.value()];
            while self.takes(',') {
                values.push(self.value());
            }
            self.expect('}');
            Value::Many(values)
        } else {
            Value::Boolean(true)
        };
        let mut flavors = Vec::new();
        if self.takes(':') {
            while let Some(Token::Word(_)) = self.0.first() {
                flavors.push(self.word());
            }
        }
        Qualifier {
            name,
            value,
            flavors,
        }
    }

    fn value(&mut self) -> Value {
        match self.next() {
            Token::Number(number) => Value::Number(*number),
            Token::Text(text) => Value::Text(text.clone()),
            Token::Word(word) => match word.to_ascii_uppercase().as_str() {
                "TRUE" => Value::Boolean(true),
                "FALSE" => Value::Boolean(false),
                _ => Value::Name(word.clone()),
            },
            other => panic!("expected a value, found {other:?}"),
        }
    }
}
