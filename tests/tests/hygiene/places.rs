//! Classes inside functions and nested modules, with every visibility.

mod inner {
    use core::sync::atomic::{AtomicU32, AtomicU64};

    use wmi_core::WmiClass;

    /// Less visible than the class that embeds it.
    #[derive(WmiClass)]
    #[wmi(embedded)]
    struct Origin {
        #[wmi(data_id = 1)]
        port: u16,
    }

    #[derive(WmiClass)]
    #[wmi(guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed")]
    pub(crate) struct Stats {
        #[wmi(data_id = 1, counter)]
        pub reads: AtomicU64,
        #[wmi(data_id = 2, counter)]
        pub(super) writes: AtomicU32,
        #[wmi(data_id = 3, counter)]
        pub(crate) flushes: AtomicU32,
        #[wmi(data_id = 4, counter)]
        pub(in crate::places) trims: AtomicU32,
        #[wmi(data_id = 5)]
        origin: Origin,
    }

    #[derive(WmiClass)]
    #[wmi(guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed")]
    pub(super) struct Limits {
        #[wmi(data_id = 1)]
        pub depth: u32,
    }

    pub(crate) fn port(stats: &Stats) -> u16 {
        stats.snapshot().get(Stats::ORIGIN).port()
    }
}

use core::sync::atomic::AtomicU32;

use inner::{Limits, LimitsItems, Stats, StatsItems};
use wmi_core::{Item, WmiClass};

const WRITES: Item<Stats, AtomicU32> = Stats::WRITES;

#[test]
fn items_have_the_visibility_of_their_fields() {
    let stats = Stats::new();
    stats.increment_reads();
    stats.increment_writes();
    stats.increment_flushes();
    stats.increment_trims();
    let block = stats.snapshot();
    assert_eq!((block.reads(), block.get(WRITES)), (1, 1));
    assert_eq!(inner::port(&stats), 0);
    assert_eq!(Limits { depth: 3 }.snapshot().depth(), 3);
}

#[test]
fn functions_can_declare_classes() {
    #[derive(WmiClass)]
    #[wmi(embedded)]
    struct Origin {
        #[wmi(data_id = 1)]
        port: u16,
    }

    #[derive(WmiClass)]
    #[wmi(guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed")]
    struct Local {
        #[wmi(data_id = 1)]
        origin: Origin,
    }

    let block = Local {
        origin: Origin { port: 7 },
    }
    .snapshot();
    assert_eq!(block.origin().port(), 7);
}

/// A class whose memory layout differs from its block.
#[derive(WmiClass)]
#[wmi(guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed")]
#[repr(C, align(64))]
struct Aligned {
    #[wmi(data_id = 2)]
    last: u8,
    #[wmi(data_id = 1)]
    first: u32,
}

#[test]
fn memory_layout_does_not_affect_the_block() {
    assert_eq!(align_of::<Aligned>(), 64);
    let block = Aligned { last: 2, first: 1 }.snapshot();
    assert_eq!(block.as_bytes(), [1, 0, 0, 0, 2]);
}

#[derive(WmiClass)]
#[wmi(guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed")]
struct Configured {
    #[wmi(data_id = 1)]
    always: u32,
    #[cfg(any())]
    #[wmi(data_id = 2)]
    never: NoSuchType,
    #[cfg_attr(all(), wmi(data_id = 2, name = "Renamed"))]
    #[cfg_attr(any(), wmi(data_id = 7))]
    also: u32,
}

#[test]
fn fields_removed_by_cfg_are_not_items() {
    assert_eq!(Configured::ALSO.offset(), 4);
    assert_eq!(Configured::ALSO.property().name, "Renamed");
    assert_eq!(Configured { always: 1, also: 2 }.snapshot().also(), 2);
}
