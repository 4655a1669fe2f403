//! A kernel driver that publishes the statistics of an iSCSI initiator through WMI.
//!
//! The initiator is an imitation: each write to its device counts as a SCSI command that a target
//! has answered. The rest is as in a real driver. [`schema`] has the classes, from which the build
//! script makes the `MOFDATA` resource; [`initiator`] counts; [`provider`] lists the blocks for
//! WMI; [`kernel`] holds all unsafe code.

#![no_std]
#![no_main]

mod initiator;
#[expect(unsafe_code, reason = "the kernel has a C interface")]
mod kernel;
mod provider;
mod schema;
