//! Old bytes that a reply must not reveal, and values that a set must not change.

use std::sync::Mutex;

use wmi_core::provider::{
    Block, DataPath, Handle, HandleVariable, Minor, NameChanges, Provider, Reply, Request,
    Response, Sent, VariableItemChange,
};
use wmi_core::wnode::{InstanceData, SingleWnodeWriter, Target};
use wmi_core::{
    Count, DataBlock, Execute, Guid, NoParameters, NtStatus, Text, VariableClass, Wire, WmiClass,
    WmiMethod,
};

/// Items with `write` between others, and a string that may be shorter than its capacity.
#[derive(WmiClass, Clone, Copy, PartialEq, Debug)]
#[wmi(name = "Vendor_Mixed", guid = "1c5b8a01-40f2-4f0e-9d55-6a0e1f2b3c51")]
struct Mixed {
    #[wmi(data_id = 1)]
    serial: u64,
    #[wmi(data_id = 2, write)]
    label: Text<4>,
    #[wmi(data_id = 3)]
    revision: u8,
    #[wmi(data_id = 4, write)]
    speed: u32,
    #[wmi(data_id = 5)]
    place: Text<2>,
}

/// Like `Mixed`, of variable size: a count follows its arrays.
#[derive(WmiClass)]
#[wmi(name = "Vendor_MixedList", variable)]
#[wmi(guid = "1c5b8a01-40f2-4f0e-9d55-6a0e1f2b3c52")]
struct MixedList<'a> {
    #[wmi(data_id = 1)]
    serial: &'a str,
    #[wmi(data_id = 2)]
    limit_count: Count<u32>,
    #[wmi(data_id = 3, size_is = "limit_count", write)]
    limits: &'a [u16],
    #[wmi(data_id = 4)]
    port_count: Count<u8>,
    #[wmi(data_id = 5, size_is = "port_count")]
    ports: &'a [u16],
    #[wmi(data_id = 6, write)]
    label: &'a str,
}

/// Two arrays, one with `write` and one without, share a count.
#[derive(WmiClass)]
#[wmi(name = "Vendor_Pairs", variable)]
#[wmi(guid = "1c5b8a01-40f2-4f0e-9d55-6a0e1f2b3c53")]
struct Pairs<'a> {
    #[wmi(data_id = 1)]
    count: Count<u8>,
    #[wmi(data_id = 2, size_is = "count")]
    ids: &'a [u8],
    #[wmi(data_id = 3, size_is = "count", write)]
    values: &'a [u8],
}

/// Counters from an object that does not write all of them.
#[derive(WmiClass)]
#[wmi(
    name = "Vendor_Careless",
    guid = "1c5b8a01-40f2-4f0e-9d55-6a0e1f2b3c54"
)]
struct Careless {
    #[wmi(data_id = 1)]
    first: u64,
    #[wmi(data_id = 2)]
    second: u64,
}

/// No input and no output.
#[derive(WmiMethod)]
#[wmi(id = 1)]
struct Ping;

/// No input.
#[derive(WmiMethod)]
#[wmi(id = 2)]
struct Read {
    #[wmi(out)]
    value: u32,
}

#[derive(WmiClass)]
#[wmi(name = "Vendor_Pinged", guid = "1c5b8a01-40f2-4f0e-9d55-6a0e1f2b3c55")]
#[wmi(methods(Ping, Read))]
struct Pinged;

struct Device {
    mixed: Mutex<Mixed>,
    list: Mutex<List>,
    pairs: Mutex<[Vec<u8>; 2]>,
    lanes: Vec<String>,
    changes: NameChanges,
}

#[derive(Clone, PartialEq, Debug)]
struct List {
    serial: String,
    limits: Vec<u16>,
    ports: Vec<u16>,
    label: String,
}

impl Handle<Mixed> for Device {
    fn query(&self) -> Result<Mixed, NtStatus> {
        Ok(*self.mixed.lock().unwrap())
    }

    /// Stores all items.
    fn set(&self, block: &Wire<Mixed>) -> Result<(), NtStatus> {
        *self.mixed.lock().unwrap() = Mixed {
            serial: block.serial(),
            label: block.label(),
            revision: block.revision(),
            speed: block.speed(),
            place: block.place(),
        };
        Ok(())
    }
}

