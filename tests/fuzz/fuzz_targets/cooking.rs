//! Any two samples of any counter type, and any bytes as two blocks of a class of counters. What is
//! shown agrees with the naive implementation, and nothing panics.

#![no_main]

#[path = "../../tests/counter/cooking/naive.rs"]
mod naive;

use libfuzzer_sys::fuzz_target;
use wmi_core::CounterType;
use wmi_core::schema::{CimType, Class, Property, Qualifier, Value};
use wmi_tools::Classes;
use wmi_tools::cooking::{ClassCounters, CookingOptions, SampleTimes, cook};

#[derive(arbitrary::Arbitrary, Debug)]
struct Input<'a> {
    counter: u8,
    value: u32,
    n: [u64; 2],
    b: [u32; 2],
    d: [u64; 2],
    f: u32,
    flags: [bool; 2],
    types: [u8; 3],
    blocks: [&'a [u8]; 2],
}

fuzz_target!(|input: Input<'_>| {
    let known = |index: u8| CounterType::ALL[usize::from(index) % CounterType::ALL.len()];
    let (name, counter) = known(input.counter);
    let raw = naive::Raw {
        n: input.n,
        b: input.b.map(u64::from),
        d: input.d,
        f: input.f.into(),
    };
    naive::check(counter, name, raw, input.flags[0]);
    let options = CookingOptions {
        wrap: input.flags[1],
        ..CookingOptions::default()
    };
    let [older, newer] = naive::samples(raw);
    // Any number may stand in a file.
    let _ = cook(
        CounterType::from_value(input.value),
        Some(&older),
        &newer,
        &options,
    );
    class(&input, known, &options);
});

/// A class of three items, of which the second may be the base of the first.
fn class(
    input: &Input<'_>,
    known: impl Fn(u8) -> (&'static str, CounterType),
    options: &CookingOptions,
) {
    let qualifiers: Vec<[Qualifier<'_>; 2]> = (1i64..)
        .zip(input.types)
        .map(|(id, counter)| {
            let counter = known(counter).1.value();
            [
                Qualifier::new("WmiDataId", Value::Integer(id)),
                Qualifier::new("CounterType", Value::Integer(counter.into())),
            ]
        })
        .collect();
    let item = |name, index: usize| {
        Property::new(name, CimType::Uint64, "uint64").with_qualifiers(&qualifiers[index])
    };
    let items = [item("A", 0), item("A_Base", 1), item("B", 2)];
    let class = Class::new("C").with_properties(&items);
    let counters = ClassCounters::of(&class, &Classes::default()).unwrap();
    let times = [0, 1].map(|index| {
        SampleTimes::NONE
            .performance(input.d[index], input.f.into())
            .system(input.d[index])
    });
    let [older, newer] =
        [0, 1].map(|index| counters.sample(input.blocks[index], times[index]).ok());
    if let Some(newer) = newer {
        let cooked = counters.cook(older.as_ref(), &newer, options);
        assert_eq!(cooked.to_string().lines().count(), cooked.iter().count());
    }
}
