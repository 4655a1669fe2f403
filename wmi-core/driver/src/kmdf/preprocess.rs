//! [`Preprocess`]: a device whose driver answers requests of WMI itself, before the framework.

use core::ffi::c_void;
use core::fmt;
use core::ptr::{self, NonNull};
use core::sync::atomic::{AtomicBool, Ordering};

use wmi_core::NtStatus;
use wmi_core::provider::{EventSink, Provider};

use super::framework::{Framework, Handle};
use super::object::{EvtPreprocess, ObjectAttributes, TypeInfo};
use crate::layout::{Irp, by_width};
use crate::status::{checked, created, raw};
use crate::wdm::{self, Pool, Queued, irp};

pub(super) const IRP_MJ_SYSTEM_CONTROL: u8 = 0x17;
const IRP_MJ_PNP: u8 = 0x1b;

/// `IRP_MN_SURPRISE_REMOVAL` and `IRP_MN_REMOVE_DEVICE`.
static REMOVALS: [u8; 2] = [0x17, 0x02];

/// WMI for one framework device whose names are the driver's own, or whose handlers answer later: a
/// handle that can be copied.
///
/// The framework itself supports neither. Here a callback gets `IRP_MJ_SYSTEM_CONTROL` first: it
/// answers the requests for the device, also those for the registration that the framework makes,
/// and leaves all others to the framework. The handlers of the [`Provider`] get an `A`.
pub struct Preprocess<A: 'static> {
    device: NonNull<PreprocessContext<A>>,
}

impl<A> Clone for Preprocess<A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A> Copy for Preprocess<A> {}

// SAFETY: the device context behind the handle is shared for reading, or atomic.
unsafe impl<A: Sync> Send for Preprocess<A> {}
// SAFETY: as above.
unsafe impl<A: Sync> Sync for Preprocess<A> {}

/// A context of the `WDFDEVICE`, all zero until it is ready.
struct PreprocessContext<A: 'static> {
    is_ready: AtomicBool,
    wmi: wdm::Wmi<A>,
    context: *const A,
}

// The size does not depend on `A`.
static PREPROCESS: TypeInfo = TypeInfo::new(
    c"WmiPreprocess".as_ptr(),
    size_of::<PreprocessContext<()>>(),
    &raw const PREPROCESS,
);

const _: () = assert!(
    align_of::<PreprocessContext<()>>() <= by_width(16, 8),
    "the framework aligns a context for no more"
);

const _: () = assert!(
    !core::mem::needs_drop::<PreprocessContext<()>>(),
    "the framework drops nothing, and nothing is dropped when the zeros are written over"
);

