//! What two of Microsoft's dispatchers answered, held against the provider: each reply is equal, or
//! differs for a reason that has a name. The fake framework is held against the same traces.

mod device;
#[cfg(target_pointer_width = "64")]
mod framework;
mod reason;
mod replay;
