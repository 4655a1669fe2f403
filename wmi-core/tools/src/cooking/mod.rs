//! What the performance tools show of counters: values cooked from raw samples, without Windows.
//!
//! A tool takes samples of a class of counters and shows what the formula of each counter type makes
//! of two of them, or of one. [`cook`] does that for one counter, [`ClassCounters`] for a class of any
//! origin: a derived one, MOF text, binary MOF. The times of a sample are given by the caller: a
//! driver's data block does not hold them, and it is not documented who fills `Timestamp_PerfTime`
//! and its siblings for a driver's class. A client that finds zeros there reads its own clocks.
//!
//! ```
//! use wmi_core::CounterType;
//! use wmi_tools::cooking::{CookingOptions, CounterSample, SampleTimes, cook};
//!
//! // 6500 more requests within 15 million ticks of a clock of 10 MHz.
//! let older = CounterSample::new(12_000).at(SampleTimes::NONE.performance(43_000_000, 10_000_000));
//! let newer = CounterSample::new(18_500).at(SampleTimes::NONE.performance(58_000_000, 10_000_000));
//! let counter = CounterType::PERF_COUNTER_COUNTER;
//! let rate = cook(counter, Some(&older), &newer, &CookingOptions::default()).unwrap();
//! assert_eq!(rate.to_string(), "4333.333 /sec");
//! assert_eq!(rate.formatted_data(), 4333);
//! ```
//!
//! # Where the documentation contradicts itself
//!
//! | subject | readings | here |
//! |---|---|---|
//! | inverse multi-timers | "Calculating Counter Values" and .NET: 100 (B - ΔN/ΔD), up to 100 for each part; the Platform SDK divides by B | [`InverseMultiTimers`], undivided by default |
//! | `PERF_COUNTER_MULTI_TIMER` | "Calculating Counter Values" divides ΔD by the frequency first; TechNet and .NET do not | ticks by ticks, as PerfMon does |
//! | `PERF_COUNTER_100NS_QUEUELEN_TYPE` | TechNet multiplies by 10,000,000; "Calculating Counter Values" does not | not multiplied |
//! | `PERF_SAMPLE_COUNTER` | "Base Counter Types" lists a base; no formula reads one | by time, a base is ignored |
//! | a counter of 32 bits that wraps | no page says that tools add 2^32; reports say that they do not | [`CounterWentBackwards`](NotCooked::CounterWentBackwards), unless [`wrap`](CookingOptions::wrap) is set |
//! | percentages above 100 | cut to 100 unless `PDH_FMT_NOCAP100` is given | [`shown`](CookedCounter::shown) is cut, [`value`](CookedCounter::value) is not |
//! | fractions in formatted classes | not documented | [`formatted_data`](CookedCounter::formatted_data) truncates |
//!
//! Sources: "Calculating Counter Values", "Base Counter Types" and
//! "PdhGetFormattedCounterValue", Win32 documentation; the TechNet pages of counter types.

mod class;
mod expression;
mod formula;

use core::fmt;

pub use class::{ClassCounter, ClassCounters, ClassSample, CookedClass};
pub use expression::expression;
pub use formula::cook;

use wmi_core::{CounterSuffix, TimeBase};

/// What a clock shows, and how fast it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockReading {
    /// The time, in units of the clock. Zero is not a time.
    pub timestamp: u64,
    /// How many units a second has. Zero is unknown.
    pub frequency: u64,
}

/// The clocks at a sample: the properties `Timestamp_*` and `Frequency_*` of `Win32_Perf`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SampleTimes {
    performance: Option<ClockReading>,
    system: Option<ClockReading>,
    object: Option<ClockReading>,
}

impl SampleTimes {
    /// No clock at all: enough for raw counts and raw fractions.
    pub const NONE: Self = Self {
        performance: None,
        system: None,
        object: None,
    };

