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
use crate::later::{Later, Moment};
use crate::layout::{DeviceObject, DriverObject, REMOVE_LOCK_SIZES};
use crate::status::{CANCELLED, DELETE_PENDING, checked, raw};

/// `IRP_MJ_SYSTEM_CONTROL`, the major function of WMI.
const SYSTEM_CONTROL: usize = 0x17;

/// WMI for one device object of a WDM driver: its [`Provider`], its place in the stack, and its
/// registration.
///
/// It is stored in the device extension. The provider's handlers get an `A`, usually the extension
/// itself.
pub struct Wmi<A: 'static> {
    provider: &'static Provider<A>,
    stack: Stack,
    registration: Registration,
    later: Later<Irp>,
}

/// A device object and its place in the stack.
#[derive(Clone, Copy, Debug)]
struct Stack {
    device: *mut DeviceObject,
    /// Null for the lowest device.
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
    /// Creates WMI for a device object attached by `IoAttachDeviceToDeviceStack`: that of a
    /// function or filter driver, or a bus driver's object for its bus.
    ///
    /// `device` is the driver's own object, `lower` the object that `IoAttachDeviceToDeviceStack`
    /// returned, `pdo` the physical device object passed to `AddDevice`, and `lock` the
    /// `IO_REMOVE_LOCK` of the device. If `L` is opaque, the lock is taken to be that of a free
    /// build.
    ///
    /// IRQL: any. Touches no paged memory.
    ///
    /// # Safety
    ///
    /// All pointers belong to this device, and the lock is initialised. They stay valid until
    /// [`deregister`](Self::deregister) and `IoReleaseRemoveLockAndWaitEx` have returned.
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
        // SAFETY: guaranteed by the caller.
        unsafe { Self::new(provider, stack) }
    }

    /// Creates WMI for a physical device object that a bus driver created for a child.
    ///
    /// IRQL: any. Touches no paged memory.
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
        // SAFETY: guaranteed by the caller.
        unsafe { Self::new(provider, stack) }
    }

    /// Creates WMI for the device object of a non-PnP driver, which `DriverEntry` creates and
    /// `DriverUnload` deletes.
    ///
    /// There is no physical device object, so the provider must name its instances itself;
    /// otherwise registration fails with `STATUS_INTERNAL_ERROR`.
    ///
    /// IRQL: any. Touches no paged memory.
    ///
    /// # Safety
    ///
    /// `device` stays valid until [`deregister`](Self::deregister) has returned, and no driver
    /// attaches to it.
    #[must_use]
    pub const unsafe fn standalone<D>(provider: &'static Provider<A>, device: *mut D) -> Self {
        let stack = Stack {
            device: device.cast(),
            lower: ptr::null_mut(),
            pdo: ptr::null_mut(),
            lock: RemoveLock::NONE,
        };
        // SAFETY: guaranteed by the caller.
        unsafe { Self::new(provider, stack) }
    }

    /// Returns WMI for a device object of the framework, which registers it, forwards requests for
    /// other devices, and holds its own remove lock.
    ///
    /// # Safety
    ///
    /// Both objects stay until [`end`](Self::end) has returned.
    pub(crate) const unsafe fn preprocessing(
        provider: &'static Provider<A>,
        device: *mut DeviceObject,
        pdo: *mut DeviceObject,
    ) -> Self {
        let stack = Stack {
            device,
            lower: ptr::null_mut(),
            pdo,
            lock: RemoveLock::NONE,
        };
        // SAFETY: guaranteed by the caller.
        unsafe { Self::new(provider, stack) }
    }

    /// # Safety
    ///
    /// The pointers are valid as long as the constructors above demand.
    const unsafe fn new(provider: &'static Provider<A>, stack: Stack) -> Self {
        Self {
            provider,
            // SAFETY: guaranteed by the caller.
            registration: unsafe { Registration::new(stack.device) },
            stack,
            later: Later::new(),
        }
    }

    /// Answers an `IRP_MJ_SYSTEM_CONTROL`, or forwards it if it is for another device. Returns the
    /// `NTSTATUS` that the dispatch routine must return.
    ///
    /// [`install`] sets a dispatch routine that calls this, for drivers whose device extensions all
    /// begin with an `A`. Other drivers call it from their own dispatch routine. IRQL:
    /// `PASSIVE_LEVEL`, at which WMI sends requests in an arbitrary thread. The handlers run there too,
    /// so they may touch paged memory.
    ///
    /// Holds the remove lock during the call; if the device is being removed, completes the IRP
    /// with `STATUS_DELETE_PENDING`. A request whose handler answers later is kept, with the lock
    /// held, until [`resume`](Self::resume) or [`deregister`](Self::deregister). The arguments are
    /// pointers because the device may be gone as soon as the lock is released.
    ///
    /// # Safety
    ///
    /// `irp` is the IRP of a dispatch routine for `IRP_MJ_SYSTEM_CONTROL`, which does not use it in
    /// any other way. `wmi` belongs to the device object passed to that routine, and `context`
    /// lives as long as `wmi`.
    pub unsafe fn dispatch<I>(wmi: *const Self, context: *const A, irp: *mut I) -> i32 {
        // SAFETY: guaranteed by the caller.
        let irp = unsafe { Irp::new(irp.cast()) };
        // SAFETY: the device exists until the IRP is completed.
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
            // SAFETY: guaranteed by the caller; the IRP is for this device.
            let answered = unsafe { Self::answer(wmi, context, irp) };
            match answered {
                Some(status) => status,
                // The kept request holds the lock.
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
    pub(crate) unsafe fn answer(wmi: *const Self, context: *const A, irp: Irp) -> Option<NtStatus> {
        // SAFETY: guaranteed by the caller.
        let before = unsafe { &(*wmi).later }.moment();
        // No reference to the IRP's buffer outlives this call.
        // SAFETY: guaranteed by the caller.
        let response = match unsafe { Self::respond(wmi, context, &irp) } {
            Outcome::Completed(response) => response,
            Outcome::Pending(_) => {
                // SAFETY: guaranteed by the caller.
                let entered = unsafe { &(*wmi).registration }.enter();
                match entered {
                    Ok(_user) => {
                        // `_user` keeps the device alive, even if another thread completes the IRP.
                        irp.mark_pending();
                        // SAFETY: as above.
                        let wmi = unsafe { &*wmi };
                        // SAFETY: as above.
                        let context = unsafe { &*context };
                        wmi.later.push(irp);
                        wmi.settle(context, before);
                        return None;
                    }
                    Err(status) => Response::new(status, 0),
                }
            }
        };
        Some(irp.complete(response))
    }

    /// Has the provider answer, and takes the references to the physical device object that its
    /// response needs.
    ///
    /// # Safety
    ///
    /// As for [`answer`](Self::answer).
    unsafe fn respond(wmi: *const Self, context: *const A, irp: &Irp) -> Outcome {
        // SAFETY: guaranteed by the caller.
        let wmi = unsafe { &*wmi };
        // SAFETY: as above.
        let context = unsafe { &*context };
        let Some(parameters) = irp.parameters(wmi.stack.device) else {
            return Response::new(NtStatus::INVALID_DEVICE_REQUEST, 0).into();
        };
        // SAFETY: WMI passes a GUID and a buffer of this size, which belong to the driver until it
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
            // WMI releases these references.
            // SAFETY: the physical device object lives as long as the device.
            unsafe { Kernel::reference_object(wmi.stack.pdo.cast()) };
        }
        outcome
    }

    /// Calls the handlers of all kept requests again. The driver calls this when the values that
    /// they wait for are available. Requests that are answered now are completed; the others stay
    /// kept.
    ///
    /// IRQL: `DISPATCH_LEVEL` or lower; the handlers run at the caller's IRQL. Touches no paged
    /// memory unless they do. The caller must not hold a lock that they need.
    pub fn resume(&self, context: &A) {
        let before = self.later.moment();
        self.later.wake();
        if let Ok(_user) = self.registration.enter() {
            self.settle(context, before);
        }
    }

    /// Has the provider answer all kept requests if handlers were woken since `before`.
    fn settle(&self, context: &A, before: Moment) {
        let answer = |irp: Irp| {
            if irp.is_cancelled() {
                self.release(irp, Response::new(CANCELLED, 0));
                return None;
            }
            // SAFETY: the IRP is for this device and was kept with the remove lock held.
            match unsafe { Self::respond(self, context, &irp) } {
                Outcome::Completed(response) => {
                    self.release(irp, response);
                    None
                }
                Outcome::Pending(_) => Some(irp),
            }
        };
        let end = |irp| self.release(irp, Response::new(DELETE_PENDING, 0));
        self.later.settle(before, answer, end);
    }
}

