//! `storport.sys`: one adapter, SRBs of both kinds, and notifications.
//!
//! What is read of the miniport's structures is read by its offset in `storport.h`, and not by the
//! miniport's own declarations.

use core::ffi::c_void;
use core::mem::transmute;
use core::ptr;
use core::sync::atomic::{AtomicPtr, AtomicU32, Ordering};

use windows_sys::Wdk::Foundation::DRIVER_OBJECT;
use windows_sys::Win32::Foundation::{
    NTSTATUS, STATUS_REVISION_MISMATCH, STATUS_SUCCESS, UNICODE_STRING,
};
use wmi_core::NtStatus;
use wmi_core::provider::Minor;
use wmi_driver::layout::{
    STORAGE_REQUEST_BLOCK_SIZE, ScsiWmiRequestBlock, SrbexDataWmi, StorAddrBtl8,
    StorageRequestBlock,
};

use crate::control::{expect, violation};
use crate::memory::{Buffer, Pool};
use crate::protocol::{STEP_ADD, STEP_REMOVE, STEP_START, Send, Sent, Step};
use crate::wmi;

#[link(name = "ntoskrnl.exe", kind = "raw-dylib", modifiers = "+verbatim")]
unsafe extern "system" {
    fn KeQuerySystemTime(time: *mut i64);
}

/// Bytes of an SRB of the older kind, and of the newer with an address and the data of WMI.
const SCSI_SIZE: usize = 88;
const ADDRESS: usize = STORAGE_REQUEST_BLOCK_SIZE + 8;
const DATA: usize = ADDRESS + 16;
const STORAGE_SIZE: usize = DATA + 24;

const FUNCTION_WMI: u8 = 0x17;
const FUNCTION_STORAGE_REQUEST_BLOCK: u8 = 0x28;
const DATA_TYPE_WMI: u32 = 0x60;
const ADAPTER_REQUEST: u8 = 1;
/// Events of more bytes are dropped.
const EVENT_LIMIT: u32 = 128;

/// `HW_INITIALIZATION_DATA`, in pointers.
#[derive(Clone, Copy)]
struct Initialization([usize; 26]);

static INITIALIZATION: [AtomicPtr<c_void>; 26] = [const { AtomicPtr::new(ptr::null_mut()) }; 26];
static DRIVER_UNLOAD: AtomicPtr<c_void> = AtomicPtr::new(ptr::null_mut());
/// The device extension of the adapter, null where there is none.
static ADAPTER: AtomicPtr<Adapter> = AtomicPtr::new(ptr::null_mut());

/// Requests that the miniport keeps, by number.
static KEPT: [AtomicPtr<Request>; 4] = [const { AtomicPtr::new(ptr::null_mut()) }; 4];

struct Adapter {
    extension: Pool,
}

/// A request, and what became of it.
struct Request {
    srb: Pool,
    extension: Pool,
    buffer: Buffer,
    /// What the data path points to.
    guid: Pool,
    is_storage: bool,
    completions: AtomicU32,
    status: AtomicU32,
    length: AtomicU32,
}

impl Initialization {
    fn get() -> Self {
        Self([const { 0 }; 26].map({
            let mut words = INITIALIZATION.iter();
            move |_: usize| {
                let word = words.next();
                word.map_or(0, |word| word.load(Ordering::Acquire).expose_provenance())
            }
        }))
    }

    fn number(&self, offset: usize) -> u32 {
        let word = self.0[offset / 8] >> (8 * (offset % 8));
        word as u32
    }

    fn routine(&self, offset: usize) -> *const c_void {
        ptr::with_exposed_provenance(self.0[offset / 8])
    }
}

/// Returns whether a miniport is loaded.
pub(crate) fn is_there() -> bool {
    INITIALIZATION[0].load(Ordering::Acquire).addr() != 0
}

