//! The methods of each family of counter types, by what they leave in the block.

use core::sync::atomic::{AtomicU32, AtomicU64};

use wmi_core::schema::Schema;
use wmi_core::{PerCpu, SingleWriter, WmiClass};

/// A counter of each family.
#[derive(WmiClass)]
#[wmi(guid = "c3f0a7d2-5b19-4e86-9d47-1f60b8e2a395")]
#[wmi(name = "Vendor_Families", base = "Win32_PerfRawData")]
pub(crate) struct Families {
    #[wmi(data_id = 1, counter = "PERF_COUNTER_BULK_COUNT")]
    reads: AtomicU64,
    #[wmi(data_id = 2, counter = "PERF_COUNTER_LARGE_RAWCOUNT")]
    waiting: AtomicU64,
    #[wmi(data_id = 3, counter = "PERF_COUNTER_TIMER")]
    busy: AtomicU64,
    #[wmi(data_id = 4, counter = "PERF_100NSEC_TIMER")]
    link_up: AtomicU64,
    #[wmi(data_id = 5, counter = "PERF_100NSEC_TIMER_INV")]
    worker: AtomicU64,
    #[wmi(data_id = 6, counter = "PERF_COUNTER_LARGE_QUEUELEN_TYPE")]
    queue: AtomicU64,
    #[wmi(data_id = 7, counter = "PERF_AVERAGE_TIMER")]
    latency: AtomicU32,
    #[wmi(data_id = 8, counter = "PERF_AVERAGE_BASE")]
    latency_base: AtomicU32,
    #[wmi(data_id = 9, counter = "PERF_AVERAGE_BULK")]
    request_size: AtomicU64,
    #[wmi(data_id = 10, counter = "PERF_AVERAGE_BASE")]
    request_size_base: AtomicU32,
    #[wmi(data_id = 11, counter = "PERF_SAMPLE_FRACTION")]
    cache: AtomicU32,
    #[wmi(data_id = 12, counter = "PERF_SAMPLE_BASE")]
    cache_base: AtomicU32,
    #[wmi(data_id = 13, counter = "PERF_LARGE_RAW_FRACTION")]
    pool: AtomicU64,
    #[wmi(data_id = 14, counter = "PERF_LARGE_RAW_BASE")]
    pool_base: AtomicU64,
    #[wmi(data_id = 15, counter = "PERF_100NSEC_MULTI_TIMER")]
    engines: AtomicU64,
    #[wmi(data_id = 16, counter = "PERF_COUNTER_MULTI_BASE")]
    engines_base: AtomicU64,
    #[wmi(data_id = 17, counter = "PERF_PRECISION_SYSTEM_TIMER")]
    transfer: AtomicU64,
    #[wmi(data_id = 18, counter = "PERF_PRECISION_TIMESTAMP")]
    transfer_base: AtomicU64,
    #[wmi(data_id = 19, counter = "PERF_ELAPSED_TIME")]
    session: AtomicU64,
}

fn count(families: &Families) {
    families.increment_reads();
    families.add_reads(4);
    families.add_waiting(3);
    families.decrement_waiting();
    families.add_busy_ticks(100);
    families.add_link_up_100ns(200);
    families.add_idle_worker_100ns(300);
    families.add_queue_ticks(400);
    families.record_latency_ticks(50);
    families.record_latency_ticks(70);
    families.record_request_size(4096);
    families.sample_cache(true);
    families.sample_cache(false);
    families.add_cache_samples(5, 6);
    families.set_pool(37, 48);
    families.increment_pool();
    families.set_engines_base(4);
    families.add_engines_100ns(9);
    families.add_transfer_ticks(60, 1000);
    families.start_session(5000);
}

#[test]
fn one_call_counts_in_the_counter_and_its_base() {
    let families = Families::new();
    count(&families);
    let block = families.snapshot();
    assert_eq!((block.reads(), block.waiting()), (5, 2));
    assert_eq!(
        (block.busy(), block.link_up(), block.worker(), block.queue()),
        (100, 200, 300, 400)
    );
    assert_eq!((block.latency(), block.latency_base()), (120, 2));
    assert_eq!((block.request_size(), block.request_size_base()), (4096, 1));
    assert_eq!((block.cache(), block.cache_base()), (6, 8));
    assert_eq!((block.pool(), block.pool_base()), (38, 48));
    assert_eq!((block.engines(), block.engines_base()), (9, 4));
    assert_eq!((block.transfer(), block.transfer_base()), (60, 1000));
    assert_eq!(block.session(), 5000);
}

