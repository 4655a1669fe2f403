//! Types, fields, literals and classes from macros; aliases; raw names.

use core::sync::atomic::AtomicU64;

use wmi_core::{VariableClass, WmiClass};

type Count = AtomicU64;
type Pair<T> = [T; 2];

macro_rules! address {
    () => {
        [u8; 6]
    };
}

#[derive(WmiClass)]
#[wmi(guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed")]
struct Aliases {
    #[wmi(data_id = 1, counter = "PERF_COUNTER_BULK_COUNT")]
    reads: Count,
    #[wmi(data_id = 2)]
    ports: Pair<u16>,
    #[wmi(data_id = 3)]
    address: address!(),
}

#[test]
fn aliases_and_types_from_macros_are_resolved() {
    let class = Aliases::CLASS;
    let types = |name| class.property(name).unwrap().type_name;
    assert_eq!(types("Reads"), "uint64");
    assert_eq!(types("Ports"), "uint16");
    assert_eq!(types("Address"), "uint8");
    let aliases = Aliases::new();
    aliases.increment_reads();
    let block = aliases.snapshot();
    assert_eq!((block.reads(), block.ports()), (1, [0; 2]));
    assert_eq!(block.address(), [0; 6]);
}

macro_rules! class {
    (
        $(#[$attribute:meta])*
        $vis:vis $name:ident $guid:literal {
            $($id:literal $counter:literal $field:ident: $ty:ty;)*
            fixed: $count:expr;
        }
    ) => {
        $(#[$attribute])*
        #[derive($crate::macros::Derive)]
        #[wmi(guid = $guid)]
        $vis struct $name {
            $(
                #[wmi(data_id = $id, counter = $counter)]
                $field: $ty,
            )*
            #[wmi(data_id = 3)]
            fixed: [u8; $count],
        }
    };
}

use wmi_core::WmiClass as Derive;

class! {
    /// From a macro.
    #[repr(C)]
    pub(crate) Made "36b58ea2-c461-4bb0-ac8e-952f59d251ed" {
        1 "PERF_COUNTER_LARGE_RAWCOUNT" reads: AtomicU64;
        2 "PERF_COUNTER_BULK_COUNT" writes: Count;
        fixed: 1 + 2;
    }
}

/// The count is of the macro, the array of its user, the name of both.
macro_rules! list {
    ($name:ident $guid:literal $array:ident: $ty:ty) => {
        #[derive(WmiClass)]
        #[wmi(guid = $guid, variable)]
        struct $name<'a> {
            #[wmi(data_id = 1)]
            count: wmi_core::Count<u32>,
            #[wmi(data_id = 2, size_is = "count")]
            $array: &'a [$ty],
            #[wmi(data_id = 3)]
            input: $ty,
            #[wmi(data_id = 4)]
            out: wmi_core::Text<8>,
        }
    };
}

list!(List "36b58ea2-c461-4bb0-ac8e-952f59d251ee" ports: u16);

#[test]
fn macros_can_declare_classes_of_variable_size() {
    let list = List {
        count: wmi_core::Count::NEW,
        ports: &[1, 2, 3],
        input: 4,
        out: wmi_core::Text::new("ab").unwrap(),
    };
    let mut block = [0; 64];
    let size = list.encode(&mut block).unwrap();
    let view = List::decode(&block[..size]).unwrap();
    assert_eq!((view.count, view.input, view.ports.len()), (3, 4, 3));
    assert_eq!(format!("{:?}", view.clone()), format!("{view:?}"));
}

#[test]
fn macros_can_declare_classes() {
    let made = Made::new();
    made.add_writes(2);
    made.decrement_reads();
    let block = made.snapshot();
    assert_eq!((block.reads(), block.writes()), (u64::MAX, 2));
    assert_eq!(block.fixed().len(), 3);
    assert!(Made::mof().to_string().contains("From a macro."));
}

#[derive(WmiClass)]
#[wmi(guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed", name = "Union_1")]
#[allow(non_camel_case_types)]
struct r#union {
    #[wmi(data_id = 1)]
    r#type: u32,
    #[wmi(data_id = 2, counter)]
    r#match: AtomicU64,
}

#[test]
fn raw_names_lose_their_prefix() {
    let raw = r#union {
        r#type: 3,
        ..r#union::new()
    };
    raw.add_match(4);
    let block = raw.snapshot();
    assert_eq!((block.r#type(), raw.r#match(), block.r#match()), (3, 4, 4));
    assert_eq!(r#union::TYPE.property().name, "Type");
    assert_eq!(r#union::MATCH.property().name, "Match");
    assert_eq!(r#union::CLASS.name, "Union_1");
}