/// `StorPortInitialize`.
#[unsafe(no_mangle)]
unsafe extern "system" fn StorPortInitialize(
    driver: *mut DRIVER_OBJECT,
    _: *const UNICODE_STRING,
    data: *const [*mut c_void; 26],
    _: *mut c_void,
) -> NTSTATUS {
    // SAFETY: the structure begins with its size.
    if unsafe { data.cast::<u32>().read() } as usize != size_of::<Initialization>() {
        return STATUS_REVISION_MISMATCH;
    }
    // SAFETY: the structure has this size.
    let words = unsafe { data.read() };
    for (slot, word) in INITIALIZATION.iter().zip(words) {
        slot.store(word, Ordering::Release);
    }
    let initialization = Initialization::get();
    // A virtual miniport has these six, and none of the four that need hardware.
    for offset in [0x08, 0x10, 0x20, 0x28, 0x78, 0x88] {
        expect(!initialization.routine(offset).is_null());
    }
    for offset in [0x18, 0x30, 0x38, 0x80] {
        expect(initialization.routine(offset).is_null());
    }
    // STOR_FEATURE_VIRTUAL_MINIPORT
    expect(initialization.number(0xb8) & 1 != 0);
    // TaggedQueuing, AutoRequestSense and MultipleRequestPerLu
    for offset in [0x5a, 0x5b, 0x5c] {
        expect(initialization.number(offset) & 0xff == 1);
    }
    // SAFETY: the driver object is that of `DriverEntry`, which calls this.
    unsafe {
        if let Some(routine) = (*driver).DriverUnload {
            DRIVER_UNLOAD.store(routine as *mut c_void, Ordering::Release);
        }
        (*driver).DriverUnload = Some(unload);
    }
    STATUS_SUCCESS
}

/// The port driver removes the adapters of a driver that goes.
unsafe extern "system" fn unload(driver: *const DRIVER_OBJECT) {
    if !ADAPTER.load(Ordering::Acquire).is_null() {
        remove();
    }
    INITIALIZATION[0].store(ptr::null_mut(), Ordering::Release);
    let routine = DRIVER_UNLOAD.load(Ordering::Acquire);
    if !routine.is_null() {
        // SAFETY: this is the miniport's own routine.
        let routine: unsafe extern "system" fn(*const DRIVER_OBJECT) =
            unsafe { transmute(routine) };
        // SAFETY: as above.
        unsafe { routine(driver) };
    }
}

/// Declares a call of one of the miniport's routines.
macro_rules! call {
    ($offset:literal, fn($($kind:ty),* $(,)?) -> $result:ty, $($argument:expr),*) => {{
        let routine = Initialization::get().routine($offset);
        // SAFETY: the miniport has set the routine of this type, see `storport.h`.
        let routine: unsafe extern "system" fn($($kind),*) -> $result = unsafe { transmute(routine) };
        // SAFETY: the arguments are those of the routine.
        unsafe { routine($($argument),*) }
    }};
}

pub(crate) fn step(step: &Step) -> Result<(), NtStatus> {
    match step.step {
        STEP_ADD => add(),
        STEP_START => {
            let started = call!(0x08, fn(*mut c_void) -> u8, extension());
            if started == 0 {
                return Err(NtStatus::INTERNAL_ERROR);
            }
            Ok(())
        }
        STEP_REMOVE => {
            remove();
            Ok(())
        }
        _ => Err(NtStatus::INVALID_PARAMETER),
    }
}

fn extension() -> *mut c_void {
    // SAFETY: an adapter stays until `remove`, which is called by nobody meanwhile.
    let adapter = unsafe { ADAPTER.load(Ordering::Acquire).as_ref() };
    adapter.map_or(ptr::null_mut(), |adapter| adapter.extension.as_ptr())
}

/// `HwFindAdapter`, which gets seven arguments in a virtual miniport.
fn add() -> Result<(), NtStatus> {
    const SP_RETURN_FOUND: u32 = 1;
    const CONFIGURATION_SIZE: u32 = 224;
    let failed = NtStatus::INSUFFICIENT_RESOURCES;
    if !extension().is_null() {
        return Err(NtStatus::INVALID_DEVICE_REQUEST);
    }
    let size = Initialization::get().number(0x40) as usize;
    let extension = Pool::filled(size, 0).ok_or(failed)?;
    let mut configuration = Pool::filled(CONFIGURATION_SIZE as usize, 0).ok_or(failed)?;
    let bytes = configuration.bytes_mut();
    bytes[..4].copy_from_slice(&CONFIGURATION_SIZE.to_le_bytes());
    // WmiDataProvider
    bytes[0x93] = 1;
    let mut again: u8 = 0xcc;
    // Of the device objects it gets the addresses only.
    let [pdo, fdo, lower] = [0x1000, 0x2000, 0x3000].map(ptr::without_provenance_mut::<c_void>);
    let found = call!(
        0x20,
        fn(
            *mut c_void,
            *mut c_void,
            *mut c_void,
            *mut c_void,
            *const u8,
            *mut c_void,
            *mut u8,
        ) -> u32,
        extension.as_ptr(),
        pdo,
        fdo,
        lower,
        c"".as_ptr().cast(),
        configuration.as_ptr(),
        &mut again
    );
    if found != SP_RETURN_FOUND {
        return Err(NtStatus::INTERNAL_ERROR);
    }
    expect(again == 0);
    let bytes = configuration.bytes();
    // WmiDataProvider is not the miniport's to change; VirtualDevice; NumberOfBuses.
    expect(bytes[0x93] == 1 && bytes[0xc4] == 1 && bytes[0x48] >= 1);
    let memory = Pool::filled(size_of::<Adapter>(), 0).ok_or(failed)?;
    let adapter = memory.as_ptr().cast::<Adapter>();
    // SAFETY: the memory has room for it.
    unsafe { adapter.write(Adapter { extension }) };
    core::mem::forget(memory);
    ADAPTER.store(adapter, Ordering::Release);
    Ok(())
}

