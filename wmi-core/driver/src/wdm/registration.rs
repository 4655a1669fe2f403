//! [`Registration`]: whether a device is registered with WMI, and which operations rely on that.

use core::ffi::c_void;
use core::mem::{ManuallyDrop, MaybeUninit};
use core::ptr::{self, NonNull};
use core::sync::atomic::{AtomicBool, Ordering};

use wmi_core::NtStatus;
use wmi_core::wnode::WnodeHeader;

use super::pool::Pool;
use super::routines::{Action, Kernel, Routines};
use super::rundown::Rundown;
use crate::layout::DeviceObject;
use crate::status::{DELETE_PENDING, checked};

/// The registration of one device object with WMI.
#[derive(Debug)]
pub(crate) struct Registration {
    device: *mut DeviceObject,
    /// Whether the device is registered with WMI. Written only inside the rundown, so it is stable
    /// once the rundown is closed.
    is_registered: AtomicBool,
    is_closed: AtomicBool,
    /// Operations in progress: updates, and events being sent or queued.
    users: Rundown,
}

// SAFETY: the pointer is only passed to routines of the kernel, which any thread may call.
unsafe impl Send for Registration {}
// SAFETY: as above; all other fields are atomic.
unsafe impl Sync for Registration {}

impl Registration {
    /// # Safety
    ///
    /// `device` is a device object that stays until [`close`](Self::close) has returned.
    pub(crate) const unsafe fn new(device: *mut DeviceObject) -> Self {
        Self {
            device,
            is_registered: AtomicBool::new(false),
            is_closed: AtomicBool::new(false),
            users: Rundown::new(),
        }
    }

    /// Registers the device unless it is registered. IRQL: `PASSIVE_LEVEL`.
    pub(crate) fn register(&self) -> Result<(), NtStatus> {
        let _user = self.enter()?;
        if self.is_registered.swap(true, Ordering::Relaxed) {
            return Ok(());
        }
        let registered = self.control(Action::Register);
        if registered.is_err() {
            self.is_registered.store(false, Ordering::Relaxed);
        }
        registered
    }

    /// Has WMI request the registration again. IRQL: `PASSIVE_LEVEL`.
    pub(crate) fn update(&self) -> Result<(), NtStatus> {
        let _user = self.enter()?;
        self.update_now()
    }

    fn update_now(&self) -> Result<(), NtStatus> {
        if self.is_registered.load(Ordering::Relaxed) {
            self.control(Action::UpdateGuids)
        } else {
            // The registration to come will include the change.
            Ok(())
        }
    }

    /// Records that somebody else has registered the device, as the framework does.
    pub(crate) fn note_registered(&self) {
        self.is_registered.store(true, Ordering::Relaxed);
    }

    /// Deregisters the device if it is registered. Only the first call has an effect. IRQL:
    /// `PASSIVE_LEVEL`.
    ///
    /// Calls `before` once the rundown is empty and before the device is deregistered, since WMI
    /// then waits for all requests.
    pub(crate) fn close(&self, before: impl FnOnce()) {
        if self.end(before) && self.is_registered.load(Ordering::Relaxed) {
            // Fails if WMI no longer knows the device, which needs no handling.
            let _ = self.control(Action::Deregister);
        }
    }

    /// Closes the rundown, and calls `before` once it is empty. Leaves it to somebody else to
    /// deregister the device. Returns whether this was the first call. IRQL: `PASSIVE_LEVEL`.
    pub(crate) fn end(&self, before: impl FnOnce()) -> bool {
        if self.is_closed.swap(true, Ordering::Relaxed) {
            return false;
        }
        self.users.close();
        before();
        true
    }

    /// Sends an event. IRQL: `APC_LEVEL` or lower.
    pub(crate) fn send(&self, event: Pool) -> Result<(), NtStatus> {
        let _user = self.enter()?;
        write_event(event)
    }

    /// Has a work item send an event. IRQL: `DISPATCH_LEVEL` or lower.
    pub(crate) fn queue_event(&self, event: Pool) -> Result<(), NtStatus> {
        self.queue(Some(event))
    }

    /// Has a work item call [`update`](Self::update). IRQL: `DISPATCH_LEVEL` or lower.
    pub(crate) fn queue_update(&self) -> Result<(), NtStatus> {
        self.queue(None)
    }

    /// Returns the provider id for events of the device. IRQL: `DISPATCH_LEVEL` or lower.
    pub(crate) fn provider_id(&self) -> u32 {
        // SAFETY: the device object is valid.
        unsafe { Kernel::provider_id(self.device) }
    }

