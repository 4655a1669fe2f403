//! [`CounterType`]: the `PERF_*` counter types of `winperf.h`. Owns their table.

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
    ($($name:ident = $value:literal,)*) => {
        impl CounterType {
            $(
                #[doc = concat!("`", stringify!($name), "`, ", stringify!($value), ".")]
                pub const $name: Self = Self($value);
            )*

            /// All counter types of Microsoft's tables, with their names.
            pub const ALL: &'static [(&'static str, Self)] =
                &[$((stringify!($name), Self::$name)),*];
        }
    };
}

counter_types! {
    PERF_COUNTER_RAWCOUNT = 0x0001_0000,
    PERF_COUNTER_RAWCOUNT_HEX = 0x0000_0000,
    PERF_COUNTER_LARGE_RAWCOUNT = 0x0001_0100,
    PERF_COUNTER_LARGE_RAWCOUNT_HEX = 0x0000_0100,
    PERF_COUNTER_COUNTER = 0x1041_0400,
    PERF_COUNTER_BULK_COUNT = 0x1041_0500,
    PERF_COUNTER_TIMER = 0x2041_0500,
    PERF_COUNTER_TIMER_INV = 0x2141_0500,
    PERF_COUNTER_QUEUELEN_TYPE = 0x0045_0400,
    PERF_COUNTER_LARGE_QUEUELEN_TYPE = 0x0045_0500,
    PERF_COUNTER_100NS_QUEUELEN_TYPE = 0x0055_0500,
    PERF_COUNTER_OBJ_TIME_QUEUELEN_TYPE = 0x0065_0500,
    PERF_COUNTER_TEXT = 0x0000_0b00,
    PERF_COUNTER_NODATA = 0x4000_0200,
    PERF_COUNTER_DELTA = 0x0040_0400,
    PERF_COUNTER_LARGE_DELTA = 0x0040_0500,
    PERF_SAMPLE_COUNTER = 0x0041_0400,
    PERF_SAMPLE_FRACTION = 0x20c2_0400,
    PERF_SAMPLE_BASE = 0x4003_0401,
    PERF_AVERAGE_TIMER = 0x3002_0400,
    PERF_AVERAGE_BASE = 0x4003_0402,
    PERF_AVERAGE_BULK = 0x4002_0500,
    PERF_100NSEC_TIMER = 0x2051_0500,
    PERF_100NSEC_TIMER_INV = 0x2151_0500,
    PERF_COUNTER_MULTI_TIMER = 0x2241_0500,
    PERF_COUNTER_MULTI_TIMER_INV = 0x2341_0500,
    PERF_100NSEC_MULTI_TIMER = 0x2251_0500,
    PERF_100NSEC_MULTI_TIMER_INV = 0x2351_0500,
    PERF_COUNTER_MULTI_BASE = 0x4203_0500,
    PERF_OBJ_TIME_TIMER = 0x2061_0500,
    PERF_RAW_FRACTION = 0x2002_0400,
    PERF_LARGE_RAW_FRACTION = 0x2002_0500,
    PERF_RAW_BASE = 0x4003_0403,
    PERF_LARGE_RAW_BASE = 0x4003_0500,
    PERF_ELAPSED_TIME = 0x3024_0500,
    PERF_COUNTER_HISTOGRAM_TYPE = 0x8000_0000,
    PERF_PRECISION_SYSTEM_TIMER = 0x2047_0500,
    PERF_PRECISION_100NS_TIMER = 0x2057_0500,
    PERF_PRECISION_OBJECT_TIMER = 0x2067_0500,
    PERF_PRECISION_TIMESTAMP = 0x4003_0500,
    PERF_DOUBLE_RAW = 0x0001_2000,
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
}
