//! Samples of counters, taken with the simulator's own clock.

use core::time::Duration;

use super::{Device, Failure, Select, Simulator};
use crate::cooking::{ClassCounters, ClassSample, CookedClass, CookingOptions, SampleTimes};
use wmi_core::{CounterType, DataBlock, Guid};

/// The frequency of the simulated performance counter, in Hz: that of most machines today.
const FREQUENCY: u64 = 10_000_000;

/// Where the clocks stand when a test begins: not at zero, which stands for no time.
const START: u64 = 133_485_408_000_000_000;

/// The clock, and the last sample of each instance.
#[derive(Debug, Default)]
pub(super) struct Sampling {
    /// Units of 100 ns since the test began.
    elapsed: u64,
    last: Vec<(Guid, String, ClassSample)>,
}

impl Sampling {
    fn times(&self) -> SampleTimes {
        let now = START.saturating_add(self.elapsed);
        SampleTimes::NONE.performance(now, FREQUENCY).system(now)
    }
}

/// A sample of an instance, and the one before it if there was one.
#[derive(Clone, Debug)]
pub struct InstanceSample<'a> {
    counters: ClassCounters<'a>,
    older: Option<ClassSample>,
    newer: ClassSample,
    options: CookingOptions,
}

impl<'a> InstanceSample<'a> {
    /// Returns the sample that is cooked with these options.
    #[must_use]
    pub const fn with_options(mut self, options: CookingOptions) -> Self {
        self.options = options;
        self
    }

    /// Returns what the performance tools would show of the counters.
    ///
    /// # Errors
    ///
    /// [`Failure::NoCounterBase`] where a counter of the class does not have the base that its type
    /// needs. The value of one counter may be missing for other reasons, which
    /// [`CookedClass::get`] returns.
    pub fn cooked(&self) -> Result<CookedClass<'a>, Failure> {
        let mut counters = self.counters.counters().iter();
        if let Some(counter) = counters.find(|counter| counter.lacks_base()) {
            let name = |counter: Option<CounterType>| counter.and_then(CounterType::name);
            return Err(Failure::NoCounterBase {
                counter: counter.property.name.into(),
                counter_type: name(Some(counter.counter_type)).unwrap_or_default(),
                base_type: name(counter.counter_type.base()).unwrap_or_default(),
            });
        }
        let older = self.older.as_ref();
        Ok(self.counters.cook(older, &self.newer, &self.options))
    }
}

impl<'s, D: Device> Simulator<'s, D> {
    /// Lets time pass, as [`sample`](Self::sample) reads it. No other call takes time.
    pub fn advance(&mut self, time: Duration) {
        let units = u64::try_from(time.as_nanos().saturating_div(100));
        let elapsed = &mut self.sampling.elapsed;
        *elapsed = elapsed.saturating_add(units.unwrap_or(u64::MAX));
    }

    /// Takes a sample of the counters of an instance, as PerfMon does: with the time of the
    /// performance counter, which runs at 10 MHz, and that of the system. Both stand still until the
    /// test [lets time pass](Self::advance). The sample is cooked with the one before it of the
    /// instance that is selected in the same way, by number or by name.
    ///
    /// ```
    /// use core::sync::atomic::AtomicU64;
    /// use core::time::Duration;
    /// use wmi_core::provider::{Block, Provider};
    /// use wmi_core::WmiClass;
    /// use wmi_tools::simulator::Simulator;
    ///
    /// /// Traffic of a port.
    /// #[derive(WmiClass)]
    /// #[wmi(name = "Vendor_Traffic", base = "Win32_PerfRawData")]
    /// #[wmi(guid = "c6e1a0d4-72b9-4f38-85c6-1d94b7e0f253")]
    /// pub struct Traffic {
    ///     /// Bytes sent.
    ///     #[wmi(data_id = 1, counter = "PERF_COUNTER_BULK_COUNT")]
    ///     pub sent: AtomicU64,
    /// }
    ///
    /// static PROVIDER: Provider<Traffic> = Provider::new(&[
    ///     &Block::counters(|traffic: &Traffic, _| Some(traffic)).base_name("Port", |_| 1),
    /// ]);
    ///
    /// let traffic = Traffic::new();
    /// let mut wmi = Simulator::new(|request| PROVIDER.dispatch(&traffic, request));
    /// wmi.register()?;
    /// wmi.sample::<Traffic>(0)?;
    /// traffic.add_sent(25_000_000);
    /// wmi.advance(Duration::from_secs(2));
    /// let cooked = wmi.sample::<Traffic>(0)?.cooked()?;
    /// let sent = cooked.get("Sent")?;
    /// assert_eq!((sent.value(), sent.suffix().text()), (12.5e6, "/sec"));
    /// println!("{cooked}"); // Sent  12500000 /sec
    /// # Ok::<(), wmi_tools::simulator::Failure>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Failure`] where the block is not registered, the provider refuses, or its answer breaks a
    /// rule.
    pub fn sample<'i, C: DataBlock>(
        &mut self,
        instance: impl Into<Select<'i>>,
    ) -> Result<InstanceSample<'s>, Failure> {
        let instance = instance.into();
        let counters = ClassCounters::of(C::CLASS, self.client.classes())?;
        let name = instance.to_string();
        let data = self.single_data(C::GUID, instance)?;
        let newer = counters.sample(&data, self.sampling.times())?;
        let mut last = self.sampling.last.iter_mut();
        let is_same = |(guid, other, _): &&mut (Guid, String, ClassSample)| {
            *guid == C::GUID && *other == name
        };
        let older = match last.find(is_same) {
            Some((.., last)) => Some(core::mem::replace(last, newer.clone())),
            None => {
                self.sampling.last.push((C::GUID, name, newer.clone()));
                None
            }
        };
        Ok(InstanceSample {
            counters,
            older,
            newer,
            options: CookingOptions::default(),
        })
    }
}
