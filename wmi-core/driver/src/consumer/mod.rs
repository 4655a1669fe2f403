#![doc = include_str!("../consumer.md")]

mod data;
pub(crate) mod routines;

use core::ffi::c_void;
use core::marker::PhantomData;
use core::ops::{BitOr, BitOrAssign};
use core::ptr::{self, NonNull};
use core::{fmt, slice};

use wmi_core::block::DecodeError;
use wmi_core::wnode::{InstanceData, Wnode, WnodeHeader};
use wmi_core::{DataBlock, FixedBlock, Item, NtStatus, VariableClass, Wire, WmiField, WmiMethod};

pub use self::data::{InstanceOf, Instances, QueriedData, Wnodes};

use self::routines::{Consumer, Routines};
use crate::layout::UnicodeString;
use crate::status::{checked, from_raw};
use crate::wdm::Pool;

/// Bytes that are offered first for data.
const FIRST_SIZE: usize = 512;

/// How often a buffer is made larger: the data may grow meanwhile.
const ATTEMPTS: usize = 4;

/// What a block is opened for. Source: `wmistr.h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access(u32);

impl Access {
    /// `WMIGUID_QUERY`: to query.
    pub const QUERY: Self = Self(0x01);
    /// `WMIGUID_SET`: to set instances and items.
    pub const SET: Self = Self(0x02);
    /// `WMIGUID_NOTIFICATION` with `SYNCHRONIZE`: to be notified of events.
    pub const NOTIFICATION: Self = Self(0x10_0004);
    /// `WMIGUID_EXECUTE`: to execute methods.
    pub const EXECUTE: Self = Self(0x10);
}

impl BitOr for Access {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for Access {
    fn bitor_assign(&mut self, other: Self) {
        *self = *self | other;
    }
}

/// The data block of a class, open for a consumer. Dropping it closes it.
///
/// All methods are called at `APC_LEVEL` or lower; it is dropped at `DISPATCH_LEVEL` or lower.
pub struct OpenBlock<C> {
    object: NonNull<c_void>,
    class: PhantomData<fn() -> C>,
}

// SAFETY: the object is only passed to routines of the kernel, which any thread may call.
unsafe impl<C> Send for OpenBlock<C> {}
// SAFETY: as above.
unsafe impl<C> Sync for OpenBlock<C> {}

impl<C> fmt::Debug for OpenBlock<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenBlock")
            .field("object", &self.object)
            .finish_non_exhaustive()
    }
}

impl<C> Drop for OpenBlock<C> {
    fn drop(&mut self) {
        // SAFETY: the object was opened, and is not used any more.
        unsafe { Consumer::close(self.object.as_ptr()) };
    }
}

impl<C: DataBlock> OpenBlock<C> {
    /// Opens the block of the class: `IoWMIOpenBlock`.
    ///
    /// IRQL: `APC_LEVEL` or lower. Touches no paged memory of its own.
    ///
    /// # Errors
    ///
    /// The status of the routine, such as `STATUS_WMI_GUID_NOT_FOUND` or an access that is denied.
    pub fn open(access: Access) -> Result<Self, NtStatus> {
        /// A GUID as C aligns it.
        #[repr(align(4))]
        struct AlignedGuid([u8; 16]);

        let guid = AlignedGuid(C::GUID.to_bytes());
        let mut object = ptr::null_mut();
        // SAFETY: both pointers are valid during the call.
        checked(unsafe { Consumer::open(&raw const guid.0, access.0, &raw mut object) })?;
        let object = NonNull::new(object).ok_or(NtStatus::INTERNAL_ERROR)?;
        Ok(Self {
            object,
            class: PhantomData,
        })
    }

    /// Queries all instances of all drivers: `IoWMIQueryAllData`. Allocates nonpaged memory.
    ///
    /// IRQL: `APC_LEVEL` or lower. Touches no paged memory of its own.
    ///
    /// # Errors
    ///
    /// `STATUS_WMI_GUID_NOT_FOUND` where no driver has the block, `STATUS_INSUFFICIENT_RESOURCES` without
    /// memory, `STATUS_WMI_TRY_AGAIN` while the data grows, and other statuses of the routine.
    pub fn query_all(&self) -> Result<QueriedData<C>, NtStatus> {
        let object = self.object.as_ptr();
        let (memory, size) = filled(FIRST_SIZE, |size, buffer| {
            // SAFETY: the block is open, and the buffer has this size.
            unsafe { Consumer::query_all(object, size, buffer.start()) }
        })?;
        Ok(QueriedData::new(memory, size))
    }

