//! Requests that a well-behaved WMI never sends, as IRPs.

#![cfg(windows)]

use driver_harness::Driver;
use driver_harness::protocol::{IOCTL_SEND, STATUS_BEFORE, Send, Sent};
use iscsi_driver_client::schema::{
    Initiator, InitiatorItems as _, MSiSCSI_ConnectionStatistics, MSiSCSI_InitiatorLoginStatistics,
    MSiSCSI_MMIPSECStats, Reconnect, Reconnected,
};
use iscsi_driver_client::{binary_mof, load};
use iscsi_schema::MSiSCSI_InitiatorLoginStatisticsItems as _;
use wmi_core::provider::{Minor, Request};
use wmi_core::wnode::flags::WNODE_FLAG_ALL_DATA;
use wmi_core::wnode::{SingleWnodeWriter, Target, Wnode, WnodeAllData, WnodeHeader};
use wmi_core::{DataBlock, Guid, NtStatus, WmiMethod};
use wmi_tools::Arena;
use wmi_tools::bmf;
use wmi_tools::simulator::Simulator;
use zerocopy::{FromBytes as _, FromZeros as _, IntoBytes as _};

fn request(minor: Minor, guid: Guid) -> Send {
    Send {
        minor: minor.code().into(),
        guid: guid.to_bytes(),
        ..Send::new_zeroed()
    }
}

/// Sends a request, and asserts that a refused request has no output.
fn send(driver: &Driver, request: Send, buffer: &mut [u8]) -> Sent {
    let sent = driver.host.send(request, buffer);
    assert_eq!(sent.returned, sent.status, "{request:?}: {sent:?}");
    let most = match NtStatus::from_value(sent.status).is_success() {
        true => buffer.len() as u64,
        false => 0,
    };
    assert!(sent.information <= most, "{request:?}: {sent:?}");
    sent
}

