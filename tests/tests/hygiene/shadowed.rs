//! A module that shadows the names that generated code might use.

#![allow(dead_code, non_camel_case_types, unused_macros)]

use wmi_core::WmiClass;

mod core {}
mod std {}
mod alloc {}
mod wmi_core_shadow {}

struct Option;
struct Some;
struct None;
struct Result;
struct Ok;
struct Err;
struct String;
struct Vec;
struct Class;
struct Item;
struct Wire;
struct Guid;
struct Counter;
struct AtomicU64;
struct str;
struct usize;
struct bool;
struct u8;
struct i64;

trait Default {}
trait Sized {}
trait Copy {}
trait From {}
trait Into {}
trait Iterator {}
trait WmiField {}
trait FixedClass {}
trait DataBlock {}

macro_rules! panic {
    ($($tokens:tt)*) => {
        compile_error!("not this one")
    };
}
macro_rules! assert {
    ($($tokens:tt)*) => {
        compile_error!("not this one")
    };
}
macro_rules! concat {
    ($($tokens:tt)*) => {
        compile_error!("not this one")
    };
}
macro_rules! stringify {
    ($($tokens:tt)*) => {
        compile_error!("not this one")
    };
}

/// Gives every type methods with the names of the crate's own traits.
trait Everywhere {
    const ITEMS: () = ();
    const SIZE: () = ();
    const ZERO: () = ();

    fn store(&self) {}
    fn value(&self) {}
    fn get(&self) {}
    fn set(&self) {}
    fn block(&self) {}
    fn increment(&self) {}
    fn add(&self) {}
    fn encode(&self) {}
    fn with_qualifiers(&self) {}
    fn with_properties(&self) {}
}

impl<T> Everywhere for T {}

const ITEMS: () = ();
const GUID: () = ();
const CLASS: () = ();
static BLOCK: () = ();

fn items() {}
fn get() {}
fn value() {}

#[derive(WmiClass)]
#[wmi(embedded)]
struct Origin {
    #[wmi(data_id = 1)]
    port: u16,
}

// Fields named like identifiers in the generated code.
#[derive(WmiClass)]
#[wmi(
    guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed",
    base = "Win32_PerfRawData"
)]
struct Stats {
    #[wmi(data_id = 1, counter = "PERF_COUNTER_LARGE_RAWCOUNT")]
    amount: ::core::sync::atomic::AtomicU64,
    #[wmi(data_id = 2, counter, time_stamp)]
    value: ::core::sync::atomic::AtomicI64,
    #[wmi(data_id = 3)]
    block: [Origin; 2],
    #[wmi(data_id = 4)]
    item: u32,
    #[wmi(data_id = 5)]
    wire: u32,
    #[wmi(data_id = 6, name = "MyClass")]
    r#type: u32,
    #[wmi(data_id = 7)]
    primitive: u32,
    #[wmi(data_id = 8)]
    store: u32,
    #[wmi(data_id = 9)]
    snapshot: u32,
    #[wmi(data_id = 10)]
    new: u32,
    #[wmi(data_id = 11)]
    field: u32,
    #[wmi(data_id = 12)]
    bytes: u32,
    #[wmi(data_id = 13)]
    core: u32,
    #[wmi(data_id = 14)]
    __wmi: u32,
    #[wmi(data_id = 15)]
    this: u32,
}

#[test]
fn shadowed_names_do_not_break_the_derive() {
    let stats = Stats {
        primitive: 7,
        ..Stats::new()
    };
    stats.add_amount(2);
    stats.set_value(-1);
    let block = stats.snapshot();
    assert_eq!(
        (block.amount(), block.primitive(), stats.value()),
        (2, 7, -1)
    );
}
