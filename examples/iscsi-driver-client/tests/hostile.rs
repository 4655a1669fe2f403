//! Requests that no well-behaved WMI sends, as IRPs.

#![cfg(windows)]

use iscsi_driver_client::Driver;
use iscsi_driver_client::protocol::{IOCTL_SEND, STATUS_BEFORE, Send, Sent};
use iscsi_driver_client::schema::{
    Initiator, MSiSCSI_ConnectionStatistics, MSiSCSI_MMIPSECStats, Reconnect,
};
use wmi_core::bmf;
use wmi_core::provider::{Minor, Request};
use wmi_core::schema::Arena;
use wmi_core::simulator::Simulator;
use wmi_core::wnode::flags::WNODE_FLAG_ALL_DATA;
use wmi_core::wnode::{SingleWriter, Target, Wnode, WnodeAllData, WnodeHeader, WnodeTooSmall};
use wmi_core::{DataBlock, Guid, NtStatus, WmiMethod};
use zerocopy::{FromBytes as _, FromZeros as _, IntoBytes as _};

fn request(minor: Minor, guid: Guid) -> Send {
    Send {
        minor: minor.code().into(),
        guid: guid.to_bytes(),
        ..Send::new_zeroed()
    }
}

#[test]
fn the_rules_that_the_simulator_knows_hold() {
    let driver = Driver::load();
    let arena = Arena::new();
    let file = bmf::decode(&arena, &driver.binary_mof()).unwrap();
    assert_eq!(
        Simulator::new(|request: Request<'_>| driver.host.system_control(request))
            .with_schema(&file)
            .verify(),
        []
    );
}

/// Completed as it came: the driver is the lowest of its stack.
#[test]
fn what_is_another_drivers_is_left_alone() {
    let driver = Driver::load();
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

/// Each size from nothing to more than is needed: no data before all of it has room.
#[test]
fn every_size_of_the_buffer() {
    let driver = Driver::load();
    let single = |target| {
        let writer = SingleWriter::instance(MSiSCSI_MMIPSECStats::GUID, target);
        let mut bytes = vec![0; writer.needed(0).unwrap()];
        writer.write(&[], &mut bytes).unwrap();
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
    let main_mode = MSiSCSI_MMIPSECStats::GUID;
    let connections = MSiSCSI_ConnectionStatistics::GUID;
    for (minor, guid, input) in [
        (Minor::QueryAllData, main_mode, all(main_mode)),
        (
            Minor::QuerySingleInstance,
            main_mode,
            single(Target::Static(0)),
        ),
        (Minor::QueryAllData, connections, all(connections)),
    ] {
        let mut needed = None;
        for size in 0..2048 {
            let mut buffer = vec![0; size];
            let given = size.min(input.len());
            buffer[..given].copy_from_slice(&input[..given]);
            let sent = driver.host.send(request(minor, guid), &mut buffer);
            if size < size_of::<WnodeTooSmall>() {
                assert_eq!(NtStatus(sent.status), NtStatus::BUFFER_TOO_SMALL, "{size}");
                assert_eq!(sent.information, 0);
            } else if size < input.len() {
                // It may say how much it needs, or that the request is cut off.
                assert!(
                    sent.information <= size_of::<WnodeTooSmall>() as u64,
                    "{size}"
                );
            } else if let Ok(Wnode::TooSmall { size_needed }) = Wnode::parse(&buffer) {
                assert_eq!(NtStatus(sent.status), NtStatus::SUCCESS);
                assert_eq!(sent.information, size_of::<WnodeTooSmall>() as u64);
                let again = size_needed as usize;
                assert_eq!(*needed.get_or_insert(again), again, "{size}");
                assert!(size < again, "{size}");
            } else {
                assert_eq!(NtStatus(sent.status), NtStatus::SUCCESS, "{minor:?} {size}");
                let needed = needed.expect("a size that is too small came first");
                assert!(size >= needed, "{size}");
                assert_eq!(sent.information, needed as u64, "{size}");
            }
        }
        assert!(needed.is_some());
    }
}

/// Each byte of a request replaced by some others.
#[test]
fn every_byte_of_a_request_changed() {
    let driver = Driver::load();
    let reconnect = SingleWriter::method(Initiator::GUID, Target::Static(0), Reconnect::ID);
    let set = SingleWriter::instance(Initiator::GUID, Target::Static(0));
    let item = SingleWriter::item(Initiator::GUID, Target::Static(0), 2);
    let dynamic = SingleWriter::instance(
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
                let sent = driver.host.send(request(minor, guid), &mut buffer);
                assert!(
                    sent.information <= 1024,
                    "{minor:?} {at} {byte:#x}: {sent:?}"
                );
                answers += u32::from(NtStatus(sent.status).is_success());
            }
        }
        assert!(answers > 0, "{minor:?}");
    }
}

#[test]
fn noise() {
    let driver = Driver::load();
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
        // Small numbers are more like offsets.
        for word in buffer.chunks_exact_mut(4).skip(11) {
            word.copy_from_slice(&(random() as u32 % 200).to_le_bytes());
        }
        let minor = Minor::ALL[(random() % 11) as usize];
        let send = Send {
            action: random() % 3,
            ..request(minor, guids[(random() % 3) as usize])
        };
        let size = buffer.len() as u64;
        let sent = driver.host.send(send, &mut buffer);
        assert!(sent.information <= size, "{send:?}: {sent:?}");
    }
}

/// The test host itself does not trust its input.
#[test]
fn the_test_host_refuses_what_it_cannot_send() {
    let driver = Driver::load();
    let mut output = [0; 256];
    let send = Send::new_zeroed();
    assert!(driver.host.control(IOCTL_SEND, &[], &mut output).is_err());
    let short = &mut output[..size_of::<Sent>() - 1];
    assert!(
        driver
            .host
            .control(IOCTL_SEND, send.as_bytes(), short)
            .is_err()
    );
    assert!(
        driver
            .host
            .control(IOCTL_SEND + 0x100, &[], &mut output)
            .is_err()
    );
}
