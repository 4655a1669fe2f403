//! Item offsets, checked by the C compilers for 64-bit and 32-bit Windows.
//!
//! The C structures are made from the schema alone, as a generated header declares them.

use core::fmt::Write;
use core::sync::atomic::{AtomicI64, AtomicU16};

use iscsi_schema::*;
use wmi_core::schema::{Array, CimType, Class, Property, Value};
use wmi_core::{
    Count, DateTime, FixedClass, Flags, Text, VariableClass, WmiClass, WmiEnum, WmiField, WmiFlags,
};
use wmi_tests::mingw;

/// C source that compiles only if the layouts are right.
struct Source(String);

impl Source {
    fn new() -> Self {
        Self("#include <stddef.h>\n#include <windef.h>\n".to_owned())
    }

    /// Declares the structure of a class, after those it embeds.
    fn structure(&mut self, class: &Class<'_>) {
        let mut items: Vec<_> = class
            .properties
            .iter()
            .filter(|property| property.data_id().is_some())
            .collect();
        items.sort_by_key(|property| property.data_id());
        let members: Vec<_> = items.into_iter().map(member).collect();
        writeln!(self.0, "struct {} {{\n{}}};", class.name, members.concat()).unwrap();
    }

    /// Asserts that a C constant has this value.
    fn equal(&mut self, constant: &str, value: usize) {
        writeln!(self.0, "_Static_assert({constant} == {value}, \"\");").unwrap();
    }

    /// Declares the structure of a class and asserts the offsets of its items.
    fn class<C: FixedClass>(&mut self) {
        self.structure(C::CLASS);
        let name = C::CLASS.name;
        let mut end = String::new();
        for item in C::ITEMS {
            let (offset_of, size_of) = member_constants(name, item.property.name);
            self.equal(&offset_of, item.offset);
            self.equal(&size_of, item.size);
            end = format!("{offset_of} + {size_of}");
        }
        // `X_SIZE` of a generated header.
        self.equal(&end, C::SIZE);
        self.equal(&format!("_Alignof(struct {name})"), C::ALIGN);
    }

    /// Does the same for an embedded class, and checks that arrays of it include the padding.
    fn embedded<C: FixedClass + WmiField>(&mut self) {
        self.class::<C>();
        self.equal(
            &format!("sizeof(struct {})", C::CLASS.name),
            <C as WmiField>::SIZE,
        );
    }

    /// Asserts that the available compilers accept the source.
    fn check(&self) {
        for check in [mingw::check, mingw::check_32] {
            if let Some(said) = check(&self.0) {
                assert_eq!(said, Ok(String::new()), "{}", self.0);
            }
        }
    }
}

fn member_constants(class: &str, member: &str) -> (String, String) {
    (
        format!("offsetof(struct {class}, {member})"),
        format!("sizeof(((struct {class} *) 0)->{member})"),
    )
}

/// Returns a member declaration as in a generated header.
fn member(property: &Property<'_>) -> String {
    let c_type = match property.cim_type {
        CimType::Boolean => "BOOLEAN",
        CimType::Sint8 => "CHAR",
        CimType::Uint8 => "UCHAR",
        CimType::Sint16 => "SHORT",
        CimType::Uint16 => "USHORT",
        CimType::Sint32 => "LONG",
        CimType::Uint32 => "ULONG",
        CimType::Sint64 => "LONGLONG",
        CimType::Uint64 => "ULONGLONG",
        CimType::String | CimType::Datetime => "WCHAR",
        CimType::Object => &format!("struct {}", property.type_name),
        other => panic!("{other:?} has no place in a data block"),
    };
    let elements = match property.array {
        Array::Fixed(length) => format!("[{length}]"),
        Array::Variable => "[1]".to_owned(),
        _ => String::new(),
    };
    let units = match property.cim_type {
        CimType::Datetime => "[25]",
        CimType::String => match property.qualifier("MaxLen").map(|found| found.value) {
            Some(Value::Integer(units)) => &format!("[{units} + 1]"),
            _ => panic!("{} has no fixed place", property.name),
        },
        _ => "",
    };
    format!("    {c_type} {}{elements}{units};\n", property.name)
}

