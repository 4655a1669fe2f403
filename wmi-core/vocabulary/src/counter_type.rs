//! [`CounterType`]: the `PERF_*` counter types of `winperf.h`. Owns their one table: the value, the
//! formula and the base of each. Where a base must stand belongs to [`base`](super::base), which
//! methods count to [`count`](super::count).

/// A performance counter type, the value of the `CounterType` qualifier.
///
/// Source: `winperf.h`, whose names the associated constants keep, and for `PERF_DOUBLE_RAW` the
/// page of the qualifier `CounterType` in the WMI documentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CounterType(u32);

/// The size of a counter type's item, from `PERF_SIZE_*` (bits 8 and 9 of the type).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CounterSize {
    /// `PERF_SIZE_DWORD`: a 32-bit item.
    Bits32,
    /// `PERF_SIZE_LARGE`: a 64-bit item.
    Bits64,
    /// `PERF_SIZE_ZERO`: no data at all.
    Zero,
    /// `PERF_SIZE_VARIABLE_LEN`: text.
    Text,
}

/// How tools calculate the value that they show from the raw values of a counter.
///
/// In the formulas, N is the raw value, D the time in units of the [`TimeBase`], F the number of
/// these units in a second, B the value of the base; 0 is the older of two samples, 1 the newer.
///
/// Source: "Calculating Counter Values", Win32 documentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CounterFormula {
    /// N1, in decimal.
    Value,
    /// N1, in hexadecimal.
    Hexadecimal,
    /// N1 - N0.
    Delta,
    /// (N1 - N0) / ((D1 - D0) / F).
    Rate,
    /// (N1 - N0) / (D1 - D0).
    QueueLength,
    /// 100 (N1 - N0) / (D1 - D0).
    Timer,
    /// 100 (1 - (N1 - N0) / (D1 - D0)).
    InverseTimer,
    /// 100 ((N1 - N0) / (D1 - D0)) / B1.
    MultiTimer,
    /// 100 (B1 - (N1 - N0) / (D1 - D0)).
    InverseMultiTimer,
    /// 100 (N1 - N0) / (B1 - B0): the base is the driver's own time.
    PrecisionTimer,
    /// ((N1 - N0) / F) / (B1 - B0).
    AverageTimer,
    /// (N1 - N0) / (B1 - B0).
    AverageBulk,
    /// 100 (N1 - N0) / (B1 - B0).
    SampleFraction,
    /// 100 N1 / B1.
    RawFraction,
    /// (D1 - N1) / F.
    ElapsedTime,
    /// None: it is the base of another counter, and not shown.
    Base,
    /// None: tools do not calculate it.
    Unsupported,
}

impl CounterFormula {
    /// Returns the formula in words.
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Value => "the value itself",
            Self::Hexadecimal => "the value itself, in hexadecimal",
            Self::Delta => "the growth between two samples",
            Self::Rate => "the growth between two samples, per second",
            Self::QueueLength => {
                "the waiting time that was added between two samples, divided by the time between \
                 them: how many waited on average"
            }
            Self::Timer => {
                "the busy time that was added between two samples, in percent of the time between \
                 them"
            }
            Self::InverseTimer => {
                "100 % less the idle time that was added between two samples, in percent of the \
                 time between them"
            }
            Self::MultiTimer => {
                "the busy time that all parts added between two samples, in percent of the time \
                 between them, divided by the number of parts"
            }
            Self::InverseMultiTimer => {
                "100 % for each part, less the idle time that all parts added between two samples, \
                 in percent of the time between them"
            }
            Self::PrecisionTimer => {
                "the busy time that was added between two samples, in percent of the growth of the \
                 base, which is the driver's own time"
            }
            Self::AverageTimer => {
                "the time that was added between two samples, in seconds, divided by the growth of \
                 the base: the time of one operation"
            }
            Self::AverageBulk => {
                "the growth between two samples, divided by the growth of the base: the amount of \
                 one operation"
            }
            Self::SampleFraction => {
                "the growth between two samples, in percent of the growth of the base"
            }
            Self::RawFraction => "the value, in percent of the base",
            Self::ElapsedTime => "the time since the value, in seconds",
            Self::Base => "nothing: it is the base of the counter before it",
            Self::Unsupported => "nothing: tools do not calculate this type",
        }
    }
}

