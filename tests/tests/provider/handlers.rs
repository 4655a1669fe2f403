//! Handlers that fail, return changing values, or have large outputs.

use core::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Mutex;

use wmi_core::provider::{
    Block, Handle, HandleVariable, Minor, Provider, Reply, Request, Response, Sent,
    VariableItemChange,
};
use wmi_core::wnode::{InstanceData, InstanceId, SingleWnodeWriter, Target, Wnode};
use wmi_core::{Count, DataBlock, Execute, NtStatus, VariableClass, Wire, WmiClass, WmiMethod};

#[derive(WmiClass)]
#[wmi(name = "Vendor_Fixed", guid = "1c5b8a01-40f2-4f0e-9d55-6a0e1f2b3c21")]
#[wmi(methods(Repeat<'_>))]
struct Fixed {
    #[wmi(data_id = 1)]
    value: u32,
}

#[derive(WmiClass)]
#[wmi(
    name = "Vendor_Growing",
    variable,
    guid = "1c5b8a01-40f2-4f0e-9d55-6a0e1f2b3c22"
)]
struct Growing<'a> {
    #[wmi(data_id = 1)]
    text: &'a str,
}

/// Returns its input twice, and reports the size of the output before.
#[derive(WmiMethod)]
#[wmi(id = 1)]
struct Repeat<'a> {
    #[wmi(in)]
    count: Count<u32>,
    #[wmi(in, size_is = "count")]
    bytes: &'a [u8],
    #[wmi(out)]
    first: u32,
    #[wmi(out)]
    twice: Count<u32>,
    #[wmi(out, size_is = "twice")]
    repeated: &'a [u8],
}

#[derive(Default)]
struct Device {
    /// The status with which instance 1 fails.
    failure: Option<NtStatus>,
    /// How often each text is read, and the texts in order.
    asked: AtomicUsize,
    texts: Vec<String>,
    executed: AtomicUsize,
    answer: Vec<u8>,
}

impl Handle<Fixed> for Device {
    fn query(&self) -> Result<Fixed, NtStatus> {
        match self.failure {
            Some(status) => Err(status),
            None => Ok(Fixed { value: 7 }),
        }
    }
}

impl HandleVariable<Growing<'_>> for Device {
    fn query(&self, reply: Reply<'_, Growing<'_>>) -> Result<Sent, NtStatus> {
        let asked = self.asked.fetch_add(1, Ordering::Relaxed);
        match self.texts.get(asked) {
            Some(text) => reply.send(&Growing { text }),
            None => Err(NtStatus::NOT_SUPPORTED),
        }
    }
}

impl Execute<Repeat<'_>> for Device {
    fn output_size(&self, input: RepeatInView<'_>) -> usize {
        8 + 2 * input.bytes.len()
    }

    fn execute<'a>(&'a self, input: RepeatInView<'a>) -> Result<RepeatOut<'a>, NtStatus> {
        self.executed.fetch_add(1, Ordering::Relaxed);
        Ok(RepeatOut {
            first: u32::from(input.bytes.iter().next().unwrap_or(0)),
            twice: Count::NEW,
            repeated: self
                .answer
                .get(..2 * input.bytes.len())
                .ok_or(NtStatus::INTERNAL_ERROR)?,
        })
    }
}

