//! The derives under another name of the crate, set by `#[wmi(crate = ..)]`.

extern crate wmi_core as wmi_renamed;
// A trap: an expansion that uses `::wmi_core` would get the wrong crate.
#[expect(unused_extern_crates)]
extern crate core as wmi_core;

use core::sync::atomic::AtomicU64;

use wmi_renamed::{WmiClass, WmiField};

#[derive(WmiClass)]
#[wmi(embedded, crate = wmi_renamed)]
struct Origin {
    #[wmi(data_id = 1)]
    port: u16,
}

#[derive(WmiClass)]
#[wmi(guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed", crate = "wmi_renamed")]
struct Stats {
    #[wmi(data_id = 1, counter = "PERF_COUNTER_LARGE_RAWCOUNT", time_stamp)]
    reads: AtomicU64,
    #[wmi(data_id = 2)]
    origin: Origin,
}

mod facade {
    pub(crate) mod wmi {
        pub(crate) use wmi_renamed::*;
    }
}

#[derive(WmiClass)]
#[wmi(guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed", crate = crate::facade::wmi)]
struct ThroughFacade {
    #[wmi(data_id = 1)]
    writes: [u8; 4],
}

#[test]
fn crate_attribute_supports_renamed_crates() {
    let stats = Stats {
        origin: Origin { port: 7 },
        ..Stats::new()
    };
    stats.increment_reads();
    let block = stats.snapshot();
    assert_eq!(block.reads(), 1);
    assert_eq!(block.origin().port(), 7);
    assert_eq!(Origin::TYPE_NAME, "Origin");
    let block = ThroughFacade { writes: [1; 4] }.snapshot();
    assert_eq!(block.writes(), [1; 4]);
}
