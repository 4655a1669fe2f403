//! Enumerations and flags: the widths of values, unknown values, and the qualifiers in MOF.

use proptest::prelude::*;
use wmi_core::block::ArrayView;
use wmi_core::schema::{CimType, Flavor, Qualifier, Value};
use wmi_core::{
    Count, Enumerated, FixedClass, Flags, VariableClass, Wire, WmiClass, WmiEnum, WmiField,
    WmiFlags,
};
use zerocopy::FromBytes;

/// Declares an enum of each width with the least and the largest value.
macro_rules! widths {
    ($($test:ident: $repr:ident, $cim_type:ident;)*) => {$(
        #[test]
        fn $test() {
            #[derive(Clone, Copy, Debug, PartialEq, WmiEnum)]
            #[repr($repr)]
            enum Kind {
                Two = 2,
                Three,
            }
            #[derive(WmiClass)]
            #[wmi(embedded)]
            struct Holder {
                #[wmi(data_id = 1)]
                kind: Kind,
                #[wmi(data_id = 2)]
                kinds: [Kind; 2],
            }
            const SIZE: usize = size_of::<$repr>();
            assert_eq!((Kind::CIM_TYPE, Kind::SIZE, Kind::ALIGN), (CimType::$cim_type, SIZE, SIZE));
            assert_eq!(<Holder as FixedClass>::SIZE, 3 * SIZE);

            let block = Holder { kind: Kind::Three, kinds: [Kind::Two, Kind::Three] }.snapshot();
            let bytes: Vec<u8> = [3, 2, 3].iter().flat_map(|value: &$repr| value.to_le_bytes()).collect();
            assert_eq!(block.as_bytes(), bytes);
            assert_eq!(block.kind(), Enumerated::Known(Kind::Three));
            assert_eq!(block.kinds(), [Kind::Two.into(), Kind::Three.into()]);

            for value in [$repr::MIN, $repr::MAX, 0, 1, 4] {
                let mut other = block;
                other.set(Holder::KIND, Enumerated::Other(value));
                assert_eq!(other.as_bytes()[..SIZE], value.to_le_bytes());
                assert_eq!(other.kind(), Enumerated::Other(value));
                assert_eq!((other.kind().known(), other.kind().repr()), (None, value));
                assert_eq!(other.kinds(), block.kinds());
            }
            assert_eq!((block.kind().known(), block.kind().repr()), (Some(Kind::Three), 3));
            let property = Holder::CLASS.property("Kinds").unwrap();
            assert_eq!(property.type_name, stringify!($cim_type).to_lowercase());
            // No variant is zero, so a new value is the first variant.
            assert_eq!(<Kind as WmiEnum>::ZERO, Kind::Two);
        }
    )*};
}

widths! {
    a_uint8: u8, Uint8;
    a_uint16: u16, Uint16;
    a_uint32: u32, Uint32;
    a_uint64: u64, Uint64;
    a_sint8: i8, Sint8;
    a_sint16: i16, Sint16;
    a_sint32: i32, Sint32;
    a_sint64: i64, Sint64;
}

/// Passes a value through a macro argument: the derive sees it in an invisible group.
macro_rules! levels {
    ($low:expr, $high:expr) => {
        /// Value names from every source.
        #[derive(Clone, Copy, Debug, PartialEq, WmiEnum)]
        #[repr(i16)]
        #[wmi(hex, amended = false)]
        enum Level {
            /// Very
            /// low
            #[wmi(define = "LEVEL_LOW")]
            Low = $low,
            /// Nothing
            #[wmi(define = "LEVEL_NONE", value = "None \"at\" all")]
            None = 0,
            #[wmi(define = "LEVEL_HIGH")]
            r#High = $high,
            #[wmi(define = "LEVEL_HIGHER")]
            Higher,
        }
    };
}

levels!(-2, (1 << 4));

#[derive(Clone, Copy, Debug, PartialEq, WmiEnum)]
#[repr(i16)]
enum Plain {
    Below = -2,
    Above = 0x10,
}

