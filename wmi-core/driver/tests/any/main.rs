//! Anything at all, read from arbitrary bytes: the fake kernel finds nothing wrong, every request is
//! completed once, and nothing is left. The fuzz targets run these functions too.

#![allow(unsafe_code, reason = "the fixtures play the kernel and the driver")]

mod bytes;
#[path = "../common/mod.rs"]
mod common;
#[path = "../common/framework.rs"]
mod framework;
mod irp;
#[path = "../common/miniport.rs"]
mod miniport;
#[path = "../common/requests.rs"]
mod requests;
mod srb;
mod wdf;

use proptest::collection::vec;
use proptest::prelude::*;

/// Few where every access is checked.
const CASES: u32 = if cfg!(miri) { 3 } else { 1_000 };

proptest! {
    #![proptest_config(ProptestConfig {
        cases: CASES,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn irps_are_answered_by_the_rules(input in vec(any::<u8>(), 0..600)) {
        irp::run(&input);
    }

    #[test]
    fn srbs_are_answered_by_the_rules(input in vec(any::<u8>(), 0..600)) {
        srb::run(&input);
    }

    #[test]
    fn callbacks_are_answered_by_the_rules(input in vec(any::<u8>(), 0..400)) {
        wdf::run(&input);
    }
}
