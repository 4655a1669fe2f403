//! Why requests are refused, as a driver author is told.

use core::cell::RefCell;

use wmi_core::provider::{
    Block, DataPath, Handle, Minor, Provider, RefusalCause, RefusedRequest, Request,
};
use wmi_core::wnode::{SingleWnodeWriter, Target, Wnode};
use wmi_core::{DataBlock, Execute, Guid, NoParameters, NtStatus};

use crate::device::*;

thread_local! {
    static REFUSED: RefCell<Vec<RefusedRequest>> = const { RefCell::new(Vec::new()) };
}

static REPORTING: Provider<Device> = Provider::with_pdo(BLOCKS, |_| PDO).on_refusal(|refused| {
    REFUSED.with_borrow_mut(|all| all.push(*refused));
});

const UNKNOWN: Guid = Guid::from_bytes([7; 16]);

/// Sends a request to both providers, which answer alike, and returns what was reported.
fn refused(minor: Minor, path: DataPath, buffer: &[u8]) -> Option<RefusedRequest> {
    let device = Device::new();
    device.has_notes.set(false);
    let (mut silent, mut reported) = (buffer.to_vec(), buffer.to_vec());
    let expected = PROVIDER.dispatch(&device, Request::new(minor, path, &mut silent));
    let answered = REPORTING.dispatch(&device, Request::new(minor, path, &mut reported));
    if !minor.is_registration() {
        assert_eq!((answered, reported), (expected, silent));
    }
    let mut all = REFUSED.take();
    assert!(all.len() <= 1);
    all.pop()
}

/// A request with data, in a buffer of 200 bytes.
fn request(writer: SingleWnodeWriter<'_>, data: &[u8]) -> Vec<u8> {
    let mut buffer = vec![0; 200];
    writer.write(data, &mut buffer).unwrap();
    buffer
}

