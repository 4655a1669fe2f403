//! An example of each formula, worked out by hand.

use wmi_core::CounterType;
use wmi_tools::cooking::{
    CookedCounter, CookingOptions, CounterSample, InverseMultiTimers, SampleTimes, cook,
};

/// The clock of the performance counter at 10 MHz.
pub(crate) fn ticks(timestamp: u64) -> SampleTimes {
    SampleTimes::NONE.performance(timestamp, 10_000_000)
}

pub(crate) fn cooked(
    name: &str,
    older: CounterSample,
    newer: CounterSample,
    options: &CookingOptions,
) -> CookedCounter {
    let counter = CounterType::from_name(name).unwrap();
    cook(counter, Some(&older), &newer, options).unwrap()
}

#[track_caller]
fn shows(name: &str, older: CounterSample, newer: CounterSample, value: f64, text: &str) {
    let cooked = cooked(name, older, newer, &CookingOptions::default());
    let difference = (cooked.value() - value).abs();
    assert!(
        difference <= value.abs() * 1e-9,
        "{name}: {}",
        cooked.value()
    );
    assert_eq!(cooked.to_string(), text, "{name}");
}

fn at(value: u64, times: SampleTimes) -> CounterSample {
    CounterSample::new(value).at(times)
}

fn of(value: u64, base: u64) -> CounterSample {
    CounterSample::new(value).with_base(base)
}

#[test]
fn rates() {
    let (older, newer) = (at(12_000, ticks(43_000_000)), at(18_500, ticks(58_000_000)));
    shows(
        "PERF_COUNTER_COUNTER",
        older,
        newer,
        6500.0 / 1.5,
        "4333.333 /sec",
    );
    shows(
        "PERF_SAMPLE_COUNTER",
        older,
        newer,
        6500.0 / 1.5,
        "4333.333",
    );
    let (older, newer) = (at(0, ticks(1)), at(50_000, ticks(30_000_001)));
    shows(
        "PERF_COUNTER_BULK_COUNT",
        older,
        newer,
        50_000.0 / 3.0,
        "16666.667 /sec",
    );
}

#[test]
fn queue_lengths() {
    let (older, newer) = (at(62_000_000, ticks(5)), at(86_000_000, ticks(15_000_005)));
    for name in [
        "PERF_COUNTER_QUEUELEN_TYPE",
        "PERF_COUNTER_LARGE_QUEUELEN_TYPE",
    ] {
        shows(name, older, newer, 1.6, "1.6");
    }
    let system = |time| SampleTimes::NONE.system(time);
    let (older, newer) = (at(0, system(7)), at(12_500_000, system(5_000_007)));
    shows("PERF_COUNTER_100NS_QUEUELEN_TYPE", older, newer, 2.5, "2.5");
    let object = |time| SampleTimes::NONE.object(time, 1000);
    let (older, newer) = (at(0, object(7)), at(30, object(27)));
    shows(
        "PERF_COUNTER_OBJ_TIME_QUEUELEN_TYPE",
        older,
        newer,
        1.5,
        "1.5",
    );
}

#[test]
fn timers() {
    let (older, newer) = (at(44_000_000, ticks(9)), at(50_000_000, ticks(15_000_009)));
    shows("PERF_COUNTER_TIMER", older, newer, 40.0, "40 %");
    shows("PERF_COUNTER_TIMER_INV", older, newer, 60.0, "60 %");
    let system = |time| SampleTimes::NONE.system(time);
    let (older, newer) = (at(0, system(1)), at(25, system(101)));
    shows("PERF_100NSEC_TIMER", older, newer, 25.0, "25 %");
    shows("PERF_100NSEC_TIMER_INV", older, newer, 75.0, "75 %");
    let object = |time| SampleTimes::NONE.object(time, 0);
    let (older, newer) = (at(0, object(1)), at(25, object(101)));
    shows("PERF_OBJ_TIME_TIMER", older, newer, 25.0, "25 %");
}

#[test]
fn multi_timers() {
    let older = of(0, 4).at(ticks(1));
    let newer = of(18_000_000, 4).at(ticks(9_000_001));
    shows("PERF_COUNTER_MULTI_TIMER", older, newer, 50.0, "50 %");
    let system = |time| SampleTimes::NONE.system(time);
    let older = of(0, 4).at(system(1));
    let newer = of(18_000_000, 4).at(system(10_000_001));
    shows("PERF_100NSEC_MULTI_TIMER", older, newer, 45.0, "45 %");
}

