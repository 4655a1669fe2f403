//! Cooked counters: the worked examples of the documentation's formulas, what has no result, classes
//! of any origin, and a naive second implementation.

mod any;
mod class;
mod examples;
mod expression;
mod naive;
mod nothing;
