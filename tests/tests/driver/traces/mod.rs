//! Compares the provider's replies with those recorded from two of Microsoft's dispatchers: each
//! reply is equal, or differs for a named reason. The fake framework is compared with the same
//! traces.

mod device;
#[cfg(target_pointer_width = "64")]
mod framework;
mod reason;
mod replay;