/// Asserts that the driver still keeps the simulator's rules, whatever it was sent before.
fn assert_rules_hold(driver: &Driver) {
    let arena = Arena::new();
    let file = bmf::decode(&arena, &binary_mof(driver)).unwrap();
    assert_eq!(
        Simulator::new(|request: Request<'_>| driver.host.system_control(request))
            .with_schema(&file)
            .verify(),
        []
    );
}

#[test]
fn driver_keeps_all_rules_of_the_simulator() {
    assert_rules_hold(&load());
}

/// The driver is the lowest of its stack, so it completes these requests unchanged.
#[test]
fn requests_for_other_drivers_are_left_alone() {
    let driver = load();
    let untouched = |send: Send, size: usize| {
        let mut buffer = vec![0xa5; size];
        let sent = driver.host.send(send, &mut buffer);
        assert_eq!(
            (sent.status, sent.information),
            (STATUS_BEFORE, 0),
            "{send:?}"
        );
        assert!(buffer.iter().all(|byte| *byte == 0xa5), "{send:?}");
    };
    let guid = MSiSCSI_MMIPSECStats::GUID;
    for minor in Minor::ALL {
        let foreign = Send {
            is_foreign: 1,
            ..request(minor, guid)
        };
        untouched(foreign, 256);
        untouched(foreign, 0);
    }
    for code in (0..=0xff).filter(|code| Minor::from_code(*code).is_none()) {
        let unknown = Send {
            minor: code.into(),
            ..request(Minor::QueryAllData, guid)
        };
        untouched(unknown, 256);
    }
}

/// Returns how many bytes a reply asks for, if it holds nothing else.
fn needed(minor: Minor, reply: &[u8]) -> Option<usize> {
    let size = if minor.is_registration() {
        u32::from_le_bytes(reply.try_into().ok()?)
    } else {
        let Ok(Wnode::TooSmall { size_needed }) = Wnode::decode(reply) else {
            return None;
        };
        size_needed
    };
    Some(size as usize)
}

/// Sends each request with every buffer size from zero to more than enough.
#[test]
fn too_small_buffers_give_no_data_and_no_effect() {
    let driver = load();
    let mut wmi = Simulator::new(|request: Request<'_>| driver.host.system_control(request));
    wmi.register().unwrap();
    let mut effects = || {
        let logins = wmi.query::<MSiSCSI_InitiatorLoginStatistics>(0).unwrap();
        let settings = wmi.query::<Initiator>(0).unwrap();
        (logins.login_accept_rsps(), settings.login_timeout())
    };
    let written = |writer: SingleWnodeWriter<'_>, data: &[u8]| {
        let mut bytes = vec![0; writer.needed(data.len()).unwrap()];
        writer.write(data, &mut bytes).unwrap();
        bytes
    };
    let all = |guid: Guid| {
        let mut bytes = vec![0; WnodeAllData::DATA_OFFSET];
        let (header, _) = WnodeHeader::mut_from_prefix(&mut bytes).unwrap();
        header.buffer_size.set(WnodeAllData::DATA_OFFSET as u32);
        header.guid = guid.to_bytes();
        header.flags.set(WNODE_FLAG_ALL_DATA);
        bytes
    };
    let first = Target::Static(0);
    let main_mode = MSiSCSI_MMIPSECStats::GUID;
    let connections = MSiSCSI_ConnectionStatistics::GUID;
    let query = written(SingleWnodeWriter::instance(main_mode, first), &[]);
    let set = SingleWnodeWriter::instance(Initiator::GUID, first);
    let set = written(set, &[2, 0, 0, 0, 20, 0, 0, 0]);
    let item = written(
        SingleWnodeWriter::item(Initiator::GUID, first, 2),
        &[30, 0, 0, 0],
    );
    let reconnect = SingleWnodeWriter::method(Initiator::GUID, first, Reconnect::ID);
    let reconnect = written(reconnect, &[1, 0, 0, 0]);
    let nothing = Vec::new;
    for (minor, guid, input) in [
        (Minor::QueryAllData, main_mode, all(main_mode)),
        (Minor::QueryAllData, connections, all(connections)),
        (Minor::QuerySingleInstance, main_mode, query),
        (Minor::ChangeSingleInstance, Initiator::GUID, set),
        (Minor::ChangeSingleItem, Initiator::GUID, item),
        (Minor::EnableEvents, Reconnected::GUID, nothing()),
        (Minor::DisableEvents, Reconnected::GUID, nothing()),
        (Minor::EnableCollection, main_mode, nothing()),
        (Minor::DisableCollection, main_mode, nothing()),
        (Minor::RegInfo, main_mode, nothing()),
        (Minor::ExecuteMethod, Initiator::GUID, reconnect),
        (Minor::RegInfoEx, main_mode, nothing()),
    ] {
        let has_effect = matches!(
            minor,
            Minor::ChangeSingleInstance | Minor::ChangeSingleItem | Minor::ExecuteMethod
        );
        let before = effects();
        let mut asked = None;
        let mut enough = None;
        for size in 0..4096 {
            if enough.is_some_and(|enough| size > enough + 64) {
                break;
            }
            let mut buffer = vec![0; size];
            let given = size.min(input.len());
            buffer[..given].copy_from_slice(&input[..given]);
            let sent = send(&driver, request(minor, guid), &mut buffer);
            let reply = &buffer[..sent.information as usize];
            let is_whole = NtStatus::from_value(sent.status).is_success()
                && match needed(minor, reply) {
                    Some(size) => {
                        assert_eq!(*asked.get_or_insert(size), size, "{minor:?} {size}");
                        false
                    }
                    None => true,
                };
            if is_whole {
                let enough = *enough.get_or_insert(size);
                // A request that never asked for room has no output.
                let output = asked.map_or(0, |_| enough);
                assert_eq!(reply.len(), output, "{minor:?} {size}");
            } else {
                assert_eq!(enough, None, "{minor:?} {size}");
                if has_effect {
                    assert_eq!(effects(), before, "{minor:?} {size}");
                }
            }
        }
        // The size that the replies asked for, or the size of the input.
        assert_eq!(enough, asked.or(Some(input.len())), "{minor:?}");
        assert_eq!(effects() != before, has_effect, "{minor:?}");
    }
    assert_rules_hold(&driver);
}

/// Replaces each byte of a request by several others.
#[test]
fn requests_with_a_changed_byte_do_no_harm() {
    let driver = load();
    let reconnect = SingleWnodeWriter::method(Initiator::GUID, Target::Static(0), Reconnect::ID);
    let set = SingleWnodeWriter::instance(Initiator::GUID, Target::Static(0));
    let item = SingleWnodeWriter::item(Initiator::GUID, Target::Static(0), 2);
    let dynamic = SingleWnodeWriter::instance(
        MSiSCSI_ConnectionStatistics::GUID,
        Target::Dynamic("iqn.2026-01.com.example:disk_1:0"),
    );
    for (minor, guid, writer, data) in [
        (
            Minor::ExecuteMethod,
            Initiator::GUID,
            reconnect,
            &[1, 0, 0, 0][..],
        ),
        (
            Minor::ChangeSingleInstance,
            Initiator::GUID,
            set,
            &[2, 0, 0, 0, 20, 0, 0, 0],
        ),
        (
            Minor::ChangeSingleItem,
            Initiator::GUID,
            item,
            &[20, 0, 0, 0],
        ),
        (
            Minor::QuerySingleInstance,
            MSiSCSI_ConnectionStatistics::GUID,
            dynamic,
            &[],
        ),
    ] {
        let mut input = vec![0; writer.needed(data.len()).unwrap()];
        writer.write(data, &mut input).unwrap();
        let mut answers = 0;
        for at in 0..input.len() {
            for byte in [0x00, 0x01, 0x7f, 0x80, 0xff, input[at] ^ 0x08] {
                let mut buffer = input.clone();
                buffer[at] = byte;
                // Room for the reply.
                buffer.resize(1024, 0);
                let sent = send(&driver, request(minor, guid), &mut buffer);
                answers += u32::from(NtStatus::from_value(sent.status).is_success());
            }
        }
        assert!(answers > 0, "{minor:?}");
    }
    assert_rules_hold(&driver);
}

#[test]
fn random_requests_do_no_harm() {
    let driver = load();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let guids = [
        MSiSCSI_MMIPSECStats::GUID,
        MSiSCSI_ConnectionStatistics::GUID,
        Initiator::GUID,
    ];
    for _ in 0..5_000 {
        let mut buffer = vec![0; (random() % 600) as usize];
        buffer.fill_with(|| random() as u8);
        // Small numbers look more like offsets.
        for word in buffer.chunks_exact_mut(4).skip(11) {
            word.copy_from_slice(&(random() as u32 % 200).to_le_bytes());
        }
        let minor = Minor::ALL[(random() % 11) as usize];
        let noise = Send {
            action: random() % 3,
            ..request(minor, guids[(random() % 3) as usize])
        };
        send(&driver, noise, &mut buffer);
    }
    assert_rules_hold(&driver);
}

#[test]
fn stand_in_refuses_malformed_input() {
    let driver = load();
    let refused = |code: u32, input: &[u8], output: usize| {
        let mut output = vec![0; output];
        driver.host.control(code, input, &mut output).is_err()
    };
    let good = Send::new_zeroed();
    let room = size_of::<Sent>();
    assert!(!refused(IOCTL_SEND, good.as_bytes(), room));
    assert!(refused(IOCTL_SEND, &[], room));
    assert!(refused(IOCTL_SEND, good.as_bytes(), room - 1));
    assert!(refused(IOCTL_SEND + 0x100, good.as_bytes(), room));
    // With METHOD_OUT_DIRECT the output is not in the input's buffer, which is shorter here.
    const METHOD_OUT_DIRECT: u32 = 2;
    assert!(refused(
        IOCTL_SEND | METHOD_OUT_DIRECT,
        good.as_bytes(),
        4096
    ));
    let no_minor = Send {
        minor: 0x100,
        ..good
    };
    assert!(refused(IOCTL_SEND, no_minor.as_bytes(), room));
}
