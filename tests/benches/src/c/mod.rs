//! The dispatcher in C behind safe functions. It owns the declarations of `dispatcher.h` and
//! `counters.h`; what the callbacks answer is each user's.
#![allow(unsafe_code)]

use core::ffi::c_void;
use core::marker::PhantomData;
use core::sync::atomic::AtomicU64;
use core::{ptr, slice};

/// `BLOCK_DYNAMIC`: the instances have dynamic names.
pub const DYNAMIC: u32 = 1;
/// `BLOCK_EVENT_ONLY`: the block cannot be queried.
pub const EVENT_ONLY: u32 = 2;
/// `BLOCK_FIXED`: all instances have `fixed_size` bytes.
pub const FIXED: u32 = 4;
/// `BLOCK_EXPENSIVE`: WMI switches the collection on and off.
pub const EXPENSIVE: u32 = 8;
/// `BLOCK_PDO`: the instances are named by the physical device object.
pub const PDO: u32 = 16;

/// `STATUS_BUFFER_TOO_SMALL`: the answer of `execute` where the output needs more room.
pub const BUFFER_TOO_SMALL: u32 = 0xc000_0023;

/// `struct block`.
#[repr(C)]
#[derive(Debug)]
pub struct Block<'a> {
    guid: [u8; 16],
    flags: u32,
    fixed_size: u32,
    item_count: u32,
    writable: *const bool,
    items: PhantomData<&'a [bool]>,
}

impl<'a> Block<'a> {
    /// Describes a block; `writable` says of each item whether it can be set.
    #[must_use]
    pub const fn new(guid: [u8; 16], flags: u32, fixed_size: u32, writable: &'a [bool]) -> Self {
        Self {
            guid,
            flags,
            fixed_size,
            item_count: writable.len() as u32,
            writable: writable.as_ptr(),
            items: PhantomData,
        }
    }
}

/// `struct text`.
#[repr(C)]
#[derive(Clone, Copy)]
struct Text {
    units: *const u16,
    length: u32,
}

impl Text {
    const fn of(units: &[u16]) -> Self {
        Self {
            units: units.as_ptr(),
            length: units.len() as u32,
        }
    }
}

/// What a driver answers; every failure is an `NTSTATUS`.
pub trait Driver {
    /// Returns whether the device has the block.
    fn is_present(&self, block: u32) -> bool;
    /// Returns how many instances there are.
    fn count(&self, block: u32) -> u32;
    /// Returns the dynamic name of an instance.
    fn name(&self, block: u32, instance: u32) -> &[u16];
    /// Returns the base of the static names.
    fn base_name(&self, block: u32) -> &[u16];
    /// Returns the data of an instance.
    fn query(&mut self, block: u32, instance: u32) -> Result<Vec<u8>, u32>;
    /// Sets an instance.
    fn set(&mut self, block: u32, instance: u32, data: &[u8]) -> Result<(), u32>;
    /// Sets an item.
    fn set_item(&mut self, block: u32, instance: u32, item: u32, data: &[u8]) -> Result<(), u32>;
    /// Executes a method, for whose output there is `room`.
    ///
    /// # Errors
    ///
    /// The status; with [`BUFFER_TOO_SMALL`] the size that is needed, which is otherwise ignored.
    fn execute(
        &mut self,
        block: u32,
        instance: u32,
        method: u32,
        input: &[u8],
        room: usize,
    ) -> Result<Vec<u8>, (u32, usize)>;
    /// Switches the events.
    fn enable(&mut self, block: u32, on: bool);
    /// Switches the collection.
    fn collect(&mut self, block: u32, on: bool);
}

// SAFETY: a table is never written, and neither are the blocks and units that it refers to.
unsafe impl Sync for Table<'_> {}
// SAFETY: likewise.
unsafe impl Sync for Block<'_> {}

/// `struct driver`: the blocks, what registration says beside them, and the callbacks.
#[repr(C)]
pub struct Table<'a> {
    blocks: *const Block<'a>,
    block_count: u32,
    registry_path: Text,
    mof_resource: Text,
    pdo: u64,
    is_present: unsafe extern "C" fn(*mut c_void, u32) -> i32,
    count: unsafe extern "C" fn(*mut c_void, u32) -> u32,
    name: unsafe extern "C" fn(*mut c_void, u32, u32) -> Text,
    base_name: unsafe extern "C" fn(*mut c_void, u32) -> Text,
    query: unsafe extern "C" fn(*mut c_void, u32, u32, *mut u8, usize, *mut usize) -> u32,
    set: unsafe extern "C" fn(*mut c_void, u32, u32, *const u8, usize) -> u32,
    set_item: unsafe extern "C" fn(*mut c_void, u32, u32, u32, *const u8, usize) -> u32,
    execute:
        unsafe extern "C" fn(*mut c_void, u32, u32, u32, *mut u8, usize, usize, *mut usize) -> u32,
    enable: unsafe extern "C" fn(*mut c_void, u32, i32) -> u32,
    collect: unsafe extern "C" fn(*mut c_void, u32, i32) -> u32,
}

