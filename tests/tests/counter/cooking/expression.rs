//! The formulas as text give what the formulas give, for numbers of any size.

use proptest::prelude::*;
use wmi_core::{CounterFormula, CounterType};
use wmi_tools::cooking::{CookingOptions, CounterSample, SampleTimes, cook, expression};

/// The variables of an expression.
struct Values {
    older: CounterSample,
    newer: CounterSample,
    times: [u64; 3],
}

impl Values {
    fn get(&self, name: &str) -> f64 {
        let [older, newer, frequency] = self.times;
        let number = match name {
            "N0" => self.older.value,
            "N1" => self.newer.value,
            "B0" => self.older.base.unwrap(),
            "B1" => self.newer.base.unwrap(),
            "D0" => older,
            "D1" => newer,
            "F" => frequency,
            _ => name.parse().unwrap(),
        };
        number as f64
    }
}

/// Evaluates sums of products by recursive descent.
fn sum(text: &mut &str, values: &Values) -> f64 {
    let mut total = product(text, values);
    loop {
        if take(text, '+') {
            total += product(text, values);
        } else if take(text, '-') {
            total -= product(text, values);
        } else {
            return total;
        }
    }
}

fn product(text: &mut &str, values: &Values) -> f64 {
    let mut total = atom(text, values);
    loop {
        if take(text, '*') {
            total *= atom(text, values);
        } else if take(text, '/') {
            total /= atom(text, values);
        } else {
            return total;
        }
    }
}

fn atom(text: &mut &str, values: &Values) -> f64 {
    if take(text, '(') {
        let value = sum(text, values);
        assert!(take(text, ')'), "{text}");
        return value;
    }
    let end = text
        .find(|c: char| !c.is_ascii_alphanumeric())
        .unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    *text = rest;
    values.get(name)
}

fn take(text: &mut &str, c: char) -> bool {
    *text = text.trim_start();
    let Some(rest) = text.strip_prefix(c) else {
        return false;
    };
    *text = rest.trim_start();
    true
}

proptest! {
    #[test]
    fn expressions_agree_with_the_formulas(
        value in 1u64..1 << 30, growth in 0u64..1 << 30,
        base in 1u64..1 << 20, base_growth in 1u64..1 << 20,
        time in 1u64 << 32..1 << 33, passed in 1u64..1 << 32, frequency in 1u64..1 << 24,
    ) {
        let times = |at| SampleTimes::NONE.performance(at, frequency).object(at, frequency);
        for (name, counter) in CounterType::ALL {
            let Some(mut text) = expression(counter.formula()) else {
                prop_assert!(matches!(
                    counter.formula(),
                    CounterFormula::Base | CounterFormula::Unsupported
                ));
                continue;
            };
            // The system's clock has one frequency, so its types have the others' formulas alone.
            let is_of_system = counter.time_base() == Some(wmi_core::TimeBase::SystemTime);
            if is_of_system {
                continue;
            }
            let values = Values {
                older: CounterSample::new(value).with_base(base).at(times(time)),
                newer: CounterSample::new(value + growth)
                    .with_base(base + base_growth)
                    .at(times(time + passed)),
                times: [time, time + passed, frequency],
            };
            let options = CookingOptions::default();
            let cooked = cook(*counter, Some(&values.older), &values.newer, &options);
            let expected = sum(&mut text, &values);
            prop_assert_eq!(text, "", "{}", name);
            match cooked {
                Ok(cooked) => {
                    let difference = (cooked.value() - expected).abs();
                    prop_assert!(difference <= expected.abs() * 1e-9 + 1e-6, "{}: {} {}", name, cooked.value(), expected);
                }
                Err(_) => prop_assert!(expected < 0.0, "{}: {}", name, expected),
            }
        }
    }
}