#[test]
fn each_refusal_has_its_cause() {
    let instance = |guid, target| request(SingleWnodeWriter::instance(guid, target), &[]);
    let settings = |data: &[u8]| {
        let writer = SingleWnodeWriter::instance(Settings::GUID, Target::Static(0));
        request(writer, data)
    };
    let item = |id, data: &[u8]| {
        let writer = SingleWnodeWriter::item(Settings::GUID, Target::Static(0), id);
        request(writer, data)
    };
    let method = |guid, id| {
        let writer = SingleWnodeWriter::method(guid, Target::Static(0), id);
        request(writer, &[])
    };
    let mut early = settings(&[]);
    early[56..60].copy_from_slice(&8_u32.to_le_bytes());
    let set_speed = |input: &[u8]| {
        let writer = SingleWnodeWriter::method(Settings::GUID, Target::Static(0), 9);
        request(writer, input)
    };
    let (mut at_end, mut outside) = (set_speed(&[]), set_speed(&[]));
    at_end[60..64].copy_from_slice(&200_u32.to_le_bytes());
    outside[64..68].copy_from_slice(&1000_u32.to_le_bytes());
    outside[..4].copy_from_slice(&200_u32.to_le_bytes());
    let mut behind_header = set_speed(&0_u32.to_le_bytes());
    behind_header[60..64].copy_from_slice(&68_u32.to_le_bytes());
    let too_long = Wnode::decode(&outside).unwrap_err();
    let query = Minor::QuerySingleInstance;
    for (minor, path, buffer, cause) in [
        (query, UNKNOWN.into(), vec![], RefusalCause::UnknownGuid),
        (query, Note::GUID.into(), vec![], RefusalCause::AbsentBlock),
        (query, DataPath::REGISTER, vec![], RefusalCause::DataPath),
        (
            Minor::RegInfo,
            UNKNOWN.into(),
            vec![],
            RefusalCause::DataPath,
        ),
        (
            Minor::RegInfo,
            DataPath::Action(2),
            vec![0; 64],
            RefusalCause::Action(2),
        ),
        (
            Minor::RegInfo,
            DataPath::REGISTER,
            vec![0; 3],
            RefusalCause::ShortBuffer { available: 3 },
        ),
        (
            Minor::RegInfo,
            DataPath::UPDATE,
            vec![0; 3],
            RefusalCause::ShortBuffer { available: 3 },
        ),
        (
            Minor::QueryAllData,
            Settings::GUID.into(),
            vec![0; 55],
            RefusalCause::ShortBuffer { available: 55 },
        ),
        (
            Minor::QueryAllData,
            Alarm::GUID.into(),
            vec![0; 200],
            RefusalCause::EventOnly,
        ),
        (
            query,
            Session::GUID.into(),
            instance(Session::GUID, Target::Static(0)),
            RefusalCause::IndexOfDynamicNames,
        ),
        (
            query,
            Settings::GUID.into(),
            instance(Settings::GUID, Target::Dynamic("A")),
            RefusalCause::NameOfStaticNames,
        ),
        (
            query,
            PortStats::GUID.into(),
            instance(PortStats::GUID, Target::Static(2)),
            RefusalCause::UnknownInstance,
        ),
        (
            query,
            Session::GUID.into(),
            instance(Session::GUID, Target::Dynamic("third")),
            RefusalCause::UnknownInstance,
        ),
        (
            query,
            Alarm::GUID.into(),
            instance(Alarm::GUID, Target::Static(0)),
            RefusalCause::EventOnly,
        ),
        (query, Settings::GUID.into(), early, RefusalCause::DataPlace),
        (
            query,
            Settings::GUID.into(),
            vec![0; 55],
            RefusalCause::ShortBuffer { available: 55 },
        ),
        (
            Minor::ExecuteMethod,
            Settings::GUID.into(),
            outside,
            RefusalCause::Malformed(too_long),
        ),
        // Data right behind the header, and at the end of the buffer, are in place: the handler
        // refuses the speed of zero, and the method the input without bytes.
        (
            Minor::ExecuteMethod,
            Settings::GUID.into(),
            behind_header,
            RefusalCause::Driver,
        ),
        (
            Minor::ExecuteMethod,
            Settings::GUID.into(),
            at_end,
            RefusalCause::Driver,
        ),
        (
            Minor::ExecuteMethod,
            PortStats::GUID.into(),
            method(PortStats::GUID, 1),
            RefusalCause::NoMethods,
        ),
        (
            Minor::ExecuteMethod,
            Alarm::GUID.into(),
            method(Alarm::GUID, 1),
            RefusalCause::EventOnly,
        ),
        (
            Minor::ExecuteMethod,
            Settings::GUID.into(),
            method(Settings::GUID, 8),
            RefusalCause::UnknownId(8),
        ),
        (
            Minor::ChangeSingleItem,
            Settings::GUID.into(),
            item(5, &[0]),
            RefusalCause::UnknownId(5),
        ),
        (
            Minor::ChangeSingleItem,
            Settings::GUID.into(),
            item(2, &[0]),
            RefusalCause::ReadOnly,
        ),
        (
            Minor::ChangeSingleInstance,
            PortStats::GUID.into(),
            instance(PortStats::GUID, Target::Static(0)),
            RefusalCause::ReadOnly,
        ),
        // Fewer bytes than the class has.
        (
            Minor::ChangeSingleInstance,
            Settings::GUID.into(),
            settings(&[1]),
            RefusalCause::Driver,
        ),
    ] {
        let refused = refused(minor, path, &buffer).expect("it is refused");
        assert_eq!(refused.cause, cause, "{refused}");
        assert_eq!(refused.minor, minor);
        assert_ne!(refused.status, NtStatus::SUCCESS);
    }
}

