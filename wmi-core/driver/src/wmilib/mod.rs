#![doc = include_str!("../wmilib.md")]

mod callback;
mod port_class;
pub(crate) mod routines;

use core::ffi::c_void;
use core::marker::PhantomData;
use core::sync::atomic::{AtomicPtr, Ordering};
use core::{fmt, ptr};

use wmi_core::provider::{Block, Event, Provider};
use wmi_core::wnode::InstanceData;
use wmi_core::{DataBlock, FixedBlock, NtStatus, Wire};

pub use self::port_class::{IID_PORT_WMI_REGISTRATION, PortWmiRegistration};

use self::routines::{Routines, Wmilib};
use crate::RegistryPath;
use crate::layout::{DeviceObject, Irp, UnicodeString, WmiGuidRegInfo, WmilibContext};
use crate::status::checked;
use crate::wdm::Pool;
use crate::wdm::routines::{Kernel, Routines as _};

/// UTF-16 units of the longest name of a resource.
const RESOURCE_NAME: usize = 64;

/// Finds the context of a device by the device object that the callbacks get.
///
/// # Safety
///
/// `find` returns the context of the device, which has been written and lives as long as callbacks of its
/// table come.
pub unsafe trait FindContext<A>: 'static {
    /// Returns the context of a device object.
    ///
    /// # Safety
    ///
    /// `device` is a device object whose table has callbacks with this type.
    unsafe fn find(device: *mut c_void) -> *const A;
}

/// Finds a context in the device extension, `OFFSET` bytes from its start: 0 where the extension is the
/// driver's own, `PORT_CLASS_DEVICE_EXTENSION_SIZE` below PortCls.
#[derive(Clone, Copy, Debug)]
pub struct InExtension<const OFFSET: usize = 0>;

// SAFETY: whoever makes a `Wmi` with this type has promised that the context lies there.
unsafe impl<A, const OFFSET: usize> FindContext<A> for InExtension<OFFSET> {
    unsafe fn find(device: *mut c_void) -> *const A {
        // SAFETY: guaranteed by the caller.
        let extension = unsafe { (*device.cast::<DeviceObject>()).device_extension };
        extension.wrapping_byte_add(OFFSET).cast_const().cast()
    }
}

/// A GUID as C aligns it.
#[repr(align(4))]
struct AlignedGuid([u8; 16]);

/// WMI for one device of a driver whose class driver takes a `WMILIB_CONTEXT`: the table, with the `N`
/// blocks of the provider.
///
/// It lies in the device extension, since the table points into it.
pub struct Wmi<A: 'static, const N: usize> {
    provider: &'static Provider<A>,
    device: *mut DeviceObject,
    pdo: *mut DeviceObject,
    registry_path: &'static RegistryPath,
    guids: [AlignedGuid; N],
    list: [WmiGuidRegInfo; N],
    table: WmilibContext,
    resource: [u16; RESOURCE_NAME],
    resource_length: u16,
    /// What `BatteryClassInitializeDevice` gave; null elsewhere.
    class_data: AtomicPtr<c_void>,
}

// SAFETY: the pointers are only passed to routines of the kernel, which any thread may call.
unsafe impl<A, const N: usize> Send for Wmi<A, N> where Provider<A>: Sync {}
// SAFETY: as above; the rest is shared for reading, or atomic.
unsafe impl<A, const N: usize> Sync for Wmi<A, N> where Provider<A>: Sync {}

