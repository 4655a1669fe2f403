#![doc = include_str!("../wdm.md")]

pub(crate) mod irp;
mod pool;
mod registration;
pub(crate) mod routines;
mod rundown;

use core::ffi::c_void;
use core::{fmt, ptr};

use wmi_core::NtStatus;
use wmi_core::provider::{EventSink, Outcome, Provider, Response};

pub use self::pool::Pool;

use self::irp::Irp;
use self::registration::Registration;
use self::routines::{Kernel, Routines};
use crate::later::Later;
use crate::layout::{DeviceObject, DriverObject, REMOVE_LOCK_SIZES};
use crate::status::{DELETE_PENDING, checked, raw};

/// `IRP_MJ_SYSTEM_CONTROL`, the major function of WMI.
const SYSTEM_CONTROL: usize = 0x17;

/// WMI for one device object of a WDM driver: its [`Provider`], its place in the stack, and its
/// registration.
///
/// It lies in the device extension. The handlers of the provider get an `A`, which is mostly the
/// extension itself.
pub struct Wmi<A: 'static> {
    provider: &'static Provider<A>,
    stack: Stack,
    registration: Registration,
    later: Later<Irp>,
}

/// Where a device object stands.
#[derive(Clone, Copy, Debug)]
struct Stack {
    device: *mut DeviceObject,
    /// Null for the lowest.
    lower: *mut DeviceObject,
    /// Null where there is none.
    pdo: *mut DeviceObject,
    lock: RemoveLock,
}

// SAFETY: the pointers are only passed to routines of the kernel, which any thread may call.
unsafe impl Send for Stack {}
// SAFETY: as above.
unsafe impl Sync for Stack {}

