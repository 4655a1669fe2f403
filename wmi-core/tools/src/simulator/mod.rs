//! WMI in a test: simulates the kernel's part of WMI, so that `cargo test` exercises a driver's
//! provider on any machine.
//!
//! A [`Simulator`] sends a provider every request as the kernel does: it registers the blocks,
//! probes for sizes, follows static and dynamic names, and checks each reply against the rules of
//! WMI. A broken [`ProtocolRule`] is an error that says where it was broken.
//! [`verify`](Simulator::verify) also sends malformed requests.
//!
//! ```
//! # fn main() -> Result<(), wmi_tools::simulator::Failure> {
//! # use core::sync::atomic::AtomicU64;
//! use wmi_core::WmiClass;
//! use wmi_core::provider::{Block, Provider};
//! use wmi_tools::simulator::Simulator;
//!
//! /// The traffic of a port.
//! #[derive(WmiClass)]
//! #[wmi(guid = "5f7a1c52-1d0e-4b6f-8a39-62e4d0b7c915", base = "Win32_PerfRawData")]
//! pub struct Vendor_PortStats {
//!     /// Bytes that were sent.
//!     #[wmi(data_id = 1, counter = "PERF_COUNTER_BULK_COUNT")]
//!     pub bytes_sent: AtomicU64,
//! }
//!
//! static PROVIDER: Provider<Vendor_PortStats> = Provider::new(&[
//!     &Block::counters(|port: &Vendor_PortStats, _| Some(port)).base_name("Port", |_| 1),
//! ]);
//!
//! let port = Vendor_PortStats::new();
//! port.add_bytes_sent(512);
//!
//! let mut wmi = Simulator::new(|request| PROVIDER.dispatch(&port, request));
//! wmi.register()?;
//! let all = wmi.query_all::<Vendor_PortStats>()?;
//! assert_eq!((&*all[0].name, all[0].value.bytes_sent()), ("Port0", 512));
//! assert_eq!(wmi.verify(), []);
//! # Ok(())
//! # }
//! ```
//!
//! With the schema of the driver ([`with_schema`](Simulator::with_schema)), calls can also name
//! classes, items and methods as text, and all data is checked.
//! [`device_stack`](Simulator::device_stack) tests a driver with its own dispatch routine on the fake
//! kernel of `wmi-driver`, also one on KMDF, [`miniport`](Simulator::miniport) the `HwStartIo` of a
//! Storport miniport, [`dispatch_routine`](Simulator::dispatch_routine) a dispatch routine of
//! another kind, and [`with_device`](Simulator::with_device) several devices.
//!
//! This module owns the requests and the rules; [`client`](crate::client) decodes the values of a
//! reply.

mod ask;
mod check;
mod devices;
mod events;
mod failure;
mod irp;
mod miniport;
mod objects;
mod open;
mod pending;
mod probe;
mod queue;
mod register;
mod registration;
mod rule;
mod sample;
mod send;
mod stack;
mod strange;
mod typed;
mod values;
mod verify;

use std::collections::VecDeque;

use core::fmt::{self, Debug};

pub use events::ReceivedEvent;
pub use failure::Failure;
pub use irp::{Device, DispatchRoutine, Disposition, SimulatedIrp};
pub use miniport::MiniportAdapter;
pub use pending::{Completion, PendingRequest};
pub use queue::EventQueue;
pub use registration::{Names, Registered, Registration};
pub use rule::{ProtocolRule, Violation};
pub use sample::InstanceSample;
pub use stack::DeviceStack;
pub use typed::{Data, Output};

use self::devices::{DeviceState, OtherDevice};
use self::sample::Sampling;
use crate::Classes;
use crate::client::Client;
use wmi_core::Guid;
use wmi_core::provider::{Outcome, Request};

/// The value of an instance, with its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstanceValue<T> {
    /// The name of the instance, which clients see as `InstanceName`.
    pub name: String,
    /// The value.
    pub value: T,
}

/// The instance that a call concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Select<'a> {
    /// By its index among the static names, or among the names that a query returns.
    Index(u32),
    /// By its name, ignoring case.
    Name(&'a str),
}

impl From<u32> for Select<'_> {
    fn from(index: u32) -> Self {
        Self::Index(index)
    }
}

impl<'a> From<&'a str> for Select<'a> {
    fn from(name: &'a str) -> Self {
        Self::Name(name)
    }
}

impl fmt::Display for Select<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Index(index) => write!(f, "{index}"),
            Self::Name(name) => f.write_str(name),
        }
    }
}

/// The time at which a test begins: 2024-01-01.
const NOW: i64 = 133_485_408_000_000_000;

/// The kernel's part of WMI for one device, or for [several](Self::with_device).
pub struct Simulator<'s, D> {
    device: D,
    first: DeviceState,
    others: Vec<OtherDevice<'s>>,
    /// The index of the device that gets the requests.
    here: usize,
    client: Client<'s>,
    /// Whether another driver fills in the physical device object.
    is_without_pdo: bool,
    now: i64,
    sampling: Sampling,
    watch: Option<Box<dyn Fn() -> String + 's>>,
    /// The requests that handlers answer later.
    pending: VecDeque<PendingRequest>,
    on_pending: Option<Box<dyn FnMut() + 's>>,
    /// Whether the driver cannot keep requests.
    is_without_pending: bool,
}

