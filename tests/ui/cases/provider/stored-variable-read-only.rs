// A class of variable size without `write` in a store for what clients set.

use wmi_core::provider::{HandleVariable, Reply, Sent, StoredVariable};
use wmi_core::{NtStatus, WmiClass};

#[derive(WmiClass)]
#[wmi(variable, name = "Vendor_Note", guid = "3f2504e0-4f89-41d3-9a0c-0305e82c3302")]
pub struct Note<'a> {
    #[wmi(data_id = 1)]
    text: &'a str,
}

struct Device {
    note: StoredVariable<Note<'static>, 64>,
}

impl HandleVariable<Note<'_>> for Device {
    fn query(&self, reply: Reply<'_, Note<'_>>) -> Result<Sent, NtStatus> {
        self.note.send(reply)
    }

    fn set(&self, block: NoteView<'_>) -> Result<(), NtStatus> {
        self.note.store(block)
    }
}

fn main() {}
