//! Registrations in every form that drivers use, and malformed ones.

use core::time::Duration;
use std::time::Instant;

use wmi_core::provider::{Block, DataPath, Minor, Provider, Request, Response};
use wmi_core::schema::Schema;
use wmi_core::wnode::flags::*;
use wmi_core::{DataBlock, Guid, NtStatus, WmiClass};
use wmi_tools::simulator::{Failure, Names, ProtocolRule, Registration, Simulator};

use super::device::*;
use super::shared::{again, boxed};
use wmi_tests::wmistr::{REGGUID, REGINFO};

const FORWARDED: Response = Response::new(NtStatus::NOT_SUPPORTED, 0);

fn answer(device: &Device, request: &mut Request<'_>) -> Response {
    PROVIDER.dispatch(device, again(request)).immediate()
}

/// The documented way: a failure with `Information` zero, and the size in the buffer.
#[test]
fn needed_size_is_read_from_the_buffer() {
    let device = Device::new();
    let mut wmi = boxed(|mut request: Request<'_>| {
        let mut response = answer(&device, &mut request);
        if request.minor.is_registration() && response.information == 4 {
            response.status = NtStatus::BUFFER_TOO_SMALL;
            response.information = 0;
        }
        response
    });
    assert_eq!(wmi.register().unwrap().blocks.len(), 7);
    assert_eq!(wmi.verify(), []);
}

/// `classpnp` answers only the old request; a new driver may answer only the new one.
#[test]
fn drivers_may_support_one_registration_request() {
    for other in [Minor::RegInfoEx, Minor::RegInfo] {
        let device = Device::new();
        let mut wmi = boxed(|mut request: Request<'_>| match request.minor {
            minor if minor == other => FORWARDED,
            _ => answer(&device, &mut request),
        });
        assert_eq!(wmi.register().unwrap().blocks.len(), 7);
        assert_eq!(wmi.update().unwrap().blocks.len(), 7);
        let violations = wmi.verify();
        let [violation] = &violations[..] else {
            panic!("{violations:#?}");
        };
        assert_eq!(violation.minor, Some(other));
        assert!(matches!(violation.rule, ProtocolRule::WrongStatus { .. }));
    }
}

#[test]
fn violations_name_the_registration_request() {
    let device = Device::new();
    for wrong in [Minor::RegInfo, Minor::RegInfoEx] {
        let mut wmi = boxed(|mut request: Request<'_>| {
            let response = answer(&device, &mut request);
            if request.minor == wrong && response.information > 4 {
                request.buffer[..4].copy_from_slice(&7u32.to_le_bytes());
            }
            response
        });
        let failure = wmi.register().unwrap_err();
        assert_eq!(failure.violation().unwrap().minor, Some(wrong));
    }
}

/// A size that a driver did not write is old memory: that of a registration, or `SizeNeeded`.
#[test]
fn unlikely_sizes_are_found() {
    let forgets = |request: Request<'_>| {
        let capacity = request.buffer.len();
        let status = match request.minor.is_registration() {
            true => NtStatus::SUCCESS,
            false => NtStatus::NOT_SUPPORTED,
        };
        Response::new(status, capacity.min(4))
    };
    let needed = 0xa5a5_a5a5;
    let failure = Simulator::new(forgets).register().unwrap_err();
    let rule = &failure.violation().unwrap().rule;
    assert_eq!(*rule, ProtocolRule::UnlikelySize { needed });

    let device = Device::new();
    let mut wmi = boxed(|mut request: Request<'_>| {
        let response = answer(&device, &mut request);
        if response.information == 56 {
            request.buffer[48..52].fill(0xa5);
        }
        response
    });
    wmi.register().unwrap();
    let failure = wmi.query_all::<PortStats>().unwrap_err();
    let rule = &failure.violation().unwrap().rule;
    assert_eq!(*rule, ProtocolRule::UnlikelySize { needed });
}

/// A `WMIREGINFO`, built by hand.
#[derive(Default)]
struct ByHand {
    next: u32,
    entries: Vec<(u8, u32, u32, u32)>,
    strings: Vec<u8>,
}

impl ByHand {
    /// Adds an entry for the class with this number, its `Flags`, `InstanceCount`, and the offset
    /// of its names among the strings.
    fn entry(mut self, class: u8, flags: u32, count: u32, names: u32) -> Self {
        self.entries.push((class, flags, count, names));
        self
    }

    fn string(mut self, text: &str) -> Self {
        let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        self.strings.extend((units.len() as u16).to_le_bytes());
        self.strings.extend(units);
        self
    }