#[test]
fn processors_add_up() {
    static FAMILIES: PerCpu<Families, 2> = PerCpu::new();
    FAMILIES.on(0).record_request_size(100);
    FAMILIES.on(1).record_request_size(300);
    FAMILIES.on(0).sample_cache(true);
    FAMILIES.on(1).sample_cache(false);
    let block = FAMILIES.snapshot();
    assert_eq!((block.request_size(), block.request_size_base()), (400, 2));
    assert_eq!((block.cache(), block.cache_base()), (1, 2));
}

#[test]
fn bases_are_named_after_their_counters() {
    let names: Vec<_> = Families::CLASS
        .properties
        .iter()
        .map(|it| it.name)
        .collect();
    assert!(names.contains(&"LinkUp") && names.contains(&"Latency_Base"));
    assert!(Schema::is_sound(&[Families::CLASS], &[]));
}

#[test]
fn single_writers_have_the_same_methods() {
    #[derive(WmiClass)]
    #[wmi(guid = "1d86c0f9-3e72-4a5b-b914-7c2f5d08e6a3")]
    struct Queue {
        #[wmi(data_id = 1, counter = "PERF_AVERAGE_TIMER", name = "Latency")]
        time: SingleWriter<AtomicU32>,
        // The type of the base is one of its own.
        #[wmi(data_id = 2, counter = "PERF_AVERAGE_BASE", name = "Latency_Base")]
        completed: AtomicU32,
    }
    let queue = Queue::new();
    queue.record_time_ticks(7);
    assert_eq!((queue.time(), queue.completed()), (7, 1));
}

/// A counter whose base is allowed to be missing counts as one of any other type.
#[test]
fn published_counters_without_bases_count_up() {
    #[derive(WmiClass)]
    #[wmi(guid = "7a40e5b8-c913-4d2f-86a7-e05d1b9c3f48")]
    struct Published {
        #[wmi(data_id = 1, counter = "PERF_AVERAGE_TIMER", allow(counter_base))]
        latency: AtomicU32,
        #[wmi(data_id = 2, counter = "PERF_AVERAGE_BASE", allow(counter_base))]
        operations: AtomicU32,
        #[wmi(data_id = 3, counter = "PERF_RAW_BASE", allow(counter_base))]
        limit: AtomicU32,
    }
    let published = Published::new();
    published.add_latency(7);
    published.increment_operations();
    published.set_limit(3);
    assert_eq!(published.latency(), 7);
    // The derive has seen what the source allows, which a class by hand cannot say.
    assert!(Schema::is_sound(&[Published::CLASS], &[]));
    let by_hand = wmi_core::schema::Class::new("Published");
    let by_hand = by_hand.with_properties(Published::CLASS.properties);
    assert!(!Schema::is_sound(&[&by_hand], &[]));
}

/// What a class of counters needs to be shown is implied by its base.
#[test]
fn classes_of_counters_are_seen_by_the_tools() {
    for name in ["HiPerf", "PerfDetail"] {
        assert!(Families::CLASS.qualifier(name).is_some(), "{name}");
    }
    #[derive(WmiClass)]
    #[wmi(guid = "e2b95d07-6f41-4c38-a8d3-90c7f15e4b26")]
    #[wmi(base = "Win32_PerfRawData", hi_perf = false, perf_detail = 300)]
    struct Hidden {
        #[wmi(data_id = 1, counter = "PERF_COUNTER_COUNTER")]
        _reads: AtomicU32,
    }
    assert!(Hidden::CLASS.qualifier("HiPerf").is_none());
    let detail = Hidden::CLASS.qualifier("PerfDetail").map(|it| it.value);
    assert_eq!(detail, Some(wmi_core::schema::Value::Integer(300)));
}
