//! The counters of a class: which of its items are, where their bases stand, and all of them cooked.

use core::fmt;

use super::{CookedCounter, CookingOptions, CounterSample, NotCooked, SampleTimes, cook};
use crate::Classes;
use crate::bases::seen;
use crate::client::{DataObject, ItemDecodeError};
use crate::layout::{BlockLayout, LayoutError};
use wmi_core::CounterType;
use wmi_core::schema::{Class, Property, Value};
use wmi_vocabulary::base;

/// The counters of a class of any origin. Those of classes that it embeds are not among them: no tool
/// shows these.
///
/// ```
/// use core::sync::atomic::{AtomicU32, AtomicU64};
/// use wmi_core::WmiClass;
/// use wmi_tools::Classes;
/// use wmi_tools::cooking::{ClassCounters, CookingOptions, SampleTimes};
///
/// /// Requests.
/// #[derive(WmiClass)]
/// #[wmi(name = "Vendor_Requests", base = "Win32_PerfRawData")]
/// #[wmi(guid = "8b6f0d31-c2e4-4a97-b05d-71e83f9ac264")]
/// pub struct Requests {
///     /// The bytes of a request.
///     #[wmi(data_id = 1, counter = "PERF_AVERAGE_BULK")]
///     pub bytes: AtomicU64,
///     /// All requests.
///     #[wmi(data_id = 2, counter = "PERF_AVERAGE_BASE")]
///     pub bytes_base: AtomicU32,
/// }
///
/// let requests = Requests::new();
/// let counters = ClassCounters::of(Requests::CLASS, &Classes::default())?;
/// let older = counters.sample(requests.snapshot().as_bytes(), SampleTimes::NONE)?;
/// requests.record_bytes(512);
/// requests.record_bytes(1024);
/// let newer = counters.sample(requests.snapshot().as_bytes(), SampleTimes::NONE)?;
/// let cooked = counters.cook(Some(&older), &newer, &CookingOptions::default());
/// assert_eq!(cooked.get("Bytes")?.value(), 768.0);
/// assert_eq!(cooked.to_string(), "Bytes  768\n");
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct ClassCounters<'a> {
    layout: BlockLayout<'a>,
    counters: Vec<ClassCounter<'a>>,
}

/// A counter of a class.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct ClassCounter<'a> {
    /// The item.
    pub property: &'a Property<'a>,
    /// Its counter type; of a misprinted value the type that is meant.
    pub counter_type: CounterType,
    /// The base right behind it, if its type needs one and it is there.
    pub base: Option<&'a Property<'a>>,
}

impl<'a> ClassCounter<'a> {
    /// Returns the name by which tools show the counter: its `DisplayName`, or the name of the item.
    #[must_use]
    pub fn name(&self) -> &'a str {
        let shown = self.property.qualifiers.text("DisplayName");
        shown.unwrap_or(self.property.name)
    }

    /// Returns the power of ten by which a graph multiplies the value, the qualifier `DefaultScale`.
    #[must_use]
    pub fn scale(&self) -> i32 {
        match self.property.qualifier("DefaultScale").map(|it| it.value) {
            Some(Value::Integer(scale)) => i32::try_from(scale).unwrap_or(0),
            _ => 0,
        }
    }

    /// Returns whether it lacks the base that its type needs.
    #[must_use]
    pub fn lacks_base(&self) -> bool {
        self.counter_type.base().is_some() && self.base.is_none()
    }
}

/// The raw values of all counters of a class at one time.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassSample {
    /// As many as the class has counters; `None` where a value is not there.
    values: Vec<Option<CounterSample>>,
}

impl<'a> ClassCounters<'a> {
    /// Finds the counters of a class; `classes` has its base and those that it embeds.
    ///
    /// # Errors
    ///
    /// [`LayoutError`] where the class has no data block.
    pub fn of(class: &'a Class<'a>, classes: &Classes<'a>) -> Result<Self, LayoutError> {
        let layout = BlockLayout::of(class, classes)?;
        let items: Vec<_> = layout.items.iter().map(|item| item.property).collect();
        let next = items.iter().skip(1).copied().map(Some).chain([None]);
        let counters = items.iter().zip(next).filter_map(|(property, next)| {
            let counter = property.counter_type()?;
            let fits = base::of_counter(seen(property), next.map(seen)).is_none();
            Some(ClassCounter {
                property,
                counter_type: counter.misprint_of().unwrap_or(counter),
                base: next.filter(|_| counter.base().is_some() && fits),
            })
        });
        let counters = counters.collect();
        Ok(Self { layout, counters })
    }

