//! Property tests on arbitrary bytes: the fake kernel finds no violation, every request is
//! completed once, and nothing leaks. The fuzz targets run the same functions.

#![allow(non_camel_case_types, reason = "MOF has these names")]
#![allow(unsafe_code, reason = "the fixtures play the kernel and the driver")]

#[path = "../common/adapter.rs"]
mod adapter;
#[path = "../common/battery.rs"]
mod battery;
mod bytes;
#[path = "../common/mod.rs"]
mod common;
#[path = "../common/framework.rs"]
mod framework;
mod irp;
#[path = "../common/miniport.rs"]
mod miniport;
mod oid;
mod preprocess;
#[path = "../common/preprocess.rs"]
mod preprocess_driver;
mod reply;
#[path = "../common/requests.rs"]
mod requests;
mod srb;
mod table;
mod wdf;

use proptest::collection::vec;
use proptest::prelude::*;

/// Fewer under Miri, which checks every access.
const CASES: u32 = if cfg!(miri) { 3 } else { 1_000 };

proptest! {
    #![proptest_config(ProptestConfig {
        cases: CASES,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn arbitrary_irps_break_no_rule(input in vec(any::<u8>(), 0..600)) {
        irp::run(&input);
    }

    #[test]
    fn arbitrary_srbs_break_no_rule(input in vec(any::<u8>(), 0..600)) {
        srb::run(&input);
    }

    #[test]
    fn arbitrary_replies_are_read(input in vec(any::<u8>(), 0..600)) {
        reply::run(&input);
    }

    #[test]
    fn arbitrary_calls_of_a_table_break_no_rule(input in vec(any::<u8>(), 0..400)) {
        table::run(&input);
    }

    #[test]
    fn arbitrary_oid_requests_break_no_rule(input in vec(any::<u8>(), 0..400)) {
        oid::run(&input);
    }

    #[test]
    fn arbitrary_callbacks_break_no_rule(input in vec(any::<u8>(), 0..400)) {
        wdf::run(&input);
    }

    #[test]
    fn arbitrary_preprocessed_irps_break_no_rule(input in vec(any::<u8>(), 0..600)) {
        preprocess::run(&input);
    }
}