impl<A: Sync + 'static> Wmi<A> {
    /// Returns WMI for a device object that `IoAttachDeviceToDeviceStack` has attached: that of a
    /// function or filter driver, or of a bus driver for its bus.
    ///
    /// `device` is the driver's own object, `lower` the one that the attachment returned, `pdo` the physical
    /// device object that `AddDevice` was given, and `lock` the `IO_REMOVE_LOCK` of the device.
    /// A lock whose type is opaque is one of a free build.
    ///
    /// # Safety
    ///
    /// All pointers are those of this device, the lock is initialised, and all stay until the
    /// device is removed: after [`deregister`](Self::deregister) and after
    /// `IoReleaseRemoveLockAndWaitEx`.
    #[must_use]
    pub const unsafe fn attached<D, L>(
        provider: &'static Provider<A>,
        device: *mut D,
        lower: *mut D,
        pdo: *mut D,
        lock: *mut L,
    ) -> Self {
        let stack = Stack {
            device: device.cast(),
            lower: lower.cast(),
            pdo: pdo.cast(),
            lock: RemoveLock::new(lock),
        };
        // SAFETY: the caller's.
        unsafe { Self::new(provider, stack) }
    }

    /// Returns WMI for a physical device object that a bus driver has created for a child.
    ///
    /// # Safety
    ///
    /// As for [`attached`](Self::attached).
    #[must_use]
    pub const unsafe fn enumerated<D, L>(
        provider: &'static Provider<A>,
        pdo: *mut D,
        lock: *mut L,
    ) -> Self {
        let stack = Stack {
            device: pdo.cast(),
            lower: ptr::null_mut(),
            pdo: pdo.cast(),
            lock: RemoveLock::new(lock),
        };
        // SAFETY: the caller's.
        unsafe { Self::new(provider, stack) }
    }

    /// Returns WMI for a device object outside of Plug and Play, which `DriverEntry` creates and
    /// `DriverUnload` deletes.
    ///
    /// There is no physical device object, so the provider names its instances itself; registration
    /// fails with `STATUS_INTERNAL_ERROR` otherwise.
    ///
    /// # Safety
    ///
    /// `device` stays until [`deregister`](Self::deregister) has returned, and no driver attaches to
    /// it.
    #[must_use]
    pub const unsafe fn standalone<D>(provider: &'static Provider<A>, device: *mut D) -> Self {
        let stack = Stack {
            device: device.cast(),
            lower: ptr::null_mut(),
            pdo: ptr::null_mut(),
            lock: RemoveLock::NONE,
        };
        // SAFETY: the caller's.
        unsafe { Self::new(provider, stack) }
    }

    /// # Safety
    ///
    /// The pointers are valid as long as the constructors above demand.
    const unsafe fn new(provider: &'static Provider<A>, stack: Stack) -> Self {
        Self {
            provider,
            // SAFETY: the caller's.
            registration: unsafe { Registration::new(stack.device) },
            stack,
            later: Later::new(),
        }
    }

    /// Answers an `IRP_MJ_SYSTEM_CONTROL`, or passes it on where it is not for this device. Returns
    /// the `NTSTATUS` that the dispatch routine returns.
    ///
    /// A driver whose device extensions all begin with `A` has [`install`] do this; others call it
    /// in their dispatch routine. WMI calls it at `PASSIVE_LEVEL`, in an arbitrary thread, and so
    /// are the handlers called, which may touch paged memory.
    ///
    /// The remove lock is held meanwhile; while the device is removed, the IRP is completed with
    /// `STATUS_DELETE_PENDING`. A request that a handler answers later is kept, with the lock held,
    /// until [`resume`](Self::resume) or [`deregister`](Self::deregister). The arguments are
    /// pointers, since the device may be gone as soon as the lock is released.
    ///
    /// # Safety
    ///
    /// `irp` is that of a dispatch routine for `IRP_MJ_SYSTEM_CONTROL`, which uses it in no other
    /// way. `wmi` is that of the device object of this routine, and `context` lives as long.
    pub unsafe fn dispatch<I>(wmi: *const Self, context: *const A, irp: *mut I) -> i32 {
        // SAFETY: the caller's.
        let irp = unsafe { Irp::new(irp.cast()) };
        // SAFETY: the device is there while its dispatch routine has not completed the IRP.
        let Stack {
            device,
            lower,
            lock,
            ..
        } = unsafe { (*wmi).stack };
        let tag = irp.tag();
        // SAFETY: the lock is the device's.
        if let Err(status) = unsafe { lock.acquire(tag) } {
            return raw(irp.complete(Response::new(status, 0)));
        }
        let status = if irp.parameters(device).is_none() {
            irp.forward(lower)
        } else {
            // SAFETY: the caller's; the IRP is for this device.
            let answered = unsafe { Self::answer(wmi, context, irp) };
            match answered {
                Some(status) => status,
                // The lock is held for the request that is kept.
                None => return raw(NtStatus::PENDING),
            }
        };
        // SAFETY: the lock was acquired with this tag. From here on the device may be gone.
        unsafe { lock.release(tag) };
        raw(status)
    }

    /// Completes a request for this device, or keeps it and returns `None`.
    ///
    /// # Safety
    ///
    /// As for [`dispatch`](Self::dispatch), with the lock held, and the IRP is for this device.
    unsafe fn answer(wmi: *const Self, context: *const A, irp: Irp) -> Option<NtStatus> {
        // SAFETY: the caller's.
        let wakes = unsafe { &(*wmi).later }.wakes();
        // All references end with this call, before the IRP is completed.
        // SAFETY: the caller's.
        let response = match unsafe { Self::respond(wmi, context, &irp) } {
            Outcome::Completed(response) => response,
            Outcome::Pending(_) => {
                // SAFETY: the caller's.
                let entered = unsafe { &(*wmi).registration }.enter();
                match entered {
                    Ok(_user) => {
                        // The device stays until the user leaves, even if the IRP does not.
                        irp.mark_pending();
                        // SAFETY: as above.
                        let wmi = unsafe { &*wmi };
                        // SAFETY: as above.
                        let context = unsafe { &*context };
                        wmi.later.push(irp);
                        if wmi.later.wakes() != wakes {
                            wmi.retry(context);
                        }
                        return None;
                    }
                    Err(status) => Response::new(status, 0),
                }
            }
        };
        Some(irp.complete(response))
    }

    /// Asks the provider, and takes the references that the response brings.
    ///
    /// # Safety
    ///
    /// As for [`answer`](Self::answer).
    unsafe fn respond(wmi: *const Self, context: *const A, irp: &Irp) -> Outcome {
        // SAFETY: the caller's.
        let wmi = unsafe { &*wmi };
        // SAFETY: as above.
        let context = unsafe { &*context };
        let Some(parameters) = irp.parameters(wmi.stack.device) else {
            return Response::new(NtStatus::INVALID_DEVICE_REQUEST, 0).into();
        };
        // SAFETY: WMI gives a GUID and a buffer of this size, which are the driver's until it
        // completes the IRP.
        let request = unsafe { parameters.request(Kernel::system_time()) };
        let outcome = wmi.provider.dispatch(context, request);
        let Outcome::Completed(Response { pdo_references, .. }) = outcome else {
            return outcome;
        };
        if pdo_references > 0 && wmi.stack.pdo.is_null() {
            return Response::new(NtStatus::INTERNAL_ERROR, 0).into();
        }
        for _ in 0..pdo_references {
            // WMI gives these references back.
            // SAFETY: the physical device object is there as long as the device.
            unsafe { Kernel::reference_object(wmi.stack.pdo.cast()) };
        }
        outcome
    }

    /// Asks the handlers again that have said that they answer later: when the values that they
    /// waited for are there. The requests that they answer now are completed, the others are kept.
    ///
    /// The handlers are called at the IRQL of the caller, `DISPATCH_LEVEL` or lower. Touches no
    /// paged memory unless they do. The caller holds no lock that they need.
    pub fn resume(&self, context: &A) {
        self.later.wake();
        if let Ok(_user) = self.registration.enter() {
            self.retry(context);
        }
    }

    /// Asks for all requests that are kept.
    fn retry(&self, context: &A) {
        self.later.retry(|irp| {
            // SAFETY: the IRP is for this device, and was kept with its lock held.
            match unsafe { Self::respond(self, context, &irp) } {
                Outcome::Completed(response) => {
                    self.release(irp, response);
                    None
                }
                Outcome::Pending(_) => Some(irp),
            }
        });
    }
}