    /// Returns the times with this of the performance counter: `Timestamp_PerfTime` and
    /// `Frequency_PerfTime`.
    #[must_use]
    pub const fn performance(mut self, timestamp: u64, frequency: u64) -> Self {
        self.performance = Some(ClockReading {
            timestamp,
            frequency,
        });
        self
    }

    /// Returns the times with this of the system, in units of 100 ns: `Timestamp_Sys100NS`.
    #[must_use]
    pub const fn system(mut self, timestamp: u64) -> Self {
        self.system = Some(ClockReading {
            timestamp,
            frequency: 10_000_000,
        });
        self
    }

    /// Returns the times with this of the object: `Timestamp_Object` and `Frequency_Object`.
    #[must_use]
    pub const fn object(mut self, timestamp: u64, frequency: u64) -> Self {
        self.object = Some(ClockReading {
            timestamp,
            frequency,
        });
        self
    }

    /// Returns what a clock showed, if the sample has it.
    #[must_use]
    pub const fn of(&self, time: TimeBase) -> Option<ClockReading> {
        match time {
            TimeBase::PerformanceCounter => self.performance,
            TimeBase::SystemTime => self.system,
            TimeBase::Object => self.object,
        }
    }
}

/// The raw value of a counter at one time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CounterSample {
    /// The raw value.
    pub value: u64,
    /// The raw value of its base, if it has one.
    pub base: Option<u64>,
    /// The clocks.
    pub times: SampleTimes,
}

impl CounterSample {
    /// Makes a sample without base and times.
    #[must_use]
    pub const fn new(value: u64) -> Self {
        Self {
            value,
            base: None,
            times: SampleTimes::NONE,
        }
    }

    /// Returns the sample with this value of the base.
    #[must_use]
    pub const fn with_base(mut self, base: u64) -> Self {
        self.base = Some(base);
        self
    }

    /// Returns the sample at these times.
    #[must_use]
    pub const fn at(mut self, times: SampleTimes) -> Self {
        self.times = times;
        self
    }
}

/// How to read what the documentation leaves open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CookingOptions {
    /// Whether a 32-bit counter that went backwards has wrapped. False by default, as with the
    /// performance tools.
    pub wrap: bool,
    /// What inverse multi-timers show.
    pub inverse_multi_timers: InverseMultiTimers,
}

/// What inverse multi-timers show, on which the documentation is divided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InverseMultiTimers {
    /// The sum of the parts, up to 100 % for each: "Calculating Counter Values", TechNet, .NET.
    #[default]
    Sum,
    /// The average of the parts: the Platform SDK.
    Average,
}

/// A value as a tool shows it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CookedCounter {
    value: f64,
    /// The value, where it is a whole number that `f64` may not hold.
    whole: Option<u64>,
    suffix: CounterSuffix,
    is_hexadecimal: bool,
    scale: i32,
}

impl CookedCounter {
    /// Returns the result of the formula: neither scaled nor cut to 100 %.
    #[must_use]
    pub const fn value(&self) -> f64 {
        self.value
    }

    /// Returns what PerfMon shows in a report or as the last value: a percentage is cut to 100.
    #[must_use]
    pub fn shown(&self) -> f64 {
        match self.suffix {
            CounterSuffix::Percent => self.value.min(100.0),
            _ => self.value,
        }
    }

    /// Returns the place in PerfMon's graph: [`shown`](Self::shown) times ten to the `DefaultScale`.
    #[must_use]
    pub fn graphed(&self) -> f64 {
        // By hand: a power of a C library is not exact everywhere. Above 308 there are no numbers.
        let power = (0..self.scale.unsigned_abs().min(309)).fold(1.0, |power, _| power * 10.0);
        if self.scale < 0 {
            self.shown() / power
        } else {
            self.shown() * power
        }
    }

