//! Any bytes as a driver image, and as the resources of one. The resources found lie within it,
//! which has room for all of them and for their names together.

#![no_main]

#[path = "../../src/resources.rs"]
mod resources;

use libfuzzer_sys::fuzz_target;
use wmi_tools::image::mof_resources;

fuzz_target!(|bytes: &[u8]| {
    check(bytes);
    check(&resources::image_of(bytes));
});

fn check(image: &[u8]) {
    let Ok(resources) = mof_resources(image) else {
        return;
    };
    // An entry of a directory takes 8 bytes.
    assert!(resources.len() <= image.len() / 8);
    let range = image.as_ptr_range();
    let mut names = 0;
    for resource in resources {
        let data = resource.data.as_ptr_range();
        assert!(resource.data.is_empty() || range.start <= data.start && data.end <= range.end);
        // A name is stored in units of two bytes, of which none becomes more than three.
        names += resource.name.len();
    }
    assert!(names <= 2 * image.len() + 6 * 0x1_0000);
}