impl<A> Wmi<A> {
    /// Returns the address of the physical device object, for [`Provider::with_pdo`]; 0 where there
    /// is none. May be called at any IRQL.
    #[must_use]
    pub fn pdo(&self) -> usize {
        self.stack.pdo.addr()
    }

    /// Tells WMI of the device, after it has started: in `IRP_MN_START_DEVICE`, when the lower
    /// drivers have succeeded. WMI may ask for the registration before this returns.
    ///
    /// Does nothing for a device that is registered already, as after a stop.
    ///
    /// IRQL: `PASSIVE_LEVEL`.
    ///
    /// # Errors
    ///
    /// The status of `IoWMIRegistrationControl`, or `STATUS_DELETE_PENDING` after
    /// [`deregister`](Self::deregister). Most drivers start without WMI then.
    pub fn register(&self) -> Result<(), NtStatus> {
        self.registration.register()
    }

    /// Tells WMI that blocks or static instances have come or gone.
    ///
    /// Does nothing for a device that is not registered yet. WMI may ask for the registration before
    /// this returns, so the caller holds no lock that a handler needs.
    ///
    /// IRQL: `PASSIVE_LEVEL`.
    ///
    /// # Errors
    ///
    /// As for [`register`](Self::register).
    pub fn update(&self) -> Result<(), NtStatus> {
        self.registration.update()
    }

    /// Has a work item call [`update`](Self::update).
    ///
    /// IRQL: `DISPATCH_LEVEL` or lower. Touches no paged memory.
    ///
    /// # Errors
    ///
    /// `STATUS_INSUFFICIENT_RESOURCES` without memory, `STATUS_DELETE_PENDING` after
    /// [`deregister`](Self::deregister).
    pub fn queue_update(&self) -> Result<(), NtStatus> {
        self.registration.queue_update()
    }

    /// Tells WMI that the device goes: in `IRP_MN_SURPRISE_REMOVAL`, and in `IRP_MN_REMOVE_DEVICE`
    /// before the IRP is passed on. Only the first call does it, so the driver calls it in both.
    ///
    /// Completes the requests that handlers have not answered yet with `STATUS_DELETE_PENDING`.
    /// Waits until all others, updates and events of the device have ended. So the caller holds no
    /// lock that a handler needs, and no handler calls this.
    ///
    /// IRQL: `PASSIVE_LEVEL`.
    pub fn deregister(&self) {
        self.registration.close(|| {
            for irp in self.later.take() {
                self.release(irp, Response::new(DELETE_PENDING, 0));
            }
        });
    }

    /// Completes a request that was kept, and releases the lock that was held for it.
    fn release(&self, irp: Irp, response: Response) {
        let tag = irp.tag();
        irp.complete(response);
        // SAFETY: the lock was acquired with this tag.
        unsafe { self.stack.lock.release(tag) };
    }

    /// Returns a sink of events for a DPC: a work item sends the event.
    ///
    /// IRQL: `DISPATCH_LEVEL` or lower, as for the sink itself. Touches no paged memory.
    #[must_use]
    pub const fn queued(&self) -> Queued<'_> {
        Queued(&self.registration)
    }
}

impl<A> fmt::Debug for Wmi<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wmi")
            .field("stack", &self.stack)
            .field("registration", &self.registration)
            .finish_non_exhaustive()
    }
}

/// Events are sent at once. IRQL: `APC_LEVEL` or lower; from a DPC use [`queued`](Wmi::queued).
///
/// Sending fails with `STATUS_DELETE_PENDING` after [`deregister`](Wmi::deregister).
impl<A> EventSink for Wmi<A> {
    type Memory = Pool;

