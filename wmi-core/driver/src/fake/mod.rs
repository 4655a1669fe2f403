//! A kernel for tests: the routines that drivers call for WMI, with the rules of Driver Verifier.
//!
//! A [`Kernel`] creates driver and device objects, sends requests down a stack of them as WMI does,
//! runs work items, and takes events. It also plays the port driver of Storport, with adapters and
//! SRBs, and the framework of KMDF, with its table of functions. A violation becomes a [`BugCheck`]
//! with the number that Driver Verifier has for it. Dropping the kernel panics if there is one, or if
//! something was not given back.
//!
//! Memory that a driver gives away is freed at once: an IRP when it is completed, an event when WMI
//! takes it. So Miri and the address sanitizer find every later access.
//!
//! ```
//! # use wmi_core::provider::{Minor, Provider};
//! # use wmi_driver::fake::{Kernel, Request};
//! # use wmi_driver::wdm::{self, Wmi};
//! # struct Device { wmi: Wmi<Device> }
//! # impl AsRef<Wmi<Device>> for Device { fn as_ref(&self) -> &Wmi<Self> { &self.wmi } }
//! # static PROVIDER: Provider<Device> = Provider::new(&[]);
//! let kernel = Kernel::new();
//! let driver = kernel.load_driver();
//! // What `DriverEntry` does.
//! // SAFETY: all device objects below have a `Device` in their extension.
//! unsafe { wdm::install::<Device>(driver.as_ptr()) };
//! // What `DriverEntry` of a driver without Plug and Play does next.
//! let device = kernel.create_device::<Device>(driver);
//! // SAFETY: the device object is there until it is deregistered.
//! let wmi = unsafe { Wmi::standalone(&PROVIDER, device.as_ptr()) };
//! // SAFETY: the extension has room for a `Device`.
//! unsafe { device.extension::<Device>().write(Device { wmi }) };
//! // SAFETY: the extension has just been written.
//! let extension = unsafe { &*device.extension::<Device>() };
//!
//! extension.wmi.register()?;
//! let reply = kernel.send(device, Request::new(Minor::QueryAllData, device).buffer(64));
//! assert!(!reply.status.is_success());
//! extension.wmi.deregister();
//! kernel.delete_device(device);
//! # Ok::<_, wmi_core::NtStatus>(())
//! ```

#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::multiple_unsafe_ops_per_block,
    clippy::panic,
    clippy::unwrap_used,
    reason = "none of this runs in a kernel"
)]

mod framework;
mod object;
mod port;
mod request;
mod routines;
mod state;

use core::cell::{Cell, RefCell};
use core::fmt;
use std::string::String;
use std::sync::Arc;
use std::vec::Vec;

pub use self::framework::{WdfBlock, WdfDevice, WdfDeviceInit};
pub use self::object::{Device, Driver};
pub use self::port::{Adapter, CompletedSrb, PendingSrb, SrbRequest};
pub use self::request::{Completed, Pending, Request};
pub(crate) use self::routines::Fake;

use self::state::Shared;
use crate::storport::Source;

std::thread_local! {
    static CURRENT: RefCell<Option<Arc<Shared>>> = const { RefCell::new(None) };
    static IRQL: Cell<Irql> = const { Cell::new(Irql::Passive) };
}

/// Interrupt request levels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Irql {
    /// `PASSIVE_LEVEL`: an ordinary thread.
    Passive,
    /// `APC_LEVEL`.
    Apc,
    /// `DISPATCH_LEVEL`: a DPC, or under a spin lock.
    Dispatch,
    /// A level of interrupts.
    Device,
}

/// A violation for which Driver Verifier or the kernel stops the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BugCheck {
    /// The code of the bug check.
    pub code: u32,
    /// Its first parameter, which says what was found.
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
/// The thread that creates it, and every thread that [enters](Handle::enter) it, has it as its kernel
/// until it is dropped.
pub struct Kernel {
    shared: Arc<Shared>,
}

impl Kernel {
    /// Returns a kernel without devices, as that of this thread.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "it has an effect on the thread")]
    pub fn new() -> Self {
        Self::of(Arc::new(Shared::default()))
    }

    fn of(shared: Arc<Shared>) -> Self {
        CURRENT.with_borrow_mut(|current| {
            assert!(current.is_none(), "this thread has a kernel already");
            *current = Some(Arc::clone(&shared));
        });
        Self { shared }
    }

    /// Returns the kernel for another thread, which turns it into a `Kernel` of its own by `enter`.
    #[must_use]
    pub fn handle(&self) -> Handle {
        Handle(Arc::clone(&self.shared))
    }

    /// Calls `f` at an IRQL.
    pub fn at<R>(&self, irql: Irql, f: impl FnOnce() -> R) -> R {
        let before = IRQL.replace(irql);
        let result = f();
        IRQL.set(before);
        result
    }

    /// Returns the violations until now.
    #[must_use]
    pub fn bug_checks(&self) -> Vec<BugCheck> {
        self.shared.lock().bug_checks.clone()
    }

    /// Returns the violations until now, and forgets them, for tests that expect them.
    #[must_use]
    pub fn take_bug_checks(&self) -> Vec<BugCheck> {
        core::mem::take(&mut self.shared.lock().bug_checks)
    }

    /// Returns the events that WMI has taken since the last call, each a WNODE.
    #[must_use]
    pub fn take_events(&self) -> Vec<Vec<u8>> {
        core::mem::take(&mut self.shared.lock().events)
    }

    /// Has `IoWMIWriteEvent` return this status from now on; success by default.
    pub fn set_event_status(&self, status: wmi_core::NtStatus) {
        self.shared.lock().event_status = status;
    }

    /// Has `IoWMIRegistrationControl` return this status from now on, and do nothing where it is an
    /// error; success by default.
    pub fn set_registration_status(&self, status: wmi_core::NtStatus) {
        self.shared.lock().registration_status = status;
    }

    /// Has every allocation fail after this many that succeed; `None`, the default, has none fail.
    pub fn limit_allocations(&self, count: Option<usize>) {
        self.shared.lock().allocations_left = count;
    }

    /// Returns the events that the port driver has taken since the last call, each a WNODE.
    #[must_use]
    pub fn take_port_events(&self) -> Vec<(Source, Vec<u8>)> {
        core::mem::take(&mut self.shared.lock().port_events)
    }

    /// Returns who was registered again with the port driver since the last call.
    #[must_use]
    pub fn take_reregistered(&self) -> Vec<Source> {
        core::mem::take(&mut self.shared.lock().reregistered)
    }

    /// Returns how many work items are queued.
    #[must_use]
    pub fn queued_work_items(&self) -> usize {
        self.shared.lock().queue.len()
    }

    /// Runs the work items that are queued. A wait runs them too, as the threads of the system would.
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
/// Where the last handle of the kernel goes, if there are bug checks, or memory, work items, IRPs or
/// references are left.
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

/// A kernel on its way to another thread.
#[derive(Clone)]
pub struct Handle(Arc<Shared>);

impl Handle {
    /// Makes the kernel that of this thread.
    #[must_use]
    pub fn enter(&self) -> Kernel {
        Kernel::of(Arc::clone(&self.0))
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle").finish_non_exhaustive()
    }
}

/// The kernel of this thread.
fn current() -> Arc<Shared> {
    CURRENT
        .with_borrow(Clone::clone)
        .unwrap_or_else(|| panic!("this thread has no fake kernel: make one by `Kernel::new`"))
}

/// Text of a finding that is no bug check.
fn left(count: usize, what: &str) -> Option<String> {
    (count > 0).then(|| std::format!("{count} {what} left"))
}
