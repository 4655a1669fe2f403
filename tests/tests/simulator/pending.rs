//! Handlers that answer later, driven by a test, and drivers that complete such requests wrongly.

use core::cell::{Cell, RefCell};
use core::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use wmi_core::provider::{Block, Event, Handle, Minor, Outcome, Provider, Request};
use wmi_core::schema::Schema;
use wmi_core::{DataBlock, Execute, NtStatus, Wire, WmiClass, WmiMethod};
use wmi_tools::client::Client;
use wmi_tools::simulator::{
    Disposition, Failure, ProtocolRule, SimulatedIrp, Simulator, Violation,
};

use super::shared::{again, boxed};

#[derive(WmiClass)]
#[wmi(name = "Vendor_Probe", base = "WMIEvent", methods(Calibrate))]
#[wmi(guid = "1c5b8a01-40f2-4f0e-9d55-6a0e1f2b3c41")]
struct Probe {
    #[wmi(data_id = 1, write)]
    value: u32,
}

/// Adds to the value.
#[derive(WmiMethod)]
#[wmi(id = 1)]
struct Calibrate {
    #[wmi(in, out)]
    value: u32,
}

const SCHEMA: Schema<'static> = Schema::new(&[Probe::CLASS]);

/// Answers when its hardware has finished. Each answer starts the hardware again.
struct Device {
    has_finished: AtomicBool,
    /// Whether its hardware has values at any time.
    stays_finished: AtomicBool,
    value: AtomicU32,
    changed: Event<Probe>,
}

impl Device {
    fn new() -> Self {
        Self {
            has_finished: false.into(),
            stays_finished: false.into(),
            value: 7.into(),
            changed: Event::new(),
        }
    }

    fn finish(&self) {
        self.has_finished.store(true, Ordering::Relaxed);
    }

    fn result(&self) -> Result<(), NtStatus> {
        let stays = self.stays_finished.load(Ordering::Relaxed);
        match self.has_finished.swap(stays, Ordering::Relaxed) {
            true => Ok(()),
            false => Err(NtStatus::PENDING),
        }
    }
}

impl Handle<Probe> for Device {
    fn query(&self) -> Result<Probe, NtStatus> {
        self.result()?;
        let value = self.value.load(Ordering::Relaxed);
        Ok(Probe { value })
    }

    fn set(&self, block: &Wire<Probe>) -> Result<(), NtStatus> {
        self.result()?;
        self.value.store(block.value(), Ordering::Relaxed);
        Ok(())
    }

    fn set_item(&self, change: wmi_core::provider::ItemChange<'_, Probe>) -> Result<(), NtStatus> {
        let mut block = Wire::zeroed();
        change.apply(&mut block)?;
        self.set(&block)
    }
}

impl Execute<Calibrate> for Device {
    fn execute(&self, input: CalibrateInView<'_>) -> Result<CalibrateOut, NtStatus> {
        self.result()?;
        let before = self.value.fetch_add(input.value, Ordering::Relaxed);
        let value = before + input.value;
        Ok(CalibrateOut { value })
    }
}

static PROVIDER: Provider<Device> =
    Provider::new(&[&Block::fixed::<Probe, _>(|device: &Device, part| {
        (part == 0).then_some(device)
    })
    .base_name("Probe", |_| 1)
    .events(|device| &device.changed)
    .on_listen(|device, _| device.result())
    .expensive(|device, _| device.result())
    .methods::<(Calibrate,)>()]);

fn simulator(device: &Device) -> Simulator<'_, impl FnMut(Request<'_>) -> Outcome> {
    let mut wmi = boxed(|request| PROVIDER.dispatch(device, request));
    wmi = wmi.with_schema(&SCHEMA);
    wmi.register().unwrap();
    wmi
}

fn violation<T>(result: Result<T, Failure>) -> Violation {
    match result {
        Err(Failure::Violation(violation)) => *violation,
        Err(failure) => panic!("{failure}"),
        Ok(_) => panic!("no violation"),
    }
}

fn assert_pending<T>(result: Result<T, Failure>, expected: Minor) {
    match result {
        Err(Failure::Pending { minor, guid, .. }) => {
            assert_eq!((minor, guid), (expected, Some(Probe::GUID)));
        }
        Err(failure) => panic!("{failure}"),
        Ok(_) => panic!("answered at once"),
    }
}