#[test]
fn fixed_iscsi_layouts_match_c() {
    let mut source = Source::new();
    source.embedded::<ISCSI_IP_Address>();
    source.embedded::<ISCSI_TargetPortal>();
    source.embedded::<ISCSI_LoginOptions>();
    source.embedded::<ISCSI_LUNList>();
    source.class::<MSiSCSI_MMIPSECStats>();
    source.class::<MSiSCSI_QMIPSECStats>();
    source.class::<MSiSCSI_ConnectionStatistics>();
    source.class::<MSiSCSI_SessionStatistics>();
    source.class::<MSiSCSI_InitiatorLoginStatistics>();
    source.class::<MSiSCSI_InitiatorInstanceStatistics>();
    source.class::<MSiSCSI_NICPerformance>();
    source.class::<MSiSCSI_RequestTimeStatistics>();
    source.check();
}

/// Returns the offset of these bytes, which occur once in the block.
fn place(block: &[u8], bytes: &[u8]) -> usize {
    let mut places = (0..block.len()).filter(|at| block[*at..].starts_with(bytes));
    let place = places.next().expect("the bytes are there");
    assert_eq!(places.next(), None, "{bytes:?} again");
    place
}

fn encoded(class: &impl VariableClass) -> Vec<u8> {
    let mut block = vec![0xff; class.encoded_size().unwrap()];
    assert_eq!(class.encode(&mut block), Ok(block.len()));
    block
}

#[test]
fn variable_iscsi_layouts_match_c() {
    let portal = |address_type, ip_v4_address| ISCSI_TargetPortal {
        address: ISCSI_IP_Address {
            address_type,
            ip_v4_address,
            ..ISCSI_IP_Address::ZERO
        },
        ..ISCSI_TargetPortal::ZERO
    };
    let portals = [
        portal(AddressType::IpV6, 0x0a0a_0a0a),
        portal(AddressType::Empty, 0x0b0b_0b0b),
    ];
    let group = encoded(&ISCSI_TargetPortalGroup {
        portal_count: Count::NEW,
        portals: &portals,
    });
    let luns = [0x0606_0606_0606_0606, 0x0707_0707_0707_0707].map(|target_lun| ISCSI_LUNList {
        target_lun,
        ..ISCSI_LUNList::ZERO
    });
    let mapping = encoded(&ISCSI_TargetMapping {
        os_bus: 0x0a0a_0a0a,
        os_target: 0x0b0b_0b0b,
        unique_session_id: 0x0303_0303_0303_0303,
        lun_count: Count::NEW,
        target_name: Text::EMPTY,
        from_persistent_login: true,
        reserved: 0x0505_0505_0505_0505,
        lun_list: &luns,
    });

    let mut source = Source::new();
    source.structure(ISCSI_IP_Address::CLASS);
    source.structure(ISCSI_TargetPortal::CLASS);
    source.structure(ISCSI_TargetPortalGroup::CLASS);
    source.structure(ISCSI_LUNList::CLASS);
    source.structure(ISCSI_TargetMapping::CLASS);
    let mut item = |block: &[u8], class: &str, member: &str, bytes: &[u8]| {
        let (offset_of, _) = member_constants(class, member);
        source.equal(&offset_of, place(block, bytes));
    };

    let class = "ISCSI_TargetPortalGroup";
    item(&group, class, "PortalCount", &[2, 0, 0, 0, 2, 0, 0, 0]);
    item(&group, class, "Portals", &[2, 0, 0, 0, 10, 10, 10, 10]);
    item(&group, class, "Portals[1]", &[3, 0, 0, 0, 11, 11, 11, 11]);

    let class = "ISCSI_TargetMapping";
    item(&mapping, class, "OSBus", &[10; 4]);
    item(&mapping, class, "OSTarget", &[11; 4]);
    item(&mapping, class, "UniqueSessionId", &[3; 8]);
    item(&mapping, class, "LUNCount", &[2, 0, 0, 0]);
    item(&mapping, class, "TargetName", &446u16.to_le_bytes());
    item(&mapping, class, "FromPersistentLogin", &[1, 0, 0, 0, 5]);
    item(&mapping, class, "Reserved", &[5; 8]);
    item(&mapping, class, "LUNList", &[6; 8]);
    item(&mapping, class, "LUNList[1]", &[7; 8]);

    for (class, list, element, block) in [
        (
            "ISCSI_TargetPortalGroup",
            "Portals",
            "ISCSI_TargetPortal",
            group,
        ),
        ("ISCSI_TargetMapping", "LUNList", "ISCSI_LUNList", mapping),
    ] {
        let (offset_of, _) = member_constants(class, list);
        source.equal(
            &format!("{offset_of} + 2 * sizeof(struct {element})"),
            block.len(),
        );
    }
    source.check();
}