unsafe extern "C" {
    fn dispatch(
        driver: *const Table<'_>,
        context: *mut c_void,
        minor: u8,
        guid: *const u8,
        time: i64,
        buffer: *mut u8,
        size: usize,
        information: *mut usize,
    ) -> u32;
    fn register_blocks(
        driver: *const Table<'_>,
        context: *mut c_void,
        buffer: *mut u8,
        size: usize,
        information: *mut usize,
    ) -> u32;
    fn count_counters(context: *mut c_void, block: u32) -> u32;
    fn query_counters(
        context: *mut c_void,
        block: u32,
        instance: u32,
        to: *mut u8,
        room: usize,
        size: *mut usize,
    ) -> u32;
}

/// Dispatches a request for a block to a driver; returns the status and how many bytes the reply has.
pub fn answer<D: Driver>(
    blocks: &[Block<'_>],
    driver: &mut D,
    (minor, guid, time): (u8, [u8; 16], i64),
    buffer: &mut [u8],
) -> (u32, usize) {
    let table = Table {
        is_present: is_present::<D>,
        count: count::<D>,
        name: name::<D>,
        base_name: base_name::<D>,
        query: query::<D>,
        set: set::<D>,
        set_item: set_item::<D>,
        execute: execute::<D>,
        enable: enable::<D>,
        collect: collect::<D>,
        ..Table::of_counters(blocks, &[], &[])
    };
    let mut information = 0;
    // SAFETY: the table and its blocks live through the call, each callback takes its context as the
    // `D` that is passed here, and the buffer has as many bytes.
    let status = unsafe {
        dispatch(
            &table,
            ptr::from_mut(driver).cast(),
            minor,
            guid.as_ptr(),
            time,
            buffer.as_mut_ptr(),
            buffer.len(),
            &mut information,
        )
    };
    (status, information)
}

/// `struct counters`, the context of [`Table::of_counters`].
#[repr(C)]
#[derive(Debug)]
pub struct Counters<'a> {
    values: *const [AtomicU64; ITEMS],
    instances: u32,
    of: PhantomData<&'a [[AtomicU64; ITEMS]]>,
}

/// The counters of each instance.
pub const ITEMS: usize = 21;

impl<'a> Counters<'a> {
    /// The counters of all instances.
    #[must_use]
    pub const fn new(values: &'a [[AtomicU64; ITEMS]]) -> Self {
        Self {
            values: values.as_ptr(),
            instances: values.len() as u32,
            of: PhantomData,
        }
    }
}

impl<'a> Table<'a> {
    /// Blocks whose instances are all [`Counters`], with the base name `base_name`.
    #[must_use]
    pub const fn of_counters(
        blocks: &'a [Block<'a>],
        registry_path: &'a [u16],
        mof_resource: &'a [u16],
    ) -> Self {
        Self {
            blocks: blocks.as_ptr(),
            block_count: blocks.len() as u32,
            registry_path: Text::of(registry_path),
            mof_resource: Text::of(mof_resource),
            pdo: 0,
            is_present: always,
            count: count_counters,
            name: none,
            base_name: port,
            query: query_counters,
            set: unexpected,
            set_item: unexpected_item,
            execute: unexpected_method,
            enable: ignored,
            collect: ignored,
        }
    }

    /// Answers a query of all instances of counters.
    pub fn query_all(
        &self,
        counters: &Counters<'_>,
        guid: [u8; 16],
        time: i64,
        buffer: &mut [u8],
    ) -> (u32, usize) {
        let mut information = 0;
        // SAFETY: the callbacks of `of_counters` take the context as `struct counters` and only read
        // it; the buffer has as many bytes.
        let status = unsafe {
            dispatch(
                self,
                ptr::from_ref(counters).cast_mut().cast(),
                0,
                guid.as_ptr(),
                time,
                buffer.as_mut_ptr(),
                buffer.len(),
                &mut information,
            )
        };
        (status, information)
    }

    /// Answers a registration of counters.
    pub fn register(&self, counters: &Counters<'_>, buffer: &mut [u8]) -> (u32, usize) {
        let mut information = 0;
        // SAFETY: as in `query_all`.
        let status = unsafe {
            register_blocks(
                self,
                ptr::from_ref(counters).cast_mut().cast(),
                buffer.as_mut_ptr(),
                buffer.len(),
                &mut information,
            )
        };
        (status, information)
    }
}

extern "C" fn always(_: *mut c_void, _: u32) -> i32 {
    1
}

extern "C" fn none(_: *mut c_void, _: u32, _: u32) -> Text {
    Text::of(&[])
}

extern "C" fn port(_: *mut c_void, _: u32) -> Text {
    Text::of(&PORT)
}

/// The base of the names of counters.
pub const PORT: [u16; 4] = [b'P' as u16, b'o' as u16, b'r' as u16, b't' as u16];