#[test]
fn pending_requests_are_dispatched_after_each_step() -> Result<(), Failure> {
    let device = Device::new();
    let steps = Cell::new(0);
    let mut wmi = simulator(&device).on_pending(|| {
        steps.set(steps.get() + 1);
        // The hardware needs two interrupts.
        if steps.get() % 2 == 0 {
            device.finish();
        }
    });
    assert_eq!(wmi.query_all::<Probe>()?[0].value.value(), 7);
    assert_eq!(wmi.query::<Probe>(0)?.value(), 7);
    wmi.set_item(0, Probe::VALUE, 8)?;
    let output = wmi.execute::<Probe, Calibrate>(0, &CalibrateIn { value: 2 })?;
    assert_eq!(output.view()?.value, 10);
    wmi.enable_events::<Probe>()?;
    assert!(device.changed.is_enabled());
    wmi.disable_events::<Probe>()?;
    assert_eq!(wmi.verify(), []);
    assert_eq!(wmi.pending().len(), 0);
    wmi.deregister()?;
    wmi.unload()
}

#[test]
fn requests_stay_open_until_they_are_resumed() -> Result<(), Failure> {
    let device = Device::new();
    let mut wmi = simulator(&device);
    device.finish();
    wmi.enable_collection::<Probe>()?;
    assert_pending(wmi.query_all::<Probe>(), Minor::QueryAllData);
    assert_pending(wmi.set_item(0, Probe::VALUE, 8), Minor::ChangeSingleItem);
    assert_eq!(wmi.resume()?, []);
    let minors = |wmi: &Simulator<'_, _>| -> Vec<Minor> {
        wmi.pending().map(|request| request.minor).collect()
    };
    let both = [Minor::QueryAllData, Minor::ChangeSingleItem];
    assert_eq!(minors(&wmi), both);

    device.finish();
    let completed = wmi.resume()?;
    let [query] = &completed[..] else {
        panic!("{completed:?}");
    };
    assert_eq!((query.minor, query.status), (both[0], NtStatus::SUCCESS));
    let client = Client::new(&SCHEMA);
    let reply = client.decode(&query.bytes)?;
    let value = reply.instances()[0].object.get("Value");
    assert_eq!(value.unwrap().as_u64(), Some(7));
    device.finish();
    assert_eq!(wmi.resume()?[0].minor, both[1]);
    assert_eq!(device.value.load(Ordering::Relaxed), 8);
    assert_eq!(wmi.pending().len(), 0);
    Ok(())
}

/// A waiting reader keeps the block open, and a waiting listener counts when it is answered.
#[test]
fn blocks_stay_open_until_the_reader_is_answered() -> Result<(), Failure> {
    let device = Device::new();
    let sent = RefCell::new(Vec::new());
    let mut wmi = boxed(|request: Request<'_>| {
        sent.borrow_mut().push(request.minor);
        PROVIDER.dispatch(&device, request)
    });
    wmi.register()?;
    sent.take();
    let enable = Minor::EnableCollection;
    assert_pending(wmi.query_all::<Probe>(), enable);
    device.finish();
    device.stays_finished.store(true, Ordering::Relaxed);
    wmi.resume()?;
    device.stays_finished.store(false, Ordering::Relaxed);
    device.has_finished.store(false, Ordering::Relaxed);
    assert_eq!(sent.take(), [enable, enable, Minor::DisableCollection]);

    assert_pending(wmi.enable_events::<Probe>(), Minor::EnableEvents);
    device.finish();
    wmi.resume()?;
    // The provider is not notified of the second listener.
    wmi.enable_events::<Probe>()?;
    assert_eq!(sent.take()[1..], [Minor::EnableEvents]);
    Ok(())
}

#[test]
fn deregistration_waits_for_open_requests() -> Result<(), Failure> {
    let device = Device::new();
    let mut wmi = simulator(&device);
    assert_pending(wmi.enable_events::<Probe>(), Minor::EnableEvents);
    let found = violation(wmi.deregister());
    assert_eq!(found.rule, ProtocolRule::StillPending);
    assert_eq!(found.minor, Some(Minor::EnableEvents));
    let wrong = violation(wmi.fail_pending(NtStatus::SUCCESS)).rule;
    assert!(matches!(wrong, ProtocolRule::WrongStatus { .. }), "{wrong}");

    assert_pending(wmi.enable_events::<Probe>(), Minor::EnableEvents);
    wmi.fail_pending(NtStatus::NOT_SUPPORTED)?;
    assert_eq!(wmi.pending().len(), 0);
    // Nobody listens.
    assert!(wmi.disable_events::<Probe>().is_err());
    wmi.deregister()
}

#[test]
fn verification_finds_unfinished_requests() {
    let device = Device::new();
    let violations = simulator(&device).verify();
    assert!(!violations.is_empty());
    for found in violations {
        assert_eq!(found.rule, ProtocolRule::StillPending);
    }
}

