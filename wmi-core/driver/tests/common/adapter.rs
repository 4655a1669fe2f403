//! An NDIS miniport under test, with a block of each kind that NDIS can serve.

#![allow(dead_code, reason = "no user has a need for all of it")]
#![allow(non_camel_case_types, reason = "MOF has these names")]
#![allow(unreachable_pub, reason = "each user has a copy of this module")]

use core::cell::Cell;
use core::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

use wmi_core::provider::{
    Block, Handle, HandleVariable, Presence, Provider, RefusedRequest, Reply, Sent,
};
use wmi_core::{Execute, Guid, NtStatus, Wire, WmiClass, WmiMethod};
use wmi_driver::fake::{CompletedOid, Kernel, NdisAdapter, OidCall, PendingOid};
use wmi_driver::ndis::{Oids, Wmi};

/// What an adapter has sent and received.
#[derive(WmiClass)]
#[wmi(guid = "0d1c9e64-7a0b-4f21-9a3f-6f8ad5f31c31", base = "MSNdis")]
pub struct Vendor_Frames {
    /// Frames that were sent.
    #[wmi(data_id = 1, counter = "PERF_COUNTER_BULK_COUNT")]
    pub sent: AtomicU64,
    /// Frames that were dropped.
    #[wmi(data_id = 2, counter = "PERF_COUNTER_RAWCOUNT")]
    pub dropped: AtomicU32,
}

/// The settings.
#[derive(WmiClass)]
#[wmi(
    guid = "0d1c9e64-7a0b-4f21-9a3f-6f8ad5f31c32",
    base = "MSNdis",
    methods(Scale)
)]
pub struct Vendor_Moderation {
    /// Microseconds.
    #[wmi(data_id = 1, write)]
    pub interval: u32,
    /// How often it was set.
    #[wmi(data_id = 2)]
    pub changes: u32,
}

/// Multiplies the interval.
#[derive(WmiMethod)]
#[wmi(id = 7)]
pub struct Scale {
    /// By this.
    #[wmi(in)]
    pub factor: u32,
    /// What it was.
    #[wmi(out)]
    pub before: u32,
    /// What it is now.
    #[wmi(out)]
    pub interval: u32,
}

/// The name of the adapter.
#[derive(WmiClass)]
#[wmi(
    variable,
    guid = "0d1c9e64-7a0b-4f21-9a3f-6f8ad5f31c33",
    base = "MSNdis"
)]
pub struct Vendor_Name<'a> {
    /// The name.
    #[wmi(data_id = 1)]
    pub name: &'a str,
}

/// The optical module, if there is one.
#[derive(WmiClass)]
#[wmi(guid = "0d1c9e64-7a0b-4f21-9a3f-6f8ad5f31c34", base = "MSNdis")]
pub struct Vendor_Module {
    /// Its temperature.
    #[wmi(data_id = 1)]
    pub temperature: i32,
}

/// The link has changed.
#[derive(WmiClass)]
#[wmi(
    event,
    base = "WMIEvent",
    guid = "0d1c9e64-7a0b-4f21-9a3f-6f8ad5f31c35"
)]
pub struct Vendor_LinkChange {
    /// Megabits a second.
    #[wmi(data_id = 1)]
    pub speed: u32,
}

pub struct Adapter {
    pub wmi: Wmi<Adapter>,
    pub frames: Vendor_Frames,
    pub interval: AtomicU32,
    pub changes: AtomicU32,
    pub is_busy: AtomicBool,
    pub has_module: Presence,
}

thread_local! {
    /// The last request that the provider refused in this thread.
    pub static REFUSED: Cell<Option<RefusedRequest>> = const { Cell::new(None) };
}

pub static PROVIDER: Provider<Adapter> = Provider::ndis(&[
    &Block::counters(|adapter: &Adapter, _| Some(&adapter.frames)),
    &Block::fixed::<Vendor_Moderation, _>(|adapter, _| Some(adapter)).methods::<(Scale,)>(),
    &Block::variable::<Vendor_Name<'_>, _>(|adapter, _| Some(adapter)),
    &Block::fixed::<Vendor_Module, _>(|adapter: &Adapter, _| Some(adapter))
        .present_if(|adapter| &adapter.has_module),
])
.on_refusal(|refused| REFUSED.set(Some(*refused)));

