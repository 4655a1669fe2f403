//! The declarations of methods in the schema and in MOF.

use wmi_core::schema::Array;
use wmi_core::{WmiClass, WmiMethod};
use wmi_tests::mof as reader;

use super::declared::{Adapter, Reset, SetSpeed, Transfer};

#[test]
fn mof_lists_the_parameters() {
    let expected = r#"[Dynamic, Provider("WMIProv"), WMI, guid("{7e1f7a52-6c0f-4a55-9e0d-0f2b7b1c9b01}"),
 Description("Has methods and no items.") : amended]
class Vendor_Adapter
{
    [read, key]
    String InstanceName;

    [read]
    boolean Active;

    [Implemented, WmiMethodId(7), Description("Stops everything.") : amended]
    void Reset();

    [Implemented, WmiMethodId(4294967295), HeaderName("SET_SPEED"),
     Description("Sets the speed.\nOf one port.") : amended,
     cpp_quote("// Sets the speed.\n// Of one port."), DisplayName("Set speed") : amended,
     Cost(-1)]
    void SetLinkSpeed(
        [in, Description("The port.") : amended, cpp_quote("// from 0")]
        uint8 Port,
        [in, out, DisplayInHex, DisplayName("Speed") : amended]
        uint32 Speed,
        [out, HBAType("HBA_STATUS")]
        uint16 OldStatus);

    [Implemented, WmiMethodId(30), Description("Parameters of every kind.") : amended]
    void Transfer(
        [in]
        string Name,
        [in]
        uint8 InCount,
        [in, WmiSizeIs("InCount"), Description("What to add.") : amended]
        uint64 Values[],
        [in, out]
        uint16 OutCount,
        [out, WmiSizeIs("OutCount")]
        Vendor_Note Notes[],
        [in, Values{"Fast", "Safe"} : amended, ValueMap{"1", "2"}]
        uint32 Mode,
        [out, MaxLen(4)]
        string Label,
        [out]
        Vendor_Pair Pair,
        [in, out]
        sint16 Grid[3]);
};
"#;
    assert_eq!(Adapter::mof().to_string(), expected);
}

#[test]
fn methods_round_trip_through_mof() {
    let [class] = &reader::classes(&Adapter::mof().to_string())[..] else {
        panic!("one class");
    };
    assert_eq!(class.methods.len(), Adapter::CLASS.methods.len());
    for (read, method) in class.methods.iter().zip(Adapter::CLASS.methods) {
        assert_eq!(
            (read.name.as_str(), read.type_name.as_str()),
            (method.name, "void")
        );
        assert_eq!(read.qualifiers.len(), method.qualifiers.iter().count());
        assert_eq!(read.parameters.len(), method.parameters.len());
        for (read, parameter) in read.parameters.iter().zip(method.parameters) {
            let array = match parameter.array {
                Array::Fixed(length) => reader::Array::Fixed(length.into()),
                Array::Variable => reader::Array::Open,
                _ => reader::Array::No,
            };
            assert_eq!((read.name.as_str(), read.array), (parameter.name, array));
            assert_eq!(read.type_name, parameter.type_name);
            let names = parameter.qualifiers.iter().map(|qualifier| qualifier.name);
            assert!(
                read.qualifiers
                    .iter()
                    .map(|read| read.name.as_str())
                    .eq(names)
            );
        }
    }
}

#[test]
fn method_ids_come_from_attributes() {
    assert_eq!((Reset::ID, SetSpeed::ID, Transfer::ID), (7, u32::MAX, 30));
    for (method, id) in Adapter::CLASS.methods.iter().zip([7, u32::MAX, 30]) {
        assert_eq!(method.method_id(), Some(id));
    }
    assert_eq!(Reset::METHOD, Adapter::CLASS.methods[0]);
    assert_eq!(SetSpeed::METHOD.name, "SetLinkSpeed");
}