#[test]
fn drivers_without_deferral_answer_at_once() {
    let device = Device::new();
    let mut wmi = simulator(&device).without_pending();
    let found = violation(wmi.set_item(0, Probe::VALUE, 8));
    assert_eq!(found.rule, ProtocolRule::MayNotPend);
    assert_eq!(wmi.pending().len(), 0);
}

#[test]
fn changes_of_a_pending_request_are_found() {
    let device = Device::new();
    let mut wmi = boxed(|mut request: Request<'_>| {
        let outcome = PROVIDER.dispatch(&device, again(&mut request));
        if let Outcome::Pending(_) = outcome {
            request.buffer[44] ^= 1;
        }
        outcome
    });
    wmi.register().unwrap();
    let offset = 44;
    let found = violation(wmi.enable_events::<Probe>());
    assert_eq!(found.rule, ProtocolRule::ChangedWhilePending { offset });
}

/// A driver in C may write to the buffer of a request that it keeps. Safe code cannot, so this test
/// uses a pointer.
#[test]
fn writes_to_the_buffer_of_a_pending_request_are_found() {
    let device = Device::new();
    let kept = Cell::new(core::ptr::null_mut::<u8>());
    let mut wmi = Simulator::dispatch_routine(0x8000, |irp: &mut SimulatedIrp<'_>| {
        let Some(minor) = Minor::addressed(irp.code, irp.provider_id, 0x8000) else {
            return Disposition::Forwarded;
        };
        kept.set(irp.buffer.as_mut_ptr());
        let outcome = PROVIDER.dispatch(&device, irp.request(minor));
        irp.complete(outcome)
    })
    .on_pending(|| {
        #[expect(unsafe_code, reason = "the memory of the simulator")]
        // SAFETY: the request is open, so its buffer exists, and nothing else uses it.
        unsafe {
            *kept.get() ^= 1;
        }
        device.finish();
    });
    wmi.register().unwrap();
    let found = violation(wmi.enable_events::<Probe>());
    let offset = 0;
    assert_eq!(found.rule, ProtocolRule::ChangedWhilePending { offset });
}

/// Dispatches an IRP.
type Routine = fn(&Device, Minor, &mut SimulatedIrp<'_>) -> Disposition;

#[test]
fn irps_completed_twice_are_found() {
    let found = |routine: Routine| {
        let device = Device::new();
        let mut wmi = Simulator::dispatch_routine(0x8000, |irp: &mut SimulatedIrp<'_>| {
            let Some(minor) = Minor::addressed(irp.code, irp.provider_id, 0x8000) else {
                return Disposition::Forwarded;
            };
            match minor {
                Minor::EnableEvents => routine(&device, minor, irp),
                _ => {
                    let outcome = PROVIDER.dispatch(&device, irp.request(minor));
                    irp.complete(outcome)
                }
            }
        });
        wmi.register().unwrap();
        wmi.enable_events::<Probe>()
    };
    fn complete(device: &Device, minor: Minor, irp: &mut SimulatedIrp<'_>) -> Disposition {
        let outcome = PROVIDER.dispatch(device, irp.request(minor));
        irp.complete(outcome)
    }
    assert_pending(found(complete), Minor::EnableEvents);
    let wrong: [Routine; 3] = [
        |device, minor, irp| {
            device.finish();
            let _ = complete(device, minor, irp);
            device.finish();
            complete(device, minor, irp)
        },
        |device, minor, irp| {
            device.finish();
            let _ = complete(device, minor, irp);
            Disposition::Pending
        },
        |device, minor, irp| {
            device.finish();
            let _ = complete(device, minor, irp);
            Disposition::Forwarded
        },
    ];
    for routine in wrong {
        assert_eq!(violation(found(routine)).rule, ProtocolRule::CompletedTwice);
    }
}

/// Changes that the test makes while a request is pending are not effects of the request.
#[test]
fn steps_of_the_test_are_not_effects_of_a_query() -> Result<(), Failure> {
    let device = Device::new();
    let mut wmi = simulator(&device)
        .watch(|| device.has_finished.load(Ordering::Relaxed))
        .on_pending(|| {});
    // A handler that never answers.
    assert_pending(wmi.enable_collection::<Probe>(), Minor::EnableCollection);
    wmi.fail_pending(NtStatus::NOT_SUPPORTED)?;

    let device = Device::new();
    let steps = Cell::new(0);
    let mut wmi = simulator(&device).watch(|| steps.get()).on_pending(|| {
        steps.set(steps.get() + 1);
        device.finish();
    });
    assert_eq!(wmi.query::<Probe>(0)?.value(), 7);
    Ok(())
}
