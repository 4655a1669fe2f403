//! A miniport of the battery class under test, with blocks of every kind that the table can have.

#![allow(dead_code, reason = "no user has a need for all of it")]
#![allow(non_camel_case_types, reason = "MOF has these names")]
#![allow(unreachable_pub, reason = "each user has a copy of this module")]

use core::cell::Cell;
use core::marker::PhantomData;
use core::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use wmi_core::provider::{
    Block, Event, Handle, HandleVariable, Presence, Provider, RefusedRequest, Reply, Sent,
};
use wmi_core::{Execute, NtStatus, Wire, WmiClass, WmiMethod};
use wmi_driver::RegistryPath;
use wmi_driver::fake::{Kernel, WdmDevice};
use wmi_driver::wmilib::{InExtension, Wmi};

/// What a cell has done.
#[derive(WmiClass)]
#[wmi(
    guid = "0d1c9e64-7a0b-4f21-9a3f-6f8ad5f31c51",
    base = "Win32_PerfRawData"
)]
pub struct Vendor_Cell {
    /// Cycles.
    #[wmi(data_id = 1, counter = "PERF_COUNTER_RAWCOUNT")]
    pub cycles: AtomicU32,
    /// Faults, in three bytes of which the last ends no word.
    #[wmi(data_id = 2)]
    pub faults: u8,
}

/// The limits of the charger.
#[derive(WmiClass)]
#[wmi(guid = "0d1c9e64-7a0b-4f21-9a3f-6f8ad5f31c52", methods(Halve))]
pub struct Vendor_Charger {
    /// Milliampere.
    #[wmi(data_id = 1, write)]
    pub limit: u32,
}

/// Halves the limit.
#[derive(WmiMethod)]
#[wmi(id = 3)]
pub struct Halve {
    /// How often.
    #[wmi(in)]
    pub times: u32,
    /// What it is now.
    #[wmi(out)]
    pub limit: u32,
}

/// Who made it.
#[derive(WmiClass)]
#[wmi(variable, guid = "0d1c9e64-7a0b-4f21-9a3f-6f8ad5f31c53")]
pub struct Vendor_Maker<'a> {
    /// The name.
    #[wmi(data_id = 1)]
    pub name: &'a str,
}

/// It is too hot.
#[derive(WmiClass)]
#[wmi(
    event,
    base = "WMIEvent",
    guid = "0d1c9e64-7a0b-4f21-9a3f-6f8ad5f31c54"
)]
pub struct Vendor_Hot {
    /// Degrees.
    #[wmi(data_id = 1)]
    pub temperature: i32,
}

/// The extension of the device.
pub struct Battery {
    pub wmi: Wmi<Battery, 4>,
    pub cells: [Vendor_Cell; 3],
    pub limit: AtomicU32,
    pub is_busy: AtomicBool,
    pub collecting: AtomicBool,
    pub has_charger: Presence,
    pub hot: Event<Vendor_Hot>,
}

pub static REGISTRY_PATH: RegistryPath = RegistryPath::new();

thread_local! {
    /// The last request that the provider refused in this thread.
    pub static REFUSED: Cell<Option<RefusedRequest>> = const { Cell::new(None) };
}

pub static PROVIDER: Provider<Battery> = Provider::wmilib(&[
    &Block::counters(|battery: &Battery, cell| battery.cells.get(cell))
        .pdo(|battery| battery.cells.len()),
    &Block::fixed::<Vendor_Charger, _>(|battery: &Battery, _| Some(battery))
        .methods::<(Halve,)>()
        .expensive(|battery, on| {
            battery.collecting.store(on, Ordering::Relaxed);
            Ok(())
        })
        .present_if(|battery| &battery.has_charger),
    &Block::variable::<Vendor_Maker<'_>, _>(|battery, _| Some(battery)),
    &Block::event(|battery: &Battery| &battery.hot),
])
.mof_resource("BatteryMof")
.on_refusal(|refused| REFUSED.set(Some(*refused)));

impl AsRef<Wmi<Battery, 4>> for Battery {
    fn as_ref(&self) -> &Wmi<Battery, 4> {
        &self.wmi
    }
}

impl Handle<Vendor_Charger> for Battery {
    fn query(&self) -> Result<Vendor_Charger, NtStatus> {
        if self.is_busy.load(Ordering::Relaxed) {
            return Err(NtStatus::PENDING);
        }
        Ok(Vendor_Charger {
            limit: self.limit.load(Ordering::Relaxed),
        })
    }

    fn set(&self, block: &Wire<Vendor_Charger>) -> Result<(), NtStatus> {
        self.limit.store(block.limit(), Ordering::Relaxed);
        Ok(())
    }
}

impl Execute<Halve> for Battery {
    fn execute(&self, input: HalveInView<'_>) -> Result<HalveOut, NtStatus> {
        let limit = self.limit.load(Ordering::Relaxed);
        let limit = limit.checked_shr(input.times).unwrap_or(0);
        self.limit.store(limit, Ordering::Relaxed);
        Ok(HalveOut { limit })
    }
}

impl HandleVariable<Vendor_Maker<'_>> for Battery {
    fn query(&self, reply: Reply<'_, Vendor_Maker<'_>>) -> Result<Sent, NtStatus> {
        reply.send(&Vendor_Maker { name: "Volta" })
    }
}

/// A device with its extension, below the battery class or as an audio adapter would be below PortCls.
pub struct Miniport<'k> {
    pub kernel: &'k Kernel,
    pub device: WdmDevice,
    pub pdo: WdmDevice,
}

impl<'k> Miniport<'k> {
    /// `AddDevice`.
    pub fn new(kernel: &'k Kernel, is_battery: bool) -> Self {
        let driver = kernel.load_driver();
        let pdo = kernel.create_pdo();
        let device = kernel.create_device::<Battery>(driver);
        kernel.attach(device, pdo);
        let find = PhantomData::<InExtension>;
        let (object, below) = (device.as_ptr(), pdo.as_ptr());
        let wmi = if is_battery {
            // SAFETY: both devices stay until the kernel goes.
            unsafe { Wmi::battery(&PROVIDER, object, below, &REGISTRY_PATH, find) }
        } else {
            // SAFETY: as above.
            unsafe { Wmi::new(&PROVIDER, object, below, &REGISTRY_PATH, find) }
        };
        let cell = |faults| Vendor_Cell {
            cycles: AtomicU32::new(u32::from(faults) * 100),
            faults,
        };
        let content = Battery {
            wmi,
            cells: [1, 2, 3].map(cell),
            limit: AtomicU32::new(800),
            is_busy: AtomicBool::new(false),
            collecting: AtomicBool::new(false),
            has_charger: Presence::new(true),
            hot: Event::new(),
        };
        // SAFETY: the extension has room for it.
        unsafe { device.extension::<Battery>().write(content) };
        Self {
            kernel,
            device,
            pdo,
        }
    }

    pub fn battery(&self) -> &Battery {
        // SAFETY: it was written, and stays.
        unsafe { &*self.device.extension::<Battery>() }
    }
}
