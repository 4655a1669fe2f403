//! Classes exactly as published: order, spelling and flavors of qualifiers, properties that are not
//! items, differently cased type names, names that C cannot declare.

use wmi_core::schema::Schema;
use wmi_core::{Count, Text, VariableClass, WmiClass, WmiEnum, WmiMethod};
use wmi_tools::Arena;
use wmi_tools::bmf::{self, Packing};

#[derive(Clone, Copy, Debug, WmiEnum)]
#[wmi(integers, amended = false)]
#[repr(u8)]
enum Mode {
    Off = 0,
    On = 1,
}

/// The place of a lamp.
#[derive(WmiClass)]
#[wmi(
    embedded,
    name = "Vendor_Place",
    base = "Vendor_Base",
    allow(bare_guid)
)]
#[wmi(guid = "8C5DA44C-CDC3-46B3-8619-4E26D34390B7")]
struct Place {
    #[wmi(data_id = 1)]
    slot: u8,
}

/// A lamp.
#[derive(WmiClass)]
#[wmi(name = "Vendor_Lamp", provider = "WmiProv", locale = 0x409)]
#[wmi(guid = "{0F8C2B6E-3D71-4B0A-9C54-E1A7D2936F58}")]
#[wmi(amended = false, order(WMI, dynamic : ToInstance, Provider, Locale, Description, GUID))]
#[wmi(properties(
    [key : ToSubclass, read] string InstanceName,
    [read] Boolean Active,
    char16 Letters[] = {'a', 'b'},
    sint8 Offset = -5,
    real32 Ratios[2] = {0.5, -1.0},
    Vendor_Place ref Neighbour,
))]
#[wmi(methods(Switch))]
struct Lamp {
    #[wmi(data_id = 1, write, type = "UINT32", default = 5)]
    #[wmi(order(WMIDataID : ToSubclass, Read, write))]
    brightness: u32,
    #[wmi(data_id = 2, order(WmiDataId, read, MaxLen : ToInstance))]
    name: Text<4>,
    #[wmi(data_id = 3, order(read, Max, WmiDataId))]
    levels: [u8; 3],
    #[wmi(data_id = 4, name = "return", allow(keyword))]
    #[wmi(order(WmiDataId, ValueMap, read, Values))]
    mode: Mode,
    #[wmi(data_id = 5, type = "vendor_place")]
    place: Place,
}

/// Switches it.
#[derive(WmiMethod)]
#[wmi(id = 1, returns = "UINT32", amended = false)]
#[wmi(order(WmiMethodId, Description, Rate), qualifier(Rate(1.5)))]
struct Switch {
    #[wmi(in, out, order(), type = "Boolean")]
    on: bool,
    #[wmi(in, order(IN : ToInstance))]
    fade: u8,
}

#[test]
fn attributes_give_the_published_text() {
    let expected = r#"[WMI, dynamic : ToInstance, Provider("WmiProv"), Locale("MS\\0x409"), Description("A lamp."),
 GUID("{0F8C2B6E-3D71-4B0A-9C54-E1A7D2936F58}")]
class Vendor_Lamp
{
    [key : ToSubclass, read]
    string InstanceName;

    [read]
    Boolean Active;

    char16 Letters[] = {'\x0061', '\x0062'};

    sint8 Offset = -5;

    real32 Ratios[2] = {0.5, -1.0};

    Vendor_Place ref Neighbour;

    [WMIDataID(1) : ToSubclass, Read, write]
    UINT32 Brightness = 5;

    [WmiDataId(2), read, MaxLen(4) : ToInstance]
    string Name;

    [read, Max(3), WmiDataId(3)]
    uint8 Levels[];

    [WmiDataId(4), ValueMap{0, 1}, read, Values{"Off", "On"}]
    uint8 return;

    [read, WmiDataId(5)]
    vendor_place Place;

