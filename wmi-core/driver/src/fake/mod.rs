//! A kernel for tests: the routines that drivers call for WMI, checked by the rules of Driver
//! Verifier.
//!
//! A [`Kernel`] creates driver and device objects, sends requests down a device stack as WMI does,
//! runs work items, and takes events. It also acts as Storport's port driver, with adapters and
//! SRBs, as the KMDF framework, with its function table, as NDIS, with adapters and OID requests, as
//! WMILIB and the battery class, and as WMI for consumers. A violation becomes a [`BugCheck`] with
//! Driver Verifier's number for it. Dropping the kernel panics if it recorded a violation, or if the
//! driver leaked something.
//!
//! Memory is freed as soon as the driver no longer owns it: an IRP when it is completed, an event
//! when WMI takes it. Miri and the address sanitizer therefore find every later access.
//!
//! | found | as |
//! |---|---|
//! | IRPs sent, changed, completed, forwarded or kept against the rules | `0xC9`: `0x210`, `0x212`, `0x213`, `0x214`, `0x218`, `0x21B`, `0x21C`, `0x21F`, `0x220` |
//! | devices deleted while attached or registered, or detached and not deleted | `0xC9`: `0x21D`, `0x21E`; `0xC4`: `0xDB` |
//! | remove locks not initialised, initialised again, or released by another | `0xC4`: `0xD5`, `0xD6`, `0xD7` |
//! | routines called at too high an IRQL | `0xC4`: `0x2000E` |
//! | a device deregistered while this thread answers its request, which waits for ever | `0xC4`: `0` |
//! | a consumer's callback that is still set when the kernel is dropped, as at the driver's unload | `0xC4`: `0xDA` |
//! | memory, work items and references | `0xC2`, `0xE4`, `0x18` |
//! | an allocation of pool without bytes | `0xC4`: `0` |
//!
//! ```
//! # use wmi_core::provider::{Minor, Provider};
//! # use wmi_driver::fake::{Kernel, IrpRequest};
//! # use wmi_driver::wdm::{self, Wmi};
//! # struct Device { wmi: Wmi<Device> }
//! # impl AsRef<Wmi<Device>> for Device { fn as_ref(&self) -> &Wmi<Self> { &self.wmi } }
//! # static PROVIDER: Provider<Device> = Provider::new(&[]);
//! let kernel = Kernel::new();
//! let driver = kernel.load_driver();
//! // `DriverEntry` does this.
//! // SAFETY: all device objects below have a `Device` in their extension.
//! unsafe { wdm::install::<Device>(driver.as_ptr()) };
//! // `DriverEntry` of a non-PnP driver then does this.
//! let device = kernel.create_device::<Device>(driver);
//! // SAFETY: the device object is deleted after it is deregistered.
//! let wmi = unsafe { Wmi::standalone(&PROVIDER, device.as_ptr()) };
//! // SAFETY: the extension has room for a `Device`.
//! unsafe { device.extension::<Device>().write(Device { wmi }) };
//! // SAFETY: the extension has just been written.
//! let extension = unsafe { &*device.extension::<Device>() };
//!
//! extension.wmi.register()?;
//! let reply = kernel.send(device, IrpRequest::new(Minor::QueryAllData, device).buffer(64));
//! assert!(!reply.status.is_success());
//! extension.wmi.deregister();
//! kernel.delete_device(device);
//! # Ok::<_, wmi_core::NtStatus>(())
//! ```

#![allow(
    clippy::missing_const_for_thread_local,
    reason = "it is reported wrongly for targets whose thread locals are keys of the system"
)]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::multiple_unsafe_ops_per_block,
    clippy::panic,
    clippy::unwrap_used,
    reason = "this code never runs in a kernel"
)]

mod consumer;
mod framework;
mod ndis;
mod object;
mod payload;
mod port;
mod request;
mod routines;
mod state;
mod wmilib;

use core::cell::{Cell, RefCell};
use core::fmt;
use std::string::String;
use std::sync::Arc;
use std::vec::Vec;

pub use self::framework::{WdfBlock, WdfDevice, WdfDeviceInit};
pub use self::ndis::{CompletedOid, Indication, NdisAdapter, OidCall, PendingOid};
pub use self::object::{Driver, WdmDevice};
pub use self::port::{Adapter, CompletedSrb, PendingSrb, SrbRequest};
pub use self::request::{CompletedIrp, IrpRequest, PendingIrp};
pub(crate) use self::routines::Fake;
pub use self::wmilib::{WmilibAnswer, WmilibCall, WmilibRegistration};

use self::state::Shared;
use crate::storport::Source;

std::thread_local! {
    static CURRENT: RefCell<Option<Arc<Shared>>> = const { RefCell::new(None) };
    static IRQL: Cell<Irql> = const { Cell::new(Irql::Passive) };
    /// The dispatch routines that run in this thread: each with the device whose request it
    /// answers, if it is for its device.
    static ANSWERING: RefCell<Vec<Option<usize>>> = const { RefCell::new(Vec::new()) };
}

/// Interrupt request levels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Irql {
    /// `PASSIVE_LEVEL`: an ordinary thread.
    Passive,
    /// `APC_LEVEL`.
    Apc,
    /// `DISPATCH_LEVEL`: in a DPC, or under a spin lock.
    Dispatch,
    /// A device interrupt level.
    Device,
}

