//! Any bytes as a WNODE. The reader never panics, stays within its input, and agrees with the naive
//! reader.

#![no_main]

#[path = "../../tests/wnode/agree.rs"]
mod agree;
#[path = "../../tests/wnode/naive.rs"]
mod naive;

use iscsi_schema::MSiSCSI_MMIPSECStats;
use libfuzzer_sys::fuzz_target;
use wmi_core::DataBlock;

fuzz_target!(|input: &[u8]| {
    let mut input = input.to_vec();
    if let Some(guid) = input.get_mut(24..40) {
        // Mutation would never find these 16 bytes, without which no block is read.
        guid.copy_from_slice(&MSiSCSI_MMIPSECStats::GUID.to_bytes());
    }
    agree::agree_on::<MSiSCSI_MMIPSECStats>(&input, 168..=168);
});