    [WmiMethodId(1), Description("Switches it."), Rate(1.5)]
    UINT32 Switch(
        Boolean On,
        [IN : ToInstance]
        uint8 Fade);
};
"#;
    assert_eq!(Lamp::mof().to_string(), expected);
    assert_eq!(
        Place::CLASS.qualifier("guid").unwrap().value,
        wmi_core::schema::Value::String("8C5DA44C-CDC3-46B3-8619-4E26D34390B7")
    );
}

/// The attributes change the schema, but not the block.
#[test]
fn attributes_do_not_change_the_block() {
    let items = [
        Lamp::BRIGHTNESS.offset(),
        Lamp::NAME.offset(),
        Lamp::LEVELS.offset(),
        Lamp::MODE.offset(),
        Lamp::PLACE.offset(),
    ];
    assert_eq!(items, [0, 4, 14, 17, 18]);
    let lamp = Lamp {
        brightness: 7,
        name: Text::truncated("desk"),
        levels: [1, 2, 3],
        mode: Mode::On,
        place: Place { slot: 9 },
    };
    assert_eq!(lamp.snapshot().place().slot(), 9);
}

#[test]
fn binary_mof_keeps_the_published_form() {
    let schema = Schema::with_external_bases(&[Place::CLASS, Lamp::CLASS], &["Vendor_Base"]);
    let bytes = bmf::encode_schema(&schema, Packing::Greedy).unwrap();
    let arena = Arena::new();
    let file = bmf::decode(&arena, &bytes).unwrap();
    assert!(file.classes().eq([Place::CLASS, Lamp::CLASS]));
}

/// A class that WMI can query and that other classes embed.
#[derive(WmiClass)]
#[wmi(embedded, registered, name = "Vendor_Pair")]
#[wmi(guid = "4426203c-b6a7-477f-b92b-0a21e4d29d36")]
struct Pair {
    #[wmi(data_id = 1)]
    first: u16,
    #[wmi(data_id = 2)]
    second: u16,
}

/// Arrays of strings of fixed and variable length; `size_is` names the count as MOF does.
#[derive(WmiClass)]
#[wmi(
    variable,
    name = "Vendor_Names",
    guid = "65e2b62d-e2e1-4389-b24b-f96747565ada"
)]
struct Names<'a> {
    #[wmi(data_id = 1)]
    two: [&'a str; 2],
    #[wmi(data_id = 2)]
    pairs: [Pair; 2],
    #[wmi(data_id = 3, name = "ManyCount")]
    count: Count<u8>,
    #[wmi(data_id = 4, size_is = "MANYCOUNT")]
    many: &'a [&'a str],
}

#[test]
fn fixed_arrays_may_hold_strings() {
    let [instance_name, .., many] = Names::CLASS.properties else {
        panic!("the class has properties");
    };
    assert_eq!(instance_name.name, "InstanceName");
    assert_eq!(
        many.qualifier("WmiSizeIs").unwrap().value,
        wmi_core::schema::Value::String("MANYCOUNT")
    );
    assert_eq!(Pair::CLASS.properties[0].name, "InstanceName");
    let pair = |first, second| Pair { first, second };
    let names = Names {
        two: ["a", "bc"],
        pairs: [pair(1, 2), pair(3, 4)],
        count: Count::NEW,
        many: &["d"],
    };
    let mut buffer = [0; 64];
    let written = names.encode(&mut buffer).unwrap();
    let expected = [
        2, 0, b'a', 0, 4, 0, b'b', 0, b'c', 0, 1, 0, 2, 0, 3, 0, 4, 0, 1, 0, 2, 0, b'd', 0,
    ];
    assert_eq!(buffer[..written], expected);
    let view = Names::decode(&buffer[..written]).unwrap();
    assert!(view.two[0] == *"a" && view.two[1] == *"bc");
    assert_eq!(view.pairs[1].second(), 4);
    assert!(view.many.iter().eq(["d"]));
}