    /// Queries the instance of this name, in UTF-16: `IoWMIQuerySingleInstance`. Allocates nonpaged
    /// memory.
    ///
    /// IRQL: `APC_LEVEL` or lower. Touches no paged memory of its own.
    ///
    /// # Errors
    ///
    /// `STATUS_WMI_INSTANCE_NOT_FOUND` where there is no such instance, `STATUS_INVALID_PARAMETER` where
    /// the name has more than 32767 units, and the errors of [`query_all`](Self::query_all).
    pub fn query(&self, name: &[u16]) -> Result<QueriedData<C>, NtStatus> {
        let object = self.object.as_ptr();
        let mut name = string(name)?;
        let (memory, size) = filled(FIRST_SIZE, |size, buffer| {
            // SAFETY: the block is open, the buffer has this size, and the name is not changed.
            unsafe { Consumer::query_single(object, &raw mut name, size, buffer.start()) }
        })?;
        Ok(QueriedData::new(memory, size))
    }

    /// Sets all items of the instance of this name: `IoWMISetSingleInstance`.
    ///
    /// IRQL: `APC_LEVEL` or lower. Touches no paged memory of its own.
    ///
    /// # Errors
    ///
    /// `STATUS_WMI_READ_ONLY`, `STATUS_WMI_SET_FAILURE` and other statuses of the routine;
    /// `STATUS_INVALID_PARAMETER` where the name has more than 32767 units.
    pub fn set(&self, name: &[u16], values: &impl InstanceData<C>) -> Result<(), NtStatus>
    where
        C: FixedBlock,
    {
        let mut name = string(name)?;
        let mut block = Wire::<C>::zeroed();
        values.store(&mut block);
        let mut value = pool_of(block.as_bytes())?;
        let size = length(block.as_bytes())?;
        // SAFETY: the block is open, the value has this size, and the name is not changed.
        checked(unsafe {
            Consumer::set_instance(self.object.as_ptr(), &raw mut name, size, start(&mut value))
        })
    }

    /// Sets one item of the instance of this name: `IoWMISetSingleItem`.
    ///
    /// IRQL: `APC_LEVEL` or lower. Touches no paged memory of its own.
    ///
    /// # Errors
    ///
    /// `STATUS_WMI_ITEMID_NOT_FOUND`, and the errors of [`set`](Self::set).
    pub fn set_item<T: WmiField>(
        &self,
        name: &[u16],
        item: Item<C, T>,
        value: T::Value,
    ) -> Result<(), NtStatus>
    where
        C: FixedBlock,
    {
        let mut name = string(name)?;
        let mut block = Wire::<C>::zeroed();
        block.set(item, value);
        let end = item.offset().saturating_add(T::SIZE);
        let bytes = block.as_bytes().get(item.offset()..end);
        let bytes = bytes.unwrap_or_default();
        let mut value = pool_of(bytes)?;
        let size = length(bytes)?;
        // SAFETY: as in `set`.
        checked(unsafe {
            Consumer::set_item(
                self.object.as_ptr(),
                &raw mut name,
                item.id(),
                size,
                start(&mut value),
            )
        })
    }