    /// Returns the counters and their bases, in the order of the data block.
    #[must_use]
    pub fn counters(&self) -> &[ClassCounter<'a>] {
        &self.counters
    }

    /// Reads the raw values from a data block.
    ///
    /// # Errors
    ///
    /// [`ItemDecodeError`] where the bytes are not a block of the class.
    pub fn sample(&self, block: &[u8], times: SampleTimes) -> Result<ClassSample, ItemDecodeError> {
        let object = DataObject::decode(&self.layout, block)?;
        Ok(self.sample_values(times, |name| object.get(name)?.as_u64()))
    }

    /// Takes the raw values from any source, by the names of the items: what a query in WMI gives.
    #[must_use]
    pub fn sample_values(
        &self,
        times: SampleTimes,
        mut value: impl FnMut(&str) -> Option<u64>,
    ) -> ClassSample {
        let mut sample = |counter: &ClassCounter<'_>| {
            Some(CounterSample {
                value: value(counter.property.name)?,
                base: counter.base.and_then(|base| value(base.name)),
                times,
            })
        };
        ClassSample {
            values: self.counters.iter().map(&mut sample).collect(),
        }
    }

    /// Cooks all counters from two samples of one instance, or from one.
    #[must_use]
    pub fn cook(
        &self,
        older: Option<&ClassSample>,
        newer: &ClassSample,
        options: &CookingOptions,
    ) -> CookedClass<'a> {
        let of = |sample: Option<&ClassSample>, index: usize| -> Option<CounterSample> {
            *sample?.values.get(index)?
        };
        let counters = self.counters.iter().enumerate();
        let counters = counters.map(|(index, counter)| {
            let newer = of(Some(newer), index).ok_or_else(|| NotCooked::NotACounter {
                name: counter.property.name.to_string(),
            });
            let older = of(older, index);
            let cooked = newer.and_then(|newer| {
                if counter.lacks_base() {
                    return Err(NotCooked::NoBase);
                }
                cook(counter.counter_type, older.as_ref(), &newer, options)
            });
            let cooked = cooked.map(|cooked| cooked.with_scale(counter.scale()));
            (*counter, cooked)
        });
        CookedClass {
            counters: counters.collect(),
        }
    }
}

/// The counters of an instance as tools show them.
#[derive(Clone, Debug, PartialEq)]
pub struct CookedClass<'a> {
    counters: Vec<(ClassCounter<'a>, Result<CookedCounter, NotCooked>)>,
}

impl<'a> CookedClass<'a> {
    /// Returns the counter of this name, in any case: that of the item, or its `DisplayName`.
    ///
    /// # Errors
    ///
    /// [`NotCooked`] where tools have nothing to show of it, or the class has no such counter.
    pub fn get(&self, name: &str) -> Result<CookedCounter, NotCooked> {
        let is = |counter: &ClassCounter<'_>| {
            counter.property.name.eq_ignore_ascii_case(name)
                || counter.name().eq_ignore_ascii_case(name)
        };
        match self.counters.iter().find(|(counter, _)| is(counter)) {
            Some((_, cooked)) => cooked.clone(),
            None => Err(NotCooked::NotACounter {
                name: name.to_string(),
            }),
        }
    }

    /// Returns the counters that are not bases, in the order of the data block.
    pub fn iter(
        &self,
    ) -> impl Iterator<Item = (&ClassCounter<'a>, Result<CookedCounter, NotCooked>)> {
        let shown = self.counters.iter();
        let shown = shown.filter(|(counter, _)| !counter.counter_type.is_base());
        shown.map(|(counter, cooked)| (counter, cooked.clone()))
    }
}

impl fmt::Display for CookedClass<'_> {
    /// A line for each counter that is not a base: its name, and the value or why there is none.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.iter().map(|(it, _)| it.name().chars().count()).max();
        let width = width.unwrap_or(0);
        for (counter, cooked) in self.iter() {
            let name = counter.name();
            match cooked {
                Ok(value) => writeln!(f, "{name:width$}  {value}")?,
                Err(why) => writeln!(f, "{name:width$}  - ({why})")?,
            }
        }
        Ok(())
    }
}