impl HandleVariable<MixedList<'_>> for Device {
    fn query(&self, reply: Reply<'_, MixedList<'_>>) -> Result<Sent, NtStatus> {
        let list = self.list.lock().unwrap();
        reply.send(&MixedList {
            serial: &list.serial,
            limit_count: Count::NEW,
            limits: &list.limits,
            port_count: Count::NEW,
            ports: &list.ports,
            label: &list.label,
        })
    }

    /// Stores all items.
    fn set(&self, block: MixedListView<'_>) -> Result<(), NtStatus> {
        assert_eq!(block.limit_count as usize, block.limits.len());
        assert_eq!(usize::from(block.port_count), block.ports.len());
        *self.list.lock().unwrap() = List {
            serial: block.serial.to_string(),
            limits: block.limits.iter().collect(),
            ports: block.ports.iter().collect(),
            label: block.label.to_string(),
        };
        Ok(())
    }

    fn set_item(&self, change: VariableItemChange<'_>) -> Result<(), NtStatus> {
        self.list.lock().unwrap().label = change.value::<&str>()?.to_string();
        Ok(())
    }
}

impl HandleVariable<Pairs<'_>> for Device {
    fn query(&self, reply: Reply<'_, Pairs<'_>>) -> Result<Sent, NtStatus> {
        let [ids, values] = &*self.pairs.lock().unwrap();
        let count = Count::NEW;
        reply.send(&Pairs { count, ids, values })
    }

    fn set(&self, block: PairsView<'_>) -> Result<(), NtStatus> {
        *self.pairs.lock().unwrap() = [block.ids, block.values].map(|all| all.iter().collect());
        Ok(())
    }
}

/// Writes one of two items.
impl InstanceData<Careless> for Device {
    fn store(&self, block: &mut Wire<Careless>) {
        block.set(Careless::FIRST, 7);
    }
}

impl Execute<Ping> for Device {
    fn execute(&self, _: NoParameters) -> Result<NoParameters, NtStatus> {
        Ok(NoParameters)
    }
}

impl Execute<Read> for Device {
    fn execute(&self, _: NoParameters) -> Result<ReadOut, NtStatus> {
        Ok(ReadOut { value: 0x0102_0304 })
    }
}

static PROVIDER: Provider<Device> = Provider::new(&[
    &Block::fixed::<Mixed, _>(|device: &Device, _| Some(device)).base_name("Mixed", |_| 1),
    &Block::variable::<MixedList<'_>, _>(|device: &Device, _| Some(device))
        .base_name("List", |_| 1),
    &Block::variable::<Pairs<'_>, _>(|device: &Device, _| Some(device)).base_name("Pairs", |_| 1),
    &Block::counters::<Careless, _>(|device: &Device, _| Some(device))
        .dynamic(|device, lane| device.lanes.get(lane).map(String::as_str))
        .name_changes(|device| &device.changes),
    &Block::methods_only::<Pinged, _>(|device: &Device, _| Some(device))
        .base_name("Pinged", |_| 1)
        .methods::<(Ping, Read)>(),
]);

fn device() -> Device {
    Device {
        mixed: Mutex::new(Mixed {
            serial: 1,
            label: Text::new("ab").unwrap(),
            revision: 2,
            speed: 3,
            place: Text::new("c").unwrap(),
        }),
        list: Mutex::new(List {
            serial: "S".to_owned(),
            limits: vec![1, 2],
            ports: vec![3],
            label: "l".to_owned(),
        }),
        pairs: Mutex::new([vec![1, 2], vec![3, 4]]),
        lanes: vec!["first".to_owned(), "second".to_owned()],
        changes: NameChanges::new(),
    }
}

fn ask(device: &Device, minor: Minor, guid: Guid, buffer: &mut [u8]) -> Response {
    let request = Request::new(minor, guid, buffer);
    PROVIDER.dispatch(device, request).immediate()
}

fn set(device: &Device, guid: Guid, data: &[u8]) -> NtStatus {
    let mut buffer = vec![0; 2000];
    let writer = SingleWnodeWriter::instance(guid, Target::Static(0));
    let written = writer.write(data, &mut buffer).unwrap();
    let response = ask(
        device,
        Minor::ChangeSingleInstance,
        guid,
        &mut buffer[..written],
    );
    response.status
}

#[test]
fn items_without_write_keep_their_value() {
    let device = device();
    let mut sent = Mixed {
        serial: 100,
        label: Text::new("xyz").unwrap(),
        revision: 200,
        speed: 300,
        place: Text::new("no").unwrap(),
    };
    let status = set(&device, Mixed::GUID, sent.snapshot().as_bytes());
    assert_eq!(status, NtStatus::SUCCESS);
    let kept = Text::new("c").unwrap();
    (sent.serial, sent.revision, sent.place) = (1, 2, kept);
    assert_eq!(*device.mixed.lock().unwrap(), sent);
    // A string shorter than its capacity moves the items after it.
    let data = [
        9, 9, 9, 9, 9, 9, 9, 9, 2, 0, 65, 0, 9, 0, 0, 0, 5, 0, 0, 0, 0, 0,
    ];
    assert_eq!(set(&device, Mixed::GUID, &data), NtStatus::SUCCESS);
    (sent.label, sent.speed) = (Text::new("A").unwrap(), 5);
    assert_eq!(*device.mixed.lock().unwrap(), sent);
}