    /// Executes a method of the instance of this name: `IoWMIExecuteMethod`. Allocates nonpaged memory.
    ///
    /// IRQL: `APC_LEVEL` or lower. Touches no paged memory of its own.
    ///
    /// # Errors
    ///
    /// The status of the routine, or of the method; `STATUS_INVALID_PARAMETER` where the input cannot be
    /// expressed or the name has more than 32767 units; otherwise as [`query_all`](Self::query_all).
    pub fn execute<M: WmiMethod>(
        &self,
        name: &[u16],
        input: &M::In<'_>,
    ) -> Result<MethodOutput<M>, NtStatus> {
        let object = self.object.as_ptr();
        let mut name = string(name)?;
        let sent = input
            .encoded_size()
            .map_err(|_| NtStatus::INVALID_PARAMETER)?;
        let sent_size = u32::try_from(sent).map_err(|_| NtStatus::INVALID_PARAMETER)?;
        // One buffer holds the input and then the output.
        let first = if <M::Out<'_>>::IS_FIXED {
            <M::Out<'_>>::MIN_SIZE.max(sent)
        } else {
            FIRST_SIZE.max(sent)
        };
        let (memory, size) = filled(first, |size, buffer| {
            if input.encode(buffer.as_mut()).is_err() {
                return crate::status::raw(NtStatus::INVALID_PARAMETER);
            }
            // SAFETY: as in `query`.
            unsafe {
                Consumer::execute(
                    object,
                    &raw mut name,
                    M::ID,
                    sent_size,
                    size,
                    buffer.start(),
                )
            }
        })?;
        Ok(MethodOutput {
            memory,
            size,
            method: PhantomData,
        })
    }

    /// Returns the name of the instance that WMI has made for a device object:
    /// `IoWMIDeviceObjectToInstanceName`.
    ///
    /// IRQL: `APC_LEVEL` or lower. Touches no paged memory of its own.
    ///
    /// # Errors
    ///
    /// `STATUS_WMI_INSTANCE_NOT_FOUND` where the device has no instance of the block.
    ///
    /// # Safety
    ///
    /// `device` is a device object.
    pub unsafe fn instance_name(&self, device: *mut impl Sized) -> Result<OwnedName, NtStatus> {
        let mut name = OwnedName(UnicodeString {
            length: 0,
            maximum_length: 0,
            buffer: ptr::null_mut(),
        });
        let string = &raw mut name.0;
        // SAFETY: the block is open, the device is the caller's, and the string is valid.
        checked(unsafe { Consumer::instance_name(self.object.as_ptr(), device.cast(), string) })?;
        Ok(name)
    }

    /// Has `listener` notified of the events of the class: `IoWMISetNotificationCallback`. The block is
    /// open for [`NOTIFICATION`](Access::NOTIFICATION), and stays open as long as the result.
    ///
    /// IRQL: `APC_LEVEL` or lower. Touches no paged memory of its own.
    ///
    /// # Errors
    ///
    /// The status of the routine.
    pub fn listen<L: Listener<C>>(self, listener: &'static L) -> Result<Subscription<C>, NtStatus> {
        let context = ptr::from_ref(listener).cast_mut().cast();
        // SAFETY: the block is open, and the listener is there for ever.
        checked(unsafe { Consumer::set_callback(self.object.as_ptr(), notify::<C, L>, context) })?;
        Ok(Subscription(self))
    }
}

/// Is notified of the events of a class.
pub trait Listener<C>: Sync + 'static {
    /// Takes the WNODE of an event: a [`SingleInstance`](Wnode::SingleInstance) mostly, from which
    /// `block::<C>()` takes the values. A malformed WNODE does not come here.
    ///
    /// IRQL: that of the driver that sends the event, `DISPATCH_LEVEL` or lower. Touches no paged memory.
    fn notify(&self, event: Wnode<'_>);
}

/// Keeps a listener notified. The driver drops it before it unloads, which closes the block; Driver
/// Verifier stops the machine otherwise, with 0xC4 and 0xDA.
#[derive(Debug)]
#[must_use = "dropping it ends the notifications"]
pub struct Subscription<C>(OpenBlock<C>);

impl<C> Subscription<C> {
    /// Returns the block, which may be open for more than notifications.
    ///
    /// IRQL: any. Touches no paged memory.
    #[must_use]
    pub const fn block(&self) -> &OpenBlock<C> {
        &self.0
    }
}

/// # Safety
///
/// The arguments are those of a `WMI_NOTIFICATION_CALLBACK` whose context is an `L`.
unsafe extern "system" fn notify<C, L: Listener<C>>(wnode: *mut c_void, context: *mut c_void) {
    // SAFETY: the context was made from a reference that lives for ever.
    let listener = unsafe { &*context.cast_const().cast::<L>() };
    // SAFETY: guaranteed by the caller: a WNODE begins with its size.
    let size = unsafe { wnode.cast::<[u8; 4]>().read() };
    let size = usize::try_from(u32::from_le_bytes(size)).unwrap_or(0);
    if size < size_of::<WnodeHeader>() {
        return;
    }
    // SAFETY: guaranteed by the caller: the WNODE has this size, and nobody changes it during the call.
    let bytes = unsafe { slice::from_raw_parts(wnode.cast_const().cast::<u8>(), size) };
    if let Ok(event) = Wnode::decode(bytes) {
        listener.notify(event);
    }
}