    fn bytes(&self) -> Vec<u8> {
        let strings = (REGINFO + REGGUID * self.entries.len()) as u32;
        let size = strings + self.strings.len() as u32;
        let head = [size, self.next, 0, 0, self.entries.len() as u32];
        let mut bytes: Vec<u8> = head.into_iter().flat_map(u32::to_le_bytes).collect();
        bytes.resize(REGINFO, 0);
        for (class, flags, count, names) in &self.entries {
            let end = bytes.len() + REGGUID;
            bytes.extend(guid(*class).to_bytes());
            for number in [*flags, *count, strings + names] {
                bytes.extend(number.to_le_bytes());
            }
            bytes.resize(end, 0);
        }
        bytes.extend(&self.strings);
        bytes
    }
}

fn guid(class: u8) -> Guid {
    Guid::from_fields(0x1234, 5, 6, [class; 8])
}

/// A class driver also answers for its miniport, in a second `WMIREGINFO`.
#[test]
fn chained_registrations_are_decoded() {
    const BASE: u32 = WMIREG_FLAG_INSTANCE_BASENAME;
    let mut first = ByHand::default().entry(1, BASE, 2, 0).string("Class");
    first.next = first.bytes().len() as u32 + 4;
    let second = ByHand::default().entry(2, BASE, 1, 0).string("Port");
    let mut bytes = first.bytes();
    bytes.extend([0; 4]);
    bytes.extend(second.bytes());

    let read = Registration::decode(&bytes).unwrap();
    let names: Vec<_> = read.blocks.iter().map(|block| &block.names).collect();
    let base = |name: &str| Names::Base(name.to_owned());
    assert_eq!(names, [&base("Class"), &base("Port")]);
    assert_eq!(read.block(guid(2)).unwrap().instance_count, 1);
    // Both stand in one buffer.
    let mut wmi = boxed(|request: Request<'_>| {
        let is_update = request.data_path == DataPath::UPDATE;
        match request.buffer.get_mut(..bytes.len()) {
            _ if !request.minor.is_registration() || is_update => FORWARDED,
            Some(whole) => {
                whole.copy_from_slice(&bytes);
                Response::new(NtStatus::SUCCESS, bytes.len())
            }
            None => {
                request.buffer[..4].copy_from_slice(&(bytes.len() as u32).to_le_bytes());
                Response::new(NtStatus::BUFFER_TOO_SMALL, 0)
            }
        }
    });
    assert_eq!(*wmi.register().unwrap(), read);

    let (class, size) = (guid(1), first.bytes().len());
    let twice = ByHand::default().entry(1, BASE, 1, 0).string("Port");
    let mut bytes = first.bytes();
    bytes.extend([0; 4]);
    bytes.extend(twice.bytes());
    let rule = Registration::decode(&bytes).unwrap_err();
    assert_eq!(rule, ProtocolRule::RegisteredTwice { guid: class });

    let next_at = |next: u32| {
        let mut bytes = bytes.clone();
        bytes[4..8].copy_from_slice(&next.to_le_bytes());
        Registration::decode(&bytes).unwrap_err()
    };
    let chain = |next| ProtocolRule::RegistrationChain { next, size };
    assert_eq!(next_at(1), chain(1));
    assert_eq!(next_at(size as u32 - 1), chain(size - 1));
    for outside in [bytes.len() as u32, u32::MAX] {
        assert!(matches!(
            next_at(outside),
            ProtocolRule::RegistrationOutside { .. }
        ));
    }
    assert!(Registration::decode(&[0; 64]).is_err());
}

#[test]
fn list_names_differing_only_in_case_are_found() {
    const LIST: u32 = WMIREG_FLAG_INSTANCE_LIST;
    let info = ByHand::default().entry(1, LIST, 2, 0);
    let info = info.string("Same").string("sAME");
    let name = "sAME".to_owned();
    let rule = Registration::decode(&info.bytes()).unwrap_err();
    assert_eq!(rule, ProtocolRule::RepeatedName { name });
}

/// The number of names is bounded, whatever the count.
#[test]
fn unlikely_counts_are_found() {
    let info = |count| {
        let info = ByHand::default().entry(1, WMIREG_FLAG_INSTANCE_BASENAME, count, 0);
        Registration::decode(&info.string("Port").bytes())
    };
    assert!(info(1 << 20).is_ok());
    let (guid, count) = (guid(1), u32::MAX);
    assert_eq!(
        info(count),
        Err(ProtocolRule::UnlikelyCount { guid, count })
    );
    // With dynamic names the count has no meaning.
    let dynamic = ByHand::default().entry(1, 0, u32::MAX, 0);
    assert!(Registration::decode(&dynamic.bytes()).is_ok());
}