fn list(serial: &str, limits: &[u16], ports: &[u16], label: &str) -> Vec<u8> {
    let list = MixedList {
        serial,
        limit_count: Count::NEW,
        limits,
        port_count: Count::NEW,
        ports,
        label,
    };
    let mut data = vec![0; 1500];
    let size = list.encode(&mut data).unwrap();
    data.truncate(size);
    data
}

#[test]
fn variable_items_without_write_keep_their_value() {
    let device = device();
    let sent = list("another serial", &[7, 8, 9], &[], "new");
    assert_eq!(set(&device, MixedList::GUID, &sent), NtStatus::SUCCESS);
    let kept = List {
        serial: "S".to_owned(),
        limits: vec![7, 8, 9],
        ports: vec![3],
        label: "new".to_owned(),
    };
    assert_eq!(*device.list.lock().unwrap(), kept);
    // The kept value must fit the available memory.
    let long = "x".repeat(600);
    device.list.lock().unwrap().serial = long.clone();
    let before = device.list.lock().unwrap().clone();
    let status = set(&device, MixedList::GUID, &sent);
    assert_eq!(status, NtStatus::INSUFFICIENT_RESOURCES);
    assert_eq!(*device.list.lock().unwrap(), before);
}

#[test]
fn arrays_sharing_a_count_cannot_change_length() {
    let device = device();
    let data = |ids: &[u8], values: &[u8]| [&[ids.len() as u8], ids, values].concat();
    let status = set(&device, Pairs::GUID, &data(&[9, 9], &[5, 6]));
    assert_eq!(status, NtStatus::SUCCESS);
    assert_eq!(*device.pairs.lock().unwrap(), [vec![1, 2], vec![5, 6]]);
    let status = set(&device, Pairs::GUID, &data(&[9], &[5]));
    assert_eq!(status, NtStatus::WMI_SET_FAILURE);
    assert_eq!(*device.pairs.lock().unwrap(), [vec![1, 2], vec![5, 6]]);
}

