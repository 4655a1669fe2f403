//! Decoding WNODEs of every structure into named values, and malformed bytes.

use proptest::prelude::*;
use wmi_core::schema::Schema;
use wmi_core::wnode::flags::WNODE_FLAG_EVENT_ITEM;
use wmi_core::wnode::{
    AllDataWriter, EventReferenceWriter, InstanceId, NamedInstance, SingleWnodeWriter, Target,
    WnodeHeader, write_too_small,
};
use wmi_core::{Count, DataBlock, DateTime, Guid, Text, WmiClass, WmiField, WmiMethod};
use wmi_tools::Arena;
use wmi_tools::bmf::{self, Packing};
use wmi_tools::client::{Client, DataObject, Datum, ReplyContent, ReplyError};
use wmi_tools::layout::BlockLayout;
use wmi_tools::mof::Reader;

/// A disk.
#[derive(WmiClass)]
#[wmi(name = "Vendor_Disk", guid = "8c1a2c0e-7f6b-4c44-9a26-50d2f3bb4d01")]
#[wmi(methods(Locate))]
struct Disk {
    /// Its size.
    #[wmi(data_id = 1, name = "Size")]
    bytes: u64,
    /// Its label.
    #[wmi(data_id = 2)]
    label: Text<6>,
    /// When it was made.
    #[wmi(data_id = 3)]
    made: DateTime,
    /// Whether it is there.
    #[wmi(data_id = 4)]
    present: bool,
    /// Its heads.
    #[wmi(data_id = 5)]
    heads: [Head; 2],
}

/// A head of a disk.
#[derive(WmiClass)]
#[wmi(embedded, name = "Vendor_Head")]
struct Head {
    /// Degrees.
    #[wmi(data_id = 1)]
    degrees: i16,
}

/// The lamp of a disk.
#[derive(WmiMethod)]
#[wmi(id = 4)]
struct Locate {
    /// Whether to light it.
    #[wmi(in)]
    lit: bool,
    /// Whether it was.
    #[wmi(out)]
    before: bool,
}

/// Numbers.
#[derive(WmiClass)]
#[wmi(
    variable,
    name = "Vendor_Numbers",
    guid = "8c1a2c0e-7f6b-4c44-9a26-50d2f3bb4d02"
)]
struct Numbers<'a> {
    #[wmi(data_id = 1)]
    count: Count<u32>,
    #[wmi(data_id = 2, size_is = "count")]
    numbers: &'a [u16],
}

const SCHEMA: Schema<'static> = Schema::new(&[Head::CLASS, Disk::CLASS, Numbers::CLASS]);

fn disk(bytes: u64) -> Disk {
    Disk {
        bytes,
        label: Text::new("a\"b").unwrap(),
        made: DateTime::parse("20240229134501.250000+060").unwrap(),
        present: true,
        heads: [Head { degrees: -1 }, Head { degrees: 40 }],
    }
}