impl<A> Wmi<A> {
    /// Returns the address of the physical device object, for [`Provider::with_pdo`]; 0 without
    /// one. IRQL: any. Touches no paged memory.
    #[must_use]
    pub fn pdo(&self) -> usize {
        self.stack.pdo.addr()
    }

    /// Registers the device with WMI: in `IRP_MN_START_DEVICE`, once the lower drivers have
    /// started. WMI may request the registration before this returns.
    ///
    /// Does nothing if the device is already registered, as when it restarts after a stop.
    ///
    /// IRQL: `PASSIVE_LEVEL`.
    ///
    /// # Errors
    ///
    /// The status of `IoWMIRegistrationControl`, or `STATUS_DELETE_PENDING` after
    /// [`deregister`](Self::deregister). Most drivers then start without WMI.
    pub fn register(&self) -> Result<(), NtStatus> {
        self.registration.register()
    }

    /// Tells WMI that blocks or static instances were added or removed.
    ///
    /// Does nothing if the device is not registered yet. WMI may request the registration before
    /// this returns, so the caller must not hold a lock that a handler needs.
    ///
    /// IRQL: `PASSIVE_LEVEL`.
    ///
    /// # Errors
    ///
    /// The status of `IoWMIRegistrationControl`, or `STATUS_DELETE_PENDING` after
    /// [`deregister`](Self::deregister).
    pub fn update(&self) -> Result<(), NtStatus> {
        self.registration.update()
    }