/// `HwAdapterControl` and `HwFreeAdapterResources`. The miniport completes what it has kept.
fn remove() {
    const QUERY_SUPPORTED: i32 = 0;
    const STOP: i32 = 1;
    // SCSI_SUPPORTED_CONTROL_TYPE_LIST
    #[repr(C)]
    struct Supported {
        max: u32,
        is_supported: [u8; 8],
        guard: [u8; 4],
    }
    let extension = extension();
    let mut supported = Supported {
        max: 5,
        is_supported: [0; 8],
        guard: [0; 4],
    };
    let answered = call!(
        0x78,
        fn(*mut c_void, i32, *mut c_void) -> i32,
        extension,
        QUERY_SUPPORTED,
        (&raw mut supported).cast()
    );
    // It must not write behind the maximum.
    expect(answered == 0 && supported.is_supported[5..] == [0; 3] && supported.guard == [0; 4]);
    if supported.is_supported[1] != 0 {
        let stopped = call!(
            0x78,
            fn(*mut c_void, i32, *mut c_void) -> i32,
            extension,
            STOP,
            ptr::null_mut()
        );
        expect(stopped == 0);
    }
    call!(0x88, fn(*mut c_void) -> (), extension);
    for slot in &KEPT {
        let request = slot.swap(ptr::null_mut(), Ordering::AcqRel);
        // SAFETY: a request in a slot is this module's once it was completed.
        if let Some(kept) = unsafe { request.as_ref() } {
            if kept.completions.load(Ordering::Acquire) == 1 {
                // SAFETY: as above.
                unsafe { free(request) };
            } else {
                violation();
            }
        }
    }
    let adapter = ADAPTER.swap(ptr::null_mut(), Ordering::AcqRel);
    // SAFETY: the adapter is not used any more.
    unsafe { free(adapter) };
}

/// Drops and frees a value of the pool.
///
/// # Safety
///
/// It was allocated by this module, and is not used any more.
unsafe fn free<T>(place: *mut T) {
    if let Some(start) = ptr::NonNull::new(place) {
        // SAFETY: guaranteed by the caller.
        unsafe { place.drop_in_place() };
        // SAFETY: guaranteed by the caller.
        drop(unsafe { Pool::from_raw(start.cast(), size_of::<T>()) });
    }
}

/// Sends an SRB, of WMI or of another function.
pub(crate) fn send(send: &Send, content: &[u8]) -> Result<(Sent, Option<Buffer>), NtStatus> {
    let adapter = extension();
    if adapter.is_null() {
        return Err(NtStatus::INVALID_DEVICE_REQUEST);
    }
    let request = Request::new(send, content).ok_or(NtStatus::INSUFFICIENT_RESOURCES)?;
    // SAFETY: the request is there until the miniport has completed the SRB.
    let srb = unsafe { (*request).srb.as_ptr() };
    let returned = call!(0x10, fn(*mut c_void, *mut c_void) -> u8, adapter, srb);
    expect(returned == 1);
    // SAFETY: nobody else frees it.
    let completions = unsafe { &(*request).completions }.load(Ordering::Acquire);
    if completions > 0 {
        // SAFETY: the miniport has completed it.
        let (sent, buffer) = unsafe { finish(request) };
        return Ok((
            Sent {
                returned: returned.into(),
                ..sent
            },
            Some(buffer),
        ));
    }
    for (id, slot) in (1..).zip(&KEPT) {
        if slot
            .compare_exchange(
                ptr::null_mut(),
                request,
                Ordering::AcqRel,
                Ordering::Relaxed,
            )
            .is_ok()
        {
            let sent = Sent {
                returned: returned.into(),
                status: 0,
                information: 0,
                completions: 0,
                overrun: 0,
                id,
                padding: 0,
            };
            return Ok((sent, None));
        }
    }
    violation();
    Err(NtStatus::INSUFFICIENT_RESOURCES)
}

