//! Handlers that fail, change their minds, or have much to say.

use core::sync::atomic::{AtomicUsize, Ordering};

use wmi_core::provider::{
    Block, Handle, HandleVariable, Minor, Provider, Reply, Request, Response, Sent,
};
use wmi_core::wnode::{SingleWriter, Target, Wnode};
use wmi_core::{Count, DataBlock, Execute, NtStatus, VariableClass, WmiClass, WmiMethod};

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

/// Gives back its input twice, and says before how much that is.
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
    /// The status of instance 1.
    failure: Option<NtStatus>,
    /// How often each text is asked for, and what it then is.
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
    PROVIDER.dispatch(device, Request::new(minor, guid, buffer))
}

fn failed(status: NtStatus) -> Response {
    Response {
        status,
        information: 0,
    }
}

#[test]
fn a_failure_is_the_status() {
    let device = Device {
        failure: Some(NtStatus::INSUFFICIENT_RESOURCES),
        ..Device::default()
    };
    let mut buffer = [0xa5; 200];
    let response = ask(&device, Minor::QueryAllData, Fixed::GUID, &mut buffer);
    assert_eq!(response, failed(NtStatus::INSUFFICIENT_RESOURCES));
    let mut buffer = [0xa5; 200];
    SingleWriter::instance(Fixed::GUID, Target::Static(1))
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
    // That it does not fit is told first: a larger buffer may come too late for the failure.
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

#[test]
fn values_that_grow_are_asked_for_again() {
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
            SingleWriter::instance(Growing::GUID, Target::Static(0))
                .write(&[], &mut buffer)
                .unwrap();
            let response = ask(&device, minor, Growing::GUID, &mut buffer);
            match expected {
                Err(status) => assert_eq!(response, failed(status)),
                Ok(text) => {
                    let data = match Wnode::parse(&buffer[..response.information]) {
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
fn what_cannot_be_expressed_is_an_error_of_the_driver() {
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

/// Up to 512 bytes of input are copied; a longer one needs room beside the output. The method is
/// executed only where its output fits.
#[test]
fn inputs_of_any_length() {
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
        let writer = SingleWriter::method(Fixed::GUID, Target::Static(1), 1);
        let written = writer.write(&data, &mut whole).unwrap();

        let output = 8 + 2 * length;
        let needed = 72 + if size > 512 { size + output } else { output };
        for capacity in [written, needed - 1] {
            if capacity >= needed {
                continue;
            }
            let mut buffer = whole[..capacity.max(written)].to_vec();
            let response = ask(&device, Minor::ExecuteMethod, Fixed::GUID, &mut buffer);
            assert_eq!(response.information, 56);
            let Ok(Wnode::TooSmall { size_needed }) = Wnode::parse(&buffer) else {
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
        let Ok(Wnode::MethodItem(reply)) = Wnode::parse(&buffer) else {
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
