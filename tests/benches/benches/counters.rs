//! Measures counting on one processor and on all at once, against the bare instruction and other
//! crates, and the cost of a query by the number of processors.
//!
//! All contenders take turns, so that other load on the machine affects all of them alike; the
//! medians are reported. A thread's time runs from the common start to its own end; the time of all
//! threads runs until the last has ended. Contenders that count per processor get its number passed
//! in, as a driver reads it from the processor.

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

/// The number of queries after another core has written.
const WRITTEN: u32 = 2000;

/// Counts on the thread with the first number, as often as the second argument says.
type Count = Box<dyn Fn(u32, u32) + Sync>;

/// Makes a contender whose threads count in a loop, with their number if the expression uses it.
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

/// The result of one run.
struct Taken {
    /// Nanoseconds per count, averaged over the threads.
    each: f64,
    /// Counts per microsecond of all threads together.
    together: f64,
}

fn time(count: &Count, threads: u32) -> Taken {
    // Threads spin until the start: one that sleeps would start late.
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

/// Spins until another thread has set `number` to `here`.
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
        "\n| {threads} thread(s) | ns per count | relative to the bare instruction \
         | counts per µs, all threads |"
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

/// Sums as many items of as many processors by hand.
fn sum_by_hand(processors: &[[AtomicU64; 21]], block: &mut [u64; 21]) {
    *block = [0; 21];
    for items in processors {
        for (sum, item) in block.iter_mut().zip(items) {
            *sum = sum.wrapping_add(item.load(Ordering::Relaxed));
        }
    }
}

/// Measures a query in nanoseconds after another core has written every cache line of every group.
/// This is the worst case: all processors have counted since the last query.
fn query_of_written<const N: usize>(counters: &PerCpu<Stats, N>) -> f64 {
    let nanoseconds = |start: Instant| start.elapsed().as_secs_f64() * 1e9;
    let clock = median((0..WRITTEN).map(|_| nanoseconds(Instant::now())));
    // Even on the writer's turn, odd on the reader's.
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
        "\n| processors | ns per query of 21 counters | per processor | relative to a sum by hand \
         | ns after another core has written |"
    );
    println!("|---|---|---|---|---|");
    query::<1>(all);
    query::<4>(all);
    query::<16>(all);
    query::<64>(all);
    query::<256>(all);
}