impl<A: Sync + 'static> Preprocess<A> {
    /// Takes the requests of WMI for a device that is to be created: in `EvtDriverDeviceAdd`, before
    /// `WdfDeviceCreate`.
    ///
    /// `table` is `WdfFunctions`, the address of the framework's functions, `globals` is
    /// `WdfDriverGlobals`, and `init` the `WDFDEVICE_INIT`. The callbacks are for
    /// `IRP_MJ_SYSTEM_CONTROL`, and for the minor codes of `IRP_MJ_PNP` that remove a device. The
    /// driver assigns no others for these major codes. IRQL: `DISPATCH_LEVEL` or lower. Touches no paged
    /// memory.
    ///
    /// # Errors
    ///
    /// The status of `WdfDeviceInitAssignWdmIrpPreprocessCallback`; `EvtDriverDeviceAdd` returns it.
    ///
    /// # Safety
    ///
    /// The table and the globals are those of this driver, and the device is not created yet. Its
    /// other contexts are no `Preprocess` with another `A`.
    pub unsafe fn assign(
        table: *const impl Sized,
        globals: *const impl Sized,
        init: *mut impl Sized,
    ) -> Result<(), NtStatus> {
        // SAFETY: guaranteed by the caller.
        let framework = unsafe { Framework::bind(table.cast(), globals.cast()) };
        let init = init.cast::<c_void>();
        let own = system_control::<A>;
        // SAFETY: guaranteed by the caller; the callback is for this major code.
        unsafe { assign(framework, init, own, IRP_MJ_SYSTEM_CONTROL, &[]) }?;
        // SAFETY: as above.
        unsafe { assign(framework, init, removal::<A>, IRP_MJ_PNP, &REMOVALS) }
    }

    /// Answers the requests of WMI for a device: in `EvtDriverDeviceAdd`, after `WdfDeviceCreate`.
    ///
    /// `device` is the `WDFDEVICE`, `context` what the handlers get. IRQL: `PASSIVE_LEVEL`.
    ///
    /// # Errors
    ///
    /// The status of `WdfObjectAllocateContext`; `EvtDriverDeviceAdd` returns it.
    /// `STATUS_OBJECT_NAME_COLLISION` if the device has a `Preprocess` already.
    ///
    /// # Safety
    ///
    /// `device` was created after [`assign`](Self::assign) with this `A`. `context` lives as long as the device, and no copy of the returned handle is used after
    /// that.
    pub unsafe fn create(
        provider: &'static Provider<A>,
        device: *mut impl Sized,
        context: *const A,
    ) -> Result<Self, NtStatus> {
        let framework = Framework::bound();
        let device: Handle = device.cast();
        // SAFETY: guaranteed by the caller.
        let object = unsafe { framework.device_object(device) };
        // SAFETY: guaranteed by the caller.
        let pdo = unsafe { framework.physical_device(device) };
        let attributes = ObjectAttributes::new(&PREPROCESS, 0);
        let mut memory = ptr::null_mut();
        // SAFETY: guaranteed by the caller; all pointers are valid during the call.
        let status =
            unsafe { framework.allocate_context(device, &raw const attributes, &raw mut memory) };
        created(status)?;
        let state = NonNull::new(memory.cast::<PreprocessContext<A>>());
        let state = state.ok_or(NtStatus::INSUFFICIENT_RESOURCES)?;
        // SAFETY: the framework keeps both objects until it has removed the device, before which
        // `removal` ends WMI.
        let wmi = unsafe { wdm::Wmi::preprocessing(provider, object, pdo) };
        let own = state.as_ptr();
        // SAFETY: the framework has just allocated the context, for this type. A request for another
        // device that comes meanwhile reads `is_ready` alone.
        unsafe { (*own).wmi = wmi };
        // SAFETY: as above.
        unsafe { (*own).context = context };
        // SAFETY: as above.
        unsafe { &(*own).is_ready }.store(true, Ordering::Release);
        Ok(Self { device: state })
    }

    /// Calls the handlers of all requests again that are answered later. The driver calls this when
    /// the values that they wait for are available. Requests that are answered now are completed;
    /// the others stay.
    ///
    /// The handlers run at the caller's IRQL, `DISPATCH_LEVEL` or lower. Touches no paged memory
    /// unless they do. The caller must not hold a lock that a handler needs.
    pub fn resume(&self) {
        // SAFETY: the driver's context lives as long as the device.
        let context = unsafe { &*self.state().context };
        self.state().wmi.resume(context);
    }
}

impl<A> Preprocess<A> {
    fn state(&self) -> &PreprocessContext<A> {
        // SAFETY: the handle is used as long as the device alone, and the context is written.
        unsafe { self.device.as_ref() }
    }

    /// Returns the address of the physical device object, for [`Provider::with_pdo`]. IRQL: any. Touches no
    /// paged memory.
    #[must_use]
    pub fn pdo(&self) -> usize {
        self.state().wmi.pdo()
    }

    /// Tells WMI that blocks or static instances have come or gone. Instances with dynamic names
    /// need no update.
    ///
    /// Does nothing before the framework has registered the device. WMI may request the registration
    /// before this returns, so the caller must not hold a lock that a handler needs.
    ///
    /// IRQL: `PASSIVE_LEVEL`.
    ///
    /// # Errors
    ///
    /// The status of `IoWMIRegistrationControl`, or `STATUS_DELETE_PENDING` once the device is
    /// being removed.
    pub fn update(&self) -> Result<(), NtStatus> {
        self.state().wmi.update()
    }

    /// Has a work item call [`update`](Self::update).
    ///
    /// IRQL: `DISPATCH_LEVEL` or lower. Touches no paged memory.
    ///
    /// # Errors
    ///
    /// `STATUS_INSUFFICIENT_RESOURCES` without memory, `STATUS_DELETE_PENDING` once the device is
    /// being removed.
    pub fn queue_update(&self) -> Result<(), NtStatus> {
        self.state().wmi.queue_update()
    }

    /// Returns a sink of events for a DPC: a work item sends the event.
    ///
    /// IRQL: `DISPATCH_LEVEL` or lower, as for the sink itself. Touches no paged memory.
    #[must_use]
    pub fn queued(&self) -> Queued<'_> {
        self.state().wmi.queued()
    }
}