fn many<const N: usize>(texts: [&'static str; N]) -> [Value<'static>; N] {
    texts.map(Value::String)
}

#[test]
fn variants_become_values_and_value_map() {
    let [values, map, defines] = <Level as WmiEnum>::QUALIFIERS else {
        panic!("three qualifiers");
    };
    let texts = many(["Very low", "None \"at\" all", "High", "Higher"]);
    assert_eq!(*values, Qualifier::new("Values", Value::Array(&texts)));
    let numbers = many(["0xFFFE", "0x0000", "0x0010", "0x0011"]);
    assert_eq!(*map, Qualifier::new("ValueMap", Value::Array(&numbers)));
    let names = many(["LEVEL_LOW", "LEVEL_NONE", "LEVEL_HIGH", "LEVEL_HIGHER"]);
    assert_eq!(
        *defines,
        Qualifier::new("DefineValues", Value::Array(&names))
    );
    assert_eq!((Level::Low.to_repr(), Level::Higher.to_repr()), (-2, 17));
    assert_eq!(<Level as WmiEnum>::ZERO, Level::None);

    let [values, map] = <Plain as WmiEnum>::QUALIFIERS else {
        panic!("two qualifiers");
    };
    let texts = many(["Below", "Above"]);
    let amended = Qualifier::new("Values", Value::Array(&texts)).with_flavor(Flavor::AMENDED);
    assert_eq!(*values, amended);
    let numbers = many(["-2", "16"]);
    assert_eq!(*map, Qualifier::new("ValueMap", Value::Array(&numbers)));
}

/// Flags whose `BitMap` holds masks. One value is a shift.
#[derive(Clone, Copy, Debug, PartialEq, WmiFlags)]
#[repr(u16)]
#[wmi(amended = false)]
enum Option16 {
    /// Require IPsec
    Ipsec = 0x1,
    #[wmi(value = "Multipath enabled")]
    Multipath = 1 << 1,
    Top = 0x8000,
}

/// Flags whose `BitMap` holds positions. One of them is the sign bit.
#[derive(Clone, Copy, Debug, WmiFlags)]
#[repr(i32)]
#[wmi(positions, amended = false)]
enum Signed {
    First = 1,
    Mid = 1 << 11,
    Last = -0x8000_0000,
}

#[test]
fn variants_become_bit_values_and_bit_map() {
    let texts = many(["Require IPsec", "Multipath enabled", "Top"]);
    let masks = many(["0x0001", "0x0002", "0x8000"]);
    let expected = [
        Qualifier::new("BitValues", Value::Array(&texts)),
        Qualifier::new("BitMap", Value::Array(&masks)),
    ];
    assert_eq!(Option16::QUALIFIERS, expected);

    let texts = many(["First", "Mid", "Last"]);
    let positions = many(["0", "11", "31"]);
    let expected = [
        Qualifier::new("BitValues", Value::Array(&texts)),
        Qualifier::new("BitMap", Value::Array(&positions)),
    ];
    assert_eq!(Signed::QUALIFIERS, expected);

    #[derive(Clone, Copy, WmiFlags)]
    #[repr(u8)]
    enum Amended {
        One = 1,
    }
    assert_eq!(Amended::One.mask(), 1);
    assert_eq!(Amended::QUALIFIERS[0].flavor, Flavor::AMENDED);
    assert_eq!(Amended::QUALIFIERS[1].flavor, Flavor::NONE);
    assert_eq!(Signed::Last.mask(), i32::MIN);
}

#[test]
fn flags_are_combined_and_tested() {
    let both = Flags::NONE.with(Option16::Ipsec).with(Option16::Top);
    assert_eq!(both.bits(), 0x8001);
    assert!(both.contains(Option16::Ipsec) && both.contains(Option16::Top));
    assert!(!both.contains(Option16::Multipath));
    assert_eq!(both.with(Option16::Top), both);
    let ipsec = Flags::from(Option16::Ipsec);
    assert_eq!(ipsec | Option16::Top, both);
    assert_eq!(ipsec | Flags::from(Option16::Top), both);
    assert_eq!(Flags::from_iter([Option16::Top, Option16::Ipsec]), both);
    let mut grown = Flags::NONE;
    assert!(grown.is_empty());
    grown |= Option16::Top;
    grown |= ipsec;
    assert_eq!(grown, both);
    assert_eq!(Flags::<Option16>::default(), Flags::NONE);
    assert_eq!(Flags::<Option16>::NONE.bits(), 0);
    assert_eq!(format!("{both:?}"), "Flags(0x8001)");
    // Bits without names are kept.
    let unknown = Flags::<Option16>::from_bits(0x7ff0);
    assert_eq!(unknown.with(Option16::Ipsec).bits(), 0x7ff1);
    let signed = Flags::NONE.with(Signed::Last);
    assert!(signed.contains(Signed::Last));
    assert!(!signed.contains(Signed::First) && !signed.contains(Signed::Mid));
}

#[derive(WmiClass)]
#[wmi(embedded, name = "Vendor_Settings")]
struct Settings {
    #[wmi(data_id = 1)]
    flags: Flags<Option16>,
    #[wmi(data_id = 2, read = false)]
    signed: [Flags<Signed>; 2],
    #[wmi(data_id = 3)]
    levels: [Level; 2],
    #[wmi(data_id = 4)]
    plain: Plain,
}

#[test]
fn mof_has_the_qualifiers_of_the_types() {
    let expected = r#"[WMI]
class Vendor_Settings
{
    [read, WmiDataId(1), BitValues{"Require IPsec", "Multipath enabled", "Top"},
     BitMap{"0x0001", "0x0002", "0x8000"}]
    uint16 Flags;

    [WmiDataId(2), BitValues{"First", "Mid", "Last"}, BitMap{"0", "11", "31"}]
    sint32 Signed[2];

    [read, WmiDataId(3), Values{"Very low", "None \"at\" all", "High", "Higher"},
     ValueMap{"0xFFFE", "0x0000", "0x0010", "0x0011"},
     DefineValues{"LEVEL_LOW", "LEVEL_NONE", "LEVEL_HIGH", "LEVEL_HIGHER"}]
    sint16 Levels[2];

    [read, WmiDataId(4), Values{"Below", "Above"} : amended, ValueMap{"-2", "16"}]
    sint16 Plain;
};
"#;
    assert_eq!(Settings::mof().to_string(), expected);
}

#[test]
fn blocks_hold_numbers() {
    let settings = Settings {
        flags: Flags::NONE.with(Option16::Multipath),
        signed: [Flags::NONE.with(Signed::Last), Flags::from_bits(-1)],
        levels: [Level::Low, Level::Higher],
        plain: Plain::Above,
    };
    let bytes = [
        &[2, 0, 0, 0][..],
        &[0, 0, 0, 0x80, 0xff, 0xff, 0xff, 0xff],
        &[0xfe, 0xff, 17, 0],
        &[16, 0],
    ]
    .concat();
    let block = settings.snapshot();
    assert_eq!(block.as_bytes(), bytes);
    assert!(block.flags().contains(Option16::Multipath));
    assert_eq!(
        block.levels().map(Enumerated::known),
        [Some(Level::Low), Some(Level::Higher)]
    );
    assert_eq!(Wire::<Settings>::decode(&bytes), Ok(block));
}

#[derive(WmiClass)]
#[wmi(variable, guid = "0b1f7a52-6c0f-4a55-9e0d-0f2b7b1c9d01")]
struct Variable<'a> {
    #[wmi(data_id = 1)]
    level: Level,
    #[wmi(data_id = 2)]
    count: Count<u8>,
    #[wmi(data_id = 3, size_is = "count")]
    levels: &'a [Level],
    #[wmi(data_id = 4, size_is = "count")]
    flags: &'a [Flags<Option16>],
    #[wmi(data_id = 5)]
    last: Flags<Signed>,
}