    fn allocate(&self, size: usize) -> Option<Pool> {
        Pool::zeroed(size)
    }

    fn send(&self, event: Pool) -> Result<(), NtStatus> {
        self.registration.send(event)
    }

    fn provider_id(&self) -> u32 {
        self.registration.provider_id()
    }

    fn time_stamp(&self) -> i64 {
        system_time()
    }
}

/// Sends events of one device from a work item; see [`Wmi::queued`].
#[derive(Clone, Copy, Debug)]
pub struct Queued<'a>(&'a Registration);

/// IRQL: `DISPATCH_LEVEL` or lower. That an event is queued does not say that WMI has taken it.
impl EventSink for Queued<'_> {
    type Memory = Pool;

    fn allocate(&self, size: usize) -> Option<Pool> {
        Pool::zeroed(size)
    }

    fn send(&self, event: Pool) -> Result<(), NtStatus> {
        self.0.queue_event(event)
    }

    fn provider_id(&self) -> u32 {
        self.0.provider_id()
    }

    fn time_stamp(&self) -> i64 {
        system_time()
    }
}

/// Makes this crate's routine the driver's dispatch routine for `IRP_MJ_SYSTEM_CONTROL`. It calls
/// [`Wmi::dispatch`] with the device extension as context.
///
/// IRQL: `PASSIVE_LEVEL`, in `DriverEntry`.
///
/// # Safety
///
/// `driver` is the driver object of `DriverEntry`. Every device object of the driver has an `A` at
/// the start of its extension, from before it is attached until it is deleted.
pub unsafe fn install<A>(driver: *mut impl Sized)
where
    A: AsRef<Wmi<A>> + Sync + 'static,
{
    let driver = driver.cast::<DriverObject>();
    let routine: unsafe extern "system" fn(*mut DeviceObject, *mut c_void) -> i32 =
        system_control::<A>;
    #[expect(
        clippy::as_conversions,
        reason = "a pointer to code has no other conversion"
    )]
    let routine = routine as *mut c_void;
    // SAFETY: the caller's; only `DriverEntry` writes to the driver object.
    unsafe { (*driver).major_function[SYSTEM_CONTROL] = routine };
}

/// # Safety
///
/// The arguments are those of a dispatch routine that [`install`] has set.
unsafe extern "system" fn system_control<A>(device: *mut DeviceObject, irp: *mut c_void) -> i32
where
    A: AsRef<Wmi<A>> + Sync + 'static,
{
    // SAFETY: the device object is that of the kernel.
    let context = unsafe { (*device).device_extension }
        .cast_const()
        .cast::<A>();
    // SAFETY: the extension holds an `A`, which nobody changes but through its own atomics or locks.
    let wmi = ptr::from_ref(unsafe { &*context }.as_ref());
    // SAFETY: the arguments are those of the dispatch routine of this device.
    unsafe { Wmi::dispatch(wmi, context, irp) }
}

/// Returns the system time in units of 100 ns since 1601-01-01. IRQL: any. Touches no paged memory.
#[must_use]
pub fn system_time() -> i64 {
    Kernel::system_time()
}

/// The `IO_REMOVE_LOCK` of a device.
#[derive(Clone, Copy, Debug)]
struct RemoveLock {
    /// Null where there is none.
    lock: *mut c_void,
    size: u32,
}

impl RemoveLock {
    const NONE: Self = Self {
        lock: ptr::null_mut(),
        size: 0,
    };

    /// The kernel checks the size that the driver was compiled with.
    const fn new<L>(lock: *mut L) -> Self {
        let [free, checked] = REMOVE_LOCK_SIZES;
        let size = const {
            let [free, checked] = REMOVE_LOCK_SIZES;
            let size = size_of::<L>();
            assert!(
                size <= 1 || size == free || size == checked,
                "this is not an `IO_REMOVE_LOCK`"
            );
            size
        };
        #[expect(clippy::as_conversions, reason = "they are small")]
        let size = if size == checked { checked } else { free } as u32;
        Self {
            lock: lock.cast(),
            size,
        }
    }

    /// # Safety
    ///
    /// The lock is there.
    unsafe fn acquire(self, tag: *mut c_void) -> Result<(), NtStatus> {
        if self.lock.is_null() {
            return Ok(());
        }
        // SAFETY: the caller's.
        checked(unsafe { Kernel::acquire_remove_lock(self.lock, tag, self.size) })
    }

    /// # Safety
    ///
    /// The lock was acquired with this tag.
    unsafe fn release(self, tag: *mut c_void) {
        if !self.lock.is_null() {
            // SAFETY: the caller's.
            unsafe { Kernel::release_remove_lock(self.lock, tag, self.size) };
        }
    }
}