/// The output of a method, in memory of its own.
pub struct MethodOutput<M> {
    memory: Pool,
    size: usize,
    method: PhantomData<fn() -> M>,
}

impl<M> fmt::Debug for MethodOutput<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MethodOutput")
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

impl<M: WmiMethod> MethodOutput<M> {
    /// Returns the parameters.
    ///
    /// IRQL: any. Touches no paged memory.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] where the driver has written something else.
    pub fn decode(&self) -> Result<<M::Out<'_> as VariableClass>::View<'_>, DecodeError> {
        <M::Out<'_>>::decode(self.memory.bytes(self.size))
    }
}

/// The name of an instance, in UTF-16, freed when it is dropped. IRQL: `DISPATCH_LEVEL` or lower.
#[derive(Debug)]
pub struct OwnedName(UnicodeString);

// SAFETY: the string is owned, and any thread may read and free it.
unsafe impl Send for OwnedName {}
// SAFETY: as above.
unsafe impl Sync for OwnedName {}

impl OwnedName {
    /// Returns the UTF-16 units.
    ///
    /// IRQL: any. Touches no paged memory.
    #[must_use]
    pub fn units(&self) -> &[u16] {
        let UnicodeString { length, buffer, .. } = self.0;
        if buffer.is_null() {
            return &[];
        }
        // SAFETY: the kernel has given a string of this length.
        unsafe { slice::from_raw_parts(buffer, usize::from(length / 2)) }
    }
}

impl Drop for OwnedName {
    fn drop(&mut self) {
        if !self.0.buffer.is_null() {
            // SAFETY: the string is the caller's of `IoWMIDeviceObjectToInstanceName` to free.
            unsafe { Consumer::free(self.0.buffer.cast()) };
        }
    }
}

/// Returns a name as the routines take it. They only read it.
fn string(name: &[u16]) -> Result<UnicodeString, NtStatus> {
    let length = u16::try_from(size_of_val(name)).map_err(|_| NtStatus::INVALID_PARAMETER)?;
    Ok(UnicodeString {
        length,
        maximum_length: length,
        buffer: name.as_ptr().cast_mut(),
    })
}

/// Copies bytes to nonpaged memory, if there are any.
fn pool_of(bytes: &[u8]) -> Result<Option<Pool>, NtStatus> {
    if bytes.is_empty() {
        return Ok(None);
    }
    let pool = Pool::zeroed(bytes.len());
    let mut pool = pool.ok_or(NtStatus::INSUFFICIENT_RESOURCES)?;
    for (to, from) in pool.as_mut().iter_mut().zip(bytes) {
        *to = *from;
    }
    Ok(Some(pool))
}

fn start(pool: &mut Option<Pool>) -> *mut c_void {
    pool.as_ref().map_or(ptr::null_mut(), Pool::start)
}

fn length(bytes: &[u8]) -> Result<u32, NtStatus> {
    u32::try_from(bytes.len()).map_err(|_| NtStatus::INVALID_PARAMETER)
}

/// Has `fill` write to nonpaged memory, which is made larger as it asks for. Returns the memory and how
/// many bytes were written.
fn filled(
    first: usize,
    mut fill: impl FnMut(*mut u32, &mut Pool) -> i32,
) -> Result<(Pool, usize), NtStatus> {
    let mut offered = first.max(1);
    for _ in 0..ATTEMPTS {
        let memory = Pool::zeroed(offered);
        let mut memory = memory.ok_or(NtStatus::INSUFFICIENT_RESOURCES)?;
        let mut size = u32::try_from(offered).map_err(|_| NtStatus::INSUFFICIENT_RESOURCES)?;
        let status = from_raw(fill(&raw mut size, &mut memory));
        let size = usize::try_from(size).map_err(|_| NtStatus::INTERNAL_ERROR)?;
        match status {
            NtStatus::BUFFER_TOO_SMALL if size > offered => offered = size,
            status if !status.is_success() => return Err(status),
            // The rest would be memory that nobody has written.
            _ if size > offered => return Err(NtStatus::INTERNAL_ERROR),
            _ => return Ok((memory, size)),
        }
    }
    Err(NtStatus::WMI_TRY_AGAIN)
}
