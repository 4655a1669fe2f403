//! Methods: what the schema and MOF say of them, the bytes of their parameters, and their calls.

mod bytes;
mod calls;
mod declared;
mod mof;
mod places;

use wmi_core::VariableClass;

/// The block of some parameters.
fn bytes(block: &impl VariableClass) -> Vec<u8> {
    let mut buffer = vec![0xa5; block.encoded_size().unwrap()];
    block.encode(&mut buffer).unwrap();
    buffer
}