fn reference(target: Target<'_>) -> EventReferenceWriter<'_> {
    EventReferenceWriter {
        guid: Disk::GUID,
        target_guid: Numbers::GUID,
        target,
        target_size: 5000,
        provider_id: 5,
        time_stamp: 0,
    }
}

/// Returns the bytes that `write` writes.
fn written<E: core::fmt::Debug>(write: impl FnOnce(&mut [u8]) -> Result<usize, E>) -> Vec<u8> {
    let mut buffer = vec![0; 4096];
    let size = write(&mut buffer).unwrap();
    buffer.truncate(size);
    buffer
}

#[test]
fn all_instances_are_decoded() {
    let client = Client::new(&SCHEMA);
    let disks = [disk(1), disk(2)];
    let named = [("C:", &disks[0]), ("D:", &disks[1])];
    let named = named.map(|(name, instance)| NamedInstance { name, instance });
    let bytes = written(|buffer| AllDataWriter::new(&named).write::<Disk>(buffer));
    let reply = client.decode(&bytes).unwrap();
    assert_eq!((reply.class, reply.is_event()), (Disk::CLASS, false));
    let [first, second] = reply.instances() else {
        panic!("{reply}");
    };
    assert!(matches!(first.id, InstanceId::Dynamic(name) if name == "C:"));
    assert_eq!(second.object.get("size"), Some(&Datum::U64(2)));
    let text = "// \"C:\"\n\
        instance of Vendor_Disk\n\
        {\n    Size = 1;\n    Label = \"a\\\"b\";\n    Made = \"20240229134501.250000+060\";\n    \
        Present = TRUE;\n    Heads = {instance of Vendor_Head\n    {\n        Degrees = -1;\n    }, \
        instance of Vendor_Head\n    {\n        Degrees = 40;\n    }};\n};\n";
    assert!(reply.to_string().starts_with(text), "{reply}");

    let none: [Disk; 0] = [];
    let bytes = written(|buffer| AllDataWriter::new(&none).write::<Disk>(buffer));
    assert!(client.decode(&bytes).unwrap().instances().is_empty());
}

#[test]
fn single_instances_items_and_outputs_are_decoded() {
    let client = Client::new(&SCHEMA);
    let block = disk(7).snapshot();
    let target = Target::Static(3);
    let single = SingleWnodeWriter::instance(Disk::GUID, target);
    let bytes = written(|buffer| single.write(block.as_bytes(), buffer));
    let reply = client.decode(&bytes).unwrap();
    assert_eq!(reply.instances()[0].id, InstanceId::Static(3));
    assert_eq!(
        reply.instances()[0].object.get("Size"),
        Some(&Datum::U64(7))
    );

    let item = SingleWnodeWriter::item(Disk::GUID, target, Disk::LABEL.id());
    let value = Text::<6>::encode(Text::new("xyz").unwrap());
    let bytes = written(|buffer| item.write(zerocopy::IntoBytes::as_bytes(&value), buffer));
    let reply = client.decode(&bytes).unwrap();
    let ReplyContent::Item { item, value, .. } = &reply.content else {
        panic!("{reply}");
    };
    assert_eq!((item.name, value), ("Label", &Datum::from("xyz")));
    assert_eq!(
        reply.to_string(),
        "// instance 3\nVendor_Disk.Label = \"xyz\";\n"
    );

    let method = SingleWnodeWriter::method(Disk::GUID, target, Locate::ID);
    let bytes = written(|buffer| method.write(&[1], buffer));
    let reply = client.decode(&bytes).unwrap();
    let ReplyContent::Output { method, output, .. } = &reply.content else {
        panic!("{reply}");
    };
    assert_eq!(
        (method.name, output.get("Before")),
        ("Locate", Some(&Datum::Boolean(true)))
    );
}

#[test]
fn events_are_decoded() {
    let client = Client::new(&SCHEMA);
    let block = disk(7).snapshot();
    let event = SingleWnodeWriter::instance(Disk::GUID, Target::Dynamic("C:")).event(5);
    let bytes = written(|buffer| event.write(block.as_bytes(), buffer));
    let reply = client.decode(&bytes).unwrap();
    assert!(reply.is_event() && reply.header.has(WNODE_FLAG_EVENT_ITEM));
    assert_eq!(reply.instances().len(), 1);

    let reference = reference(Target::Static(1));
    let bytes = written(|buffer| reference.write(buffer));
    let reply = client.decode(&bytes).unwrap();
    let ReplyContent::Reference { id, target, size } = reply.content else {
        panic!("{reply}");
    };
    assert_eq!(
        (id, target, size),
        (InstanceId::Static(1), Numbers::GUID, 5000)
    );
}

#[test]
fn malformed_replies_name_the_fault() {
    let client = Client::new(&SCHEMA);
    let target = Target::Static(0);
    let fault = |writer: SingleWnodeWriter<'_>, data: &[u8]| {
        let bytes = written(|buffer| writer.write(data, buffer));
        client.decode(&bytes).unwrap_err()
    };
    let bytes = written(|buffer| write_too_small(buffer, Disk::GUID, 500));
    let why = client.decode(&bytes).unwrap_err();
    assert_eq!(why, ReplyError::TooSmall { size_needed: 500 });
    let guid = Guid::from_fields(1, 2, 3, [4; 8]);
    assert_eq!(
        fault(SingleWnodeWriter::instance(guid, target), &[]),
        ReplyError::UnknownClass { guid }
    );
    let class = || "Vendor_Disk".to_owned();
    let (class_name, id) = (class(), 9);
    assert_eq!(
        fault(SingleWnodeWriter::item(Disk::GUID, target, 9), &[]),
        ReplyError::UnknownItem {
            class: class_name,
            id
        }
    );
    let class_name = class();
    assert_eq!(
        fault(SingleWnodeWriter::method(Disk::GUID, target, 9), &[]),
        ReplyError::UnknownMethod {
            class: class_name,
            id
        }
    );
    let why = fault(SingleWnodeWriter::instance(Disk::GUID, target), &[0; 10]);
    assert_eq!(
        why.to_string(),
        "instance 0: `Made`: the item at byte 10: needs 50 bytes, but 0 are left",
    );
    assert!(matches!(
        client.decode(&[0; 20]).unwrap_err(),
        ReplyError::Wnode(_)
    ));
}