static PROVIDER: Provider<Device> = Provider::new(&[
    &Block::fixed::<Fixed, _>(|device: &Device, _| Some(device))
        .methods::<(Repeat<'_>,)>()
        .base_name("Fixed", |_| 2),
    &Block::variable::<Growing<'_>, _>(|device: &Device, _| Some(device))
        .base_name("Growing", |_| 1),
]);

fn ask(device: &Device, minor: Minor, guid: wmi_core::Guid, buffer: &mut [u8]) -> Response {
    PROVIDER
        .dispatch(device, Request::new(minor, guid, buffer))
        .immediate()
}

fn failed(status: NtStatus) -> Response {
    Response::new(status, 0)
}

#[test]
fn handler_failures_become_the_status() {
    let device = Device {
        failure: Some(NtStatus::INSUFFICIENT_RESOURCES),
        ..Device::default()
    };
    let mut buffer = [0xa5; 200];
    let response = ask(&device, Minor::QueryAllData, Fixed::GUID, &mut buffer);
    assert_eq!(response, failed(NtStatus::INSUFFICIENT_RESOURCES));
    let mut buffer = [0xa5; 200];
    SingleWnodeWriter::instance(Fixed::GUID, Target::Static(1))
        .write(&[], &mut buffer)
        .unwrap();
    let before = buffer;
    let response = ask(
        &device,
        Minor::QuerySingleInstance,
        Fixed::GUID,
        &mut buffer,
    );
    assert_eq!(response, failed(NtStatus::INSUFFICIENT_RESOURCES));
    assert_eq!(buffer, before);
    // The missing room is reported first: the failure may be gone when the larger buffer comes.
    let response = ask(
        &device,
        Minor::QuerySingleInstance,
        Fixed::GUID,
        &mut buffer[..66],
    );
    assert_eq!(
        (response.status, response.information),
        (NtStatus::SUCCESS, 56)
    );
}

/// Also in a block with methods, and although the buffer is too small for any reply.
#[test]
fn missing_objects_come_before_small_buffers() {
    static MISSING: Provider<Device> =
        Provider::new(&[&Block::fixed::<Fixed, _>(|device: &Device, instance| {
            (instance == 0).then_some(device)
        })
        .methods::<(Repeat<'_>,)>()
        .base_name("Fixed", |_| 2)]);
    let mut buffer = [0; 60];
    let request = Request::new(Minor::QueryAllData, Fixed::GUID, &mut buffer);
    let response = MISSING.dispatch(&Device::default(), request).immediate();
    assert_eq!(response, failed(NtStatus::WMI_INSTANCE_NOT_FOUND));
}

#[test]
fn failing_with_success_is_an_internal_error() {
    let device = Device {
        failure: Some(NtStatus::SUCCESS),
        ..Device::default()
    };
    let response = ask(&device, Minor::QueryAllData, Fixed::GUID, &mut [0; 200]);
    assert_eq!(response, failed(NtStatus::INTERNAL_ERROR));
}

#[test]
fn growing_values_are_read_again() {
    for minor in [Minor::QueryAllData, Minor::QuerySingleInstance] {
        for (texts, expected) in [
            (["ab", "ab"], Ok("ab")),
            (["ab", "a"], Ok("a")),
            (["a", "abcdefgh"], Err(NtStatus::WMI_TRY_AGAIN)),
        ] {
            let device = Device {
                texts: texts.map(str::to_owned).into(),
                ..Device::default()
            };
            let mut buffer = [0xa5; 200];
            SingleWnodeWriter::instance(Growing::GUID, Target::Static(0))
                .write(&[], &mut buffer)
                .unwrap();
            let response = ask(&device, minor, Growing::GUID, &mut buffer);
            match expected {
                Err(status) => assert_eq!(response, failed(status)),
                Ok(text) => {
                    let data = match Wnode::decode(&buffer[..response.information]) {
                        Ok(Wnode::AllData(all)) => all.data(0).unwrap(),
                        Ok(Wnode::SingleInstance(single)) => single.data(),
                        other => panic!("{other:?}"),
                    };
                    assert_eq!(data.len(), 2 + 2 * text.len());
                    assert!(Growing::decode(data).unwrap().text == text);
                }
            }
        }
    }
}

#[test]
fn unencodable_text_is_an_internal_error() {
    let long = "a".repeat(32768);
    for text in ["a\0b", &long] {
        let device = Device {
            texts: vec![text.to_owned()],
            ..Device::default()
        };
        let response = ask(&device, Minor::QueryAllData, Growing::GUID, &mut [0; 200]);
        assert_eq!(response, failed(NtStatus::INTERNAL_ERROR));
    }
}

/// Up to 512 bytes of input or output are copied. If both are longer, the buffer must have room for
/// both. The method is executed only if its output fits.
#[test]
fn inputs_of_any_length_are_executed() {
    for length in [0, 1, 7, 508, 509, 600] {
        let device = Device {
            answer: (0..2000).map(|byte| byte as u8).collect(),
            ..Device::default()
        };
        let bytes = vec![3; length];
        let input = RepeatIn {
            count: Count::NEW,
            bytes: &bytes,
        };
        let size = input.encoded_size().unwrap();
        let mut data = vec![0; size];
        input.encode(&mut data).unwrap();
        let mut whole = vec![0xa5; 3000];
        let writer = SingleWnodeWriter::method(Fixed::GUID, Target::Static(1), 1);
        let written = writer.write(&data, &mut whole).unwrap();

        let output = 8 + 2 * length;
        let is_copied = size <= 512 || output <= 512;
        let needed = 72 + if is_copied { output } else { size + output };
        for capacity in [written, needed - 1] {
            if capacity >= needed {
                continue;
            }
            let mut buffer = whole[..capacity.max(written)].to_vec();
            let response = ask(&device, Minor::ExecuteMethod, Fixed::GUID, &mut buffer);
            assert_eq!(response.information, 56);
            let Ok(Wnode::TooSmall { size_needed }) = Wnode::decode(&buffer) else {
                panic!()
            };
            assert_eq!(size_needed as usize, needed);
        }
        assert_eq!(device.executed.load(Ordering::Relaxed), 0);
        let mut buffer = whole[..needed.max(written)].to_vec();
        let response = ask(&device, Minor::ExecuteMethod, Fixed::GUID, &mut buffer);
        assert_eq!(
            (response.status, response.information),
            (NtStatus::SUCCESS, 72 + output)
        );
        assert_eq!(device.executed.load(Ordering::Relaxed), 1);
        let Ok(Wnode::MethodItem(reply)) = Wnode::decode(&buffer) else {
            panic!()
        };
        let output = RepeatOut::decode(reply.data()).unwrap();
        assert_eq!(
            output.repeated.iter().collect::<Vec<_>>(),
            device.answer[..2 * length]
        );
        assert_eq!(output.first, if length == 0 { 0 } else { 3 });
    }
}

/// The output is copied, so a long input needs no room besides its own.
#[test]
fn short_outputs_need_no_extra_room() {
    /// Adds up the bytes.
    #[derive(WmiMethod)]
    #[wmi(id = 1)]
    struct Sum<'a> {
        #[wmi(in)]
        count: Count<u32>,
        #[wmi(in, size_is = "count")]
        bytes: &'a [u8],
        #[wmi(out)]
        sum: u32,
    }

    #[derive(WmiClass)]
    #[wmi(name = "Vendor_Adder", guid = "1c5b8a01-40f2-4f0e-9d55-6a0e1f2b3c23")]
    #[wmi(methods(Sum<'_>))]
    struct Adder;

    impl Execute<Sum<'_>> for Adder {
        fn execute<'a>(&'a self, input: SumInView<'a>) -> Result<SumOut, NtStatus> {
            Ok(SumOut {
                sum: input.bytes.iter().map(u32::from).sum(),
            })
        }
    }

    static ADDER: Provider<Adder> =
        Provider::new(&[
            &Block::methods_only::<Adder, _>(|adder: &Adder, _| Some(adder))
                .methods::<(Sum<'_>,)>()
                .base_name("Adder", |_| 1),
        ]);
    let mut data = 1000_u32.to_le_bytes().to_vec();
    data.resize(1004, 3);
    let mut buffer = vec![0; 72 + data.len()];
    let writer = SingleWnodeWriter::method(Adder::GUID, Target::Static(0), 1);
    writer.write(&data, &mut buffer).unwrap();
    let request = Request::new(Minor::ExecuteMethod, Adder::GUID, &mut buffer);
    assert_eq!(
        ADDER.dispatch(&Adder, request).immediate(),
        Response::new(NtStatus::SUCCESS, 76)
    );
    assert_eq!(buffer[72..76], 3000_u32.to_le_bytes());
    assert_eq!(buffer[76..], data[4..], "the rest is as it was");
}

