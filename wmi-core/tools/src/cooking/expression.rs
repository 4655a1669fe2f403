//! The formulas as text, for programs in other languages.

use wmi_core::CounterFormula;

/// Returns a formula as an arithmetic expression; `None` for bases and counters that tools do not
/// calculate.
///
/// N is the raw value, B that of the base, D the timestamp and F the frequency of the clock; 1 is the
/// newer sample and 0 the older one. The operators are `+ - * /` and parentheses. Inverse multi-timers
/// show the sum of the parts, as by [`InverseMultiTimers::Sum`](super::InverseMultiTimers::Sum).
///
/// ```
/// use wmi_core::CounterFormula;
/// use wmi_tools::cooking::expression;
///
/// assert_eq!(expression(CounterFormula::Rate), Some("(N1 - N0) * F / (D1 - D0)"));
/// assert_eq!(expression(CounterFormula::Base), None);
/// ```
#[must_use]
pub const fn expression(formula: CounterFormula) -> Option<&'static str> {
    use CounterFormula as Formula;
    Some(match formula {
        Formula::Value | Formula::Hexadecimal => "N1",
        Formula::Delta => "N1 - N0",
        Formula::Rate => "(N1 - N0) * F / (D1 - D0)",
        Formula::QueueLength => "(N1 - N0) / (D1 - D0)",
        Formula::Timer => "100 * (N1 - N0) / (D1 - D0)",
        Formula::InverseTimer => "100 * (D1 - D0 - (N1 - N0)) / (D1 - D0)",
        Formula::MultiTimer => "100 * (N1 - N0) / ((D1 - D0) * B1)",
        Formula::InverseMultiTimer => "100 * ((D1 - D0) * B1 - (N1 - N0)) / (D1 - D0)",
        Formula::PrecisionTimer | Formula::SampleFraction => "100 * (N1 - N0) / (B1 - B0)",
        Formula::AverageTimer => "(N1 - N0) / (F * (B1 - B0))",
        Formula::AverageBulk => "(N1 - N0) / (B1 - B0)",
        Formula::RawFraction => "100 * N1 / B1",
        Formula::ElapsedTime => "(D1 - N1) / F",
        Formula::Base | Formula::Unsupported => return None,
    })
}