/// The clock whose time a formula divides by: `PERF_TIMER_TICK`, `PERF_TIMER_100NS` or
/// `PERF_OBJECT_TIMER`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TimeBase {
    /// The performance counter of the machine: `KeQueryPerformanceCounter` in a driver, the
    /// properties `Timestamp_PerfTime` and `Frequency_PerfTime` in WMI.
    PerformanceCounter,
    /// The system time in units of 100 nanoseconds: `KeQuerySystemTimePrecise` in a driver,
    /// `Timestamp_Sys100NS` and `Frequency_Sys100NS` in WMI.
    SystemTime,
    /// A clock of the provider: `Timestamp_Object` and `Frequency_Object` in WMI. A driver's data
    /// block does not have them.
    Object,
}

/// What tools show behind the value: `PERF_DISPLAY_*`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CounterSuffix {
    /// Nothing.
    None,
    /// `/sec`.
    PerSecond,
    /// `%`.
    Percent,
    /// `sec`.
    Seconds,
}

impl CounterSuffix {
    /// The text, empty where nothing is shown.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::None => "",
            Self::PerSecond => "/sec",
            Self::Percent => "%",
            Self::Seconds => "sec",
        }
    }
}

/// A row of the table.
struct Row {
    value: u32,
    formula: CounterFormula,
    base: Option<CounterType>,
}

impl CounterType {
    /// Returns the counter type with this value, whether `winperf.h` defines it or not.
    #[must_use]
    pub const fn from_value(value: u32) -> Self {
        Self(value)
    }

    /// Returns the value, as in compiled MOF.
    #[must_use]
    pub const fn value(self) -> u32 {
        self.0
    }

    /// Returns the size of this type's item.
    #[must_use]
    pub const fn size(self) -> CounterSize {
        match self.0 & 0x300 {
            0x000 => CounterSize::Bits32,
            0x100 => CounterSize::Bits64,
            0x200 => CounterSize::Zero,
            _ => CounterSize::Text,
        }
    }

    /// How tools calculate what they show; [`CounterFormula::Unsupported`] for an unknown value.
    #[must_use]
    pub const fn formula(self) -> CounterFormula {
        match self.row() {
            Some(row) => row.formula,
            None => CounterFormula::Unsupported,
        }
    }

    /// The type of the base that must follow a counter of this type, if one must.
    ///
    /// Source: "Base Counter Types", Win32 documentation.
    #[must_use]
    pub const fn base(self) -> Option<Self> {
        match self.row() {
            Some(row) => row.base,
            None => None,
        }
    }

    /// Whether it is the base of another counter.
    #[must_use]
    pub const fn is_base(self) -> bool {
        matches!(self.formula(), CounterFormula::Base)
    }

    /// The clock that the formula reads: that of its time, or, for a precision timer, that of its
    /// own counts and base. `None` where it reads none.
    #[must_use]
    pub const fn time_base(self) -> Option<TimeBase> {
        use CounterFormula::{
            AverageTimer, ElapsedTime, InverseMultiTimer, InverseTimer, MultiTimer, PrecisionTimer,
            QueueLength, Rate, Timer,
        };
        match self.formula() {
            Rate | QueueLength | Timer | InverseTimer | MultiTimer | InverseMultiTimer
            | PrecisionTimer | AverageTimer | ElapsedTime => {}
            _ => return None,
        }
        // `PERF_TIMER_*` are bits 20 and 21.
        Some(match self.0 & 0x0030_0000 {
            0x0000_0000 => TimeBase::PerformanceCounter,
            0x0010_0000 => TimeBase::SystemTime,
            _ => TimeBase::Object,
        })
    }

    /// What tools show behind the value.
    #[must_use]
    pub const fn suffix(self) -> CounterSuffix {
        match self.0 >> 28 {
            1 => CounterSuffix::PerSecond,
            2 => CounterSuffix::Percent,
            3 => CounterSuffix::Seconds,
            _ => CounterSuffix::None,
        }
    }

    /// Whether the formula compares two samples.
    #[must_use]
    pub const fn needs_two_samples(self) -> bool {
        use CounterFormula::{Base, ElapsedTime, Hexadecimal, RawFraction, Unsupported, Value};
        !matches!(
            self.formula(),
            Value | Hexadecimal | RawFraction | ElapsedTime | Base | Unsupported
        )
    }

