#![no_std]
//! Functions whose assembly the tests read.