impl<A: Sync + AsRef<Wmi<A, N>> + 'static, const N: usize> Wmi<A, N> {
    /// Returns WMI for a device below PortCls, or another driver that takes the table as it is.
    ///
    /// `device` is the driver's own device object, `pdo` the physical one. `F` finds the context by the
    /// first: mostly [`InExtension`].
    ///
    /// IRQL: any. Touches no paged memory.
    ///
    /// # Panics
    ///
    /// If `N` is not the number of the provider's blocks. In a constant, this is a compile error.
    ///
    /// # Safety
    ///
    /// Both device objects stay until the table is not used any more, and `F` finds the context of
    /// `device`, which has this value as its [`AsRef`].
    #[must_use]
    #[track_caller]
    pub const unsafe fn new<F: FindContext<A>, D>(
        provider: &'static Provider<A>,
        device: *mut D,
        pdo: *mut D,
        registry_path: &'static RegistryPath,
        find: PhantomData<F>,
    ) -> Self {
        let _ = find;
        let mut table = Self::table::<F>();
        table.query_wmi_data_block = Some(callback::query_data_block::<A, F, N>);
        Self::with_table(provider, device.cast(), pdo.cast(), registry_path, table)
    }

    /// Returns WMI for a miniport of the battery class. Otherwise as [`new`](Self::new).
    ///
    /// IRQL: any. Touches no paged memory.
    ///
    /// # Panics
    ///
    /// As [`new`](Self::new).
    ///
    /// # Safety
    ///
    /// As [`new`](Self::new).
    #[must_use]
    #[track_caller]
    pub const unsafe fn battery<F: FindContext<A>, D>(
        provider: &'static Provider<A>,
        device: *mut D,
        pdo: *mut D,
        registry_path: &'static RegistryPath,
        find: PhantomData<F>,
    ) -> Self {
        let _ = find;
        let mut table = Self::table::<F>();
        table.query_wmi_data_block = Some(callback::query_battery::<A, F, N>);
        Self::with_table(provider, device.cast(), pdo.cast(), registry_path, table)
    }

    /// The callbacks that all drivers have.
    #[expect(clippy::as_conversions, reason = "blocks are few")]
    const fn table<F: FindContext<A>>() -> WmilibContext {
        WmilibContext {
            guid_count: N as u32,
            guid_list: AtomicPtr::new(ptr::null_mut()),
            query_wmi_reg_info: Some(callback::query_reg_info::<A, F, N>),
            query_wmi_data_block: None,
            set_wmi_data_block: Some(callback::set_data_block::<A, F, N>),
            set_wmi_data_item: Some(callback::set_data_item::<A, F, N>),
            execute_wmi_method: Some(callback::execute_method::<A, F, N>),
            wmi_function_control: Some(callback::function_control::<A, F, N>),
        }
    }

    #[track_caller]
    #[expect(
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects,
        clippy::as_conversions,
        reason = "the indices are below the lengths"
    )]
    const fn with_table(
        provider: &'static Provider<A>,
        device: *mut DeviceObject,
        pdo: *mut DeviceObject,
        registry_path: &'static RegistryPath,
        table: WmilibContext,
    ) -> Self {
        let blocks = provider.block_list();
        assert!(
            blocks.len() == N,
            "the second parameter of `Wmi` is the number of the provider's blocks"
        );
        let mut guids = [const { AlignedGuid([0; 16]) }; N];
        let mut list = [const { WmiGuidRegInfo::none() }; N];
        let mut index = 0;
        while index < N {
            guids[index] = AlignedGuid(blocks[index].guid().to_bytes());
            list[index].flags = blocks[index].registration_flags();
            index += 1;
        }
        let mut resource = [0; RESOURCE_NAME];
        let name = match provider.mof_resource_name() {
            Some(name) => name.as_bytes(),
            None => &[],
        };
        assert!(
            name.len() <= RESOURCE_NAME,
            "the name of the resource has more than 64 characters"
        );
        let mut index = 0;
        while index < name.len() {
            // Names of resources are ASCII.
            resource[index] = name[index] as u16;
            index += 1;
        }
        Self {
            provider,
            device,
            pdo,
            registry_path,
            guids,
            list,
            table,
            resource,
            resource_length: (name.len() * 2) as u16,
            class_data: AtomicPtr::new(ptr::null_mut()),
        }
    }

    /// Passes an `IRP_MJ_SYSTEM_CONTROL` to the battery class driver, and returns the status that the
    /// dispatch routine returns. `None` where the IRP is for another driver: forward it.
    ///
    /// `class_data` is what `BatteryClassInitializeDevice` gave.
    ///
    /// IRQL: `PASSIVE_LEVEL`, at which the handlers are called. They may touch paged memory.
    ///
    /// # Safety
    ///
    /// `irp` is that of a dispatch routine of this device, which uses it in no other way where this
    /// returns a status. The battery class knows the device by `class_data`, and the device stays while
    /// this runs: the caller holds its remove lock, or a framework does.
    pub unsafe fn battery_system_control(
        &self,
        class_data: *mut impl Sized,
        irp: *mut impl Sized,
    ) -> Option<i32> {
        /// `SYSCTL_IRP_DISPOSITION`. Source: `wmilib.h`.
        const PROCESSED: i32 = 0;
        const NOT_COMPLETED: i32 = 1;

        let irp = irp.cast::<Irp>();
        self.class_data.store(class_data.cast(), Ordering::Release);
        let mut disposition = PROCESSED;
        // SAFETY: guaranteed by the caller; the table lives as long as the device.
        let status = unsafe {
            Wmilib::battery_system_control(
                class_data.cast(),
                self.context().cast(),
                self.device,
                irp,
                &raw mut disposition,
            )
        };
        match disposition {
            PROCESSED => Some(status),
            NOT_COMPLETED => {
                // SAFETY: the IRP is this driver's still, and is not used any more.
                unsafe { Kernel::complete_request(irp) };
                Some(status)
            }
            _ => None,
        }
    }
}

