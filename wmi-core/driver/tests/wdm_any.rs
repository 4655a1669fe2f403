//! Any IRP at all: the fake kernel finds nothing wrong, and every request is completed once.

#![allow(unsafe_code, reason = "the fixture plays the kernel and the driver")]

mod common;

use core::sync::atomic::Ordering;

use common::{Stack, Vendor_Hot, Vendor_Settings, Vendor_Stats};
use proptest::collection::vec;
use proptest::prelude::*;
use wmi_core::{DataBlock, Guid, NtStatus};
use wmi_driver::fake::{Kernel, Request};

/// Few where every access is checked.
const CASES: u32 = if cfg!(miri) { 4 } else { 2_000 };

#[derive(Clone, Debug)]
enum Step {
    Send {
        minor: u8,
        provider: u8,
        path: Path,
        buffer: Option<Vec<u8>>,
    },
    Busy(bool),
    Resume,
    Register,
    Update,
    SurpriseRemoval,
}

#[derive(Clone, Debug)]
enum Path {
    Guid(Guid),
    Action(usize),
    None,
}

/// A buffer that looks like a WNODE more often than chance has it.
fn buffer() -> impl Strategy<Value = Option<Vec<u8>>> {
    let place = prop_oneof![Just(0_u32), Just(56), Just(64), Just(72), any::<u32>()];
    let plausible = (vec(any::<u8>(), 0..200), place, 0..4_u32, any::<u32>()).prop_map(
        |(mut bytes, place, instance, flags)| {
            let size = u32::try_from(bytes.len()).unwrap();
            for (at, value) in [(0, size), (44, flags), (52, instance), (56, place), (60, 4)] {
                if let Some(slot) = bytes.get_mut(at..at + 4) {
                    slot.copy_from_slice(&value.to_le_bytes());
                }
            }
            Some(bytes)
        },
    );
    prop_oneof![
        Just(None),
        vec(any::<u8>(), 0..80).prop_map(Some),
        plausible
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let guids = prop_oneof![
        Just(Vendor_Stats::GUID),
        Just(Vendor_Settings::GUID),
        Just(Vendor_Hot::GUID),
        any::<[u8; 16]>().prop_map(Guid::from_bytes),
    ];
    let path = prop_oneof![
        4 => guids.prop_map(Path::Guid),
        1 => (0..3_usize).prop_map(Path::Action),
        1 => Just(Path::None),
    ];
    let send = (0..14_u8, 0..8_u8, path, buffer());
    prop_oneof![
        12 => send.prop_map(|(minor, provider, path, buffer)| Step::Send {
            minor,
            provider,
            path,
            buffer,
        }),
        1 => any::<bool>().prop_map(Step::Busy),
        1 => Just(Step::Resume),
        1 => Just(Step::Register),
        1 => Just(Step::Update),
        1 => Just(Step::SurpriseRemoval),
    ]
}

fn run(steps: Vec<Step>) {
    let kernel = Kernel::new();
    let stack = Stack::new(&kernel);
    let extension = stack.extension();
    let mut pending = Vec::new();
    for step in steps {
        match step {
            Step::Send {
                minor,
                provider,
                path,
                buffer,
            } => {
                let provider = match provider {
                    0 => stack.pdo.as_ptr().addr(),
                    1 => 0,
                    _ => stack.device.as_ptr().addr(),
                };
                let mut request = Request::raw(minor, provider);
                let is_registration = minor == 0x08 || minor == 0x0b;
                // Otherwise the data path of a request for this device points to a GUID.
                request = match path {
                    Path::Guid(guid) if !is_registration => request.guid(guid),
                    Path::Action(action) if is_registration => request.action(action),
                    _ => request.action(0),
                };
                if let Some(buffer) = buffer {
                    request = request.bytes(buffer);
                }
                pending.push(kernel.post(stack.device, request));
            }
            Step::Busy(busy) => extension.is_busy.store(busy, Ordering::Relaxed),
            Step::Resume => extension.wmi.resume(extension),
            // They fail after surprise removal.
            Step::Register => drop(extension.wmi.register().ok()),
            Step::Update => drop(extension.wmi.update().ok()),
            Step::SurpriseRemoval => stack.surprise_removal(),
        }
    }
    stack.surprise_removal();
    for pending in pending {
        let completed = kernel.completed(&pending).expect("it is completed");
        assert_ne!(completed.status, NtStatus::PENDING);
    }
    stack.remove(&kernel);
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: CASES,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_sequence_is_answered_by_the_rules(steps in vec(step(), 0..12)) {
        run(steps);
    }
}
