//! A table of WMILIB whose callbacks are called with anything.

use core::sync::atomic::Ordering;

use wmi_core::NtStatus;
use wmi_driver::fake::{Kernel, WmilibCall};

use crate::battery::{Miniport, Vendor_Hot};
use crate::bytes::Bytes;

pub(crate) fn run(input: &[u8]) {
    let mut bytes = Bytes(input);
    let kernel = Kernel::new();
    let miniport = Miniport::new(&kernel, input.len() % 2 == 0);
    let battery = miniport.battery();
    let table = battery.wmi.context();
    while let Some(step) = bytes.next() {
        match step % 16 {
            0 => battery
                .is_busy
                .store(bytes.byte() % 2 == 0, Ordering::Relaxed),
            1 => battery.has_charger.set(bytes.byte() % 2 == 0),
            2 => {
                let hot = Vendor_Hot { temperature: 1 };
                let sent = battery.wmi.send(&battery.hot, bytes.number(), &hot);
                assert_eq!(sent, Ok(()));
            }
            3 => {
                let _ = kernel.wmilib_registration(miniport.device, table);
            }
            _ => {
                let index = match bytes.byte() % 8 {
                    7 => bytes.number(),
                    known => u32::from(known),
                };
                let call = call(&mut bytes);
                let answer = kernel.wmilib_call(miniport.device, table, index, &call);
                assert_ne!(answer.status, NtStatus::PENDING);
                let used = usize::try_from(answer.used).expect("it is small");
                let fits = used <= answer.buffer.len();
                assert!(answer.status != NtStatus::SUCCESS || fits);
            }
        }
    }
}

fn call(bytes: &mut Bytes<'_>) -> WmilibCall {
    let instance = match bytes.byte() % 8 {
        7 => bytes.number(),
        known => u32::from(known) / 2,
    };
    match bytes.byte() % 8 {
        0..=2 => WmilibCall::Query {
            first: instance,
            count: u32::from(bytes.byte() % 6),
            has_lengths: bytes.byte() % 4 != 0,
            size: usize::from(bytes.byte()),
        },
        3 => WmilibCall::Set(instance, bytes.some().to_vec()),
        4 => WmilibCall::SetItem(instance, u32::from(bytes.byte() % 4), bytes.some().to_vec()),
        5 | 6 => {
            let input = bytes.some().to_vec();
            let claimed = match bytes.byte() % 4 {
                0 => bytes.number(),
                small => u32::from(small) * 2,
            };
            WmilibCall::Execute {
                instance,
                method: u32::from(bytes.byte() % 2) + 3,
                output: usize::from(bytes.byte()),
                input,
                claimed,
            }
        }
        _ => WmilibCall::Control(i32::from(bytes.byte() % 4) - 1, bytes.byte() % 2 == 0),
    }
}
