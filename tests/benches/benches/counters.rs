//! Counting on one processor and on all at once, beside the bare instruction and other crates; and
//! what a query costs by the number of processors.
//!
//! All contenders count in turns, so that whatever else the machine does meets all; medians count.
//! Each thread's time is that from the common start to its own end; together they count until the
//! last has ended. Whoever counts by processor is told its number, as a driver reads it from the
//! processor.

use core::hint::{black_box, spin_loop};
use core::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::Arc;
use std::thread;
use std::time::Instant;

use iscsi_schema::MSiSCSI_MMIPSECStats;
use wmi_benches::{Serialised, median};
use wmi_core::{PerCpu, Wire};

const TURNS: usize = 101;
const ROUNDS: u32 = 200_000;

/// Queries after another core has written.
const WRITTEN: u32 = 2000;

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

/// What so many threads took.
struct Taken {
    /// Nanoseconds for each count of a thread, on average over the threads.
    each: f64,
    /// Counts in a microsecond, of all threads together.
    together: f64,
}

fn time(count: &Count, threads: u32) -> Taken {
    // A thread that sleeps until the start would come late to it.
    let ready = AtomicU32::new(0);
    let run = |thread| {
        ready.fetch_add(1, Ordering::AcqRel);
        wait(&ready, threads);
        let start = Instant::now();
        count(thread, ROUNDS);
        (start, Instant::now())
    };
    let times: Vec<_> = thread::scope(|scope| {
        let others: Vec<_> = (1..threads)
            .map(|thread| scope.spawn(move || run(thread)))
            .collect();
        let first = run(0);
        let others = others
            .into_iter()
            .map(|other| other.join().expect("it counts"));
        others.chain([first]).collect()
    });
    let nanoseconds = |from: Instant, to: Instant| (to - from).as_secs_f64() * 1e9;
    let own: f64 = times
        .iter()
        .map(|(start, end)| nanoseconds(*start, *end))
        .sum();
    let start = times.iter().map(|(start, _)| *start).min();
    let end = times.iter().map(|(_, end)| *end).max();
    let (start, end) = start.zip(end).expect("a thread counts");
    let counts = f64::from(ROUNDS) * f64::from(threads);
    Taken {
        each: own / counts,
        together: counts * 1e3 / nanoseconds(start, end),
    }
}

/// Waits without sleep until another thread has brought the number here.
fn wait(number: &AtomicU32, here: u32) {
    while number.load(Ordering::Acquire) != here {
        spin_loop();
    }
}

fn counting(threads: u32) {
    let contenders = contenders(threads);
    let mut times: Vec<_> = contenders.iter().map(|_| Vec::new()).collect();
    for _ in 0..TURNS {
        for ((_, count), times) in contenders.iter().zip(&mut times) {
            times.push(time(count, threads));
        }
    }
    println!(
        "\n| {threads} thread(s) | ns for each count | of the bare instruction's \
         | counts in a µs, together |"
    );
    println!("|---|---|---|---|");
    for ((name, _), own) in contenders.iter().zip(&times) {
        let ratios = own.iter().zip(&times[0]);
        let ratio = median(ratios.map(|(own, bare)| own.each / bare.each));
        let each = median(own.iter().map(|taken| taken.each));
        let together = median(own.iter().map(|taken| taken.together));
        println!("| {name} | {each:.2} | {ratio:.2} | {together:.0} |");
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

/// Nanoseconds for a query after another core has counted in every cache line of every group: what
/// it costs at most, where all processors have counted since the last one.
fn query_of_written<const N: usize>(counters: &PerCpu<Stats, N>) -> f64 {
    let nanoseconds = |start: Instant| start.elapsed().as_secs_f64() * 1e9;
    let clock = median((0..WRITTEN).map(|_| nanoseconds(Instant::now())));
    // Even where it is the writer's turn, odd where it is the reader's.
    let turn = AtomicU32::new(0);
    let queries = thread::scope(|scope| {
        scope.spawn(|| {
            for query in 0..WRITTEN {
                wait(&turn, 2 * query);
                for processor in (0..).take(N) {
                    // The first item of each 64 bytes.
                    let counters = counters.on(processor);
                    counters.increment_active_acquire();
                    counters.increment_authentication_failures();
                    counters.increment_connection_list_size();
                }
                turn.store(2 * query + 1, Ordering::Release);
            }
        });
        let query = |query| {
            wait(&turn, 2 * query + 1);
            let start = Instant::now();
            black_box::<Wire<_>>(counters.snapshot());
            let taken = nanoseconds(start);
            turn.store(2 * query + 2, Ordering::Release);
            taken
        };
        median((0..WRITTEN).map(query))
    });
    queries - clock
}

fn query<const N: usize>(cores: u32) {
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
    let written = match cores {
        1 => "no other core".into(),
        _ => format!("{:.0}", query_of_written(&counters)),
    };
    println!("| {N} | {ours:.0} | {each:.1} | {ratio:.2} | {written} |");
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

    println!(
        "\n| processors | ns for a query of 21 counters | for each processor | by hand: 1 \
         | ns after another core has written |"
    );
    println!("|---|---|---|---|---|");
    query::<1>(all);
    query::<4>(all);
    query::<16>(all);
    query::<64>(all);
    query::<256>(all);
}