/// An item that is an array has the elements of the request.
#[test]
fn array_items_are_set_alone() {
    #[derive(WmiClass)]
    #[wmi(
        name = "Vendor_Limits",
        variable,
        guid = "1c5b8a01-40f2-4f0e-9d55-6a0e1f2b3c24"
    )]
    struct Limits<'a> {
        #[wmi(data_id = 1)]
        count: Count<u32>,
        #[wmi(data_id = 2, size_is = "count", write)]
        limits: &'a [u32],
        #[wmi(data_id = 3)]
        name_count: Count<u8>,
        #[wmi(data_id = 4, size_is = "name_count", write)]
        names: &'a [&'a str],
    }

    #[derive(Default)]
    struct Limiter {
        limits: Mutex<Vec<u32>>,
        names: Mutex<Vec<String>>,
    }

    impl HandleVariable<Limits<'_>> for Limiter {
        fn query(&self, _: Reply<'_, Limits<'_>>) -> Result<Sent, NtStatus> {
            Err(NtStatus::NOT_SUPPORTED)
        }

        fn set_item(&self, change: VariableItemChange<'_>) -> Result<(), NtStatus> {
            if change.id == 2 {
                let limits = change.elements::<u32>()?;
                *self.limits.lock().unwrap() = limits.iter().collect();
            } else {
                let names = change.elements::<&str>()?;
                *self.names.lock().unwrap() = names.iter().map(|name| name.to_string()).collect();
            }
            Ok(())
        }
    }

    static LIMITER: Provider<Limiter> =
        Provider::new(&[
            &Block::variable::<Limits<'_>, _>(|device: &Limiter, _| Some(device))
                .base_name("Limiter", |_| 1),
        ]);
    let device = Limiter::default();
    let set = |id, data: &[u8]| {
        let mut buffer = [0; 200];
        let writer = SingleWnodeWriter::item(Limits::GUID, Target::Static(0), id);
        let size = writer.write(data, &mut buffer).unwrap();
        let buffer = &mut buffer[..size];
        let request = Request::new(Minor::ChangeSingleItem, Limits::GUID, buffer);
        LIMITER.dispatch(&device, request).immediate().status
    };
    assert_eq!(set(2, &[1, 0, 0, 0, 2, 1, 0, 0]), NtStatus::SUCCESS);
    assert_eq!(*device.limits.lock().unwrap(), [1, 258]);
    assert_eq!(set(2, &[]), NtStatus::SUCCESS);
    assert!(device.limits.lock().unwrap().is_empty());
    assert_eq!(set(2, &[1, 0, 0, 0, 2]), NtStatus::WMI_SET_FAILURE);
    assert_eq!(
        set(4, &[2, 0, 65, 0, 0, 0, 4, 0, 66, 0, 67, 0]),
        NtStatus::SUCCESS
    );
    assert_eq!(*device.names.lock().unwrap(), ["A", "", "BC"]);
    assert_eq!(set(4, &[2, 0, 65]), NtStatus::WMI_SET_FAILURE);
}