impl<A> fmt::Debug for Preprocess<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Preprocess").finish_non_exhaustive()
    }
}

/// Events are sent at once. IRQL: `APC_LEVEL` or lower; from a DPC use
/// [`queued`](Preprocess::queued).
///
/// Sending fails with `STATUS_DELETE_PENDING` once the device is being removed.
impl<A> EventSink for Preprocess<A> {
    type Memory = Pool;

    fn allocate(&self, size: usize) -> Option<Pool> {
        self.state().wmi.allocate(size)
    }

    fn send(&self, event: Pool) -> Result<(), NtStatus> {
        self.state().wmi.send(event)
    }

    fn provider_id(&self) -> u32 {
        self.state().wmi.provider_id()
    }

    fn time_stamp(&self) -> i64 {
        self.state().wmi.time_stamp()
    }
}

/// Assigns a callback for minor codes of a major code, or for all if there are none.
///
/// # Safety
///
/// The framework is this driver's, `init` is that of a device that is not created yet, and the
/// callback is for this major code.
pub(super) unsafe fn assign(
    framework: Framework,
    init: *mut c_void,
    callback: EvtPreprocess,
    major: u8,
    minors: &'static [u8],
) -> Result<(), NtStatus> {
    let (start, count) = match minors {
        [] => (ptr::null(), 0),
        _ => (minors.as_ptr(), u32::try_from(minors.len()).unwrap_or(0)),
    };
    // SAFETY: guaranteed by the caller.
    let status =
        unsafe { framework.assign_preprocess_callback(init, callback, major, start, count) };
    checked(status)
}

/// Returns the context of a device, which it does not have before [`Preprocess::create`].
///
/// # Safety
///
/// `device` is the argument of a callback that [`Preprocess::assign`] has set with this `A`.
unsafe fn context_of<'a, A>(device: Handle) -> Option<&'a PreprocessContext<A>> {
    // SAFETY: guaranteed by the caller.
    let context = unsafe { Framework::context(device, &PREPROCESS) };
    let context = context.cast_const().cast::<PreprocessContext<A>>();
    // SAFETY: the context has this type, and is zeroed until it is written.
    if context.is_null() || !unsafe { &(*context).is_ready }.load(Ordering::Acquire) {
        return None;
    }
    // SAFETY: the context is written, and stays as long as the device.
    Some(unsafe { &*context })
}

/// # Safety
///
/// The arguments are those of `EvtDeviceWdmIrpPreprocess` for `IRP_MJ_SYSTEM_CONTROL`, in a device
/// for which [`Preprocess::assign`] was called with this `A`.
unsafe extern "system" fn system_control<A: Sync + 'static>(device: Handle, irp: *mut Irp) -> i32 {
    // SAFETY: guaranteed by the caller.
    let irp = unsafe { irp::Irp::new(irp) };
    // SAFETY: guaranteed by the caller. The framework holds its remove lock during the callback.
    match unsafe { context_of::<A>(device) } {
        Some(own) if own.wmi.is_asked(&irp) => {
            // SAFETY: the IRP is for this device, and the driver's context lives as long as that.
            let answered = unsafe { wdm::Wmi::answer(&raw const own.wmi, own.context, irp) };
            raw(answered.unwrap_or(NtStatus::PENDING))
        }
        // SAFETY: guaranteed by the caller.
        _ => unsafe { pass_on(device, irp) },
    }
}

/// Ends WMI before the framework removes the device: it deregisters it, which waits for all requests.
///
/// # Safety
///
/// As for [`system_control`], for `IRP_MJ_PNP`.
unsafe extern "system" fn removal<A: Sync + 'static>(device: Handle, irp: *mut Irp) -> i32 {
    // SAFETY: guaranteed by the caller.
    let irp = unsafe { irp::Irp::new(irp) };
    // SAFETY: guaranteed by the caller.
    if let Some(own) = unsafe { context_of::<A>(device) } {
        own.wmi.end();
    }
    // SAFETY: guaranteed by the caller.
    unsafe { pass_on(device, irp) }
}

/// Leaves an IRP to the framework.
///
/// # Safety
///
/// The arguments are those of a callback.
pub(super) unsafe fn pass_on(device: Handle, irp: irp::Irp) -> i32 {
    let irp = irp.skip();
    // SAFETY: guaranteed by the caller; the current stack location is skipped, as the framework
    // demands.
    unsafe { Framework::bound().dispatch_preprocessed(device, irp) }
}
