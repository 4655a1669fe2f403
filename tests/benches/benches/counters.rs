//! Counting on one processor and on all at once, beside the bare instruction and other crates; and
//! what a query costs by the number of processors.
//!
//! All contenders count in turns, so that whatever else the machine does meets all; medians count.
//! Each thread's time is that from the common start to its own end. Whoever counts by processor is
//! told its number, as a driver reads it from the processor.

use core::hint::black_box;
use core::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Instant;

use iscsi_schema::MSiSCSI_MMIPSECStats;
use wmi_benches::{Serialised, median};
use wmi_core::{PerCpu, Wire};

const TURNS: usize = 101;
const ROUNDS: u32 = 200_000;

/// Counts so many times, as the thread of this number.
type Count = Box<dyn Fn(u32, u32) + Sync>;

/// A contender whose threads each count over and over, with their number where they need it.
macro_rules! contender {
    ($shared:expr, |$counter:ident| $count:expr) => {{
        let shared = $shared;
        let count = move |_: u32, rounds: u32| {
            for _ in 0..rounds {
                let $counter = black_box(&shared);
                $count;
            }
        };
        Box::new(count) as Count
    }};
    ($shared:expr, |$counter:ident, $thread:ident| $count:expr) => {{
        let shared = $shared;
        let count = move |thread: u32, rounds: u32| {
            let thread = AtomicU32::new(thread);
            for _ in 0..rounds {
                let ($counter, $thread) = (black_box(&shared), thread.load(Ordering::Relaxed));
                $count;
            }
        };
        Box::new(count) as Count
    }};
}

type Stats = MSiSCSI_MMIPSECStats;

fn contenders(threads: u32) -> Vec<(&'static str, Count)> {
    let bare = AtomicU64::new(0);
    let bare = contender!(bare, |counter| counter.fetch_add(1, Ordering::Relaxed));
    let atomic = contender!(Stats::new(), |stats| stats.increment_acquire_failures());
    let one_writer = contender!(Serialised::new(), |stats| stats.increment_count());
    let groups = PerCpu::<Stats, 64>::new();
    let per_cpu = contender!(groups, |stats, on| stats
        .on(on)
        .increment_acquire_failures());
    let groups = PerCpu::<Serialised, 64>::new();
    let per_cpu_writer = contender!(groups, |stats, on| stats.on(on).increment_count());
    let handle = metrics::Counter::from_arc(Arc::new(AtomicU64::new(0)));
    let metrics = contender!(handle, |counter| counter.increment(1));
    let counter = prometheus_client::metrics::counter::Counter::<u64>::default();
    let prometheus = contender!(counter, |counter| counter.inc());
    let counter = measured::metric::counter::CounterState::new(0);
    let measured = contender!(counter, |counter| counter.inc());
    let shards = usize::try_from(threads).unwrap_or(1);
    let counter = fast_counter::ConcurrentCounter::new(shards);
    let fast_counter = contender!(counter, |counter| counter.add(1));
    let counter = contatori::counters::unsigned::Unsigned::new();
    let contatori = contender!(counter, |counter| counter.add(1));
    let mut contenders = vec![
        ("`AtomicU64::fetch_add`, bare", bare),
        ("ours: atomic", atomic),
        ("ours: `PerCpu`", per_cpu),
        ("ours: `PerCpu` of `SingleWriter`", per_cpu_writer),
        ("metrics", metrics),
        ("prometheus-client", prometheus),
        ("measured", measured),
        ("fast-counter", fast_counter),
        ("contatori", contatori),
    ];
    if threads == 1 {
        contenders.insert(2, ("ours: `SingleWriter`", one_writer));
    }
    contenders
}

/// Nanoseconds for each count, on average over the threads.
fn time(count: &Count, threads: u32) -> f64 {
    let start = Barrier::new(usize::try_from(threads).unwrap_or(1));
    let run = |thread| {
        start.wait();
        let start = Instant::now();
        count(thread, ROUNDS);
        start.elapsed().as_secs_f64() * 1e9 / f64::from(ROUNDS)
    };
    let times = thread::scope(|scope| {
        let others: Vec<_> = (1..threads)
            .map(|thread| scope.spawn(move || run(thread)))
            .collect();
        let first = run(0);
        let others = others
            .into_iter()
            .map(|other| other.join().expect("it counts"));
        first + others.sum::<f64>()
    });
    times / f64::from(threads)
}

fn counting(threads: u32) {
    let contenders = contenders(threads);
    let mut times = vec![Vec::new(); contenders.len()];
    for _ in 0..TURNS {
        for ((_, count), times) in contenders.iter().zip(&mut times) {
            times.push(time(count, threads));
        }
    }
    println!("\n| {threads} thread(s) | ns for each count | of the bare instruction's |");
    println!("|---|---|---|");
    for ((name, _), own) in contenders.iter().zip(&times) {
        let ratios = own.iter().zip(&times[0]).map(|(own, bare)| own / bare);
        let (ratio, nanoseconds) = (median(ratios), median(own.iter().copied()));
        println!("| {name} | {nanoseconds:.2} | {ratio:.2} |");
    }
}

/// As many items of as many processors, added up by hand.
fn sum_by_hand(processors: &[[AtomicU64; 21]], block: &mut [u64; 21]) {
    *block = [0; 21];
    for items in processors {
        for (sum, item) in block.iter_mut().zip(items) {
            *sum = sum.wrapping_add(item.load(Ordering::Relaxed));
        }
    }
}

fn query<const N: usize>() {
    const QUERIES: u32 = 200;
    let counters = PerCpu::<Stats, N>::new();
    let items = [const { [const { AtomicU64::new(1) }; 21] }; N];
    let time = |query: &dyn Fn()| {
        let start = Instant::now();
        for _ in 0..QUERIES {
            query();
        }
        start.elapsed().as_secs_f64() * 1e9 / f64::from(QUERIES)
    };
    let turns = (0..TURNS).map(|_| {
        let ours = time(&|| {
            black_box::<Wire<_>>(black_box(&counters).snapshot());
        });
        let by_hand = time(&|| {
            let mut block = [0; 21];
            sum_by_hand(black_box(&items), &mut block);
            black_box(block);
        });
        (ours, by_hand)
    });
    let turns: Vec<_> = turns.collect();
    let ours = median(turns.iter().map(|turn| turn.0));
    let ratio = median(turns.iter().map(|turn| turn.0 / turn.1));
    let each = ours / N as f64;
    println!("| {N} | {ours:.0} | {each:.1} | {ratio:.2} |");
}

fn main() {
    let all = thread::available_parallelism().map_or(1, usize::from);
    let all = u32::try_from(all).unwrap_or(1);
    let mut threads = 1;
    while threads < all {
        counting(threads);
        threads *= 2;
    }
    counting(all);

    println!("\n| processors | ns for a query of 21 counters | for each processor | by hand: 1 |");
    println!("|---|---|---|---|");
    query::<1>();
    query::<4>();
    query::<16>();
    query::<64>();
    query::<256>();
}