impl<A: Sync + 'static, const N: usize> Wmi<A, N> {
    /// Returns the `WMILIB_CONTEXT`, for the routine of the class driver that takes one. It points into
    /// this value, which does not move any more. IRQL: any. Touches no paged memory.
    pub fn context(&self) -> *const c_void {
        // Each call stores the same pointers.
        for (entry, guid) in self.list.iter().zip(&self.guids) {
            let guid = ptr::from_ref(guid).cast_mut().cast();
            entry.guid.store(guid, Ordering::Relaxed);
        }
        let list = self.list.as_ptr().cast_mut();
        self.table.guid_list.store(list, Ordering::Release);
        ptr::from_ref(&self.table).cast()
    }

    /// Writes how many instances each block has now.
    fn count(&self, context: &A) {
        for (entry, block) in self.list.iter().zip(self.provider.blocks()) {
            let count = match block.is_present(context) {
                true => u32::try_from(block.instance_count(context)).unwrap_or(u32::MAX),
                false => 0,
            };
            entry.instance_count.store(count, Ordering::Relaxed);
        }
    }

    /// The block with this place in the list.
    fn any_block(&self, guid_index: u32) -> Option<&'static Block<A>> {
        self.provider
            .blocks()
            .nth(usize::try_from(guid_index).ok()?)
    }

    fn resource(&self) -> UnicodeString {
        UnicodeString {
            length: self.resource_length,
            maximum_length: self.resource_length,
            buffer: self.resource.as_ptr().cast_mut(),
        }
    }

    /// Sends an event with the values of one instance, of a class of fixed size, while somebody listens.
    ///
    /// IRQL: `DISPATCH_LEVEL` or lower. Touches no paged memory.
    ///
    /// # Errors
    ///
    /// `STATUS_INSUFFICIENT_RESOURCES` if memory runs out, and the status of `WmiFireEvent`.
    pub fn send<C: DataBlock + FixedBlock>(
        &self,
        event: &Event<C>,
        instance: u32,
        values: &impl InstanceData<C>,
    ) -> Result<(), NtStatus> {
        if !event.is_enabled() {
            return Ok(());
        }
        let mut block = Wire::<C>::zeroed();
        values.store(&mut block);
        let bytes = block.as_bytes();
        let size = u32::try_from(bytes.len()).map_err(|_| NtStatus::BUFFER_OVERFLOW)?;
        let data = if bytes.is_empty() {
            ptr::null_mut()
        } else {
            let pool = Pool::zeroed(bytes.len());
            let mut pool = pool.ok_or(NtStatus::INSUFFICIENT_RESOURCES)?;
            for (to, from) in pool.as_mut().iter_mut().zip(bytes) {
                *to = *from;
            }
            pool.into_raw()
        };
        let guid = AlignedGuid(C::GUID.to_bytes());
        // SAFETY: the device is there, the GUID during the call, and the data is pool that WMILIB frees.
        checked(unsafe { Wmilib::fire_event(self.device, &raw const guid.0, instance, size, data) })
    }
}

impl<A, const N: usize> fmt::Debug for Wmi<A, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wmi")
            .field("device", &self.device)
            .field("blocks", &N)
            .finish_non_exhaustive()
    }
}