/// A `Sent` of an earlier request does not say how much this one has.
#[test]
fn what_an_earlier_request_sent_does_not_count() {
    #[derive(Default)]
    struct Keeper {
        kept: Mutex<Option<Sent>>,
    }

    impl HandleVariable<Growing<'_>> for Keeper {
        fn query(&self, reply: Reply<'_, Growing<'_>>) -> Result<Sent, NtStatus> {
            let mut kept = self.kept.lock().unwrap();
            match kept.take() {
                Some(sent) => Ok(sent),
                None => {
                    *kept = Some(reply.send(&Growing { text: "kept" })?);
                    Err(NtStatus::NOT_SUPPORTED)
                }
            }
        }
    }

    static KEEPER: Provider<Keeper> =
        Provider::new(&[
            &Block::variable::<Growing<'_>, _>(|device: &Keeper, _| Some(device))
                .base_name("Keeper", |_| 1),
        ]);
    let device = Keeper::default();
    let query = |minor| {
        let mut buffer = [0xa5; 200];
        SingleWnodeWriter::instance(Growing::GUID, Target::Static(0))
            .write(&[], &mut buffer)
            .unwrap();
        let request = Request::new(minor, Growing::GUID, &mut buffer);
        KEEPER.dispatch(&device, request).immediate()
    };
    for minor in [Minor::QuerySingleInstance, Minor::QueryAllData] {
        assert_eq!(query(minor), failed(NtStatus::NOT_SUPPORTED));
        assert_eq!(query(minor), failed(NtStatus::INTERNAL_ERROR));
    }
}

