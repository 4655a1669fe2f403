//! The framework, as far as the driver uses it: the binding of an image, which otherwise the static
//! library of the WDK does, and functions of the table that the binding gives.
//!
//! Sources: `wdffuncenum.h`, `wdfdriver.h`, `wdfdevice.h`, `wdfobject.h`, and `fxldr.h` of the published
//! framework. All is for 64 bits and unchanged since version 1.15, which is in every Windows 10.

use core::cell::UnsafeCell;
use core::ffi::{c_char, c_void};
use core::mem::{offset_of, transmute};
use core::ptr;
use core::sync::atomic::{AtomicPtr, Ordering};

use wmi_driver::RegistryPath;
use wmi_driver::layout::{DriverObject, UnicodeString};

pub type Handle = *mut c_void;
pub type NtStatus = i32;

pub const SUCCESS: NtStatus = 0;

/// `WDF_BIND_INFO`, in its first version.
#[repr(C)]
struct BindInfo {
    size: u32,
    component: *const u16,
    major: u32,
    minor: u32,
    build: u32,
    function_count: u32,
    /// Where the framework stores the address of its table.
    functions: *mut *mut c_void,
    module: *const c_void,
}

/// The framework keeps the address of this, and writes to it.
#[repr(transparent)]
struct Bound(UnsafeCell<BindInfo>);

// SAFETY: only the framework accesses it.
unsafe impl Sync for Bound {}

/// `KmdfLibrary`, with its zero.
static COMPONENT: [u16; 12] = {
    let name = b"KmdfLibrary";
    let mut units = [0; 12];
    let mut at = 0;
    while at < name.len() {
        units[at] = name[at] as u16;
        at += 1;
    }
    units
};

/// Version 1.15 has 444 functions.
static BIND_INFO: Bound = Bound(UnsafeCell::new(BindInfo {
    size: size_of::<BindInfo>() as u32,
    component: COMPONENT.as_ptr(),
    major: 1,
    minor: 15,
    build: 0,
    function_count: 444,
    functions: FUNCTIONS.as_ptr(),
    module: ptr::null(),
}));

/// What the WDK calls `WdfFunctions` and `WdfDriverGlobals`.
static FUNCTIONS: AtomicPtr<c_void> = AtomicPtr::new(ptr::null_mut());
static GLOBALS: AtomicPtr<c_void> = AtomicPtr::new(ptr::null_mut());

/// The framework's `DriverUnload`, in whose place this driver's own stands.
static DRIVER_UNLOAD: AtomicPtr<c_void> = AtomicPtr::new(ptr::null_mut());

/// The path of the driver's service key, which the framework wants again at the end.
static REGISTRY_PATH: RegistryPath = RegistryPath::new();

/// `DisplaceDriverUnload` of `WDF_DRIVER_GLOBALS`.
const DISPLACE_DRIVER_UNLOAD: usize = 0x30;
/// `DriverUnload` of `DRIVER_OBJECT`.
const DRIVER_OBJECT_UNLOAD: usize = 0x68;

pub fn functions() -> *const c_void {
    FUNCTIONS.load(Ordering::Acquire)
}

pub fn globals() -> *const c_void {
    GLOBALS.load(Ordering::Acquire)
}