const READ_ONLY: u32 = 0xc000_02c6;

extern "C" fn unexpected(_: *mut c_void, _: u32, _: u32, _: *const u8, _: usize) -> u32 {
    READ_ONLY
}

extern "C" fn unexpected_item(
    _: *mut c_void,
    _: u32,
    _: u32,
    _: u32,
    _: *const u8,
    _: usize,
) -> u32 {
    READ_ONLY
}

extern "C" fn unexpected_method(
    _: *mut c_void,
    _: u32,
    _: u32,
    _: u32,
    _: *mut u8,
    _: usize,
    _: usize,
    _: *mut usize,
) -> u32 {
    0xc000_0010
}

extern "C" fn ignored(_: *mut c_void, _: u32, _: i32) -> u32 {
    0
}

// The callbacks below get the context of `answer`, a `D` that nothing else borrows meanwhile, and
// from `dispatcher.c` only ranges inside of the buffer.

unsafe extern "C" fn is_present<D: Driver>(context: *mut c_void, block: u32) -> i32 {
    // SAFETY: see above.
    let driver = unsafe { &*context.cast::<D>() };
    driver.is_present(block).into()
}

unsafe extern "C" fn count<D: Driver>(context: *mut c_void, block: u32) -> u32 {
    // SAFETY: see above.
    let driver = unsafe { &*context.cast::<D>() };
    driver.count(block)
}

unsafe extern "C" fn name<D: Driver>(context: *mut c_void, block: u32, instance: u32) -> Text {
    // SAFETY: see above. The name stays until the driver is changed, which no reader of names does.
    let driver = unsafe { &*context.cast::<D>() };
    Text::of(driver.name(block, instance))
}

unsafe extern "C" fn base_name<D: Driver>(context: *mut c_void, block: u32) -> Text {
    // SAFETY: see above.
    let driver = unsafe { &*context.cast::<D>() };
    Text::of(driver.base_name(block))
}

unsafe extern "C" fn query<D: Driver>(
    context: *mut c_void,
    block: u32,
    instance: u32,
    to: *mut u8,
    room: usize,
    size: *mut usize,
) -> u32 {
    // SAFETY: see above.
    let driver = unsafe { &mut *context.cast::<D>() };
    let data = match driver.query(block, instance) {
        Ok(data) => data,
        Err(status) => return status,
    };
    // SAFETY: `size` is a variable of the dispatcher.
    unsafe { *size = data.len() };
    if data.len() <= room && room > 0 {
        // SAFETY: the buffer has `room` bytes from `to` on.
        unsafe { slice::from_raw_parts_mut(to, data.len()) }.copy_from_slice(&data);
    }
    0
}

unsafe extern "C" fn set<D: Driver>(
    context: *mut c_void,
    block: u32,
    instance: u32,
    data: *const u8,
    size: usize,
) -> u32 {
    // SAFETY: see above.
    let (driver, data) = unsafe { (&mut *context.cast::<D>(), slice::from_raw_parts(data, size)) };
    driver.set(block, instance, data).err().unwrap_or(0)
}

unsafe extern "C" fn set_item<D: Driver>(
    context: *mut c_void,
    block: u32,
    instance: u32,
    item: u32,
    data: *const u8,
    size: usize,
) -> u32 {
    // SAFETY: see above.
    let (driver, data) = unsafe { (&mut *context.cast::<D>(), slice::from_raw_parts(data, size)) };
    driver
        .set_item(block, instance, item, data)
        .err()
        .unwrap_or(0)
}

unsafe extern "C" fn execute<D: Driver>(
    context: *mut c_void,
    block: u32,
    instance: u32,
    method: u32,
    data: *mut u8,
    input: usize,
    room: usize,
    size: *mut usize,
) -> u32 {
    // SAFETY: see above; the input lies within the room.
    let (driver, sent) = unsafe {
        (
            &mut *context.cast::<D>(),
            slice::from_raw_parts(data, input),
        )
    };
    let sent = sent.to_vec();
    let (status, output, needed) = match driver.execute(block, instance, method, &sent, room) {
        Ok(output) => (0, output, None),
        Err((status, needed)) => (status, Vec::new(), Some(needed)),
    };
    // SAFETY: `size` is a variable of the dispatcher, and the output, which the driver was told the
    // room for, lies within that room.
    unsafe {
        *size = needed.unwrap_or(output.len());
        ptr::copy_nonoverlapping(output.as_ptr(), data, output.len().min(room));
    }
    status
}

unsafe extern "C" fn enable<D: Driver>(context: *mut c_void, block: u32, on: i32) -> u32 {
    // SAFETY: see above.
    let driver = unsafe { &mut *context.cast::<D>() };
    driver.enable(block, on != 0);
    0
}

unsafe extern "C" fn collect<D: Driver>(context: *mut c_void, block: u32, on: i32) -> u32 {
    // SAFETY: see above.
    let driver = unsafe { &mut *context.cast::<D>() };
    driver.collect(block, on != 0);
    0
}
