//! Independent readers and other helpers of the tests.
