//! Any bytes as a driver image: resources lie within it, and their names are no longer than it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wmi_tools::image::mof_resources;

fuzz_target!(|bytes: &[u8]| {
    let Ok(resources) = mof_resources(bytes) else {
        return;
    };
    let range = bytes.as_ptr_range();
    let mut names = 0;
    for resource in resources {
        let data = resource.data.as_ptr_range();
        assert!(resource.data.is_empty() || range.start <= data.start && data.end <= range.end);
        // A name is stored in units of two bytes, of which none becomes more than three.
        names += resource.name.len();
    }
    assert!(names <= 2 * bytes.len() + 6 * 0x1_0000);
});
