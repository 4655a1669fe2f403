//! Events: their bases, events without items, and the limit of their data.

use wmi_core::block::EncodeError;
use wmi_core::schema::Schema;
use wmi_core::wnode::{AllDataWriter, SingleInstanceWriter, Wnode};
use wmi_core::{Count, DataBlock, FixedClass, Guid, VariableClass, WmiClass};
use wmi_tests::mof as reader;

/// The base class of the vendor's events.
#[derive(WmiClass)]
#[wmi(bare, name = "Vendor_Event", base = "WMIEvent", description = "")]
struct VendorEvent;

/// An abstract base that is not an event, while `WMIEvent` is one itself.
#[derive(WmiClass)]
#[wmi(abstract, name = "Vendor_Block")]
struct VendorBlock;

/// Has its base given as a type, and no items.
#[derive(WmiClass)]
#[wmi(event, name = "Vendor_Woke", base = VendorEvent)]
#[wmi(guid = "0b1f7a52-6c0f-4a55-9e0d-0f2b7b1c9c01")]
struct Woke;

/// Has its base given by name.
#[derive(WmiClass)]
#[wmi(
    event,
    base = "__ExtrinsicEvent",
    guid = "0b1f7a52-6c0f-4a55-9e0d-0f2b7b1c9c02"
)]
struct LinkChange {
    #[wmi(data_id = 1)]
    up: bool,
    #[wmi(data_id = 2)]
    port: u16,
}

/// The largest allowed event.
#[derive(WmiClass)]
#[wmi(event, base = VendorEvent, guid = "0b1f7a52-6c0f-4a55-9e0d-0f2b7b1c9c03")]
struct Largest {
    #[wmi(data_id = 1)]
    bytes: [u8; 960],
}

/// Of variable size.
#[derive(WmiClass)]
#[wmi(event, variable, base = VendorEvent, guid = "0b1f7a52-6c0f-4a55-9e0d-0f2b7b1c9c04")]
struct Message<'a> {
    #[wmi(data_id = 1)]
    text: &'a str,
    #[wmi(data_id = 2)]
    count: Count<u8>,
    #[wmi(data_id = 3, size_is = "count")]
    bytes: &'a [u8],
}

/// `Message` without the limit.
#[derive(WmiClass)]
#[wmi(variable, base = VendorBlock, guid = "0b1f7a52-6c0f-4a55-9e0d-0f2b7b1c9c05")]
struct Unlimited<'a> {
    #[wmi(data_id = 1)]
    text: &'a str,
}

const SCHEMA: Schema<'static> = Schema::new(&[
    VendorEvent::CLASS,
    VendorBlock::CLASS,
    Woke::CLASS,
    LinkChange::CLASS,
    Largest::CLASS,
    Message::CLASS,
    Unlimited::CLASS,
]);

#[test]
fn mof_names_base_classes() {
    let mof = SCHEMA.mof().to_string();
    let bases: Vec<_> = reader::classes(&mof)
        .into_iter()
        .map(|class| (class.name, class.base.unwrap_or_default()))
        .collect();
    let expected = [
        ("Vendor_Event", "WMIEvent"),
        ("Vendor_Block", ""),
        ("Vendor_Woke", "Vendor_Event"),
        ("LinkChange", "__ExtrinsicEvent"),
        ("Largest", "Vendor_Event"),
        ("Message", "Vendor_Event"),
        ("Unlimited", "Vendor_Block"),
    ];
    assert_eq!(
        bases,
        expected.map(|(class, base)| (class.to_owned(), base.to_owned()))
    );
}

#[test]
fn base_class_adds_no_items() {
    let mof = "[abstract,\n Description(\"An abstract base that is not an event, while `WMIEvent` \
        is one itself.\") : amended]\nclass Vendor_Block\n{\n};\n";
    assert_eq!(VendorBlock::mof().to_string(), mof);
    let mof = "class Vendor_Event : WMIEvent\n{\n};\n";
    assert_eq!(VendorEvent::mof().to_string(), mof);
}

