//! What two of Microsoft's dispatchers answered, held against the provider: each reply is equal, or
//! differs for a reason that has a name.

mod device;
mod reason;
mod replay;
