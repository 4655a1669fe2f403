//! The copy of the registry path.

#![allow(unsafe_code, reason = "the tests play the kernel and the driver")]

use core::ptr;

use wmi_driver::RegistryPath;
use wmi_driver::layout::UnicodeString;

fn string(units: &mut [u16]) -> UnicodeString {
    let length = u16::try_from(units.len() * 2).unwrap();
    UnicodeString {
        length,
        maximum_length: length,
        buffer: units.as_mut_ptr(),
    }
}

#[test]
fn the_copy_outlives_the_string() {
    let path = RegistryPath::new();
    assert_eq!(path.units(), []);
    let text = r"\Registry\Machine\System\CurrentControlSet\Services\Vendor";
    let mut units: Vec<u16> = text.encode_utf16().collect();
    // SAFETY: the string is valid.
    unsafe { path.copy(&raw const *Box::new(string(&mut units))) };
    units.fill(0);
    drop(units);
    assert_eq!(String::from_utf16_lossy(path.units()), text);
    assert_eq!(format!("{path:?}"), format!("{text:?}"));
}

#[test]
fn only_the_first_string_is_copied() {
    let path = RegistryPath::new();
    for unit in [1, 2] {
        let mut units = [unit; 3];
        // SAFETY: the string is valid.
        unsafe { path.copy(&raw const *Box::new(string(&mut units))) };
    }
    assert_eq!(path.units(), [1; 3]);
}

#[test]
fn an_empty_string_may_have_no_buffer() {
    let path = RegistryPath::new();
    let empty = UnicodeString {
        length: 0,
        maximum_length: 0,
        buffer: ptr::null_mut(),
    };
    // SAFETY: the string is valid.
    unsafe { path.copy(&raw const empty) };
    assert_eq!(path.units(), []);
}

#[test]
fn long_paths_are_cut() {
    let path = RegistryPath::default();
    let mut units = [7; 400];
    // SAFETY: the string is valid.
    unsafe { path.copy(&raw const *Box::new(string(&mut units))) };
    assert_eq!(path.units(), [7; 320]);
}