/// Decodes with the schema in all three forms: derived, MOF text and binary MOF.
#[test]
fn classes_of_any_origin_decode_alike() {
    let mut text = SCHEMA.mof().to_string();
    text.insert_str(0, "class Win32_PerfRawData {};\n");
    let arena = Arena::new();
    let reading = Reader::new(&arena).read("disk.mof", text.as_bytes());
    assert!(!reading.has_errors(), "{:?}", reading.diagnostics);
    let binary = bmf::encode_schema(&SCHEMA, Packing::Greedy).unwrap();
    let binary = bmf::decode(&arena, &binary).unwrap();

    let disks = [disk(1), disk(2)];
    let bytes = written(|buffer| AllDataWriter::new(&disks).write::<Disk>(buffer));
    let derived = Client::new(&SCHEMA);
    let expected = derived.decode(&bytes).unwrap();
    for client in [Client::new(&reading.file), Client::new(&binary)] {
        let reply = client.decode(&bytes).unwrap();
        assert_eq!(reply.to_string(), expected.to_string());
        let class = client.class(Disk::GUID).unwrap();
        let layout = BlockLayout::of(class, client.classes()).unwrap();
        let object = &reply.instances()[1].object;
        assert_eq!(object, &expected.instances()[1].object);
        assert_eq!(
            object.encode(&layout).unwrap(),
            disks[1].snapshot().as_bytes()
        );
    }
}

/// Links WNODEs into a chain.
fn chain(wnodes: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (index, wnode) in wnodes.iter().enumerate() {
        let start = bytes.len();
        bytes.extend(wnode);
        if index + 1 < wnodes.len() {
            bytes.resize(bytes.len().next_multiple_of(8), 0);
            let next = (bytes.len() - start) as u32;
            bytes[start + LINKAGE..][..4].copy_from_slice(&next.to_le_bytes());
        }
    }
    bytes
}

const LINKAGE: usize = core::mem::offset_of!(WnodeHeader, linkage);

/// A chain of the replies of two providers of one class and of one provider of another class.
#[test]
fn chains_of_several_providers_are_decoded() {
    let client = Client::new(&SCHEMA);
    let reply = |bytes| {
        let disks = [disk(bytes), disk(bytes + 1)];
        written(|buffer| AllDataWriter::new(&disks).write::<Disk>(buffer))
    };
    let unknown = SingleWnodeWriter::instance(Guid::NIL, Target::Static(0));
    let unknown = written(|buffer| unknown.write(&[], buffer));
    let bytes = chain(&[reply(10), unknown, reply(20)]);
    let replies: Vec<_> = client.decode_chain(&bytes).collect();
    let size = |reply: usize, instance: usize| {
        let reply = replies[reply].as_ref().unwrap();
        reply.instances()[instance]
            .object
            .get("Size")
            .unwrap()
            .as_u64()
    };
    assert_eq!((size(0, 0), size(0, 1)), (Some(10), Some(11)));
    assert_eq!((size(2, 0), size(2, 1)), (Some(20), Some(21)));
    let unknown = replies[1].as_ref().unwrap_err();
    let guid = Guid::NIL;
    assert_eq!(*unknown, ReplyError::UnknownClass { guid });
    assert_eq!(replies.len(), 3);

    let alone = reply(1);
    assert_eq!(client.decode_chain(&alone).count(), 1);
    let errors: Vec<_> = client.decode_chain(&[]).collect();
    assert!(matches!(errors[..], [Err(ReplyError::Wnode(_))]));
}

/// A `Linkage` that points back, into its own WNODE or past the bytes ends the chain.
#[test]
fn malformed_linkage_ends_a_chain() {
    let client = Client::new(&SCHEMA);
    let disks = [disk(1)];
    let one = written(|buffer| AllDataWriter::new(&disks).write::<Disk>(buffer));
    let bytes = chain(&[one.clone(), one.clone()]);
    let (first, end) = (one.len() as u32, bytes.len() as u32);
    // The bytes end at the link, or before its header does.
    let outside = [end - 47, end, end + 1, u32::MAX];
    for linkage in [1, 8, first - 1].into_iter().chain(outside) {
        let mut bytes = bytes.clone();
        bytes[LINKAGE..][..4].copy_from_slice(&linkage.to_le_bytes());
        let replies: Vec<_> = client.decode_chain(&bytes).collect();
        let [Ok(_), Err(ReplyError::Wnode(error))] = &replies[..] else {
            panic!("{replies:?}");
        };
        assert_eq!((error.member, error.offset), ("Linkage", LINKAGE));
    }
    // The last WNODE is truncated.
    let replies: Vec<_> = client.decode_chain(&bytes[..bytes.len() - 1]).collect();
    assert!(matches!(replies[..], [Ok(_), Err(ReplyError::Wnode(_))]));
}