/// A violation that Driver Verifier or the kernel answers with a bug check.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BugCheck {
    /// The code of the bug check.
    pub code: u32,
    /// Its first parameter, which identifies the violation.
    pub parameter: u32,
    /// The finding in words.
    pub finding: &'static str,
}

impl fmt::Display for BugCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            code,
            parameter,
            finding,
        } = self;
        write!(f, "{code:#X}/{parameter:#X}: {finding}")
    }
}

/// A kernel for one test, as seen from one thread.
///
/// It is the kernel of the thread that creates it, and of every thread that [enters](KernelHandle::enter)
/// it, until it is dropped.
pub struct Kernel {
    shared: Arc<Shared>,
}

impl Kernel {
    /// Creates a kernel without devices and makes it the kernel of this thread.
    ///
    /// # Panics
    ///
    /// If this thread already has a kernel.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "it has an effect on the thread")]
    pub fn new() -> Self {
        Self::of(Arc::new(Shared::default()))
    }

    fn of(shared: Arc<Shared>) -> Self {
        CURRENT.with_borrow_mut(|current| {
            assert!(current.is_none(), "this thread already has a kernel");
            *current = Some(Arc::clone(&shared));
        });
        Self { shared }
    }

    /// Returns a handle with which another thread [enters](KernelHandle::enter) this kernel.
    #[must_use]
    pub fn handle(&self) -> KernelHandle {
        KernelHandle(Arc::clone(&self.shared))
    }

    /// Calls `f` at an IRQL.
    pub fn at<R>(&self, irql: Irql, f: impl FnOnce() -> R) -> R {
        let before = IRQL.replace(irql);
        let result = f();
        IRQL.set(before);
        result
    }

    /// Returns the violations so far.
    #[must_use]
    pub fn bug_checks(&self) -> Vec<BugCheck> {
        self.shared.lock().bug_checks.clone()
    }

    /// Returns and clears the violations so far, for tests that expect them.
    #[must_use]
    pub fn take_bug_checks(&self) -> Vec<BugCheck> {
        core::mem::take(&mut self.shared.lock().bug_checks)
    }

    /// Returns the WNODEs of the events that WMI took since the last call.
    #[must_use]
    pub fn take_events(&self) -> Vec<Vec<u8>> {
        core::mem::take(&mut self.shared.lock().events)
    }

    /// Makes `IoWMIWriteEvent` return this status from now on; the default is success.
    pub fn set_event_status(&self, status: wmi_core::NtStatus) {
        self.shared.lock().event_status = status;
    }

    /// Makes `IoWMIRegistrationControl` return this status from now on, without effect unless it is
    /// success; the default is success.
    pub fn set_registration_status(&self, status: wmi_core::NtStatus) {
        self.shared.lock().registration_status = status;
    }

    /// Sets the system time, in units of 100 ns since 1601-01-01.
    pub fn set_time(&self, time: i64) {
        self.shared.lock().time = time;
    }

    /// Makes allocations fail after `count` more have succeeded; with `None`, the default, they
    /// never fail.
    pub fn limit_allocations(&self, count: Option<usize>) {
        self.shared.lock().allocations_left = count;
    }

    /// Returns the WNODEs of the events that the port driver took since the last call.
    #[must_use]
    pub fn take_port_events(&self) -> Vec<(Source, Vec<u8>)> {
        core::mem::take(&mut self.shared.lock().port_events)
    }

    /// Returns the sources whose registration was renewed with the port driver since the last call.
    #[must_use]
    pub fn take_reregistered(&self) -> Vec<Source> {
        core::mem::take(&mut self.shared.lock().reregistered)
    }

    /// Returns the number of queued work items.
    #[must_use]
    pub fn queued_work_items(&self) -> usize {
        self.shared.lock().queue.len()
    }

    /// Runs the queued work items. Waits run them too, as system threads would.
    pub fn run_work_items(&self) {
        while self.shared.run_work_item() {}
    }
}

impl fmt::Debug for Kernel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kernel").finish_non_exhaustive()
    }
}

/// Leaves the thread without a kernel.
///
/// # Panics
///
/// When the last `Kernel` or [`KernelHandle`] is dropped, if there are bug checks, or if memory, work
/// items, IRPs or references are left.
impl Drop for Kernel {
    fn drop(&mut self) {
        CURRENT.set(None);
        if std::thread::panicking() || Arc::strong_count(&self.shared) > 1 {
            return;
        }
        let findings = self.shared.lock().findings();
        assert!(
            findings.is_empty(),
            "the fake kernel found:\n{}",
            findings.join("\n")
        );
    }
}

/// A handle to a kernel, to be passed to another thread.
#[derive(Clone)]
pub struct KernelHandle(Arc<Shared>);

impl KernelHandle {
    /// Makes the kernel the kernel of this thread.
    ///
    /// # Panics
    ///
    /// If this thread already has a kernel.
    #[must_use]
    pub fn enter(&self) -> Kernel {
        Kernel::of(Arc::clone(&self.0))
    }
}

impl fmt::Debug for KernelHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KernelHandle").finish_non_exhaustive()
    }
}

/// Returns the kernel of this thread.
fn current() -> Arc<Shared> {
    CURRENT
        .with_borrow(Clone::clone)
        .unwrap_or_else(|| panic!("this thread has no fake kernel; create one with `Kernel::new`"))
}

/// Returns the text of a finding about leaked objects.
fn left(count: usize, what: &str) -> Option<String> {
    (count > 0).then(|| std::format!("{count} {what} left"))
}