    fn control(&self, action: Action) -> Result<(), NtStatus> {
        // SAFETY: the device object stays valid until this is closed.
        checked(unsafe { Kernel::registration_control(self.device, action) })
    }

    /// Keeps the device registered while the returned [`User`] exists; fails after
    /// [`close`](Self::close). IRQL: any.
    pub(crate) fn enter(&self) -> Result<User<'_>, NtStatus> {
        if self.users.enter() {
            Ok(User(&self.users))
        } else {
            Err(DELETE_PENDING)
        }
    }

    /// Queues a work item that sends `event` or, for `None`, updates the registration.
    fn queue(&self, event: Option<Pool>) -> Result<(), NtStatus> {
        let user = self.enter()?;
        let mut work = Pool::zeroed(size_of::<Work>()).ok_or(NtStatus::INSUFFICIENT_RESOURCES)?;
        // SAFETY: the device object stays valid while a user is in the rundown.
        let item = unsafe { Kernel::allocate_work_item(self.device) };
        if item.is_null() {
            return Err(NtStatus::INSUFFICIENT_RESOURCES);
        }
        let room = work.as_mut().as_mut_ptr().cast::<MaybeUninit<Work>>();
        let content = MaybeUninit::new(Work {
            registration: ptr::from_ref(self),
            item,
            event,
        });
        // SAFETY: the pool allocation has the size of `Work`, and its alignment suffices, as
        // asserted below.
        unsafe { room.write(content) };
        // The work item leaves the rundown in place of this user.
        let _ = ManuallyDrop::new(user);
        // SAFETY: the item is not queued, and the routine takes this context.
        unsafe { Kernel::queue_work_item(item, run, work.into_raw()) };
        Ok(())
    }
}

/// An operation that keeps a registration open. Dropped at `DISPATCH_LEVEL` or lower.
#[derive(Debug)]
pub(crate) struct User<'a>(&'a Rundown);

impl Drop for User<'_> {
    fn drop(&mut self) {
        // SAFETY: this user has entered and leaves once.
        unsafe { Rundown::leave(self.0) };
    }
}

/// The task of a work item.
struct Work {
    registration: *const Registration,
    item: *mut c_void,
    event: Option<Pool>,
}

const _: () = assert!(align_of::<Work>() <= 8, "pool on x86 is aligned to 8 bytes");

/// The routine of the work item.
///
/// # Safety
///
/// `context` is the pool allocation filled by [`Registration::queue`].
unsafe extern "system" fn run(_: *mut DeviceObject, context: *mut c_void) {
    // SAFETY: the pool holds a `Work`, which is moved out once.
    let work = unsafe { context.cast::<Work>().read() };
    if let Some(pool) = NonNull::new(context.cast::<u8>()) {
        // SAFETY: this routine owns the pool allocation, and its content was moved out.
        drop(unsafe { Pool::from_raw(pool, size_of::<Work>()) });
    }
    let Work {
        registration,
        item,
        event,
    } = work;
    match event {
        // There is no caller to report a failure to. WMI itself drops events for which it has no
        // room.
        Some(event) => {
            let _ = write_event(event);
        }
        None => {
            // SAFETY: the registration is valid, as its user has not left yet.
            let registration = unsafe { &*registration };
            let _ = registration.update_now();
        }
    }
    // SAFETY: the item is running, so it is not queued.
    unsafe { Kernel::free_work_item(item) };
    // SAFETY: as above.
    let users = unsafe { &raw const (*registration).users };
    // SAFETY: this routine leaves in place of the user who queued the item.
    unsafe { Rundown::leave(users) };
}

/// `IoWMIWriteEvent`. IRQL: `APC_LEVEL` or lower.
fn write_event(mut event: Pool) -> Result<(), NtStatus> {
    // WMI trusts the size in the WNODE.
    if !is_sized(event.as_mut()) {
        return Err(NtStatus::INVALID_PARAMETER);
    }
    let event = ManuallyDrop::new(event);
    // SAFETY: the memory is nonpaged pool and holds a WNODE whose size field was checked above.
    let sent = checked(unsafe { Kernel::write_event(event.start()) });
    if sent.is_err() {
        // WMI frees the memory only if it takes the event.
        drop(ManuallyDrop::into_inner(event));
    }
    sent
}

/// Returns whether the WNODE's size field covers a header and does not exceed the memory.
fn is_sized(wnode: &[u8]) -> bool {
    let size = wnode
        .first_chunk()
        .map_or(0, |size| u32::from_le_bytes(*size));
    usize::try_from(size).is_ok_and(|size| (size_of::<WnodeHeader>()..=wnode.len()).contains(&size))
}