impl<O: Into<Outcome>, D: FnMut(Request<'_>) -> O> Simulator<'_, D> {
    /// Creates a simulator for a provider and its device:
    /// `Simulator::new(|request| PROVIDER.dispatch(&device, request))`. Other code that answers
    /// requests can replace the provider. The device is not [registered](Self::register) yet.
    #[must_use]
    pub fn new(device: D) -> Self {
        Self::of(device)
    }
}

impl<'s, D: Device> Simulator<'s, D> {
    fn of(device: D) -> Self {
        Self {
            device,
            first: DeviceState::new(r"ROOT\SIMULATED\0000"),
            others: Vec::new(),
            here: 0,
            client: Client::default(),
            is_without_pdo: false,
            now: NOW,
            sampling: Sampling::default(),
            watch: None,
            pending: VecDeque::new(),
            on_pending: None,
            is_without_pending: false,
        }
    }

    /// Sets the schema. Calls can then name classes and items as text, and all data is checked.
    #[must_use]
    pub fn with_schema(mut self, classes: impl Into<Classes<'s>>) -> Self {
        self.client = Client::new(classes);
        self
    }

    /// Watches a value, such as how often a device was reset. Only requests that set something,
    /// call a method, or switch events or collection may change it, and only if they succeed.
    #[must_use]
    pub fn watch<T: Debug>(mut self, value: impl Fn() -> T + 's) -> Self {
        self.watch = Some(Box::new(move || format!("{:?}", value())));
        self
    }

    /// Sets the device instance path of the physical device object, from which names are made. The
    /// default is `ROOT\SIMULATED\0000`.
    #[must_use]
    pub fn device_path(mut self, path: impl Into<String>) -> Self {
        self.first.path = path.into();
        self
    }

    /// Accepts a registration without the physical device object. Another driver fills it in when
    /// it passes the registration on: the port driver of a Storport miniport, or the framework of a
    /// KMDF driver.
    #[must_use]
    pub const fn without_pdo(mut self) -> Self {
        self.is_without_pdo = true;
        self
    }

    /// Returns the registration of the device, or of the first of [several](Self::registrations).
    /// It is empty while the device is not registered.
    #[must_use]
    pub fn registration(&self) -> &Registration {
        self.state().registration()
    }

    /// Returns the names of the instances of a block: the registered names, or dynamic names that a
    /// query returns.
    ///
    /// # Errors
    ///
    /// [`Failure`] if the block is not registered, or a query of it fails.
    pub fn instances(&mut self, guid: Guid) -> Result<Vec<String>, Failure> {
        let mut names = Vec::new();
        for device in self.providing(guid)? {
            names.extend(self.at(device, |wmi| wmi.instances_here(guid))?);
        }
        Ok(names)
    }

    fn instances_here(&mut self, guid: Guid) -> Result<Vec<String>, Failure> {
        let block = self.block(guid)?.clone();
        if block.has_static_names() {
            let name = |index| block.static_name(index, &self.state().path);
            return Ok((0..block.instance_count).map_while(name).collect());
        }
        let all = self.all_data_here(guid)?;
        Ok(all.into_iter().map(|instance| instance.name).collect())
    }

    /// Deregisters all devices, like `IoWMIRegistrationControl` with `WMIREG_ACTION_DEREGISTER`.
    ///
    /// # Errors
    ///
    /// [`ProtocolRule::NotRegistered`] if a device is not registered, because a driver deregisters
    /// once, and [`ProtocolRule::StillPending`] if a request is open.
    pub fn deregister(&mut self) -> Result<(), Failure> {
        self.check_none_pending()?;
        self.each(|wmi| {
            let state = wmi.state_mut();
            if state.registration.take().is_none() {
                return Err(registering(ProtocolRule::NotRegistered));
            }
            // The provider is not notified: its device is gone.
            state.enabled.clear();
            state.collecting.clear();
            Ok(())
        })
    }

    /// Unloads the driver.
    ///
    /// # Errors
    ///
    /// [`ProtocolRule::StillRegistered`] if a device is still registered, and
    /// [`ProtocolRule::StillPending`] if a request is open.
    pub fn unload(self) -> Result<(), Failure> {
        self.check_none_pending()?;
        if self.states().any(|state| state.registration.is_some()) {
            return Err(registering(ProtocolRule::StillRegistered));
        }
        Ok(())
    }

    fn watched(&self) -> Option<String> {
        self.watch.as_ref().map(|watch| watch())
    }
}

/// Returns the violation of a rule by a call of `IoWMIRegistrationControl`.
fn registering(rule: ProtocolRule) -> Failure {
    Violation::new(None, None, rule).into()
}

impl<D: Debug> Debug for Simulator<'_, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Simulator")
            .field("device", &self.device)
            .field("registration", self.first.registration())
            .finish_non_exhaustive()
    }
}