    const fn row(self) -> Option<&'static Row> {
        let mut rows: &'static [Row] = ROWS;
        while let [first, rest @ ..] = rows {
            if first.value == self.0 {
                return Some(first);
            }
            rows = rest;
        }
        None
    }

    /// Returns the counter type with the same formula for an item of the other width, if
    /// `winperf.h` has one.
    #[must_use]
    pub fn other_width(self) -> Option<Self> {
        let other = match self {
            Self::PERF_RAW_BASE => Self::PERF_LARGE_RAW_BASE,
            Self::PERF_LARGE_RAW_BASE => Self::PERF_RAW_BASE,
            // `PERF_SIZE_DWORD` and `PERF_SIZE_LARGE` differ by one bit.
            Self(value) => Self(value ^ 0x100),
        };
        other.name().map(|_| other)
    }

    /// Returns the reason why a driver's item cannot have this type, although Microsoft's tables
    /// list it; `None` if it can. In WMI, counters are `uint32` and `uint64` items only.
    ///
    /// Source: "Supporting the Win32_PerfRawData Class", WMI documentation.
    #[must_use]
    pub const fn unusable(self) -> Option<&'static str> {
        match self {
            Self::PERF_DOUBLE_RAW => Some("counts a 64-bit real, which no data block can hold"),
            Self::PERF_COUNTER_TEXT => Some("counts text, which no client computes"),
            Self::PERF_COUNTER_NODATA => Some("counts no data, so there is nothing to show"),
            Self::PERF_COUNTER_HISTOGRAM_TYPE => {
                Some("counts a histogram, which no client computes")
            }
            _ => None,
        }
    }

    /// Returns the reason why a driver's item cannot have the type of this name, which tables of other
    /// interfaces list, and which has no number; `None` for other names.
    ///
    /// Source: "Performance Counters counter (Complex Type)" and "Obtaining Statistical Performance
    /// Data", Win32 documentation.
    #[must_use]
    pub fn unusable_name(name: &str) -> Option<&'static str> {
        match name {
            "perf_counter_composite" => Some("is a type of counter manifests, not of WMI classes"),
            "COOKER_AVERAGE" | "COOKER_MAX" | "COOKER_MIN" | "COOKER_RANGE" | "COOKER_VARIANCE" => {
                Some("is a `CookingType` of formatted classes, which WMI computes itself")
            }
            _ => None,
        }
    }

    /// Returns whether a single sample of the value is meaningful: raw counts, raw fractions with
    /// their bases, the start of an elapsed time, and the number of instances of a multi-counter.
    /// Such a counter may go down or be set; all others only grow.
    #[must_use]
    pub const fn is_instantaneous(self) -> bool {
        matches!(
            self,
            Self::PERF_COUNTER_RAWCOUNT
                | Self::PERF_COUNTER_RAWCOUNT_HEX
                | Self::PERF_COUNTER_LARGE_RAWCOUNT
                | Self::PERF_COUNTER_LARGE_RAWCOUNT_HEX
                | Self::PERF_RAW_FRACTION
                | Self::PERF_RAW_BASE
                | Self::PERF_LARGE_RAW_FRACTION
                | Self::PERF_LARGE_RAW_BASE
                | Self::PERF_ELAPSED_TIME
                | Self::PERF_COUNTER_MULTI_BASE
        )
    }

    /// Returns the counter type that the documentation lists with this wrong value:
    /// `PERF_LARGE_RAW_BASE` for 1073939715. Source: "CounterType Qualifier", Win32 documentation.
    #[must_use]
    pub const fn misprint_of(self) -> Option<Self> {
        match self.0 {
            0x4003_0503 => Some(Self::PERF_LARGE_RAW_BASE),
            _ => None,
        }
    }

    /// Returns the counter type of this name, in exactly this spelling.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let mut known = Self::ALL.iter();
        known
            .find(|(known, _)| *known == name)
            .map(|(_, counter)| *counter)
    }

    /// Returns the name. If two names have the same value (`PERF_PRECISION_TIMESTAMP` is defined as
    /// `PERF_LARGE_RAW_BASE`), returns the original one.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        let mut known = Self::ALL.iter();
        known
            .find(|(_, known)| *known == self)
            .map(|(name, _)| *name)
    }
}

macro_rules! counter_types {
    ($($name:ident = $value:literal, $formula:ident $($base:ident)?;)*) => {
        impl CounterType {
            $(
                #[doc = concat!("`", stringify!($name), "`, ", stringify!($value), ".")]
                pub const $name: Self = Self($value);
            )*

            /// All counter types of Microsoft's tables, with their names.
            pub const ALL: &'static [(&'static str, Self)] =
                &[$((stringify!($name), Self::$name)),*];
        }

        static ROWS: &[Row] = &[$(
            Row {
                value: $value,
                formula: CounterFormula::$formula,
                base: base!($($base)?),
            },
        )*];
    };
}

