//! Method calls through a driver that implements `Execute`.

use wmi_core::block::{DecodeFault, EncodeError};
use wmi_core::{
    Count, Enumerated, Execute, NoParameters, NtStatus, Text, VariableClass, WmiMethod,
};

use super::declared::*;

/// A driver that answers from its fields.
struct Driver<'d> {
    speed: u32,
    notes: Vec<Note<'d>>,
}

impl Execute<Reset> for Driver<'_> {
    fn execute(&self, NoParameters: NoParameters) -> Result<NoParameters, NtStatus> {
        Ok(NoParameters)
    }
}

impl Execute<SetSpeed> for Driver<'_> {
    fn execute(&self, input: SetSpeedInView<'_>) -> Result<SetSpeedOut, NtStatus> {
        if input.port > 0 {
            return Err(NtStatus::INVALID_PARAMETER);
        }
        Ok(SetSpeedOut {
            speed: self.speed,
            status: u16::try_from(input.speed).unwrap(),
        })
    }
}

impl Execute<Transfer<'_>> for Driver<'_> {
    fn execute<'a>(&'a self, input: TransferInView<'a>) -> Result<TransferOut<'a>, NtStatus> {
        let Enumerated::Known(mode) = input.mode else {
            return Err(NtStatus::NOT_SUPPORTED);
        };
        let most = usize::from(input.out_count).min(self.notes.len());
        Ok(TransferOut {
            out_count: Count::NEW,
            notes: &self.notes[..most],
            label: Text::truncated(&input.name.to_string()),
            pair: Pair {
                long: u32::try_from(input.values.iter().sum::<u64>()).unwrap(),
                tag: u8::from(mode == Mode::Fast),
            },
            grid: input.grid,
        })
    }
}

/// Executes the method with this id; input and output share the buffer.
fn call(driver: &Driver<'_>, id: u32, buffer: &mut [u8], input: usize) -> Result<usize, NtStatus> {
    fn call<M: WmiMethod>(
        driver: &impl Execute<M>,
        buffer: &mut [u8],
        input: usize,
    ) -> Result<usize, NtStatus> {
        let input = buffer[..input].to_vec();
        let input = M::In::decode(&input).map_err(|_| NtStatus::INVALID_PARAMETER)?;
        let output = driver.execute(input)?;
        output.encode(buffer).map_err(|error| match error {
            EncodeError::BufferTooSmall { .. } => NtStatus::BUFFER_TOO_SMALL,
            _ => NtStatus::WMI_SET_FAILURE,
        })
    }
    match id {
        Reset::ID => call::<Reset>(driver, buffer, input),
        SetSpeed::ID => call::<SetSpeed>(driver, buffer, input),
        Transfer::ID => call::<Transfer<'_>>(driver, buffer, input),
        _ => Err(NtStatus::INVALID_DEVICE_REQUEST),
    }
}

#[test]
fn drivers_execute_methods() {
    let long = "a".repeat(100);
    let driver = Driver {
        speed: 100,
        notes: ["one", "two", long.as_str()]
            .map(|text| Note { text })
            .into(),
    };
    let mut buffer = [0; 64];
    assert_eq!(call(&driver, 7, &mut buffer, 0), Ok(0));
    assert_eq!(
        call(&driver, 8, &mut buffer, 0),
        Err(NtStatus::INVALID_DEVICE_REQUEST)
    );

    let mut set = |port, room| {
        let length = SetSpeedIn { port, speed: 25 }.encode(&mut buffer).unwrap();
        let written = call(&driver, u32::MAX, &mut buffer[..room], length)?;
        let output = SetSpeedOut::decode(&buffer[..written]).unwrap();
        Ok((output.speed, output.status))
    };
    assert_eq!(set(0, 8), Ok((100, 25)));
    assert_eq!(set(1, 8), Err(NtStatus::INVALID_PARAMETER));

    let transfer = |out_count| {
        let input = TransferIn {
            name: "a longer name",
            in_count: Count::NEW,
            values: &[1, 2],
            out_count,
            mode: Mode::Fast,
            grid: [1, 2, 3],
        };
        let mut buffer = [0; 128];
        let length = input.encode(&mut buffer).unwrap();
        let written = call(&driver, 30, &mut buffer, length)?;
        let output = TransferOut::decode(&buffer[..written]).unwrap();
        assert!(output.label == "a lo" && output.grid == [1, 2, 3]);
        assert_eq!((output.pair.long(), output.pair.tag()), (3, 1));
        assert_eq!(usize::from(output.out_count), output.notes.len());
        Ok(output
            .notes
            .iter()
            .map(|note| note.text.to_string())
            .collect::<Vec<_>>())
    };
    assert_eq!(transfer(2), Ok(vec!["one".to_owned(), "two".to_owned()]));
    assert_eq!(transfer(1), Ok(vec!["one".to_owned()]));
    assert_eq!(transfer(9), Err(NtStatus::BUFFER_TOO_SMALL));

    let error = SetSpeedIn::decode(&[1, 0, 0, 0, 2, 0])
        .map(|_| ())
        .unwrap_err();
    assert_eq!(error.offset, 4);
    assert_eq!(
        error.fault,
        DecodeFault::Truncated {
            needed: 4,
            available: 2
        }
    );
}

#[test]
fn statuses_are_displayed_in_hexadecimal() {
    assert_eq!(
        format!("{:?}", NtStatus::BUFFER_TOO_SMALL),
        "STATUS_BUFFER_TOO_SMALL (0xc0000023)"
    );
    assert_eq!(
        format!("{:?}", NtStatus::from_value(0xc000_0001)),
        "NtStatus(0xc0000001)"
    );
}