pub const FIRST: u32 = 0xff01_0200;
pub static OIDS: Oids<Adapter> = Oids::new(&PROVIDER, FIRST);

impl Handle<Vendor_Moderation> for Adapter {
    fn query(&self) -> Result<Vendor_Moderation, NtStatus> {
        if self.is_busy.load(Ordering::Relaxed) {
            return Err(NtStatus::PENDING);
        }
        Ok(Vendor_Moderation {
            interval: self.interval.load(Ordering::Relaxed),
            changes: self.changes.load(Ordering::Relaxed),
        })
    }

    fn set(&self, block: &Wire<Vendor_Moderation>) -> Result<(), NtStatus> {
        if block.interval() > 10_000 {
            return Err(NtStatus::WMI_SET_FAILURE);
        }
        self.interval.store(block.interval(), Ordering::Relaxed);
        // What a client sends for this is replaced by the value that it had.
        self.changes.store(block.changes() + 1, Ordering::Relaxed);
        Ok(())
    }
}

impl Execute<Scale> for Adapter {
    fn execute(&self, input: ScaleInView<'_>) -> Result<ScaleOut, NtStatus> {
        if self.is_busy.load(Ordering::Relaxed) {
            return Err(NtStatus::PENDING);
        }
        let before = self.interval.load(Ordering::Relaxed);
        let interval = before.wrapping_mul(input.factor);
        self.interval.store(interval, Ordering::Relaxed);
        Ok(ScaleOut { before, interval })
    }
}

impl HandleVariable<Vendor_Name<'_>> for Adapter {
    fn query(&self, reply: Reply<'_, Vendor_Name<'_>>) -> Result<Sent, NtStatus> {
        reply.send(&Vendor_Name { name: "port" })
    }
}

impl Handle<Vendor_Module> for Adapter {
    fn query(&self) -> Result<Vendor_Module, NtStatus> {
        Ok(Vendor_Module { temperature: -3 })
    }
}

/// An adapter of the fake NDIS, with its context.
pub struct Miniport<'k> {
    pub kernel: &'k Kernel,
    pub adapter: NdisAdapter,
}

impl<'k> Miniport<'k> {
    /// `MiniportInitializeEx`.
    pub fn new(kernel: &'k Kernel) -> Self {
        let adapter = kernel.create_ndis_adapter::<Adapter>();
        let content = Adapter {
            // SAFETY: the adapter stays until the kernel goes.
            wmi: unsafe { Wmi::new(&OIDS, adapter.handle()) },
            frames: Vendor_Frames::new(),
            interval: AtomicU32::new(50),
            changes: AtomicU32::new(0),
            is_busy: AtomicBool::new(false),
            has_module: Presence::new(true),
        };
        // SAFETY: the context has room for it.
        unsafe { adapter.context::<Adapter>().write(content) };
        Self { kernel, adapter }
    }

    pub fn context(&self) -> &Adapter {
        // SAFETY: it was written, and stays.
        unsafe { &*self.adapter.context::<Adapter>() }
    }

    /// `MiniportOidRequest`.
    pub fn post(&self, call: &OidCall) -> Option<PendingOid> {
        let context = self.context();
        self.kernel.oid_request(self.adapter, call, |request| {
            // SAFETY: the request is that of NDIS.
            unsafe { context.wmi.oid_request(context, request) }
        })
    }

    pub fn send(&self, call: &OidCall) -> CompletedOid {
        let pending = self.post(call).expect("it is an OID of WMI");
        let completed = self.kernel.completed_oid(&pending);
        completed.expect("it is completed at once")
    }

    /// The OID of a class, from the table that NDIS asks for.
    pub fn oid(&self, guid: Guid) -> Option<u32> {
        let context = self.context();
        self.kernel.oid_of(self.adapter, guid, |request| {
            // SAFETY: the request is that of NDIS.
            unsafe { context.wmi.oid_request(context, request) }
        })
    }
}