/// Names that change between measuring and writing.
#[test]
fn changing_names_are_read_again() {
    struct Changing {
        /// The names in each round: two, and the end.
        rounds: [[Option<&'static str>; 3]; 3],
        asked: AtomicUsize,
        lane: Fixed,
    }
    static CHANGING: Provider<Changing> =
        Provider::new(&[
            &Block::counters::<Named, _>(|device: &Changing, _| Some(&device.lane)).dynamic(
                |device, instance| {
                    let asked = device.asked.fetch_add(1, Ordering::Relaxed);
                    // First all are counted, then each is measured, then each is written.
                    let round = match asked {
                        0..3 => 0,
                        3..5 => 1,
                        _ => 2,
                    };
                    device.rounds[round][instance]
                },
            ),
        ]);

    #[derive(WmiClass)]
    #[wmi(name = "Vendor_Named", guid = "1c5b8a01-40f2-4f0e-9d55-6a0e1f2b3c25")]
    struct Named {
        #[wmi(data_id = 1)]
        value: u32,
    }

    impl InstanceData<Named> for Fixed {
        fn store(&self, block: &mut Wire<Named>) {
            let value = self.value;
            InstanceData::store(&Named { value }, block);
        }
    }

    let two = [Some("a"), Some("b"), None];
    for (written, expected) in [
        (two, true),
        ([Some("a"), Some(""), None], true),
        ([Some(""), Some("bb"), None], true),
        ([Some("aLONGER"), Some("bLONGER"), None], false),
        ([Some("aa"), Some("b"), None], false),
        ([Some("a"), None, None], false),
        ([None, None, None], false),
    ] {
        let device = Changing {
            rounds: [two, two, written],
            asked: AtomicUsize::new(0),
            lane: Fixed { value: 7 },
        };
        let mut buffer = [0xa5; 200];
        let request = Request::new(Minor::QueryAllData, Named::GUID, &mut buffer);
        let response = CHANGING.dispatch(&device, request).immediate();
        if !expected {
            assert_eq!(response, failed(NtStatus::WMI_TRY_AGAIN), "{written:?}");
            continue;
        }
        let Ok(Wnode::AllData(reply)) = Wnode::decode(&buffer[..response.information]) else {
            panic!("{written:?}")
        };
        for (instance, expected) in [0, 1].into_iter().zip(written) {
            let Some(InstanceId::Dynamic(name)) = reply.id(instance) else {
                panic!()
            };
            assert!(name == expected.unwrap());
        }
    }
}

/// With an `output_size` that is too small, the method is executed, its output does not fit, and
/// WMI is told the actual size.
#[test]
fn outputs_above_output_size_report_their_size() {
    #[derive(WmiMethod)]
    #[wmi(id = 1)]
    struct Tell<'a> {
        #[wmi(in)]
        count: Count<u32>,
        #[wmi(in, size_is = "count")]
        bytes: &'a [u8],
        #[wmi(out)]
        text: &'a str,
    }

    #[derive(WmiClass)]
    #[wmi(name = "Vendor_Liar", guid = "1c5b8a01-40f2-4f0e-9d55-6a0e1f2b3c25")]
    #[wmi(methods(Tell<'_>))]
    struct Liar;

    struct Device {
        text: String,
        executed: AtomicUsize,
    }

    impl Execute<Tell<'_>> for Device {
        fn output_size(&self, _: TellInView<'_>) -> usize {
            2
        }

        fn execute<'a>(&'a self, _: TellInView<'a>) -> Result<TellOut<'a>, NtStatus> {
            self.executed.fetch_add(1, Ordering::Relaxed);
            Ok(TellOut { text: &self.text })
        }
    }

    static LIAR: Provider<Device> =
        Provider::new(&[
            &Block::methods_only::<Liar, _>(|device: &Device, _| Some(device))
                .methods::<(Tell<'_>,)>()
                .base_name("Liar", |_| 1),
        ]);
    // Inputs and outputs below and above the size that is copied.
    for (input, units) in [(0, 50), (600, 50), (600, 600)] {
        let device = Device {
            text: "x".repeat(units),
            executed: AtomicUsize::new(0),
        };
        let mut data = u32::to_le_bytes(input).to_vec();
        data.resize(4 + input as usize, 0);
        let output = 2 + 2 * units;
        // A long input stays in place while a long output is written.
        let both = input > 512 && output > 512;
        let needed = 72
            + if both {
                data.len() + output
            } else {
                output.max(data.len())
            };
        for (size, fits) in [(needed - 1, false), (needed, true)] {
            let mut buffer = vec![0; needed];
            let writer = SingleWnodeWriter::method(Liar::GUID, Target::Static(0), 1);
            writer.write(&data, &mut buffer).unwrap();
            let request = Request::new(Minor::ExecuteMethod, Liar::GUID, &mut buffer[..size]);
            let response = LIAR.dispatch(&device, request).immediate();
            match Wnode::decode(&buffer[..response.information]) {
                Ok(Wnode::TooSmall { size_needed }) => {
                    assert_eq!((size_needed as usize, fits), (needed, false));
                }
                Ok(Wnode::MethodItem(reply)) => {
                    assert_eq!((reply.data().len(), fits), (output, true));
                }
                // The input itself does not fit.
                other => assert!(!fits && data.len() > output, "{other:?}"),
            }
        }
        assert!(device.executed.load(Ordering::Relaxed) > 0);
    }
}
