//! Threads that share one set of counters, as a driver's code does on all processors.

use core::sync::atomic::AtomicU64;
use std::thread;

use iscsi_schema::MSiSCSI_MMIPSECStats;
use wmi_core::Item;

type Stats = MSiSCSI_MMIPSECStats;

/// An item of the class. Each is a 64-bit counter.
pub(crate) type Counter = Item<Stats, AtomicU64>;

/// One thread's own tally, in plain variables. The shared counters must agree with the tallies.
#[derive(Clone, Copy, Default)]
pub(crate) struct Tally {
    secured: u64,
    refused: u64,
    stray: u64,
    in_the_clear: u64,
    waiting: u64,
}

/// Lets four threads negotiate at once, each with more peers than the one before, and returns their
/// tallies.
pub(crate) fn run(stats: &Stats) -> [Tally; 4] {
    let mut tallies = [Tally::default(); 4];
    thread::scope(|scope| {
        for (tally, peers) in tallies.iter_mut().zip([10_000, 20_000, 30_000, 40_000]) {
            scope.spawn(move || *tally = negotiate(stats, peers));
        }
    });
    tallies
}

/// Negotiates main mode with `peers` peers, and starts with another that has not answered at the
/// end.
fn negotiate(stats: &Stats, peers: u64) -> Tally {
    let mut tally = Tally::default();
    for peer in 0..peers {
        stats.increment_active_acquire();
        stats.increment_acquire_heap_size();
        match peer % 10 {
            0 => {
                stats.increment_acquire_failures();
                stats.increment_negotiation_failures();
                stats.increment_authentication_failures();
                tally.refused += 1;
            }
            1 => {
                stats.increment_invalid_cookies_received();
                stats.increment_invalid_packets();
                tally.stray += 1;
            }
            2 => {
                stats.increment_soft_associations();
                tally.in_the_clear += 1;
            }
            _ => {
                stats.increment_oakley_main_mode();
                stats.add_oakley_quick_mode(2);
                stats.add_total_get_spi(2);
                stats.add_key_additions(2);
                stats.add_key_updates(2);
                stats.add_connection_list_size(2);
                tally.secured += 1;
            }
        }
        stats.decrement_acquire_heap_size();
        stats.decrement_active_acquire();
    }
    stats.increment_active_acquire();
    tally.waiting += 1;
    tally
}

/// Returns how much a thread with this tally has added to a counter.
pub(crate) type Added = fn(&Tally) -> u64;

/// Every counter of the class, in the order of their ids.
pub(crate) const COUNTERS: [(Counter, Added); 21] = [
    (Stats::ACTIVE_ACQUIRE, |tally| tally.waiting),
    (Stats::ACTIVE_RECEIVE, |_| 0),
    (Stats::ACQUIRE_FAILURES, |tally| tally.refused),
    (Stats::RECEIVE_FAILURES, |_| 0),
    (Stats::SEND_FAILURES, |_| 0),
    (Stats::ACQUIRE_HEAP_SIZE, |_| 0),
    (Stats::RECEIVE_HEAP_SIZE, |_| 0),
    (Stats::NEGOTIATION_FAILURES, |tally| tally.refused),
    (Stats::AUTHENTICATION_FAILURES, |tally| tally.refused),
    (Stats::INVALID_COOKIES_RECEIVED, |tally| tally.stray),
    (Stats::TOTAL_GET_SPI, |tally| 2 * tally.secured),
    (Stats::KEY_ADDITIONS, |tally| 2 * tally.secured),
    (Stats::KEY_UPDATES, |tally| 2 * tally.secured),
    (Stats::GET_SPI_FAILURES, |_| 0),
    (Stats::KEY_ADDITION_FAILURES, |_| 0),
    (Stats::KEY_UPDATE_FAILURES, |_| 0),
    (Stats::CONNECTION_LIST_SIZE, |tally| 2 * tally.secured),
    (Stats::OAKLEY_MAIN_MODE, |tally| tally.secured),
    (Stats::OAKLEY_QUICK_MODE, |tally| 2 * tally.secured),
    (Stats::INVALID_PACKETS, |tally| tally.stray),
    (Stats::SOFT_ASSOCIATIONS, |tally| tally.in_the_clear),
];