#[test]
fn unwritten_items_are_zero() {
    let device = device();
    let mut buffer = [0xa5; 200];
    let writer = SingleWnodeWriter::instance(Careless::GUID, Target::Dynamic("FIRST"));
    writer.write(&[], &mut buffer).unwrap();
    let single = ask(
        &device,
        Minor::QuerySingleInstance,
        Careless::GUID,
        &mut buffer,
    );
    let expected = [7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    assert_eq!(
        buffer[single.information - 16..single.information],
        expected
    );
    let mut buffer = [0xa5; 200];
    let _ = ask(&device, Minor::QueryAllData, Careless::GUID, &mut buffer);
    assert_eq!(buffer[64..96], [expected, expected].concat());
}

/// `DataBlockOffset` is far behind the request; the bytes in between must not be revealed.
#[test]
fn bytes_between_request_and_data_are_cleared() {
    let device = device();
    let mut buffer = [0xa5; 400];
    let writer = SingleWnodeWriter::instance(Careless::GUID, Target::Dynamic("first"));
    let written = writer.write(&[], &mut buffer).unwrap();
    buffer[56] = 200;
    let response = ask(
        &device,
        Minor::QuerySingleInstance,
        Careless::GUID,
        &mut buffer,
    );
    assert_eq!(response, Response::new(NtStatus::SUCCESS, 200 + 16));
    assert_eq!(buffer[written..200], [0; 200][written..]);
    assert_eq!(buffer[64..66], [10, 0], "the name stays");
}

/// Blocks with static names are not requested by name, so the bytes at `OffsetInstanceName` are
/// kept only if the sender's name is there.
#[test]
fn bytes_that_only_look_like_a_name_are_cleared() {
    for (size, is_kept) in [(64, false), (71, false), (72, true), (120, true)] {
        let mut buffer = [0xa5; 160];
        let writer = SingleWnodeWriter::instance(Mixed::GUID, Target::Static(0));
        writer.write(&[], &mut buffer).unwrap();
        buffer[..4].copy_from_slice(&u32::to_le_bytes(size));
        buffer[48] = 64;
        buffer[56] = 96;
        buffer[64..66].copy_from_slice(&[6, 0]);
        let before = buffer;
        let response = ask(
            &device(),
            Minor::QuerySingleInstance,
            Mixed::GUID,
            &mut buffer,
        );
        assert_eq!(response, Response::new(NtStatus::SUCCESS, 96 + 30));
        let name = if is_kept { &before[64..72] } else { &[0; 8] };
        assert_eq!(buffer[64..72], *name, "{size}");
        assert_eq!(buffer[72..96], [0; 24]);
    }
}

/// `BufferSize` is for replies; senders of requests need not set it.
#[test]
fn buffer_size_of_a_request_is_ignored() {
    for size in [0, 47, 63, 64, 1000, u32::MAX] {
        let mut buffer = [0; 100];
        let writer = SingleWnodeWriter::instance(Mixed::GUID, Target::Static(0));
        writer.write(&[], &mut buffer).unwrap();
        buffer[..4].copy_from_slice(&size.to_le_bytes());
        let response = ask(
            &device(),
            Minor::QuerySingleInstance,
            Mixed::GUID,
            &mut buffer,
        );
        assert_eq!(response, Response::new(NtStatus::SUCCESS, 64 + 30));
    }
}

/// Without input its offset does not matter.
#[test]
fn data_offset_is_ignored_without_input() {
    for offset in [0, 1, 67, 68, 72, 76, 88, 89, 1000, 0x7fff_ffff, u32::MAX] {
        for (id, output) in [(1, &[][..]), (2, &[4, 3, 2, 1])] {
            let mut buffer = [0xa5; 88];
            let writer = SingleWnodeWriter::method(Pinged::GUID, Target::Static(0), id);
            writer.write(&[], &mut buffer).unwrap();
            buffer[60..64].copy_from_slice(&offset.to_le_bytes());
            let response = ask(&device(), Minor::ExecuteMethod, Pinged::GUID, &mut buffer);
            assert_eq!(response.status, NtStatus::SUCCESS);
            if offset == 88 && id == 2 {
                // The output would start here, and does not fit.
                assert_eq!(response.information, 56);
                continue;
            }
            let start = if (68..=88).contains(&offset) {
                offset
            } else {
                72
            };
            assert_eq!(buffer[60..64], start.to_le_bytes());
            let start = start as usize;
            assert_eq!(response.information, start + output.len());
            assert_eq!(buffer[start..response.information], *output);
            assert_eq!(buffer[68..start], [0; 88][68..start]);
        }
    }
    // No room even for the padding before an empty output.
    let mut buffer = [0; 70];
    let writer = SingleWnodeWriter::method(Pinged::GUID, Target::Static(0), 1);
    writer.write(&[], &mut [0; 72]).unwrap();
    let mut whole = [0; 72];
    writer.write(&[], &mut whole).unwrap();
    buffer.copy_from_slice(&whole[..70]);
    let response = ask(&device(), Minor::ExecuteMethod, Pinged::GUID, &mut buffer);
    assert_eq!(response, Response::new(NtStatus::SUCCESS, 70));
}

/// A block with static names has no instance with a dynamic name.
#[test]
fn dynamic_names_of_static_blocks_are_not_found() {
    const STATIC: u32 = 0x80;
    const PDO: u32 = 0x1_0000;
    for (flags, expected) in [
        (0, NtStatus::WMI_INSTANCE_NOT_FOUND),
        (PDO, NtStatus::WMI_INSTANCE_NOT_FOUND),
        (STATIC, NtStatus::SUCCESS),
        (STATIC | PDO, NtStatus::SUCCESS),
    ] {
        for name in [0, 63, 65, 99, u32::MAX] {
            let mut buffer = [0; 100];
            let writer = SingleWnodeWriter::instance(Mixed::GUID, Target::Static(0));
            writer.write(&[], &mut buffer).unwrap();
            buffer[44..48].copy_from_slice(&(0x2 | flags).to_le_bytes());
            buffer[48..52].copy_from_slice(&name.to_le_bytes());
            let response = ask(
                &device(),
                Minor::QuerySingleInstance,
                Mixed::GUID,
                &mut buffer,
            );
            assert_eq!(response.status, expected, "{flags:x} {name}");
        }
    }
}

#[test]
fn unchanged_names_set_instances_same() {
    const SAME: u8 = 0x40;
    let device = device();
    let query = |size: usize| {
        let mut buffer = vec![0; size];
        buffer[44] = SAME;
        let response = ask(&device, Minor::QueryAllData, Careless::GUID, &mut buffer);
        assert_eq!(response.status, NtStatus::SUCCESS);
        buffer[44] & SAME != 0
    };
    assert!(!query(60), "there is no room for a reply");
    assert!(!query(300), "the first query");
    assert!(query(300));
    device.changes.record();
    assert!(!query(60));
    assert!(!query(300), "the last reply did not name them");
    assert!(query(300));
    assert!(query(300));
    // The names of another block of the device were not returned yet.
    let mut buffer = [0; 300];
    buffer[44] = SAME;
    let _ = ask(&device, Minor::QueryAllData, Mixed::GUID, &mut buffer);
    assert_eq!(buffer[44] & SAME, 0);
    let register = Request::new(Minor::RegInfoEx, DataPath::REGISTER, &mut buffer);
    let registered = PROVIDER.dispatch(&device, register).immediate();
    assert!(registered.information > 4);
    assert!(!query(300), "the first query of a new registration");
}