#[test]
fn event_without_items_has_a_schema_class() {
    let expected = r#"[Dynamic, Provider("WMIProv"), WMI, guid("{0b1f7a52-6c0f-4a55-9e0d-0f2b7b1c9c01}"),
 Description("Has its base given as a type, and no items.") : amended]
class Vendor_Woke : Vendor_Event
{
    [read, key]
    String InstanceName;

    [read]
    boolean Active;
};
"#;
    assert_eq!(Woke::mof().to_string(), expected);
    assert_eq!(Woke::CLASS.guid(), Some(Woke::GUID));
    assert_ne!(Woke::GUID, Guid::NIL);
    assert_eq!((Woke::SIZE, Woke::ALIGN, Woke::ITEMS.len()), (0, 1, 0));
}

/// `WNODE_SINGLE_INSTANCE` of 64 bytes and no data.
#[test]
fn event_without_items_round_trips() {
    let mut buffer = [0xa5; 72];
    let block = Woke.snapshot();
    assert!(block.as_bytes().is_empty());
    let length = SingleInstanceWriter::new(3, block)
        .write(&mut buffer)
        .unwrap();
    assert_eq!(length, 64);
    let Ok(Wnode::SingleInstance(read)) = Wnode::decode(&buffer[..length]) else {
        panic!("it is a WNODE_SINGLE_INSTANCE");
    };
    assert!(read.data().is_empty());
    assert!(read.block::<Woke>().is_ok_and(|read| *read == block));
    assert!(read.block::<LinkChange>().is_err());

    for count in 0..4u32 {
        let blocks = vec![block; count as usize];
        let mut buffer = [0xa5; 128];
        let length = AllDataWriter::new(&blocks).write(&mut buffer).unwrap();
        let Ok(Wnode::AllData(read)) = Wnode::decode(&buffer[..length]) else {
            panic!("it is a WNODE_ALL_DATA");
        };
        assert_eq!(read.instance_count(), count);
        assert!((0..count).all(|instance| read.data(instance) == Some(&[])));
        let found = read.blocks::<Woke>().unwrap();
        assert_eq!(found.len(), blocks.len());
        assert!(found.eq(&blocks));
    }
}

#[test]
fn fixed_events_are_fixed_classes() {
    let block = LinkChange {
        up: true,
        port: 0x0102,
    }
    .snapshot();
    assert_eq!(block.as_bytes(), [1, 0, 2, 1]);
    assert!(block.up());
    // A compile-fail test shows that one more byte does not compile.
    assert_eq!(Largest::SIZE, 960);
    let mut buffer = [0; 1024];
    let largest = Largest { bytes: [1; 960] };
    let written = SingleInstanceWriter::new(0, &largest).write(&mut buffer);
    assert_eq!(written, Ok(1024));
}

#[test]
fn variable_events_are_limited_in_size() {
    let mut buffer = [0xa5; 1100];
    let text = "a".repeat(478);
    // The count of the text, the text, and the count of the bytes.
    let message = |bytes| Message {
        text: &text,
        count: Count::NEW,
        bytes,
    };
    assert_eq!(Message::LIMIT, 960);
    assert_eq!(message(&[1]).encode(&mut buffer), Ok(960));
    assert_eq!(buffer[957..961], [0, 1, 1, 0xa5]);

    buffer.fill(0xa5);
    let error = EncodeError::OverLimit {
        size: 961,
        limit: 960,
    };
    assert_eq!(message(&[1, 2]).encode(&mut buffer), Err(error));
    assert_eq!(message(&[1, 2]).encoded_size(), Err(error));
    assert!(buffer.iter().all(|byte| *byte == 0xa5));
    assert_eq!(
        error.to_string(),
        "the data block has 961 bytes, but its class is limited to 960"
    );
    // The limit is checked before the buffer.
    assert_eq!(message(&[1, 2]).encode(&mut []), Err(error));

    let text = "a".repeat(600);
    assert_eq!(Unlimited { text: &text }.encode(&mut [0; 1202]), Ok(1202));
    assert_eq!(Unlimited::LIMIT, 0xffff_ffff);
}
