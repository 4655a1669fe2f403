//! A driver under test: three blocks, and its device objects on a fake kernel.

#![allow(dead_code, reason = "not every test file uses all of it")]
#![allow(
    unreachable_pub,
    reason = "each test file includes its own copy of this module"
)]
#![allow(non_camel_case_types, reason = "these are MOF names")]

use core::cell::UnsafeCell;
use core::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering};

use wmi_core::provider::{Event, Handle, Provider};
use wmi_core::wnode::{Target, Wnode};
use wmi_core::{NtStatus, Wire, WmiClass};
use wmi_driver::RegistryPath;
use wmi_driver::fake::{Driver, Kernel, WdmDevice};
use wmi_driver::wdm::{self, Wmi};

/// Statistics of a sensor.
#[derive(WmiClass)]
#[wmi(
    guid = "0d1c9e64-7a0b-4f21-9a3f-6f8ad5f31c01",
    base = "Win32_PerfRawData"
)]
pub struct Vendor_Stats {
    /// Measurements.
    #[wmi(data_id = 1, counter = "PERF_COUNTER_BULK_COUNT")]
    pub measurements: AtomicU64,
}

/// The settings.
#[derive(WmiClass)]
#[wmi(guid = "0d1c9e64-7a0b-4f21-9a3f-6f8ad5f31c02")]
pub struct Vendor_Settings {
    /// Milliseconds.
    #[wmi(data_id = 1, write)]
    pub interval: u32,
}

/// It is too hot.
#[derive(WmiClass)]
#[wmi(
    event,
    base = "WMIEvent",
    guid = "0d1c9e64-7a0b-4f21-9a3f-6f8ad5f31c03"
)]
pub struct Vendor_Hot {
    /// Degrees.
    #[wmi(data_id = 1)]
    pub temperature: i32,
}

/// Storage of the size of a free build's `IO_REMOVE_LOCK`.
#[repr(C, align(8))]
pub struct RemoveLock(
    UnsafeCell<
        [u8; if cfg!(target_pointer_width = "64") {
            32
        } else {
            24
        }],
    >,
);

// SAFETY: only the fake kernel accesses it.
unsafe impl Sync for RemoveLock {}

/// The device extension.
pub struct Extension {
    pub wmi: Wmi<Extension>,
    pub lock: RemoveLock,
    pub stats: Vendor_Stats,
    pub interval: AtomicU32,
    pub hot: Event<Vendor_Hot>,
    /// Stops queries until the test lets them continue.
    pub gate: Gate,
    /// Whether queries of the settings are answered later.
    pub is_busy: AtomicBool,
}

impl AsRef<Wmi<Self>> for Extension {
    fn as_ref(&self) -> &Wmi<Self> {
        &self.wmi
    }
}

/// Blocks requests while it is closed.
#[derive(Default)]
pub struct Gate {
    pub is_closed: AtomicBool,
    pub waiting: AtomicUsize,
}

impl Gate {
    fn pass(&self) {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        while self.is_closed.load(Ordering::SeqCst) {
            std::thread::yield_now();
        }
    }
}

pub static REGISTRY_PATH: RegistryPath = RegistryPath::new();

type Block = wmi_core::provider::Block<Extension>;

pub static PROVIDER: Provider<Extension> = Provider::with_pdo(
    &[
        &Block::counters(|extension: &Extension, _| Some(&extension.stats)),
        &Block::fixed::<Vendor_Settings, _>(|extension, _| Some(extension)),
        &Block::event(|extension| &extension.hot),
    ],
    |extension| extension.wmi.pdo(),
)
.mof_resource("VendorMof")
.registry_path(|_| REGISTRY_PATH.units());

impl Handle<Vendor_Settings> for Extension {
    fn query(&self) -> Result<Vendor_Settings, NtStatus> {
        let is_busy = self.is_busy.load(Ordering::Relaxed);
        self.gate.pass();
        if is_busy {
            return Err(NtStatus::PENDING);
        }
        Ok(Vendor_Settings {
            interval: self.interval.load(Ordering::Relaxed),
        })
    }

    fn set(&self, block: &Wire<Vendor_Settings>) -> Result<(), NtStatus> {
        self.interval.store(block.interval(), Ordering::Relaxed);
        Ok(())
    }
}