    /// Has a work item call [`update`](Self::update).
    ///
    /// IRQL: `DISPATCH_LEVEL` or lower. Touches no paged memory.
    ///
    /// # Errors
    ///
    /// `STATUS_INSUFFICIENT_RESOURCES` if memory runs out, `STATUS_DELETE_PENDING` after
    /// [`deregister`](Self::deregister).
    pub fn queue_update(&self) -> Result<(), NtStatus> {
        self.registration.queue_update()
    }

    /// Deregisters the device from WMI. The driver calls it in `IRP_MN_SURPRISE_REMOVAL`, and in
    /// `IRP_MN_REMOVE_DEVICE` before it forwards the IRP; only the first call has an effect.
    ///
    /// Completes all kept requests with `STATUS_DELETE_PENDING`, and waits until all other
    /// requests, updates and events of the device have ended. The caller must not hold a lock that
    /// a handler needs, and a handler must not call this.
    ///
    /// IRQL: `PASSIVE_LEVEL`.
    pub fn deregister(&self) {
        self.registration.close(|| self.complete_kept());
    }

    /// Does what [`deregister`](Self::deregister) does, but leaves it to the framework to deregister
    /// the device.
    pub(crate) fn end(&self) {
        self.registration.end(|| self.complete_kept());
    }

    /// Returns whether an IRP is a request for this device. One for its registration says that the
    /// framework has registered it.
    pub(crate) fn is_asked(&self, irp: &Irp) -> bool {
        let parameters = irp.parameters(self.stack.device);
        if parameters.is_some_and(|parameters| parameters.minor.is_registration()) {
            self.registration.note_registered();
        }
        parameters.is_some()
    }

    /// Completes the requests that handlers have not answered yet.
    fn complete_kept(&self) {
        self.later
            .abort(|irp| self.release(irp, Response::new(DELETE_PENDING, 0)));
    }

    /// Completes a kept request and releases the lock it holds.
    fn release(&self, irp: Irp, response: Response) {
        let tag = irp.tag();
        irp.complete(response);
        // SAFETY: the lock was acquired with this tag.
        unsafe { self.stack.lock.release(tag) };
    }

    /// Returns an event sink for use in a DPC: a work item sends the events.
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

/// Sends events at once. IRQL: `APC_LEVEL` or lower; in a DPC use [`queued`](Wmi::queued).
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

/// IRQL: `DISPATCH_LEVEL` or lower. Success means that the event is queued, not that WMI has taken
/// it.
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

/// Sets the driver's dispatch routine for `IRP_MJ_SYSTEM_CONTROL` to one that calls
/// [`Wmi::dispatch`] with the device extension as context.
///
/// IRQL: `PASSIVE_LEVEL`, in `DriverEntry`.
///
/// # Safety
///
/// `driver` is the driver object of `DriverEntry`. The extension of every device object of the
/// driver begins with an `A`, from before the object is attached until it is deleted.
pub unsafe fn install<A>(driver: *mut impl Sized)
where
    A: AsRef<Wmi<A>> + Sync + 'static,
{
    let driver = driver.cast::<DriverObject>();
    let routine: unsafe extern "system" fn(*mut DeviceObject, *mut c_void) -> i32 =
        system_control::<A>;
    #[expect(
        clippy::as_conversions,
        reason = "a function pointer has no other conversion"
    )]
    let routine = routine as *mut c_void;
    // SAFETY: guaranteed by the caller; only `DriverEntry` writes to the driver object.
    unsafe { (*driver).major_function[SYSTEM_CONTROL] = routine };
}

/// # Safety
///
/// The arguments are those of a dispatch routine set by [`install`].
unsafe extern "system" fn system_control<A>(device: *mut DeviceObject, irp: *mut c_void) -> i32
where
    A: AsRef<Wmi<A>> + Sync + 'static,
{
    // SAFETY: the kernel passes a valid device object.
    let context = unsafe { (*device).device_extension }
        .cast_const()
        .cast::<A>();
    // SAFETY: the extension holds an `A`, which changes only through its own atomics and locks.
    let wmi = ptr::from_ref(unsafe { &*context }.as_ref());
    // SAFETY: the arguments are those of this device's dispatch routine.
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

    /// Selects the size by `L`: the kernel checks the size that the driver was compiled with.
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
    /// The lock is null or valid.
    unsafe fn acquire(self, tag: *mut c_void) -> Result<(), NtStatus> {
        if self.lock.is_null() {
            return Ok(());
        }
        // SAFETY: guaranteed by the caller.
        checked(unsafe { Kernel::acquire_remove_lock(self.lock, tag, self.size) })
    }

    /// # Safety
    ///
    /// The lock was acquired with this tag.
    unsafe fn release(self, tag: *mut c_void) {
        if !self.lock.is_null() {
            // SAFETY: guaranteed by the caller.
            unsafe { Kernel::release_remove_lock(self.lock, tag, self.size) };
        }
    }
}