#[test]
fn inverse_multi_timers_show_the_sum_or_the_average() {
    let system = |time| SampleTimes::NONE.system(time);
    let older = of(0, 4).at(system(1));
    let newer = of(18_000_000, 4).at(system(10_000_001));
    let name = "PERF_100NSEC_MULTI_TIMER_INV";
    let sum = cooked(name, older, newer, &CookingOptions::default());
    assert_eq!((sum.value(), sum.shown()), (220.0, 100.0));
    let options = CookingOptions {
        inverse_multi_timers: InverseMultiTimers::Average,
        ..CookingOptions::default()
    };
    assert_eq!(cooked(name, older, newer, &options).value(), 55.0);
    let (older, newer) = (
        of(0, 4).at(ticks(1)),
        of(18_000_000, 4).at(ticks(10_000_001)),
    );
    let name = "PERF_COUNTER_MULTI_TIMER_INV";
    assert_eq!(cooked(name, older, newer, &options).to_string(), "55 %");
}

#[test]
fn precision_timers() {
    let (older, newer) = (of(2_000_000, 8_000_000), of(2_600_000, 9_500_000));
    for name in [
        "PERF_PRECISION_SYSTEM_TIMER",
        "PERF_PRECISION_100NS_TIMER",
        "PERF_PRECISION_OBJECT_TIMER",
    ] {
        shows(name, older, newer, 40.0, "40 %");
    }
}

#[test]
fn averages() {
    let older = of(5_000_000, 400).at(ticks(0));
    let newer = of(7_400_000, 412).at(ticks(0));
    shows("PERF_AVERAGE_TIMER", older, newer, 0.02, "0.02 sec");
    shows(
        "PERF_AVERAGE_BULK",
        of(262_144, 64),
        of(1_310_720, 320),
        4096.0,
        "4096",
    );
}

#[test]
fn fractions() {
    shows(
        "PERF_SAMPLE_FRACTION",
        of(900, 1200),
        of(960, 1280),
        75.0,
        "75 %",
    );
    let percent = 100.0 * 37.0 / 48.0;
    shows(
        "PERF_RAW_FRACTION",
        of(1, 1),
        of(37, 48),
        percent,
        "77.083 %",
    );
    let large = of(1_649_267_441_664, 2_199_023_255_552);
    shows("PERF_LARGE_RAW_FRACTION", of(1, 1), large, 75.0, "75 %");
}

#[test]
fn numbers_as_they_are() {
    let of = CounterSample::new;
    for name in ["PERF_COUNTER_RAWCOUNT", "PERF_COUNTER_LARGE_RAWCOUNT"] {
        shows(name, of(0), of(42), 42.0, "42");
    }
    for name in [
        "PERF_COUNTER_RAWCOUNT_HEX",
        "PERF_COUNTER_LARGE_RAWCOUNT_HEX",
    ] {
        shows(name, of(0), of(42), 42.0, "2A");
    }
    for name in ["PERF_COUNTER_DELTA", "PERF_COUNTER_LARGE_DELTA"] {
        shows(name, of(450), of(700), 250.0, "250");
    }
    // More digits than a real number holds.
    let most = cooked(
        "PERF_COUNTER_LARGE_RAWCOUNT",
        of(0),
        of(u64::MAX),
        &CookingOptions::default(),
    );
    assert_eq!(most.to_string(), "18446744073709551615");
    assert_eq!(most.formatted_data(), u64::MAX);
}

#[test]
fn elapsed_time() {
    let times = SampleTimes::NONE.object(133_536_000_900_000_000, 10_000_000);
    let newer = at(133_536_000_000_000_000, times);
    let counter = CounterType::PERF_ELAPSED_TIME;
    let cooked = cook(counter, None, &newer, &CookingOptions::default()).unwrap();
    assert_eq!(
        (cooked.value(), cooked.to_string().as_str()),
        (90.0, "90 sec")
    );
}

#[test]
fn wrapped_counters_are_read_on_request() {
    let (older, newer) = (CounterSample::new(4_294_967_290), CounterSample::new(5));
    let options = CookingOptions {
        wrap: true,
        ..CookingOptions::default()
    };
    assert_eq!(
        cooked("PERF_COUNTER_DELTA", older, newer, &options).value(),
        11.0
    );
}

#[test]
fn formatted_data_loses_the_fraction_and_graphs_are_scaled() {
    let (older, newer) = (at(12_000, ticks(43_000_000)), at(18_500, ticks(58_000_000)));
    let rate = cooked(
        "PERF_COUNTER_COUNTER",
        older,
        newer,
        &CookingOptions::default(),
    );
    assert_eq!(rate.formatted_data(), 4333);
    let scaled = rate.with_scale(-2);
    assert!((scaled.graphed() - 43.333_333).abs() < 1e-4);
    assert_eq!(scaled.value(), rate.value());
    // More than the whole is shown as the whole.
    let full = cooked(
        "PERF_RAW_FRACTION",
        of(0, 1),
        of(3, 2),
        &CookingOptions::default(),
    );
    assert_eq!(
        (full.value(), full.shown(), full.to_string().as_str()),
        (150.0, 100.0, "100 %")
    );
}
