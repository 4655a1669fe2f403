//! The C header: each rule by hand, the header that Microsoft ships, and the C compiler.

mod build;
mod compiled;
mod corrected;
mod methods;
mod rules;
mod shipped;
mod variable;
