//! Counters, stored values and drivers under every interleaving of threads; see `tests`. This is a
//! package of its own, as loom is as large as the dependencies of all other tests together.
