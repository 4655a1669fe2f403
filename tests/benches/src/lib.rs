//! Benches only; see `benches`.