macro_rules! base {
    () => {
        None
    };
    ($base:ident) => {
        Some(CounterType::$base)
    };
}

// Name, value, formula, base.
counter_types! {
    PERF_COUNTER_RAWCOUNT = 0x0001_0000, Value;
    PERF_COUNTER_RAWCOUNT_HEX = 0x0000_0000, Hexadecimal;
    PERF_COUNTER_LARGE_RAWCOUNT = 0x0001_0100, Value;
    PERF_COUNTER_LARGE_RAWCOUNT_HEX = 0x0000_0100, Hexadecimal;
    PERF_COUNTER_COUNTER = 0x1041_0400, Rate;
    PERF_COUNTER_BULK_COUNT = 0x1041_0500, Rate;
    PERF_COUNTER_TIMER = 0x2041_0500, Timer;
    PERF_COUNTER_TIMER_INV = 0x2141_0500, InverseTimer;
    PERF_COUNTER_QUEUELEN_TYPE = 0x0045_0400, QueueLength;
    PERF_COUNTER_LARGE_QUEUELEN_TYPE = 0x0045_0500, QueueLength;
    PERF_COUNTER_100NS_QUEUELEN_TYPE = 0x0055_0500, QueueLength;
    PERF_COUNTER_OBJ_TIME_QUEUELEN_TYPE = 0x0065_0500, QueueLength;
    PERF_COUNTER_TEXT = 0x0000_0b00, Unsupported;
    PERF_COUNTER_NODATA = 0x4000_0200, Unsupported;
    PERF_COUNTER_DELTA = 0x0040_0400, Delta;
    PERF_COUNTER_LARGE_DELTA = 0x0040_0500, Delta;
    PERF_SAMPLE_COUNTER = 0x0041_0400, Rate;
    PERF_SAMPLE_FRACTION = 0x20c2_0400, SampleFraction PERF_SAMPLE_BASE;
    PERF_SAMPLE_BASE = 0x4003_0401, Base;
    PERF_AVERAGE_TIMER = 0x3002_0400, AverageTimer PERF_AVERAGE_BASE;
    PERF_AVERAGE_BASE = 0x4003_0402, Base;
    PERF_AVERAGE_BULK = 0x4002_0500, AverageBulk PERF_AVERAGE_BASE;
    PERF_100NSEC_TIMER = 0x2051_0500, Timer;
    PERF_100NSEC_TIMER_INV = 0x2151_0500, InverseTimer;
    PERF_COUNTER_MULTI_TIMER = 0x2241_0500, MultiTimer PERF_COUNTER_MULTI_BASE;
    PERF_COUNTER_MULTI_TIMER_INV = 0x2341_0500, InverseMultiTimer PERF_COUNTER_MULTI_BASE;
    PERF_100NSEC_MULTI_TIMER = 0x2251_0500, MultiTimer PERF_COUNTER_MULTI_BASE;
    PERF_100NSEC_MULTI_TIMER_INV = 0x2351_0500, InverseMultiTimer PERF_COUNTER_MULTI_BASE;
    PERF_COUNTER_MULTI_BASE = 0x4203_0500, Base;
    PERF_OBJ_TIME_TIMER = 0x2061_0500, Timer;
    PERF_RAW_FRACTION = 0x2002_0400, RawFraction PERF_RAW_BASE;
    PERF_LARGE_RAW_FRACTION = 0x2002_0500, RawFraction PERF_LARGE_RAW_BASE;
    PERF_RAW_BASE = 0x4003_0403, Base;
    PERF_LARGE_RAW_BASE = 0x4003_0500, Base;
    PERF_ELAPSED_TIME = 0x3024_0500, ElapsedTime;
    PERF_COUNTER_HISTOGRAM_TYPE = 0x8000_0000, Unsupported;
    PERF_PRECISION_SYSTEM_TIMER = 0x2047_0500, PrecisionTimer PERF_PRECISION_TIMESTAMP;
    PERF_PRECISION_100NS_TIMER = 0x2057_0500, PrecisionTimer PERF_PRECISION_TIMESTAMP;
    PERF_PRECISION_OBJECT_TIMER = 0x2067_0500, PrecisionTimer PERF_PRECISION_TIMESTAMP;
    PERF_PRECISION_TIMESTAMP = 0x4003_0500, Base;
    PERF_DOUBLE_RAW = 0x0001_2000, Unsupported;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values_round_trip() {
        for &(name, counter) in CounterType::ALL {
            assert_eq!(CounterType::from_name(name), Some(counter));
            let back = counter.name().unwrap();
            assert_eq!(CounterType::from_name(back), Some(counter));
        }
        assert_eq!(
            CounterType::PERF_PRECISION_TIMESTAMP.name(),
            Some("PERF_LARGE_RAW_BASE")
        );
        assert_eq!(CounterType::from_name("perf_counter_rawcount"), None);
        assert_eq!(CounterType::from_value(1).name(), None);
        let double = CounterType::from_value(73728);
        assert_eq!(double.name(), Some("PERF_DOUBLE_RAW"));
        assert_eq!(CounterType::from_name("PERF_DOUBLE_RAW"), Some(double));
    }

    #[test]
    fn unusable_types_have_a_reason() {
        let unusable = CounterType::ALL
            .iter()
            .filter(|(_, counter)| counter.unusable().is_some());
        assert!(unusable.map(|&(name, _)| name).eq([
            "PERF_COUNTER_TEXT",
            "PERF_COUNTER_NODATA",
            "PERF_COUNTER_HISTOGRAM_TYPE",
            "PERF_DOUBLE_RAW",
        ]));
    }

    #[test]
    fn names_of_other_interfaces_have_a_reason() {
        for name in ["perf_counter_composite", "COOKER_VARIANCE"] {
            assert!(CounterType::unusable_name(name).is_some(), "{name}");
        }
        for (name, _) in CounterType::ALL {
            assert_eq!(CounterType::unusable_name(name), None);
        }
    }

    #[test]
    fn size_bits_determine_the_size() {
        assert_eq!(
            CounterType::PERF_COUNTER_LARGE_RAWCOUNT.size(),
            CounterSize::Bits64
        );
        assert_eq!(
            CounterType::PERF_COUNTER_RAWCOUNT.size(),
            CounterSize::Bits32
        );
        assert_eq!(CounterType::PERF_COUNTER_NODATA.size(), CounterSize::Zero);
        assert_eq!(CounterType::PERF_COUNTER_TEXT.size(), CounterSize::Text);
    }

    /// The bits of `winperf.h` are the witness of the table.
    #[test]
    fn bits_agree_with_formulas_and_bases() {
        const SUBTYPE: u32 = 0x000f_0000;
        const DELTA: u32 = 0x0040_0000;
        const MULTI: u32 = 0x0200_0000;
        for &(name, counter) in CounterType::ALL {
            if counter.unusable().is_some() {
                assert_eq!(counter.formula(), CounterFormula::Unsupported, "{name}");
                continue;
            }
            let bits = counter.value();
            let counts = bits & 0xc00 == 0x400;
            let is_base = counts && bits & SUBTYPE == 0x3_0000;
            assert_eq!(counter.is_base(), is_base, "{name}");
            let fraction = counts && matches!(bits & SUBTYPE, 0x2_0000 | 0x7_0000);
            let has_base = !is_base && (fraction || bits & MULTI != 0);
            assert_eq!(counter.base().is_some(), has_base, "{name}");
            if let Some(base) = counter.base() {
                assert!(base.is_base(), "{name}");
            }
            // The two averages lack the bit.
            let averages = ["PERF_AVERAGE_TIMER", "PERF_AVERAGE_BULK"].contains(&name);
            let two = bits & DELTA != 0 || averages;
            assert_eq!(counter.needs_two_samples(), two, "{name}");
            let timed = match bits & SUBTYPE {
                0x1_0000 | 0x4_0000 | 0x5_0000 | 0x7_0000 => counts,
                _ => name == "PERF_AVERAGE_TIMER",
            };
            assert_eq!(counter.time_base().is_some(), timed, "{name}");
        }
        assert_eq!(
            CounterType::from_value(1).formula(),
            CounterFormula::Unsupported
        );
        assert_eq!(CounterType::from_value(1).base(), None);
    }

    #[test]
    fn suffixes_are_those_of_the_display_bits() {
        for (counter, suffix) in [
            (CounterType::PERF_COUNTER_BULK_COUNT, "/sec"),
            (CounterType::PERF_COUNTER_TIMER, "%"),
            (CounterType::PERF_AVERAGE_TIMER, "sec"),
            (CounterType::PERF_AVERAGE_BULK, ""),
            (CounterType::PERF_COUNTER_RAWCOUNT, ""),
        ] {
            assert_eq!(counter.suffix().text(), suffix);
        }
    }
}