/// Binds the image to the framework, and has `entry` create the driver. What `FxDriverEntry` of the
/// WDK does.
///
/// # Safety
///
/// The arguments are those of the image's entry point.
pub unsafe fn start(
    driver: *mut DriverObject,
    registry_path: *const UnicodeString,
    entry: impl FnOnce() -> NtStatus,
) -> NtStatus {
    // SAFETY: guaranteed by the caller.
    unsafe { REGISTRY_PATH.copy(registry_path) };
    let mut globals = ptr::null_mut();
    // SAFETY: guaranteed by the caller; the info stays as long as the image.
    let status = unsafe { WdfVersionBind(driver, registry_path, BIND_INFO.0.get(), &mut globals) };
    if status < SUCCESS {
        return status;
    }
    GLOBALS.store(globals, Ordering::Release);
    let status = entry();
    if status < SUCCESS {
        unbind();
        return status;
    }
    // SAFETY: the globals have this member.
    let is_displaced = unsafe { globals.byte_add(DISPLACE_DRIVER_UNLOAD).cast::<u8>().read() };
    if is_displaced != 0 {
        let routine: unsafe extern "system" fn(*mut DriverObject) = unload;
        // SAFETY: the driver object has this member, which only the entry point changes.
        let place = unsafe { driver.byte_add(DRIVER_OBJECT_UNLOAD).cast::<*mut c_void>() };
        // SAFETY: as above.
        DRIVER_UNLOAD.store(unsafe { place.read() }, Ordering::Release);
        // SAFETY: as above.
        unsafe { place.write(routine as *mut c_void) };
    }
    status
}

/// The kernel calls this when the last device is gone.
unsafe extern "system" fn unload(driver: *mut DriverObject) {
    let displaced = DRIVER_UNLOAD.load(Ordering::Acquire);
    if !displaced.is_null() {
        // SAFETY: this is the framework's routine, of this type.
        let displaced = unsafe {
            transmute::<*mut c_void, unsafe extern "system" fn(*mut DriverObject)>(displaced)
        };
        // SAFETY: the argument is that of the kernel.
        unsafe { displaced(driver) };
    }
    unbind();
}

fn unbind() {
    let path = REGISTRY_PATH.units();
    let length = size_of_val(path) as u16;
    let path = UnicodeString {
        length,
        maximum_length: length,
        buffer: path.as_ptr().cast_mut(),
    };
    let globals = GLOBALS.load(Ordering::Acquire);
    // SAFETY: the image is bound, and calls no function of the framework after this.
    unsafe { WdfVersionUnbind(&path, BIND_INFO.0.get(), globals) };
}

#[link(name = "wdfldr.sys", kind = "raw-dylib", modifiers = "+verbatim")]
unsafe extern "system" {
    fn WdfVersionBind(
        driver: *mut DriverObject,
        registry_path: *const UnicodeString,
        info: *mut BindInfo,
        globals: *mut *mut c_void,
    ) -> NtStatus;
    fn WdfVersionUnbind(
        registry_path: *const UnicodeString,
        info: *mut BindInfo,
        globals: *mut c_void,
    ) -> NtStatus;
}

/// `WDF_DRIVER_CONFIG`.
#[repr(C)]
pub struct DriverConfig {
    pub size: u32,
    pub device_add: Option<unsafe extern "system" fn(Handle, *mut c_void) -> NtStatus>,
    pub unload: *const c_void,
    pub flags: u32,
    pub pool_tag: u32,
}

impl DriverConfig {
    /// Returns the configuration of a driver whose only callback is that for new devices.
    pub const fn new(
        device_add: unsafe extern "system" fn(Handle, *mut c_void) -> NtStatus,
    ) -> Self {
        Self {
            size: size_of::<Self>() as u32,
            device_add: Some(device_add),
            unload: ptr::null(),
            flags: 0,
            pool_tag: 0,
        }
    }
}

/// `WDF_POWER_DEVICE_STATE`.
pub type PowerState = i32;

/// A callback of Plug and Play or of power for a device.
pub type DeviceCallback = unsafe extern "system" fn(Handle) -> NtStatus;

/// `WDF_PNPPOWER_EVENT_CALLBACKS`.
#[repr(C)]
pub struct PnpPowerCallbacks {
    pub size: u32,
    pub d0_entry: Option<unsafe extern "system" fn(Handle, PowerState) -> NtStatus>,
    pub others: [*const c_void; 7],
    pub self_managed_io_init: Option<DeviceCallback>,
    pub self_managed_io_suspend: Option<DeviceCallback>,
    pub self_managed_io_restart: Option<DeviceCallback>,
    pub rest: [*const c_void; 6],
}