/// Takes a request that was kept, if it was completed.
pub(crate) fn completed(id: u32) -> Option<(Sent, Buffer)> {
    let slot = KEPT.get(usize::try_from(id).ok()?.checked_sub(1)?)?;
    let request = slot.load(Ordering::Acquire);
    // SAFETY: a request in a slot is there.
    let completions = unsafe { &request.as_ref()?.completions };
    if completions.load(Ordering::Acquire) == 0 {
        return None;
    }
    slot.store(ptr::null_mut(), Ordering::Release);
    // SAFETY: the miniport has completed it.
    Some(unsafe { finish(request) })
}

/// # Safety
///
/// The request was completed, and is in no slot.
unsafe fn finish(request: *mut Request) -> (Sent, Buffer) {
    // SAFETY: guaranteed by the caller.
    let content = unsafe { request.read() };
    if let Some(start) = ptr::NonNull::new(request) {
        // SAFETY: the content was moved out.
        drop(unsafe { Pool::from_raw(start.cast(), size_of::<Request>()) });
    }
    let sent = Sent {
        returned: 1,
        status: content.status.load(Ordering::Acquire),
        information: content.length.load(Ordering::Acquire).into(),
        completions: content.completions.load(Ordering::Acquire),
        overrun: content.buffer.overrun(),
        id: 0,
        padding: 0,
    };
    (sent, content.buffer)
}

impl Request {
    /// Returns a request in memory of its own, with the address in the SRB.
    fn new(send: &Send, content: &[u8]) -> Option<*mut Self> {
        let is_storage = send.is_storage != 0;
        let size = if is_storage { STORAGE_SIZE } else { SCSI_SIZE };
        // The port driver does not initialise an SRB extension.
        let extension = Initialization::get().number(0x48) as usize;
        let mut guid = Pool::filled(send.guid.len(), 0)?;
        guid.bytes_mut().copy_from_slice(&send.guid);
        let memory = Pool::filled(size_of::<Self>(), 0)?;
        let request = memory.as_ptr().cast::<Self>();
        let content = Self {
            srb: Pool::filled(size, 0)?,
            extension: Pool::filled(extension, 0xcc)?,
            buffer: Buffer::new(send.buffer_size as usize, content)?,
            guid,
            is_storage,
            completions: AtomicU32::new(0),
            status: AtomicU32::new(0),
            length: AtomicU32::new(0),
        };
        // SAFETY: the memory has room for it.
        unsafe { request.write(content) };
        core::mem::forget(memory);
        // SAFETY: as above.
        let this = unsafe { &*request };
        if is_storage {
            this.fill_storage(send, request);
        } else {
            this.fill_scsi(send, request);
        }
        Some(request)
    }

    fn data_path(&self, send: &Send) -> *mut c_void {
        let minor = Minor::from_code(send.minor as u8);
        if minor.is_some_and(Minor::is_registration) {
            ptr::without_provenance_mut(send.action as usize)
        } else {
            self.guid.as_ptr()
        }
    }

    fn fill_scsi(&self, send: &Send, request: *mut Self) {
        let srb = self.srb.as_ptr().cast::<ScsiWmiRequestBlock>();
        // SAFETY: the fields are inside of the memory.
        unsafe {
            (*srb).function = function(send);
            (*srb).sub_function = send.minor as u8;
            (*srb).flags = flags(send);
            (*srb).data_transfer_length = self.buffer.size() as u32;
            (*srb).data_buffer = self.buffer.start();
            (*srb).data_path = self.data_path(send);
            (*srb).srb_extension = self.extension.as_ptr();
        }
        // SAFETY: `Length`, and `OriginalRequest`, which is the port driver's.
        unsafe {
            srb.cast::<u16>().write(SCSI_SIZE as u16);
            srb.byte_add(0x30).cast::<*mut Self>().write(request);
        }
    }

