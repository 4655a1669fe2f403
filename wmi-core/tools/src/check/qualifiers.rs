//! Rules about qualifiers of any element: their names, and the types of their values.

use super::Rule;
use super::context::Context;
use crate::place::Place;
use wmi_core::schema::{Qualifiers, Value};
use wmi_vocabulary::attribute::Takes;
use wmi_vocabulary::qualifier::Range;
use wmi_vocabulary::spelling::meant_qualifier;
use wmi_vocabulary::standard::{self, Form};

impl<'a> Context<'_, 'a> {
    pub(super) fn qualifiers(&mut self, place: Place<'a>, qualifiers: Qualifiers<'a>) {
        for qualifier in qualifiers.iter() {
            let Some((name, form)) = standard::qualifier(qualifier.name) else {
                if let Some(meant) = meant_qualifier(qualifier.name) {
                    let name = qualifier.name;
                    let message = format!("`{name}` is not a standard qualifier; write `{meant}`");
                    self.report(Rule::QualifierName, place, message);
                }
                continue;
            };
            let Some(form) = form else { continue };
            if !fits(form, &qualifier.value) {
                let message = format!("the value of `{name}` must be {}", described(form));
                self.report(Rule::QualifierValue, place, message);
            } else if let (Form::Detail, Value::Integer(level)) = (form, qualifier.value) {
                if !Takes::Detail.number(level) {
                    let message = format!("`{name}` is 100, 200, 300 or 400, not {level}");
                    self.report(Rule::PerfDetail, place, message);
                }
            }
        }
    }
}

/// Returns the range of a qualifier's numbers. Other rules report an id 0, an unknown level and a scale
/// that the performance tools do not have.
const fn range(form: Form) -> Range {
    match form {
        Form::Number(range) if range.least < 0 => Range::I32,
        _ => Range::U32,
    }
}

fn fits(form: Form, value: &Value<'_>) -> bool {
    let all = |values: &[Value<'_>], fits: fn(&Value<'_>) -> bool| values.iter().all(fits);
    match (form, value) {
        (Form::Flag, Value::Boolean(_)) | (Form::Text, Value::String(_)) => true,
        (Form::Number(_) | Form::Detail, Value::Integer(number)) => range(form).contains(*number),
        (Form::Texts, Value::Array(values)) => all(values, |it| matches!(it, Value::String(_))),
        (Form::Numbers, Value::Array(values)) => all(values, |it| {
            matches!(it, Value::String(_) | Value::Integer(_))
        }),
        _ => false,
    }
}

const fn described(form: Form) -> &'static str {
    match form {
        Form::Flag => "`TRUE` or `FALSE`",
        Form::Number(range) if range.least < 0 => "a signed 32-bit number",
        Form::Number(_) | Form::Detail => "a 32-bit number",
        Form::Text => "a string",
        Form::Texts | Form::Numbers => "a list of strings",
    }
}
