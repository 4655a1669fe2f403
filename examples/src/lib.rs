//! The examples; each is a program of its own.
