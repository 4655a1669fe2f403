//! Counters under every interleaving of threads; see `tests/counters.rs`. This is a package of its
//! own, as loom is as large as the dependencies of all other tests together.