/// A few bytes cannot produce more names than there are bytes.
#[test]
fn overlapping_names_are_refused() {
    let client = Client::new(&SCHEMA);
    let none: [NamedInstance<'_, &Disk>; 0] = [];
    let mut bytes = written(|buffer| AllDataWriter::new(&none).write::<Disk>(buffer));
    // Thousands of instances without data, and one name of 64 KB.
    const COUNT: u32 = 5000;
    let (offsets, name) = (64, 64 + 4 * COUNT);
    let fields = [64, COUNT, offsets, 0];
    let fields: Vec<u8> = fields.into_iter().flat_map(u32::to_le_bytes).collect();
    bytes[48..64].copy_from_slice(&fields);
    (0..COUNT).for_each(|_| bytes.extend(name.to_le_bytes()));
    bytes.extend(0xfffeu16.to_le_bytes());
    bytes.resize(bytes.len() + 0xfffe, b'x');
    let size = bytes.len() as u32;
    bytes[..4].copy_from_slice(&size.to_le_bytes());
    assert_eq!(client.decode(&bytes).unwrap_err(), ReplyError::Overlap);
}

/// A few bytes cannot produce more values than there are bytes.
#[test]
fn overlapping_instances_are_refused() {
    let client = Client::new(&SCHEMA);
    let (count, data) = (100u32, 1000u32);
    let first = (60 + 8 * count).next_multiple_of(8);
    let mut bytes = vec![0; (first + data) as usize];
    let mut put = |at: u32, number: u32| {
        bytes[at as usize..][..4].copy_from_slice(&number.to_le_bytes());
    };
    put(0, first + data);
    // ALL_DATA with static names.
    put(44, 0x81);
    put(52, count);
    for place in 0..count {
        put(60 + 8 * place, first);
        put(64 + 8 * place, data);
    }
    put(first, 498);
    bytes[24..40].copy_from_slice(&Numbers::GUID.to_bytes());
    assert_eq!(client.decode(&bytes).unwrap_err(), ReplyError::Overlap);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn numbers_round_trip(numbers in prop::collection::vec(any::<u16>(), 0..50)) {
        let client = Client::new(&SCHEMA);
        let layout = BlockLayout::of(Numbers::CLASS, client.classes()).unwrap();
        let object = DataObject::new("Vendor_Numbers").with("Numbers", numbers.clone());
        let data = object.encode(&layout).unwrap();
        let writer = SingleWnodeWriter::instance(Numbers::GUID, Target::Dynamic("one"));
        let bytes = written(|buffer| writer.write(&data, buffer));
        let reply = client.decode(&bytes).unwrap();
        let read = &reply.instances()[0].object;
        prop_assert_eq!(read.get("Numbers"), Some(&Datum::from(numbers.clone())));
        prop_assert_eq!(read.get("Count").unwrap().as_u64(), Some(numbers.len() as u64));
    }

    #[test]
    fn damaged_wnodes_are_decoded_or_refused(
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        length in any::<prop::sample::Index>(),
        kind in 0..5,
    ) {
        let client = Client::new(&SCHEMA);
        let disks = [disk(1), disk(2)];
        let block = disks[0].snapshot();
        let mut bytes = written(|buffer| match kind {
            0 => AllDataWriter::new(&disks).write::<Disk>(buffer),
            1 => SingleWnodeWriter::instance(Disk::GUID, Target::Dynamic("x")).write(block.as_bytes(), buffer),
            2 => SingleWnodeWriter::item(Disk::GUID, Target::Static(0), 2).write(block.as_bytes(), buffer),
            3 => SingleWnodeWriter::method(Disk::GUID, Target::Static(0), 4).write(&[1], buffer),
            _ => reference(Target::Dynamic("x")).write(buffer),
        });
        for (place, byte) in damage {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        bytes.truncate(length.index(bytes.len()) + 1);
        prop_assert!(client.decode_chain(&bytes).count() <= bytes.len());
        match client.decode(&bytes) {
            Ok(reply) => {
                let _ = reply.to_string();
            }
            Err(why) => prop_assert!(!why.to_string().is_empty()),
        }
    }
}
