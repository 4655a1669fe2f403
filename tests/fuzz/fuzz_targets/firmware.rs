//! Any bytes as ACPI tables, as AML, and as text that lists them. What is found lies within the input,
//! which has room for all of it. Its page has no markup of its own.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wmi_tools::Classes;
use wmi_tools::doc::SchemaPage;
use wmi_tools::firmware::{Firmware, Report, listed_bytes};

fuzz_target!(|bytes: &[u8]| {
    check(bytes);
    let length = 36 + bytes.len() as u32;
    check(&[b"SSDT", &length.to_le_bytes()[..], &[0; 28], bytes].concat());
});

fn check(input: &[u8]) {
    let listed = listed_bytes(input);
    // A `*` in a dump repeats a row.
    let most = 65 * input.len();
    assert!(listed.is_none_or(|listed| listed.len() <= most));
    let Ok(firmware) = Firmware::read(input) else {
        return;
    };
    let entries: usize = firmware
        .devices
        .iter()
        .map(|device| device.entries.len())
        .sum();
    assert!(20 * entries <= most);
    for device in &firmware.devices {
        assert!(device.path.starts_with('\\') && device.path.len() <= 256);
        for object in device.objects.iter().flatten() {
            assert_eq!(object.name.len(), 4);
        }
    }
    for finding in Report::new(&firmware, &[]).findings {
        assert!(!finding.message.is_empty());
    }
    let page = SchemaPage::new("a", Classes::default()).firmware(&firmware);
    assert_eq!(page.to_string().matches("<script").count(), 1);
}