    fn fill_storage(&self, send: &Send, request: *mut Self) {
        let block = self.srb.as_ptr().cast::<StorageRequestBlock>();
        let address = block.wrapping_byte_add(ADDRESS).cast::<StorAddrBtl8>();
        let data = block.wrapping_byte_add(DATA).cast::<SrbexDataWmi>();
        // SAFETY: the fields are inside of the memory.
        unsafe {
            (*block).function = FUNCTION_STORAGE_REQUEST_BLOCK;
            (*block).srb_length = STORAGE_SIZE as u32;
            (*block).srb_function = function(send).into();
            (*block).address_offset = ADDRESS as u32;
            (*block).num_srb_ex_data = 1;
            (*block).srb_ex_data_offset = DATA as u32;
            (*block).data_transfer_length = self.buffer.size() as u32;
            (*block).data_buffer = self.buffer.start();
            (*block).miniport_context = self.extension.as_ptr();
            (*address).kind = 1;
            (*data).kind = DATA_TYPE_WMI;
            (*data).sub_function = send.minor as u8;
            (*data).flags = flags(send);
            (*data).data_path = self.data_path(send);
        }
        // SAFETY: `OriginalRequest`, which is the port driver's.
        unsafe { block.byte_add(0x50).cast::<*mut Self>().write(request) };
    }
}

fn function(send: &Send) -> u8 {
    match send.function {
        0 => FUNCTION_WMI,
        function => function as u8,
    }
}

fn flags(send: &Send) -> u8 {
    if send.is_foreign == 0 {
        ADAPTER_REQUEST
    } else {
        0
    }
}

/// `StorPortNotification`. It is variadic: what is behind the arguments that a caller has passed is
/// not read. On x64 an integer has one place in both conventions.
#[unsafe(no_mangle)]
unsafe extern "system" fn StorPortNotification(
    kind: i32,
    adapter: *mut c_void,
    first: *mut c_void,
    path: usize,
) {
    const REQUEST_COMPLETE: i32 = 0;
    const WMI_EVENT: i32 = 8;
    const WMI_REREGISTER: i32 = 9;
    const ADAPTER_PATH: u8 = 0xff;
    expect(adapter == extension());
    match kind {
        // SAFETY: the argument is an SRB.
        REQUEST_COMPLETE => unsafe { complete(first) },
        WMI_EVENT => {
            expect(path as u8 == ADAPTER_PATH);
            // SAFETY: a WNODE begins with its size.
            let size = unsafe { first.cast::<u32>().read_unaligned() };
            if size > EVENT_LIMIT {
                wmi::lose_event();
                return;
            }
            // SAFETY: the WNODE has this size, and is lent during this call.
            let event = unsafe { core::slice::from_raw_parts(first.cast::<u8>(), size as usize) };
            wmi::copy_event(event);
        }
        WMI_REREGISTER => {
            expect(first.addr() as u8 == ADAPTER_PATH);
            wmi::updated();
        }
        _ => violation(),
    }
}

/// # Safety
///
/// The SRB is one that the miniport has.
unsafe fn complete(srb: *mut c_void) {
    let scsi = srb.cast::<ScsiWmiRequestBlock>();
    let storage = srb.cast::<StorageRequestBlock>();
    // SAFETY: both kinds have their function here.
    let is_storage = unsafe { (*scsi).function } == FUNCTION_STORAGE_REQUEST_BLOCK;
    let place = if is_storage { 0x50 } else { 0x30 };
    // SAFETY: `OriginalRequest` is what this module has written there.
    let request = unsafe { &*srb.byte_add(place).cast::<*const Request>().read() };
    expect(request.is_storage == is_storage && request.srb.as_ptr() == srb);
    // SAFETY: the SRB is of this kind.
    let (status, length) = unsafe {
        let length = if is_storage {
            (*storage).data_transfer_length
        } else {
            (*scsi).data_transfer_length
        };
        ((*scsi).srb_status, length)
    };
    // SRB_STATUS_PENDING is not a result.
    expect(status != 0);
    request.status.store(status.into(), Ordering::Relaxed);
    request.length.store(length, Ordering::Relaxed);
    request.completions.fetch_add(1, Ordering::Release);
}

/// `StorPortQuerySystemTime`.
#[unsafe(no_mangle)]
unsafe extern "system" fn StorPortQuerySystemTime(time: *mut i64) {
    // SAFETY: guaranteed by the caller.
    unsafe { KeQuerySystemTime(time) };
}
