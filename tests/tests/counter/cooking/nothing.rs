//! Samples of which there is nothing to show, and why.

use wmi_core::{CounterType, TimeBase};
use wmi_tools::cooking::{CookingOptions, CounterSample, NotCooked, SampleTimes, cook};

use super::examples::ticks;

#[track_caller]
fn fails(counter: CounterType, older: Option<CounterSample>, newer: CounterSample, why: NotCooked) {
    let cooked = cook(counter, older.as_ref(), &newer, &CookingOptions::default());
    assert_eq!(cooked, Err(why));
}

const RATE: CounterType = CounterType::PERF_COUNTER_BULK_COUNT;

fn at(value: u64, time: u64) -> CounterSample {
    CounterSample::new(value).at(ticks(time))
}

#[test]
fn one_sample_is_enough_only_where_the_formula_needs_no_other() {
    for &(name, counter) in CounterType::ALL {
        let times = ticks(1000).system(1000).object(1000, 10);
        let sample = CounterSample::new(5).with_base(10).at(times);
        let cooked = cook(counter, None, &sample, &CookingOptions::default());
        let expected = match cooked {
            Err(NotCooked::NeedsAnotherSample) => true,
            Ok(_) => false,
            Err(NotCooked::IsBase) => {
                assert!(counter.is_base(), "{name}");
                continue;
            }
            Err(why) => {
                assert_eq!(why, NotCooked::Unsupported, "{name}");
                assert!(counter.unusable().is_some(), "{name}");
                continue;
            }
        };
        assert_eq!(counter.needs_two_samples(), expected, "{name}");
    }
}

#[test]
fn time_is_missing_or_does_not_advance() {
    let performance = NotCooked::NoTime(TimeBase::PerformanceCounter);
    fails(
        RATE,
        Some(at(1, 1)),
        CounterSample::new(2),
        performance.clone(),
    );
    fails(RATE, Some(at(1, 0)), at(2, 2), performance.clone());
    let stopped = SampleTimes::NONE.performance(3, 0);
    let newer = CounterSample::new(2).at(stopped);
    fails(RATE, Some(at(1, 1)), newer, performance);
    fails(RATE, Some(at(1, 5)), at(2, 5), NotCooked::TimeStoodStill);
    fails(RATE, Some(at(1, 5)), at(2, 4), NotCooked::TimeWentBackwards);
    let timer = CounterType::PERF_100NSEC_TIMER;
    let system = NotCooked::NoTime(TimeBase::SystemTime);
    fails(timer, Some(at(1, 5)), at(2, 6), system);
}

#[test]
fn counters_and_bases_go_backwards() {
    fails(
        RATE,
        Some(at(5, 1)),
        at(4, 2),
        NotCooked::CounterWentBackwards,
    );
    let average = CounterType::PERF_AVERAGE_BULK;
    let of = |value, base| CounterSample::new(value).with_base(base);
    fails(
        average,
        Some(of(1, 5)),
        of(2, 4),
        NotCooked::BaseWentBackwards,
    );
    fails(average, Some(of(1, 5)), of(2, 5), NotCooked::BaseStoodStill);
    fails(
        average,
        Some(CounterSample::new(1)),
        CounterSample::new(2),
        NotCooked::NoBase,
    );
    let fraction = CounterType::PERF_RAW_FRACTION;
    fails(fraction, None, of(1, 0), NotCooked::BaseIsZero);
    fails(fraction, None, CounterSample::new(1), NotCooked::NoBase);
    // Values of 64 bits never wrap.
    let options = CookingOptions {
        wrap: true,
        ..CookingOptions::default()
    };
    let cooked = cook(RATE, Some(&at(5, 1)), &at(4, 2), &options);
    assert_eq!(cooked, Err(NotCooked::CounterWentBackwards));
}

#[test]
fn inverse_timers_are_not_below_zero() {
    let timer = CounterType::PERF_COUNTER_TIMER_INV;
    fails(timer, Some(at(0, 1)), at(20, 11), NotCooked::Negative);
}

#[test]
fn elapsed_times_begin_before_they_are_read() {
    let counter = CounterType::PERF_ELAPSED_TIME;
    let object = |value| CounterSample::new(value).at(SampleTimes::NONE.object(100, 10));
    fails(counter, None, object(0), NotCooked::NotStarted);
    fails(counter, None, object(101), NotCooked::NotStarted);
    let no_time = NotCooked::NoTime(TimeBase::Object);
    // As generated classes have it.
    let zero = CounterSample::new(5).at(SampleTimes::NONE.object(0, 0));
    fails(counter, None, zero, no_time.clone());
    fails(counter, None, CounterSample::new(5), no_time);
}
