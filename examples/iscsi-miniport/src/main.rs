//! A Storport virtual miniport that publishes the statistics of an iSCSI adapter through WMI.
//!
//! The adapter is an imitation without logical units. The rest is as in a real miniport: [`schema`]
//! has the classes, from which the build script makes the `MOFDATA` resource; [`adapter`] counts;
//! [`provider`] lists the blocks for WMI; [`kernel`] holds all unsafe code.

#![no_std]
#![no_main]

mod adapter;
#[expect(unsafe_code, reason = "the port driver has a C interface")]
mod kernel;
mod provider;
mod schema;
