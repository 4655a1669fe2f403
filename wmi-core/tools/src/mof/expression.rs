//! Integer constants and constant expressions with C's operators: preprocessor conditions, and
//! values such as `(PERF_SIZE_LARGE | PERF_TYPE_NUMBER)`.

use core::ops::RangeInclusive;

use super::Diagnostic;
use super::lexer::{Kind, Token};
use super::source::Span;

/// The maximum nesting depth of parentheses.
const MAX_DEPTH: usize = 32;

/// Why an expression has no value, and where.
#[derive(Debug)]
pub(super) struct ExpressionError {
    pub(super) span: Span,
    pub(super) message: String,
    pub(super) help: String,
}

impl ExpressionError {
    pub(super) fn diagnostic(self) -> Diagnostic {
        Diagnostic::error(self.span, self.message, self.help)
    }
}

/// The forms of an integer.
const NUMBERS: &str = "write a number as `31`, `0x1f`, `037` or `11111b`";

/// The range of integers and results: 64 bits, signed or unsigned.
const RANGE: RangeInclusive<i128> = -(1 << 63)..=(1 << 64) - 1;
const WITHIN_64_BITS: &str = "keep it between -9223372036854775808 and 18446744073709551615";

type Result<T = i128> = core::result::Result<T, ExpressionError>;

/// Evaluates all of these tokens. An error without a token of its own points at `whole`.
pub(super) fn evaluate(tokens: &[Token<'_>], whole: Span, names: Names) -> Result {
    let mut evaluator = Evaluator {
        tokens,
        next: 0,
        whole,
        names,
        depth: 0,
    };
    let value = evaluator.binary(0)?;
    match evaluator.peek() {
        None => Ok(value),
        Some(token) => Err(error(
            token,
            "an operator",
            "put one before it, or remove it",
        )),
    }
}

/// How to treat a name that is not a macro.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Names {
    /// The name is 0, as in a preprocessor condition.
    AreZero,
    /// The name is an error.
    AreErrors,
}

/// Returns the value of an integer literal: decimal, `0x` hexadecimal, `0` octal, or binary with a
/// final `b`; a C suffix `u` or `l` is allowed.
pub(super) fn integer(token: &Token<'_>) -> Result {
    let text = token.text;
    let lower = text.to_ascii_lowercase();
    let (digits, radix) = if let Some(digits) = lower.strip_prefix("0x") {
        (digits, 16)
    } else if let Some(digits) = lower.strip_suffix('b') {
        (digits, 2)
    } else if lower.len() > 1 && lower.starts_with('0') {
        (lower.as_str(), 8)
    } else {
        (lower.as_str(), 10)
    };
    let digits = digits.trim_end_matches(['u', 'l']);
    let fault = |message: String, help: &str| ExpressionError {
        span: token.seen_at(),
        message,
        help: help.to_owned(),
    };
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(radix)) {
        let (why, help) = match radix {
            8 if digits.chars().all(|c| c.is_ascii_digit()) => (
                ": a number that starts with 0 is octal",
                "write a decimal number without the 0 before it",
            ),
            _ => ("", NUMBERS),
        };
        return Err(fault(format!("`{text}` is not a number{why}"), help));
    }
    let value = i128::from_str_radix(digits, radix).ok();
    value
        .filter(|value| RANGE.contains(value))
        .ok_or_else(|| fault(format!("`{text}` does not fit 64 bits"), WITHIN_64_BITS))
}

fn error(token: &Token<'_>, wanted: &str, help: impl Into<String>) -> ExpressionError {
    ExpressionError {
        span: token.seen_at(),
        message: format!("expected {wanted}, found `{}`", token.text),
        help: help.into(),
    }
}

struct Evaluator<'t, 'a> {
    tokens: &'t [Token<'a>],
    next: usize,
    whole: Span,
    names: Names,
    depth: usize,
}

/// The binary operators, weakest first.
const LEVELS: [&[&str]; 10] = [
    &["||"],
    &["&&"],
    &["|"],
    &["^"],
    &["&"],
    &["==", "!="],
    &["<=", ">=", "<", ">"],
    &["<<", ">>"],
    &["+", "-"],
    &["*", "/", "%"],
];