#[derive(Clone, Copy, Debug, WmiEnum)]
#[repr(u16)]
enum Mode {
    Off,
    On,
}

#[derive(Clone, Copy, Debug, WmiFlags)]
#[repr(u8)]
enum Fault {
    Parity = 1,
}

/// Alignment 1.
#[derive(WmiClass)]
#[wmi(embedded)]
struct Bytes {
    #[wmi(data_id = 1)]
    byte: u8,
    #[wmi(data_id = 2)]
    flags: [bool; 3],
    #[wmi(data_id = 3)]
    faults: Flags<Fault>,
}

/// Alignment 2, padding at the end.
#[derive(WmiClass)]
#[wmi(embedded)]
struct Labelled {
    #[wmi(data_id = 1)]
    label: Text<1>,
    #[wmi(data_id = 2)]
    byte: i8,
}

/// Alignment 8, much padding at the end.
#[derive(WmiClass)]
#[wmi(embedded)]
struct Quad {
    #[wmi(data_id = 1)]
    quad: u64,
    #[wmi(data_id = 2)]
    byte: u8,
}

/// Padding everywhere.
#[derive(WmiClass)]
#[wmi(embedded)]
struct Deep {
    #[wmi(data_id = 1)]
    byte: u8,
    #[wmi(data_id = 2)]
    quads: [Quad; 2],
    #[wmi(data_id = 3)]
    labelled: [Labelled; 3],
    #[wmi(data_id = 4)]
    mode: Mode,
    #[wmi(data_id = 5)]
    bytes: Bytes,
    #[wmi(data_id = 6)]
    dates: [DateTime; 3],
    #[wmi(data_id = 7)]
    flag: bool,
}

/// Embeds all of the above, declared out of id order.
#[derive(WmiClass)]
#[wmi(embedded)]
struct Deepest {
    #[wmi(data_id = 12)]
    last: [i16; 5],
    #[wmi(data_id = 1)]
    flag: bool,
    #[wmi(data_id = 2)]
    deep: [Deep; 2],
    #[wmi(data_id = 4)]
    byte: i8,
    #[wmi(data_id = 3)]
    quad: Quad,
    #[wmi(data_id = 5)]
    date: DateTime,
    #[wmi(data_id = 6)]
    signed: AtomicI64,
    #[wmi(data_id = 7)]
    word: AtomicU16,
    #[wmi(data_id = 8)]
    labels: [Text<4>; 3],
    #[wmi(data_id = 9)]
    double_word: i32,
    #[wmi(data_id = 10)]
    bytes: [Bytes; 3],
    #[wmi(data_id = 11)]
    modes: [Mode; 3],
}

#[test]
fn mixed_layouts_match_c() {
    let mut source = Source::new();
    source.embedded::<Bytes>();
    source.embedded::<Labelled>();
    source.embedded::<Quad>();
    source.embedded::<Deep>();
    source.embedded::<Deepest>();
    source.check();

    // A wrong offset must be detected.
    let offset = "offsetof(struct Deepest, Last) == ";
    let wrong = source.0.replace(offset, &format!("{offset}1 + "));
    assert_ne!(wrong, source.0);
    for check in [mingw::check, mingw::check_32] {
        assert!(check(&wrong).is_none_or(|said| said.is_err()));
    }
}
