//! Helpers for providers that damage their own answers.

use wmi_core::provider::{Outcome, Request};
use wmi_tools::simulator::Simulator;

/// A simulator of a boxed device.
pub(crate) type Boxed<'a> = Simulator<'a, Box<dyn FnMut(Request<'_>) -> Outcome + 'a>>;

/// [`Simulator::new`] with a boxed device: each type of device compiles the whole simulator again.
pub(crate) fn boxed<'a, O: Into<Outcome>>(
    mut device: impl FnMut(Request<'_>) -> O + 'a,
) -> Boxed<'a> {
    Simulator::new(Box::new(move |request| device(request).into()))
}

/// Borrows a request for the provider, so that its buffer can be changed afterwards.
pub(crate) fn again<'b>(request: &'b mut Request<'_>) -> Request<'b> {
    Request::new(request.minor, request.data_path, &mut *request.buffer).at(request.time_stamp)
}

/// Returns the number at an offset, or `u32::MAX` if the bytes end before it.
pub(crate) fn get(bytes: &[u8], at: usize) -> u32 {
    let number = bytes.get(at..).and_then(|rest| rest.first_chunk());
    number.map_or(u32::MAX, |number| u32::from_le_bytes(*number))
}

pub(crate) fn put(bytes: &mut [u8], at: usize, number: u32) {
    bytes[at..][..4].copy_from_slice(&number.to_le_bytes());
}
