//! The simulator on a Storport miniport's own `HwStartIo`, and on a KMDF driver, over the fake kernel.

#![allow(unsafe_code, reason = "the fixtures play the drivers")]

#[path = "../../../wmi-core/driver/tests/common/framework.rs"]
mod framework;
#[path = "../../../wmi-core/driver/tests/common/miniport.rs"]
mod miniport;

use core::sync::atomic::Ordering;

use framework::{ScaleIn, added_checked};
use miniport::{Extension, Miniport, Vendor_Firmware, Vendor_FirmwareItems as _};
use wmi_core::NtStatus;
use wmi_driver::fake::Kernel;
use wmi_tools::simulator::{Failure, MiniportAdapter, Simulator};

fn simulator<'k>(miniport: &'k Miniport<'k>) -> Simulator<'k, MiniportAdapter<'k>> {
    let extension: &Extension = miniport.extension();
    Simulator::miniport(miniport.kernel, miniport.adapter, move |srb| {
        // SAFETY: the SRB is that of the port driver.
        unsafe { extension.wmi.start_io(extension, srb) }
    })
}

#[test]
fn adapters_answer_srbs_of_both_kinds() {
    let kernel = Kernel::new();
    let miniport = Miniport::new(&kernel);
    let mut wmi = simulator(&miniport);
    wmi.register().unwrap();
    for _ in 0..2 {
        assert_eq!(wmi.query::<Vendor_Firmware>(0).unwrap().revision(), 7);
        let stats = wmi.query_all::<miniport::Vendor_Stats>().unwrap();
        assert_eq!(stats.len(), 1);
        wmi.enable_events::<miniport::Vendor_LinkDown>().unwrap();
        assert!(miniport.extension().link_down.is_enabled());
        wmi.disable_events::<miniport::Vendor_LinkDown>().unwrap();
    }
}

#[test]
fn adapters_that_keep_srbs_answer_later() {
    let kernel = Kernel::new();
    let miniport = Miniport::new(&kernel);
    let extension = miniport.extension();
    extension.is_busy.store(true, Ordering::Relaxed);
    let mut wmi = simulator(&miniport).on_pending(|| {
        extension.is_busy.store(false, Ordering::Relaxed);
        extension.wmi.resume(extension);
    });
    wmi.register().unwrap();
    for _ in 0..2 {
        extension.is_busy.store(true, Ordering::Relaxed);
        assert_eq!(wmi.query::<Vendor_Firmware>(0).unwrap().revision(), 7);
    }
}

#[test]
fn miniports_that_take_no_srb_are_refused() {
    let kernel = Kernel::new();
    let miniport = Miniport::new(&kernel);
    let mut wmi = Simulator::miniport(&kernel, miniport.adapter, |_| false);
    let failure = wmi.register().unwrap_err();
    assert!(
        matches!(failure, Failure::Status { status, .. } if status == NtStatus::INVALID_DEVICE_REQUEST),
        "{failure}"
    );
}

#[test]
fn kmdf_drivers_answer_through_the_framework() {
    let kernel = Kernel::new();
    let context = framework::Device::new();
    let (device, _) = added_checked(&kernel, &context);
    let mut wmi = Simulator::device_stack(&kernel, device.object());
    wmi.register().unwrap();
    let stats = wmi.query_all::<framework::Vendor_Stats>().unwrap();
    assert_eq!(stats.len(), 2);
    let settings = framework::Vendor_Settings { interval: 250 };
    wmi.set(0, &settings.snapshot()).unwrap();
    assert_eq!(context.interval.load(Ordering::Relaxed), 250);
    let scaled =
        wmi.execute::<framework::Vendor_Settings, framework::Scale>(0, &ScaleIn { factor: 2 });
    assert_eq!(scaled.unwrap().view().unwrap().interval, 500);
    drop(wmi);
    kernel.remove_wdf_device(device);
}
