//! Tests that build packages with Cargo; see `tests/`. `.ci/run` runs them.