impl<'t, 'a> Evaluator<'t, 'a> {
    fn peek(&self) -> Option<&'t Token<'a>> {
        self.tokens.get(self.next)
    }

    fn take(&mut self) -> Result<&'t Token<'a>> {
        let token = self.peek().ok_or_else(|| ExpressionError {
            span: self.whole,
            message: String::from("the expression ends too early"),
            help: String::from("add the missing number or `)` at its end"),
        })?;
        self.next = self.next.saturating_add(1);
        Ok(token)
    }

    fn binary(&mut self, level: usize) -> Result {
        let Some(operators) = LEVELS.get(level) else {
            return self.unary();
        };
        let mut left = self.binary(level.saturating_add(1))?;
        while let Some(token) = self.peek() {
            let Some(operator) = operators.iter().find(|operator| token.is(operator)) else {
                break;
            };
            self.next = self.next.saturating_add(1);
            let right = self.binary(level.saturating_add(1))?;
            left = apply(operator, left, right).ok_or_else(|| ExpressionError {
                span: token.seen_at(),
                message: format!("`{left} {operator} {right}` has no 64-bit value"),
                help: match (*operator, right) {
                    ("/" | "%", 0) => String::from("divide by another number than 0"),
                    ("<<" | ">>", _) => String::from("shift by 0 to 63 bits"),
                    _ => String::from(WITHIN_64_BITS),
                },
            })?;
        }
        Ok(left)
    }

    fn unary(&mut self) -> Result {
        let token = self.take()?;
        let operators = ["-", "+", "~", "!", "("];
        let Some(operator) = operators.iter().find(|operator| token.is(operator)) else {
            return self.primary(token);
        };
        self.depth = self.depth.saturating_add(1);
        if self.depth > MAX_DEPTH {
            return Err(ExpressionError {
                span: token.seen_at(),
                message: String::from("the expression is nested too deeply"),
                help: format!("nest at most {MAX_DEPTH} signs and parentheses"),
            });
        }
        let value = match *operator {
            "(" => {
                let value = self.binary(0)?;
                let close = self.take()?;
                if !close.is(")") {
                    return Err(error(close, "`)`", "add `)` before this"));
                }
                Some(value)
            }
            "-" => self.unary()?.checked_neg(),
            "~" => Some(!self.unary()?),
            "!" => Some(i128::from(self.unary()? == 0)),
            _ => Some(self.unary()?),
        };
        self.depth = self.depth.saturating_sub(1);
        let value = value.filter(|value| RANGE.contains(value));
        value.ok_or_else(|| ExpressionError {
            span: token.seen_at(),
            message: String::from("the value does not fit 64 bits"),
            help: String::from(WITHIN_64_BITS),
        })
    }

    fn primary(&self, token: &Token<'_>) -> Result {
        match token.kind {
            Kind::Number => integer(token),
            Kind::Identifier if token.is_word("true") => Ok(1),
            Kind::Identifier if self.names == Names::AreZero => Ok(0),
            Kind::Identifier => Err(error(token, "a number", define(token.text))),
            _ => Err(error(token, "a number", NUMBERS)),
        }
    }
}

/// Returns the remedy for a name where a value belongs.
pub(super) fn define(name: &str) -> String {
    format!("`#define {name} ..` it, or put text in quotes")
}

fn apply(operator: &str, left: i128, right: i128) -> Option<i128> {
    let shift = || u32::try_from(right).ok().filter(|bits| *bits < 64);
    let value = match operator {
        "||" => i128::from(left != 0 || right != 0),
        "&&" => i128::from(left != 0 && right != 0),
        "|" => left | right,
        "^" => left ^ right,
        "&" => left & right,
        "==" => i128::from(left == right),
        "!=" => i128::from(left != right),
        "<=" => i128::from(left <= right),
        ">=" => i128::from(left >= right),
        "<" => i128::from(left < right),
        ">" => i128::from(left > right),
        "<<" => left.checked_mul(1i128.checked_shl(shift()?)?)?,
        ">>" => left.checked_shr(shift()?)?,
        "+" => left.checked_add(right)?,
        "-" => left.checked_sub(right)?,
        "*" => left.checked_mul(right)?,
        "/" => left.checked_div(right)?,
        _ => left.checked_rem(right)?,
    };
    RANGE.contains(&value).then_some(value)
}