impl PnpPowerCallbacks {
    /// No callbacks, as `WDF_PNPPOWER_EVENT_CALLBACKS_INIT` leaves the structure.
    pub const fn new() -> Self {
        Self {
            size: size_of::<Self>() as u32,
            d0_entry: None,
            others: [ptr::null(); 7],
            self_managed_io_init: None,
            self_managed_io_suspend: None,
            self_managed_io_restart: None,
            rest: [ptr::null(); 6],
        }
    }
}

/// `WDF_OBJECT_ATTRIBUTES`.
#[repr(C)]
pub struct ObjectAttributes {
    pub size: u32,
    pub cleanup: *const c_void,
    pub destroy: *const c_void,
    pub execution_level: i32,
    pub synchronization_scope: i32,
    pub parent: Handle,
    pub context_size_override: usize,
    pub context_type: *const ContextType,
}

impl ObjectAttributes {
    /// Attributes as `WDF_OBJECT_ATTRIBUTES_INIT` leaves them.
    pub const fn new() -> Self {
        const INHERIT_FROM_PARENT: i32 = 1;
        Self {
            size: size_of::<Self>() as u32,
            cleanup: ptr::null(),
            destroy: ptr::null(),
            execution_level: INHERIT_FROM_PARENT,
            synchronization_scope: INHERIT_FROM_PARENT,
            parent: ptr::null_mut(),
            context_size_override: 0,
            context_type: ptr::null(),
        }
    }
}

/// `WDF_OBJECT_CONTEXT_TYPE_INFO`: a static, whose address is the key of a context.
#[repr(C)]
pub struct ContextType {
    pub size: u32,
    pub name: *const c_char,
    pub context_size: usize,
    pub unique_type: *const ContextType,
    pub get_unique_type: *const c_void,
}

// SAFETY: it is never written.
unsafe impl Sync for ContextType {}

/// Declares functions of the table: their number, arguments and result.
macro_rules! functions {
    ($(
        $(#[$attribute:meta])*
        $index:literal $name:ident($($argument:ident: $type:ty),* $(,)?) -> $result:ty;
    )*) => { $(
        $(#[$attribute])*
        ///
        /// # Safety
        ///
        /// The image is bound, and the arguments are as the framework wants them.
        pub unsafe fn $name($($argument: $type),*) -> $result {
            type Function = unsafe extern "system" fn(*const c_void, $($type),*) -> $result;
            let table = functions().cast::<*const c_void>();
            // SAFETY: the table has more entries than this.
            let entry = unsafe { table.add($index).read() };
            // SAFETY: the entry with this number is a function of this type.
            let function = unsafe { transmute::<*const c_void, Function>(entry) };
            // SAFETY: guaranteed by the caller.
            unsafe { function(globals(), $($argument),*) }
        }
    )* };
}

functions! {
    /// `WdfDeviceInitSetPnpPowerEventCallbacks`.
    55 set_pnp_power_callbacks(init: *mut c_void, callbacks: *const PnpPowerCallbacks) -> ();
    /// `WdfDeviceCreate`.
    75 create_device(
        init: *mut *mut c_void,
        attributes: *const ObjectAttributes,
        device: *mut Handle,
    ) -> NtStatus;
    /// `WdfDriverCreate`.
    116 create_driver(
        driver: *mut DriverObject,
        registry_path: *const UnicodeString,
        attributes: *const ObjectAttributes,
        config: *const DriverConfig,
        handle: *mut Handle,
    ) -> NtStatus;
    /// `WdfObjectGetTypedContextWorker`.
    202 context(object: Handle, context_type: *const ContextType) -> *mut c_void;
}

const _: () = {
    assert!(size_of::<BindInfo>() == 48 && offset_of!(BindInfo, functions) == 0x20);
    assert!(size_of::<DriverConfig>() == 32 && offset_of!(DriverConfig, flags) == 0x18);
    assert!(size_of::<PnpPowerCallbacks>() == 144);
    assert!(offset_of!(PnpPowerCallbacks, self_managed_io_init) == 0x48);
    assert!(size_of::<ObjectAttributes>() == 56);
    assert!(size_of::<ContextType>() == 40);
};