/// A driver with one device on top of a bus's device.
pub struct Stack {
    pub driver: Driver,
    pub pdo: WdmDevice,
    pub device: WdmDevice,
}

/// A constructor of [`Wmi`].
type MakeWmi = unsafe fn(WdmDevice, WdmDevice, WdmDevice, *mut RemoveLock) -> Wmi<Extension>;

pub unsafe fn attached(
    device: WdmDevice,
    lower: WdmDevice,
    pdo: WdmDevice,
    lock: *mut RemoveLock,
) -> Wmi<Extension> {
    // SAFETY: guaranteed by the caller.
    unsafe {
        Wmi::attached(
            &PROVIDER,
            device.as_ptr(),
            lower.as_ptr(),
            pdo.as_ptr(),
            lock,
        )
    }
}

impl Stack {
    pub fn new(kernel: &Kernel) -> Self {
        Self::with(kernel, attached)
    }

    pub fn with(kernel: &Kernel, wmi: MakeWmi) -> Self {
        let driver = kernel.load_driver();
        // SAFETY: all device objects of the driver have an `Extension`.
        unsafe { wdm::install::<Extension>(driver.as_ptr()) };
        let pdo = kernel.create_pdo();
        let device = kernel.create_device::<Extension>(driver);
        let lower = kernel.attach(device, pdo);
        write_extension(kernel, device, |lock| {
            // SAFETY: the objects live until `remove`.
            unsafe { wmi(device, lower, pdo, lock) }
        });
        Self {
            driver,
            pdo,
            device,
        }
    }

    pub fn extension(&self) -> &Extension {
        // SAFETY: it was written, and lives until `remove`.
        unsafe { &*self.device.extension::<Extension>() }
    }

    pub fn lock(&self) -> *mut RemoveLock {
        lock_of(self.device)
    }

    /// `IRP_MN_SURPRISE_REMOVAL`.
    pub fn surprise_removal(&self) {
        self.extension().wmi.deregister();
    }

    /// `IRP_MN_REMOVE_DEVICE`.
    pub fn remove(self, kernel: &Kernel) {
        let mut irp = 0_u8;
        let tag = &raw mut irp;
        let lock = self.lock();
        kernel.acquire_remove_lock(lock, tag).unwrap();
        self.extension().wmi.deregister();
        kernel.release_remove_lock_and_wait(lock, tag);
        kernel.detach(self.pdo);
        // SAFETY: the extension was written, and is not used afterwards.
        unsafe { self.device.extension::<Extension>().drop_in_place() };
        kernel.delete_device(self.device);
        kernel.delete_device(self.pdo);
    }
}

fn lock_of(device: WdmDevice) -> *mut RemoveLock {
    let extension = device.extension::<Extension>();
    // SAFETY: the extension has room for this.
    unsafe { &raw mut (*extension).lock }
}

pub fn write_extension(
    kernel: &Kernel,
    device: WdmDevice,
    wmi: impl FnOnce(*mut RemoveLock) -> Wmi<Extension>,
) {
    let lock = lock_of(device);
    let content = Extension {
        wmi: wmi(lock),
        lock: RemoveLock(UnsafeCell::default()),
        stats: Vendor_Stats::new(),
        interval: AtomicU32::new(100),
        hot: Event::new(),
        gate: Gate::default(),
        is_busy: AtomicBool::new(false),
    };
    // SAFETY: the extension has room for it.
    unsafe { device.extension::<Extension>().write(content) };
    // SAFETY: the lock is in the extension.
    unsafe { kernel.initialize_remove_lock(lock) };
}

/// Sends an event through a sink, and returns the sink's result.
pub fn send_hot(
    extension: &Extension,
    sink: &impl wmi_core::provider::EventSink,
) -> Result<(), NtStatus> {
    let hot = Vendor_Hot { temperature: 90 };
    extension.hot.send(sink, Target::Static(0), &hot)
}

/// Returns the temperature in an event.
pub fn temperature(event: &[u8]) -> i32 {
    let Ok(Wnode::SingleInstance(event)) = Wnode::decode(event) else {
        panic!("{event:?}");
    };
    event.block::<Vendor_Hot>().unwrap().temperature()
}