#[test]
fn malformed_requests_name_the_member() {
    let refused = refused(Minor::ChangeSingleInstance, Settings::GUID.into(), &[0; 60]);
    let refused = refused.unwrap();
    assert!(matches!(refused.cause, RefusalCause::Malformed(_)));
    assert_eq!(refused.class, Some("Vendor_Settings"));
    let text = refused.to_string();
    let expected = "`Vendor_Settings`: ChangeSingleInstance fails with STATUS_INVALID_PARAMETER: \
                    `BufferSize` at byte 0: the WNODE needs 64 bytes, but has 60";
    assert_eq!(text, expected);
}

/// A handler's own status, from a request that has room for the reply. `STATUS_INVALID_DEVICE_REQUEST`
/// is also the answer for blocks without methods.
#[test]
fn failing_handlers_are_the_cause() {
    struct Broken(NtStatus);
    impl Handle<Lane> for Broken {
        fn query(&self) -> Result<Lane, NtStatus> {
            Err(self.0)
        }
    }
    impl Handle<Settings> for Broken {
        fn query(&self) -> Result<Settings, NtStatus> {
            Err(self.0)
        }
    }
    impl Execute<Reset> for Broken {
        fn execute(&self, NoParameters: NoParameters) -> Result<NoParameters, NtStatus> {
            Err(self.0)
        }
    }
    impl Execute<SetSpeed> for Broken {
        fn execute(&self, _: SetSpeedInView<'_>) -> Result<SetSpeedOut, NtStatus> {
            Err(self.0)
        }
    }
    static BROKEN: Provider<Broken> = Provider::with_pdo(
        &[
            &Block::fixed::<Lane, _>(|broken: &Broken, _| Some(broken)),
            &Block::fixed::<Settings, _>(|broken: &Broken, _| Some(broken))
                .methods::<(Reset, SetSpeed)>(),
        ],
        |_| PDO,
    )
    .on_refusal(|refused| REFUSED.with_borrow_mut(|all| all.push(*refused)));
    let instance = |guid| request(SingleWnodeWriter::instance(guid, Target::Static(0)), &[]);
    let reset = SingleWnodeWriter::method(Settings::GUID, Target::Static(0), 7);
    for status in [
        NtStatus::INSUFFICIENT_RESOURCES,
        NtStatus::INVALID_DEVICE_REQUEST,
    ] {
        for (minor, guid, mut buffer) in [
            (Minor::QueryAllData, Lane::GUID, vec![0; 200]),
            (Minor::QuerySingleInstance, Lane::GUID, instance(Lane::GUID)),
            (Minor::ExecuteMethod, Settings::GUID, request(reset, &[])),
        ] {
            let response = BROKEN.dispatch(&Broken(status), Request::new(minor, guid, &mut buffer));
            assert_eq!(response.immediate().status, status);
            let causes: Vec<_> = REFUSED.take().iter().map(|refused| refused.cause).collect();
            assert_eq!(causes, [RefusalCause::Driver]);
        }
    }
}

/// A counted string has at most 65,535 bytes.
#[test]
fn registration_texts_without_a_length_are_the_cause() {
    static LONG: Provider<Device> = Provider::with_pdo(BLOCKS, |_| PDO)
        .registry_path(|_| &[0x5c; 40_000])
        .on_refusal(|refused| REFUSED.with_borrow_mut(|all| all.push(*refused)));
    let mut buffer = vec![0; 100_000];
    let request = Request::new(Minor::RegInfo, DataPath::REGISTER, &mut buffer);
    let response = LONG.dispatch(&Device::new(), request).immediate();
    assert_eq!(response.status, NtStatus::INTERNAL_ERROR);
    let causes: Vec<_> = REFUSED.take().iter().map(|refused| refused.cause).collect();
    assert_eq!(causes, [RefusalCause::Driver]);
}

#[test]
fn answers_are_not_reported() {
    // A reply, one that says how many bytes are needed, and one that has nothing to do.
    for (minor, size) in [
        (Minor::QueryAllData, 200),
        (Minor::QueryAllData, 56),
        (Minor::EnableEvents, 0),
    ] {
        let answered = refused(minor, PortStats::GUID.into(), &vec![0; size]);
        assert_eq!(answered, None);
    }
}