    /// Returns the value of the property in `Win32_PerfFormattedData`, an integer. The fraction is cut
    /// off: assumed, as no page tells whether it is rounded.
    #[must_use]
    #[expect(clippy::as_conversions, reason = "saturates, which is meant")]
    pub const fn formatted_data(&self) -> u64 {
        match self.whole {
            Some(whole) => whole,
            None => self.value as u64,
        }
    }

    /// Returns what stands behind the value.
    #[must_use]
    pub const fn suffix(&self) -> CounterSuffix {
        self.suffix
    }

    /// Returns the power of ten by which the graph multiplies, the qualifier `DefaultScale`.
    #[must_use]
    pub const fn scale(&self) -> i32 {
        self.scale
    }

    /// Returns the value with this `DefaultScale`.
    #[must_use]
    pub const fn with_scale(mut self, scale: i32) -> Self {
        self.scale = scale;
        self
    }
}

impl fmt::Display for CookedCounter {
    /// The [`shown`](CookedCounter::shown) value with up to three decimals, and the suffix.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match (self.whole, self.is_hexadecimal) {
            (Some(whole), true) => format!("{whole:X}"),
            (Some(whole), false) => whole.to_string(),
            (None, _) => {
                let text = format!("{:.3}", self.shown());
                text.trim_end_matches('0').trim_end_matches('.').to_string()
            }
        };
        match self.suffix.text() {
            "" => f.pad(&text),
            suffix => f.pad(&format!("{text} {suffix}")),
        }
    }
}

/// Why a tool has nothing to show.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotCooked {
    /// The class has no counter of this name.
    NotACounter {
        /// The name.
        name: String,
    },
    /// The item is the base of another counter.
    IsBase,
    /// Tools do not calculate counters of this type.
    Unsupported,
    /// The formula compares two samples, and there is one.
    NeedsAnotherSample,
    /// The counter has no base behind it.
    NoBase,
    /// The base is zero.
    BaseIsZero,
    /// The base has not grown since the older sample, so there is nothing to divide by.
    BaseStoodStill,
    /// The base is less than in the older sample.
    BaseWentBackwards,
    /// The counter is less than in the older sample.
    CounterWentBackwards,
    /// A sample does not have the time of this clock, or not its frequency.
    NoTime(TimeBase),
    /// No time has passed since the older sample.
    TimeStoodStill,
    /// The time is before that of the older sample.
    TimeWentBackwards,
    /// The elapsed time never began, or begins later.
    NotStarted,
    /// The result is below zero: more idle time was added than has passed.
    Negative,
}

impl fmt::Display for NotCooked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotACounter { name } => write!(f, "`{name}` is not a counter of the class"),
            Self::IsBase => f.write_str("it is the base of the counter before it, and not shown"),
            Self::Unsupported => f.write_str("tools do not calculate this counter type"),
            Self::NeedsAnotherSample => {
                f.write_str("its formula compares two samples; take another one later")
            }
            Self::NoBase => f.write_str("it has no base; add it right behind the counter"),
            Self::BaseIsZero => f.write_str("its base is zero"),
            Self::BaseStoodStill => f.write_str("its base has not grown since the older sample"),
            Self::BaseWentBackwards => f.write_str(
                "its base is less than in the older sample; drop that sample and take another",
            ),
            Self::CounterWentBackwards => f.write_str(
                "the counter is less than in the older sample; drop that sample and take another",
            ),
            Self::NoTime(time) => {
                let clock = match time {
                    TimeBase::PerformanceCounter => "the performance counter",
                    TimeBase::SystemTime => "the system",
                    TimeBase::Object => "the object, which nobody is known to fill",
                };
                write!(f, "the samples lack the time of {clock}")
            }
            Self::TimeStoodStill => f.write_str("no time has passed since the older sample"),
            Self::TimeWentBackwards => f.write_str("the time is before that of the older sample"),
            Self::NotStarted => f.write_str("the elapsed time has not begun"),
            Self::Negative => {
                f.write_str("the result is below zero: more idle time was added than has passed")
            }
        }
    }
}

impl core::error::Error for NotCooked {}
