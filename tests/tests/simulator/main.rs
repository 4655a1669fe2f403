//! The simulator, with a correct provider of every kind of block, and with broken providers.

mod any;
mod broken;
mod changing;
mod client;
mod data;
#[path = "../provider/device.rs"]
mod device;
mod dispatchers;
mod events;
mod events_broken;
mod irps;
mod iscsi;
mod kinds;
mod names;
mod open;
mod pending;
mod registering;
mod replies;
mod sampled;
mod several;
mod shared;
mod storport;
mod strange;
mod values;
