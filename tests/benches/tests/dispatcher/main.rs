//! The dispatcher in C, the rival of the benches, answers any requests as the provider does. Each has
//! a device of its own.

#[path = "../../../tests/provider/agree.rs"]
mod agree;
#[path = "../../../tests/provider/device.rs"]
mod device;
mod naive;

use proptest::collection::vec;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 8_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_rival_answers_as_the_provider(bytes in vec(any::<u8>(), 0..400)) {
        agree::agree(&bytes);
    }
}
