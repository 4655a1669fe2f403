//! Sets of a block whose every item can be set.

use std::sync::Mutex;

use wmi_core::provider::{Block, Handle, Minor, Provider, Request};
use wmi_core::wnode::{SingleWnodeWriter, Target};
use wmi_core::{DataBlock, NtStatus, Text, Wire, WmiClass};

#[derive(WmiClass)]
#[wmi(name = "Vendor_Badge", guid = "1c5b8a01-40f2-4f0e-9d55-6a0e1f2b3c31")]
struct Badge {
    #[wmi(data_id = 1, write)]
    label: Text<4>,
    #[wmi(data_id = 2, write)]
    level: u32,
}

/// What was set last.
#[derive(Default)]
struct Device(Mutex<Option<(String, u32)>>);

impl Handle<Badge> for Device {
    /// Fails: a set that replaces every item needs no value to start from.
    fn query(&self) -> Result<Badge, NtStatus> {
        Err(NtStatus::INSUFFICIENT_RESOURCES)
    }

    fn set(&self, block: &Wire<Badge>) -> Result<(), NtStatus> {
        *self.0.lock().unwrap() = Some((block.label().to_string(), block.level()));
        Ok(())
    }
}

static PROVIDER: Provider<Device> = Provider::with_pdo(
    &[&Block::fixed::<Badge, _>(|device: &Device, _| Some(device))],
    |_| 1,
);

/// Sets a block of a text of these bytes, of a level at this offset, and of `unused` bytes.
fn set(text: &[u8], level_at: usize, unused: usize) -> Option<(String, u32)> {
    let mut data = vec![0; level_at];
    data[..2].copy_from_slice(&(text.len() as u16).to_le_bytes());
    data[2..2 + text.len()].copy_from_slice(text);
    data.extend(7_u32.to_le_bytes());
    data.resize(data.len() + unused, 0xa5);
    let mut buffer = vec![0; 200];
    SingleWnodeWriter::instance(Badge::GUID, Target::Static(0))
        .write(&data, &mut buffer)
        .unwrap();
    let device = Device::default();
    let request = Request::new(Minor::ChangeSingleInstance, Badge::GUID, &mut buffer);
    let response = PROVIDER.dispatch(&device, request).immediate();
    assert_eq!(response.status, NtStatus::SUCCESS);
    device.0.into_inner().unwrap()
}

#[test]
fn padded_texts_leave_items_at_their_offsets() {
    assert_eq!(set(b"a\0b\0c\0d\0", 12, 0), Some(("abcd".to_owned(), 7)));
    assert_eq!(set(b"a\0b\0\0\0\0\0", 12, 0), Some(("ab".to_owned(), 7)));
}

/// A client sends no padding, so the items after a short text lie before their offsets, whether or
/// not the data has as many bytes as the structure.
#[test]
fn items_after_a_shorter_text_are_found() {
    for unused in [0, 4, 8] {
        assert_eq!(set(b"a\0b\0", 8, unused), Some(("ab".to_owned(), 7)));
        assert_eq!(set(b"", 4, unused), Some((String::new(), 7)));
    }
}
