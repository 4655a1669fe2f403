//! Methods: their declarations in the schema and in MOF, the bytes of their parameters, their calls.

mod bytes;
mod calls;
mod declared;
mod mof;
mod places;

use wmi_core::VariableClass;

/// Encodes parameters into a block.
fn bytes(block: &impl VariableClass) -> Vec<u8> {
    let mut buffer = vec![0xa5; block.encoded_size().unwrap()];
    block.encode(&mut buffer).unwrap();
    buffer
}
