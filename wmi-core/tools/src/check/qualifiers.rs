//! Rules about qualifiers of any element: their names, and the types of their values.

use super::Rule;
use super::context::Context;
use crate::place::Place;
use wmi_core::schema::{Qualifiers, Value};
use wmi_vocabulary::qualifier::PERF_DETAILS;
use wmi_vocabulary::spelling::meant_qualifier;

/// The type of the value of a qualifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Flag,
    /// A 32-bit number that is at least this one.
    Number(i64),
    Text,
    Texts,
    /// Numbers, which MOF usually spells as strings.
    Numbers,
}

/// The qualifiers that WMI, its tools or the performance library read.
const FORMS: &[(&str, Form)] = &[
    ("WMI", Form::Flag),
    ("Dynamic", Form::Flag),
    ("Static", Form::Flag),
    ("abstract", Form::Flag),
    ("HiPerf", Form::Flag),
    ("WmiGenerateHeader", Form::Flag),
    ("key", Form::Flag),
    ("read", Form::Flag),
    ("write", Form::Flag),
    ("in", Form::Flag),
    ("out", Form::Flag),
    ("Implemented", Form::Flag),
    ("WmiTimeStamp", Form::Flag),
    ("DisplayInHex", Form::Flag),
    ("PerfDefault", Form::Flag),
    ("WmiDataId", Form::Number(0)),
    ("WmiMethodId", Form::Number(0)),
    ("MaxLen", Form::Number(i64::MIN)),
    ("MAX", Form::Number(0)),
    ("CounterType", Form::Number(0)),
    ("DefaultScale", Form::Number(i64::MIN)),
    ("PerfDetail", Form::Number(0)),
    ("WmiExpense", Form::Number(0)),
    ("WmiScale", Form::Number(i64::MIN)),
    ("WmiComplexity", Form::Number(0)),
    ("WmiVolatility", Form::Number(0)),
    ("WmiVersion", Form::Number(0)),
    ("guid", Form::Text),
    ("Provider", Form::Text),
    ("Description", Form::Text),
    ("DisplayName", Form::Text),
    ("HeaderName", Form::Text),
    ("GuidName1", Form::Text),
    ("GuidName2", Form::Text),
    ("cpp_quote", Form::Text),
    ("WmiSizeIs", Form::Text),
    ("WmiEventTrigger", Form::Text),
    ("WmiEventRate", Form::Text),
    ("Values", Form::Texts),
    ("ValueMap", Form::Numbers),
    ("DefineValues", Form::Texts),
    ("BitValues", Form::Texts),
    ("BitMap", Form::Numbers),
    ("BitValueMap", Form::Numbers),
];

impl Form {
    fn fits(self, value: &Value<'_>) -> bool {
        match (self, value) {
            (Self::Flag, Value::Boolean(_)) | (Self::Text, Value::String(_)) => true,
            (Self::Number(least), Value::Integer(number)) => {
                *number >= least && *number <= i64::from(u32::MAX)
            }
            (Self::Texts, Value::Array(values)) => {
                let mut values = values.iter();
                values.all(|value| matches!(value, Value::String(_)))
            }
            (Self::Numbers, Value::Array(values)) => {
                let mut values = values.iter();
                values.all(|value| matches!(value, Value::String(_) | Value::Integer(_)))
            }
            _ => false,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Flag => "`TRUE` or `FALSE`",
            Self::Number(_) => "a 32-bit number",
            Self::Text => "a string",
            Self::Texts | Self::Numbers => "a list of strings",
        }
    }
}

impl<'a> Context<'_, 'a> {
    pub(super) fn qualifiers(&mut self, place: Place<'a>, qualifiers: Qualifiers<'a>) {
        for qualifier in qualifiers.iter() {
            let same = |known: &&(&str, Form)| known.0.eq_ignore_ascii_case(qualifier.name);
            let Some((name, form)) = FORMS.iter().find(same) else {
                if let Some(meant) = meant_qualifier(qualifier.name) {
                    let name = qualifier.name;
                    let message = format!("`{name}` is not a standard qualifier; write `{meant}`");
                    self.report(Rule::QualifierName, place, message);
                }
                continue;
            };
            if !form.fits(&qualifier.value) {
                let message = format!("the value of `{name}` must be {}", form.name());
                self.report(Rule::QualifierValue, place, message);
            } else if let ("PerfDetail", Value::Integer(level)) = (*name, qualifier.value) {
                if !PERF_DETAILS.iter().any(|(known, _)| *known == level) {
                    let message = format!("`PerfDetail` is 100, 200, 300 or 400, not {level}");
                    self.report(Rule::PerfDetail, place, message);
                }
            }
        }
    }
}