#[test]
fn messages_name_the_entry_at_fault() {
    let info = ByHand::default()
        .entry(1, WMIREG_FLAG_INSTANCE_BASENAME, 1, 0)
        .entry(2, WMIREG_FLAG_INSTANCE_BASENAME, 1, 1)
        .string("Port");
    let rule = Registration::decode(&info.bytes()).unwrap_err();
    assert_eq!(
        rule.to_string(),
        format!(
            "`BaseNameOffset` of the entry of {} is at {}, which is not a multiple of 2",
            guid(2),
            REGINFO + 2 * REGGUID + 1
        )
    );
}

/// Two blocks may share a list. Hundreds that share a long one are refused: a few bytes would make
/// millions of names.
#[test]
fn shared_lists_are_bounded() {
    const LIST: u32 = WMIREG_FLAG_INSTANCE_LIST;
    let list = |mut info: ByHand, names: u32| {
        for name in 0..names {
            info = info.string(&name.to_string());
        }
        info.bytes()
    };
    let two = ByHand::default()
        .entry(1, LIST, 50, 0)
        .entry(2, LIST, 50, 0);
    let read = Registration::decode(&list(two, 50)).unwrap();
    assert_eq!(read.blocks[0].names, read.blocks[1].names);

    let many = (1..=255).fold(ByHand::default(), |info, class| {
        info.entry(class, LIST, 5000, 0)
    });
    let start = Instant::now();
    let member = "InstanceNameList";
    let rule = Registration::decode(&list(many, 5000)).unwrap_err();
    assert_eq!(rule, ProtocolRule::RegistrationShared { member });
    assert!(start.elapsed() < Duration::from_secs(10));
}

/// A driver that cannot register says why.
#[test]
fn other_failures_do_not_fall_back() {
    let asked = core::cell::Cell::new(0);
    let mut wmi = boxed(|_: Request<'_>| {
        asked.set(asked.get() + 1);
        Response::new(NtStatus::INSUFFICIENT_RESOURCES, 0)
    });
    let failure = wmi.register().unwrap_err();
    assert_eq!(
        failure,
        Failure::Status {
            minor: Minor::RegInfoEx,
            guid: None,
            class: None,
            status: NtStatus::INSUFFICIENT_RESOURCES,
            why: None,
        }
    );
    assert_eq!(asked.get(), 1);
    assert!(matches!(
        wmi.instances(PortStats::GUID),
        Err(Failure::NotRegistered { .. })
    ));
}

/// The resource also lacks a class that the schema lacks.
#[test]
fn registered_blocks_outside_the_schema_are_found() {
    static SOME: Schema<'static> = Schema::new(&[Settings::CLASS, Alarm::CLASS]);
    const LISTED: &[&Block<Device>] = &[BLOCKS[1], BLOCKS[3]];
    static TWO: Provider<Device> = Provider::storport(LISTED);
    let device = Device::new();
    let wmi = boxed(|request| TWO.dispatch(&device, request)).without_pdo();
    let violations = wmi.with_schema(&SOME).verify();
    assert_eq!(violations.len(), 1, "{violations:#?}");
    assert_eq!(
        (violations[0].guid, &violations[0].rule),
        (Some(Lane::GUID), &ProtocolRule::NotInSchema)
    );
    // Without a schema this cannot be found.
    let mut wmi = boxed(|request| TWO.dispatch(&device, request)).without_pdo();
    assert_eq!(wmi.verify(), []);
}

/// WMI finds the image with the resource through the path of its service.
#[test]
fn resources_need_a_registry_path() {
    static PATHLESS: Provider<Device> =
        Provider::with_pdo(BLOCKS, |_| 0x1000).mof_resource("MofResource");
    static NEITHER: Provider<Device> = Provider::with_pdo(BLOCKS, |_| 0x1000);
    let device = Device::new();
    let mut wmi = boxed(|request| PATHLESS.dispatch(&device, request));
    wmi.register().unwrap();
    let violations = wmi.verify();
    assert_eq!(violations.len(), 1);
    assert_eq!(violations[0].rule, ProtocolRule::NoRegistryPath);
    let text = "registration: `MofResourceName` without the `RegistryPath` that WMI needs to \
                find the image with the resource; add `.registry_path(..)`";
    assert_eq!(violations[0].to_string(), text);
    // A port driver or the framework adds it.
    let wmi = boxed(|request| PATHLESS.dispatch(&device, request));
    assert_eq!(wmi.without_pdo().verify(), []);
    let mut wmi = boxed(|request| NEITHER.dispatch(&device, request));
    assert_eq!(wmi.verify(), []);
}
