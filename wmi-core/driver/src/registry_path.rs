//! [`RegistryPath`]: the path of the driver's service key, kept beyond `DriverEntry`.

use core::cell::UnsafeCell;
use core::fmt;
use core::ptr;
use core::sync::atomic::{AtomicPtr, AtomicU8, AtomicU16, Ordering};

use crate::layout::UnicodeString;

/// UTF-16 units of the longest path: the path of the services key and a name of 256 units.
const CAPACITY: usize = 320;

const EMPTY: u8 = 0;
const COPYING: u8 = 1;
const COPIED: u8 = 2;

/// A copy of the registry path passed to `DriverEntry`.
///
/// WMI asks for the path after `DriverEntry` has returned and the system has freed its string, so a
/// driver keeps a copy in a `static`:
///
/// ```
/// # use core::ffi::c_void;
/// use wmi_driver::RegistryPath;
///
/// static REGISTRY_PATH: RegistryPath = RegistryPath::new();
///
/// # unsafe fn in_driver_entry(registry_path: *const c_void) {
/// // SAFETY: `DriverEntry` got this string from the system.
/// unsafe { REGISTRY_PATH.copy(registry_path) };
/// # }
/// ```
pub struct RegistryPath {
    /// One of the constants above. The thread that sets `COPYING` writes the other fields; they are
    /// only read once the state is `COPIED`.
    state: AtomicU8,
    length: UnsafeCell<usize>,
    units: UnsafeCell<[u16; CAPACITY]>,
    /// The path as WMILIB takes it, once it was asked for.
    string: SharedString,
}

/// A `UNICODE_STRING` that is written while others read it: each time the same.
#[repr(C)]
struct SharedString {
    length: AtomicU16,
    maximum_length: AtomicU16,
    buffer: AtomicPtr<u16>,
}

const _: () = assert!(size_of::<SharedString>() == size_of::<UnicodeString>());

// SAFETY: `state` orders all accesses to the cells, as its comment says.
unsafe impl Sync for RegistryPath {}

impl RegistryPath {
    /// Returns an empty path.
    ///
    /// IRQL: any. Touches no paged memory.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            state: AtomicU8::new(EMPTY),
            length: UnsafeCell::new(0),
            units: UnsafeCell::new([0; CAPACITY]),
            string: SharedString {
                length: AtomicU16::new(0),
                maximum_length: AtomicU16::new(0),
                buffer: AtomicPtr::new(ptr::null_mut()),
            },
        }
    }

    /// Copies the `UNICODE_STRING` passed to `DriverEntry`.
    ///
    /// Only the first call copies. A path of more than 320 UTF-16 units, longer than that of any
    /// service, is cut.
    ///
    /// IRQL: any at which `string` may be read. Touches no other paged memory.
    ///
    /// # Safety
    ///
    /// `string` points to a valid `UNICODE_STRING`, which does not change during the call.
    pub unsafe fn copy<S>(&self, string: *const S) {
        let claimed =
            self.state
                .compare_exchange(EMPTY, COPYING, Ordering::Relaxed, Ordering::Relaxed);
        if claimed.is_err() {
            return;
        }
        let string = string.cast::<UnicodeString>();
        // SAFETY: the caller's string is valid.
        let source = unsafe { (*string).buffer };
        // SAFETY: as above.
        let bytes = unsafe { (*string).length };
        let length = if source.is_null() {
            0
        } else {
            usize::from(bytes / 2)
        };
        let length = length.min(CAPACITY);
        let units = self.units.get().cast::<u16>();
        // SAFETY: the string has at least `length` units, the array has room for them, and this
        // thread alone accesses the array while the state is `COPYING`. A null pointer may be read
        // zero times.
        unsafe { units.copy_from_nonoverlapping(source, length) };
        // SAFETY: this thread alone accesses the length while the state is `COPYING`.
        unsafe { self.length.get().write(length) };
        self.state.store(COPIED, Ordering::Release);
    }

    /// Returns the UTF-16 units of the path; empty until [`copy`](Self::copy) has returned.
    ///
    /// May be called at any IRQL if the driver's image is nonpaged, which is the default.
    #[must_use]
    pub fn units(&self) -> &[u16] {
        if self.state.load(Ordering::Acquire) != COPIED {
            return &[];
        }
        // SAFETY: nobody writes the length once the state is `COPIED`.
        let length = unsafe { *self.length.get() };
        // SAFETY: nobody writes the array once the state is `COPIED`.
        let units = unsafe { &*self.units.get() };
        units.get(..length).unwrap_or_default()
    }

    /// Returns the path as a `UNICODE_STRING`, an empty one before [`copy`](Self::copy) has returned.
    pub(crate) fn string(&'static self) -> *mut UnicodeString {
        let units = self.units();
        // The capacity is small.
        let length = u16::try_from(size_of_val(units)).unwrap_or(0);
        let buffer = units.as_ptr().cast_mut();
        self.string.buffer.store(buffer, Ordering::Release);
        self.string.maximum_length.store(length, Ordering::Release);
        self.string.length.store(length, Ordering::Release);
        ptr::from_ref(&self.string).cast_mut().cast()
    }
}

impl Default for RegistryPath {
    fn default() -> Self {
        Self::new()
    }
}

/// The path as text.
impl fmt::Debug for RegistryPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"")?;
        for unit in char::decode_utf16(self.units().iter().copied()) {
            let unit = unit.unwrap_or(char::REPLACEMENT_CHARACTER);
            fmt::Display::fmt(&unit.escape_debug(), f)?;
        }
        f.write_str("\"")
    }
}
