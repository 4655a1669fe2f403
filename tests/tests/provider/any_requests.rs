//! The dispatcher and the naive one agree on arbitrary requests.

use proptest::collection::vec;
use proptest::prelude::*;

use crate::agree::agree;

proptest! {
    #![proptest_config(ProptestConfig { cases: 8_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_requests_match_the_naive_dispatcher(
        bytes in vec(any::<u8>(), 0..400)
    ) {
        agree(&bytes);
    }
}
