//! The C header: each rule by hand, Microsoft's shipped header, and the C compiler.

mod build;
mod compiled;
mod corrected;
mod methods;
mod rules;
mod shipped;
mod variable;