#[test]
fn variable_classes_may_have_enum_items() {
    let variable = Variable {
        level: Level::Low,
        count: Count::NEW,
        levels: &[Level::None, Level::High],
        flags: &[Flags::NONE, Flags::NONE.with(Option16::Top)],
        last: Flags::NONE.with(Signed::First),
    };
    let mut bytes = [
        &[0xfe, 0xff, 2, 0][..],
        &[0, 0, 16, 0],
        &[0, 0, 0, 0x80],
        &[1, 0, 0, 0],
    ]
    .concat();
    let mut buffer = vec![0xa5; bytes.len()];
    assert_eq!(variable.encode(&mut buffer), Ok(bytes.len()));
    assert_eq!(buffer, bytes);
    // A value without a variant.
    bytes[4] = 3;
    let view = Variable::decode(&bytes).unwrap();
    assert_eq!((view.level, view.count), (Level::Low.into(), 2));
    let levels: ArrayView<'_, Level> = view.levels;
    assert!(levels.iter().eq([Enumerated::Other(3), Level::High.into()]));
    assert!(
        view.flags
            .iter()
            .nth(1)
            .is_some_and(|flags| flags.contains(Option16::Top))
    );
    assert_eq!(view.last.bits(), 1);
    let property = Variable::CLASS.property("Levels").unwrap();
    assert!(property.qualifier("ValueMap").is_some());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_value_round_trips(bytes in any::<[u8; 18]>()) {
        let block = Wire::<Settings>::read_from_bytes(&bytes).unwrap();
        let mut copy = Wire::zeroed();
        copy.set(Settings::FLAGS, block.flags());
        copy.set(Settings::SIGNED, block.signed());
        copy.set(Settings::LEVELS, block.levels());
        copy.set(Settings::PLAIN, block.plain());
        prop_assert_eq!(&copy.as_bytes()[4..], &bytes[4..]);
        prop_assert_eq!(&copy.as_bytes()[..2], &bytes[..2]);
        for (level, at) in block.levels().into_iter().zip([12, 14]) {
            let value = i16::from_le_bytes([bytes[at], bytes[at + 1]]);
            prop_assert_eq!(level.repr(), value);
            prop_assert_eq!(level.known().is_some(), [-2, 0, 16, 17].contains(&value));
        }
    }
}
