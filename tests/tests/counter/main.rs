//! Counters: their methods and types, the constants of Windows, and what the performance tools show
//! of them.

mod cooking;
mod counter_families;
mod counters;
mod many_processors;
mod vocabulary;
