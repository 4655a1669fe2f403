//! A miniport under test: an adapter and a disk, each with its own blocks.

#![allow(dead_code, reason = "not every test file uses all of it")]
#![allow(non_camel_case_types, reason = "these are MOF names")]
#![allow(
    unreachable_pub,
    reason = "each test file includes its own copy of this module"
)]

use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use wmi_core::provider::{Event, Handle, Provider};
use wmi_core::{NtStatus, WmiClass};
use wmi_driver::fake::{Adapter, CompletedSrb, Kernel, PendingSrb, SrbRequest};
use wmi_driver::storport::{Source, Srb, SrbStatus, Unit, Wmi};

/// Statistics of an adapter.
#[derive(WmiClass)]
#[wmi(
    guid = "0d1c9e64-7a0b-4f21-9a3f-6f8ad5f31c11",
    base = "Win32_PerfRawData"
)]
pub struct Vendor_Stats {
    /// Requests.
    #[wmi(data_id = 1, counter = "PERF_COUNTER_BULK_COUNT")]
    pub requests: AtomicU64,
}

/// The firmware.
#[derive(WmiClass)]
#[wmi(guid = "0d1c9e64-7a0b-4f21-9a3f-6f8ad5f31c12")]
pub struct Vendor_Firmware {
    /// Its revision.
    #[wmi(data_id = 1)]
    pub revision: u32,
}

/// A link has gone down.
#[derive(WmiClass)]
#[wmi(
    event,
    base = "WMIEvent",
    guid = "0d1c9e64-7a0b-4f21-9a3f-6f8ad5f31c13"
)]
pub struct Vendor_LinkDown {
    /// 64 bytes, the most that an event may have.
    #[wmi(data_id = 1)]
    pub ports: [u32; 16],
}

pub struct Extension {
    pub wmi: Wmi<Extension>,
    pub stats: Vendor_Stats,
    pub link_down: Event<Vendor_LinkDown>,
    pub is_busy: AtomicBool,
    /// Whether the next query of the firmware finds the adapter being reset.
    pub is_reset: AtomicBool,
    pub disk: Disk,
}

pub struct Disk {
    pub wmi: Wmi<Disk>,
    pub stats: Vendor_Stats,
}

pub const DISK: Unit = Unit {
    path: 0,
    target: 3,
    lun: 1,
};

pub static PROVIDER: Provider<Extension> = Provider::storport(&[
    &wmi_core::provider::Block::counters(|extension: &Extension, _| Some(&extension.stats)),
    &wmi_core::provider::Block::fixed::<Vendor_Firmware, _>(|extension, _| Some(extension)),
    &wmi_core::provider::Block::event(|extension: &Extension| &extension.link_down),
]);

pub static DISK_PROVIDER: Provider<Disk> =
    Provider::storport(&[&wmi_core::provider::Block::counters(|disk: &Disk, _| {
        Some(&disk.stats)
    })]);

impl Handle<Vendor_Firmware> for Extension {
    fn query(&self) -> Result<Vendor_Firmware, NtStatus> {
        if self.is_reset.swap(false, Ordering::Relaxed) {
            // As another thread does meanwhile.
            self.wmi.abort(SrbStatus::ABORTED);
        }
        if self.is_busy.load(Ordering::Relaxed) {
            return Err(NtStatus::PENDING);
        }
        Ok(Vendor_Firmware { revision: 7 })
    }
}

/// An adapter of the fake port driver, with its extension.
pub struct Miniport<'k> {
    pub kernel: &'k Kernel,
    pub adapter: Adapter,
}

impl<'k> Miniport<'k> {
    pub fn new(kernel: &'k Kernel) -> Self {
        let adapter = kernel.create_adapter::<Extension>();
        let extension = adapter.extension::<Extension>();
        // SAFETY: the extension lives until the kernel is dropped.
        let wmi = unsafe { Wmi::adapter(&PROVIDER, extension) };
        let disk = Disk {
            // SAFETY: as above.
            wmi: unsafe { Wmi::unit(&DISK_PROVIDER, extension, DISK) },
            stats: Vendor_Stats::new(),
        };
        let content = Extension {
            wmi,
            stats: Vendor_Stats::new(),
            link_down: Event::new(),
            is_busy: AtomicBool::new(false),
            is_reset: AtomicBool::new(false),
            disk,
        };
        // SAFETY: the extension has room for it.
        unsafe { extension.write(content) };
        Self { kernel, adapter }
    }

    pub fn extension(&self) -> &Extension {
        // SAFETY: it was written, and lives as long as the kernel.
        unsafe { &*self.adapter.extension::<Extension>() }
    }

    /// `HwStartIo` of a miniport whose units have no blocks.
    pub fn post(&self, request: &SrbRequest) -> Option<PendingSrb> {
        let extension = self.extension();
        self.kernel.start_io(self.adapter, request, |srb| {
            // SAFETY: the SRB is that of the port driver.
            unsafe { extension.wmi.start_io(extension, srb) }
        })
    }

    pub fn send(&self, request: &SrbRequest) -> CompletedSrb {
        let pending = self.post(request).expect("it is a request of WMI");
        let completed = self.kernel.completed_srb(&pending);
        completed.expect("it is completed at once")
    }

    /// `HwStartIo` of a miniport whose units have blocks.
    pub fn send_to_units(&self, request: &SrbRequest) -> CompletedSrb {
        let extension = self.extension();
        let pending = self.kernel.start_io(self.adapter, request, |srb| {
            // SAFETY: the SRB is that of the port driver.
            let Some(srb) = (unsafe { Srb::new(srb) }) else {
                return false;
            };
            match srb.source() {
                Source::Adapter => extension.wmi.answer(extension, srb),
                Source::Unit(DISK) => extension.disk.wmi.answer(&extension.disk, srb),
                // SAFETY: this is the extension of the adapter.
                Source::Unit(_) => unsafe { srb.refuse(self.adapter.extension::<Extension>()) },
            }
            true
        });
        self.kernel.completed_srb(&pending.unwrap()).unwrap()
    }
}
