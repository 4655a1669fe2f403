//! An empty library: each example is a program of its own.
