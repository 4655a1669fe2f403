//! The simulator on a driver's own dispatch routine, in a device stack of the fake kernel.

#![allow(unsafe_code, reason = "the fixture plays the driver")]

#[path = "../../../wmi-core/driver/tests/common/mod.rs"]
mod common;

use core::sync::atomic::Ordering;

use common::{
    PROVIDER, REGISTRY_PATH, Stack, Vendor_Hot, Vendor_Settings, Vendor_SettingsItems as _,
    Vendor_Stats, Vendor_StatsItems as _, send_hot, temperature,
};
use wmi_core::NtStatus;
use wmi_driver::fake::Kernel;
use wmi_driver::layout::UnicodeString;
use wmi_driver::wdm::Wmi;
use wmi_tools::simulator::{Failure, Simulator};

const DELETE_PENDING: NtStatus = NtStatus::from_value(0xc000_0056);

#[test]
fn driver_keeps_all_rules() {
    let kernel = Kernel::new();
    let mut path = br"\Services\Vendor".map(u16::from);
    let string = UnicodeString {
        length: 32,
        maximum_length: 32,
        buffer: path.as_mut_ptr(),
    };
    // SAFETY: the string is valid.
    unsafe { REGISTRY_PATH.copy(&raw const string) };
    let stack = Stack::new(&kernel);
    let extension = stack.extension();
    extension.wmi.register().unwrap();
    extension.stats.add_measurements(3);
    let mut wmi = Simulator::device_stack(&kernel, stack.device);
    wmi.register().unwrap();
    assert_eq!(wmi.query::<Vendor_Stats>(0).unwrap().measurements(), 3);
    wmi.set(0, &Vendor_Settings { interval: 250 }.snapshot())
        .unwrap();
    assert_eq!(extension.interval.load(Ordering::Relaxed), 250);
    assert_eq!(wmi.verify(), []);
    drop(wmi);
    stack.remove(&kernel);
}

#[test]
fn events_are_sent_while_the_simulator_listens() {
    let kernel = Kernel::new();
    let stack = Stack::new(&kernel);
    let extension = stack.extension();
    extension.wmi.register().unwrap();
    let mut wmi = Simulator::device_stack(&kernel, stack.device);
    wmi.register().unwrap();
    send_hot(extension, &extension.wmi).unwrap();
    assert_eq!(kernel.take_events().len(), 0);
    wmi.enable_events::<Vendor_Hot>().unwrap();
    send_hot(extension, &extension.wmi).unwrap();
    let events = kernel.take_events();
    assert_eq!(events.len(), 1);
    assert_eq!(temperature(&events[0]), 90);
    wmi.disable_events::<Vendor_Hot>().unwrap();
    drop(wmi);
    stack.remove(&kernel);
}

#[test]
fn requests_that_the_driver_keeps_are_answered_later() {
    let kernel = Kernel::new();
    let stack = Stack::new(&kernel);
    let extension = stack.extension();
    extension.wmi.register().unwrap();
    extension.is_busy.store(true, Ordering::Relaxed);
    let mut wmi = Simulator::device_stack(&kernel, stack.device).on_pending(|| {
        extension.is_busy.store(false, Ordering::Relaxed);
        extension.wmi.resume(extension);
    });
    wmi.register().unwrap();
    assert_eq!(wmi.query::<Vendor_Settings>(0).unwrap().interval(), 100);
    drop(wmi);
    stack.remove(&kernel);
}

#[test]
fn requests_that_the_driver_keeps_end_with_the_device() {
    let kernel = Kernel::new();
    let stack = Stack::new(&kernel);
    let extension = stack.extension();
    extension.wmi.register().unwrap();
    let mut wmi = Simulator::device_stack(&kernel, stack.device);
    wmi.register().unwrap();
    extension.is_busy.store(true, Ordering::Relaxed);
    let failure = wmi.query::<Vendor_Settings>(0).unwrap_err();
    assert!(matches!(failure, Failure::Pending { .. }), "{failure}");
    stack.surprise_removal();
    let completions = wmi.resume().unwrap();
    let [completion] = completions.as_slice() else {
        panic!("{completions:?}");
    };
    assert_eq!(completion.status, DELETE_PENDING);
    drop(wmi);
    stack.remove(&kernel);
}

#[test]
fn several_devices_serve_one_class() {
    let kernel = Kernel::new();
    let stacks = [Stack::new(&kernel), Stack::new(&kernel)];
    for (stack, count) in stacks.iter().zip(1..) {
        stack.extension().wmi.register().unwrap();
        stack.extension().stats.add_measurements(count);
    }
    let [first, second] = &stacks;
    let mut wmi = Simulator::device_stack(&kernel, first.device).with_device_stack(
        r"ROOT\SIMULATED\0001",
        &kernel,
        second.device,
    );
    wmi.register().unwrap();
    let all = wmi.query_all::<Vendor_Stats>().unwrap();
    let counts: Vec<_> = all.iter().map(|it| it.value.measurements()).collect();
    assert_eq!(counts, [1, 2]);
    let one = wmi.query::<Vendor_Stats>(r"ROOT\SIMULATED\0001_0").unwrap();
    assert_eq!(one.measurements(), 2);
    drop(wmi);
    for stack in stacks {
        stack.remove(&kernel);
    }
}

/// A device that is attached, with WMI that takes it for the lowest.
#[test]
fn requests_that_are_not_forwarded_are_found() {
    let kernel = Kernel::new();
    let stack = Stack::with(&kernel, |device, _, _, _| {
        // SAFETY: the device object stays until it is removed.
        unsafe { Wmi::standalone(&PROVIDER, device.as_ptr()) }
    });
    let mut wmi = Simulator::device_stack(&kernel, stack.device);
    let _ = wmi.verify();
    drop(wmi);
    let found = kernel.take_bug_checks();
    let is_not_forwarded =
        |check: &wmi_driver::fake::BugCheck| (check.code, check.parameter) == (0xc9, 0x220);
    assert!(found.iter().any(is_not_forwarded), "{found:?}");
    stack.remove(&kernel);
}
