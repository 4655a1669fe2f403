//! Classes from tokens.

use super::token::{Token, tokens};

/// A class declaration.
#[derive(Clone, Debug, PartialEq)]
pub struct Class {
    /// The name as it is spelled.
    pub name: String,
    /// The base class.
    pub base: Option<String>,
    /// The qualifiers in source order.
    pub qualifiers: Vec<Qualifier>,
    /// The properties in source order.
    pub properties: Vec<Property>,
}

/// A property of a class.
#[derive(Clone, Debug, PartialEq)]
pub struct Property {
    /// The qualifiers in source order.
    pub qualifiers: Vec<Qualifier>,
    /// The type as it is spelled.
    pub type_name: String,
    /// The name as it is spelled.
    pub name: String,
    /// The length of an array.
    pub array: Option<i64>,
}

/// A qualifier of a class or property.
#[derive(Clone, Debug, PartialEq)]
pub struct Qualifier {
    /// The name as it is spelled.
    pub name: String,
    /// The value, `TRUE` where none is written.
    pub value: Value,
    /// The flavors as they are spelled.
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
    /// A bare word, as documents print counter types.
    Name(String),
    /// Values in braces.
    Many(Vec<Value>),
}

/// The classes of a text.
///
/// # Panics
///
/// Where the text is no MOF, or holds a class with methods or defaults, which these tests need
/// not read.
#[must_use]
pub fn classes(source: &str) -> Vec<Class> {
    declarations(&tokens(source))
        .into_iter()
        .filter(|declaration| declared_class(declaration).is_some())
        .map(|declaration| Reader(declaration).class())
        .collect()
}

/// The tokens of one class, from its qualifiers to its last semicolon.
#[must_use]
pub fn declaration<'t>(tokens: &'t [Token], class: &str) -> Option<&'t [Token]> {
    declarations(tokens)
        .into_iter()
        .find(|declaration| declared_class(declaration) == Some(class))
}

/// The classes and instances of a file, without its pragmas.
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

/// The name of the class that is declared, if it is one.
fn declared_class(declaration: &[Token]) -> Option<&str> {
    let body = declaration
        .iter()
        .position(|token| matches!(token, Token::Word(word) if word.eq_ignore_ascii_case("class")));
    match declaration.get(body? + 1)? {
        Token::Word(name) => Some(name),
        _ => None,
    }
}

/// What is left of a declaration.
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
        let mut properties = Vec::new();
        while !self.takes('}') {
            properties.push(self.property());
        }
        self.expect(';');
        Class {
            name,
            base,
            qualifiers,
            properties,
        }
    }

    fn property(&mut self) -> Property {
        let qualifiers = self.qualifiers();
        let (type_name, name) = (self.word(), self.word());
        let array = self.takes('[').then(|| match self.next() {
            Token::Number(length) => *length,
            other => panic!("expected an array length, found {other:?}"),
        });
        if array.is_some() {
            self.expect(']');
        }
        self.expect(';');
        Property {
            qualifiers,
            type_name,
            name,
            array,
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
