//! Counting in every order that threads can have; see `tests/counters.rs`. A package of its own, for
//! loom is as large as all other tests' dependencies.
