//! [`Registration`]: whether WMI knows a device, and who still uses the registration.

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
    /// Whether WMI knows the device. Written by users of the rundown, and stable once it is closed.
    is_registered: AtomicBool,
    is_closed: AtomicBool,
    /// Updates, and events that are sent or queued.
    users: Rundown,
}

// SAFETY: the pointer is only passed to routines of the kernel, which any thread may call.
unsafe impl Send for Registration {}
// SAFETY: as above; all else is atomic.
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

    /// Registers the device, once. IRQL: `PASSIVE_LEVEL`.
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

    /// Has WMI ask for the registration again. IRQL: `PASSIVE_LEVEL`.
    pub(crate) fn update(&self) -> Result<(), NtStatus> {
        let _user = self.enter()?;
        self.update_now()
    }

    fn update_now(&self) -> Result<(), NtStatus> {
        if self.is_registered.load(Ordering::Relaxed) {
            self.control(Action::UpdateGuids)
        } else {
            // The registration that is to come says all.
            Ok(())
        }
    }

    /// Deregisters the device if it is registered, once. IRQL: `PASSIVE_LEVEL`.
    ///
    /// `before` is called when nobody uses the registration any more: WMI waits for all requests.
    pub(crate) fn close(&self, before: impl FnOnce()) {
        if self.is_closed.swap(true, Ordering::Relaxed) {
            return;
        }
        self.users.close();
        before();
        if self.is_registered.load(Ordering::Relaxed) {
            // It fails where WMI does not know the device any more, which needs no handling.
            let _ = self.control(Action::Deregister);
        }
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

    /// The number that stands for the device in events. IRQL: `DISPATCH_LEVEL` or lower.
    pub(crate) fn provider_id(&self) -> u32 {
        // SAFETY: the device object is there.
        unsafe { Kernel::provider_id(self.device) }
    }

    fn control(&self, action: Action) -> Result<(), NtStatus> {
        // SAFETY: the device object is there until this is closed.
        checked(unsafe { Kernel::registration_control(self.device, action) })
    }

    /// Keeps the device registered meanwhile, or fails after [`close`](Self::close). Any IRQL.
    pub(crate) fn enter(&self) -> Result<User<'_>, NtStatus> {
        if self.users.enter() {
            Ok(User(&self.users))
        } else {
            Err(DELETE_PENDING)
        }
    }

    /// Queues a work item that sends `event`, or updates the registration where there is none.
    fn queue(&self, event: Option<Pool>) -> Result<(), NtStatus> {
        let user = self.enter()?;
        let mut work = Pool::zeroed(size_of::<Work>()).ok_or(NtStatus::INSUFFICIENT_RESOURCES)?;
        // SAFETY: the device object is there while somebody is in the rundown.
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
        // SAFETY: pool has the size of `Work`, and is aligned for any such structure.
        unsafe { room.write(content) };
        // The work item leaves in place of this user.
        let _ = ManuallyDrop::new(user);
        // SAFETY: the item is not queued, and the routine takes this context.
        unsafe { Kernel::queue_work_item(item, run, work.into_raw()) };
        Ok(())
    }
}

/// Somebody who uses a registration that is not closed. It leaves at `DISPATCH_LEVEL` or lower.
#[derive(Debug)]
pub(crate) struct User<'a>(&'a Rundown);

impl Drop for User<'_> {
    fn drop(&mut self) {
        // SAFETY: this user has entered, and leaves once.
        unsafe { Rundown::leave(self.0) };
    }
}

/// The task of a work item.
struct Work {
    registration: *const Registration,
    item: *mut c_void,
    event: Option<Pool>,
}

const _: () = assert!(
    align_of::<Work>() <= 8,
    "pool of x86 is aligned for no more than this"
);

/// The routine of the work item.
///
/// # Safety
///
/// `context` is the pool that [`Registration::queue`] has filled.
unsafe extern "system" fn run(_: *mut DeviceObject, context: *mut c_void) {
    // SAFETY: the pool holds a `Work`, which is moved out once.
    let work = unsafe { context.cast::<Work>().read() };
    if let Some(pool) = NonNull::new(context.cast::<u8>()) {
        // SAFETY: the pool is given away to this routine, and nothing in it is used any more.
        drop(unsafe { Pool::from_raw(pool, size_of::<Work>()) });
    }
    let Work {
        registration,
        item,
        event,
    } = work;
    match event {
        // There is nobody to tell of a failure. WMI itself loses events that it has no room for.
        Some(event) => {
            let _ = write_event(event);
        }
        None => {
            // SAFETY: the registration is there, as its user has not left yet.
            let registration = unsafe { &*registration };
            let _ = registration.update_now();
        }
    }
    // SAFETY: the item is not queued, as it runs.
    unsafe { Kernel::free_work_item(item) };
    // SAFETY: as above.
    let users = unsafe { &raw const (*registration).users };
    // SAFETY: the user who queued the item has left it to this routine to leave.
    unsafe { Rundown::leave(users) };
}

/// `IoWMIWriteEvent`. IRQL: `APC_LEVEL` or lower.
fn write_event(mut event: Pool) -> Result<(), NtStatus> {
    // WMI trusts the size in the WNODE.
    if !is_sized(event.as_mut()) {
        return Err(NtStatus::INVALID_PARAMETER);
    }
    let event = ManuallyDrop::new(event);
    // SAFETY: the memory is an allocation of nonpaged pool that holds a WNODE of the size that the
    // WNODE itself has.
    let sent = checked(unsafe { Kernel::write_event(event.start()) });
    if sent.is_err() {
        // WMI frees the memory of an event that it takes, and of no other.
        drop(ManuallyDrop::into_inner(event));
    }
    sent
}

/// Returns whether the WNODE says that it has a header, and no more bytes than there are.
fn is_sized(wnode: &[u8]) -> bool {
    let size = wnode
        .first_chunk()
        .map_or(0, |size| u32::from_le_bytes(*size));
    usize::try_from(size).is_ok_and(|size| (size_of::<WnodeHeader>()..=wnode.len()).contains(&size))
}
