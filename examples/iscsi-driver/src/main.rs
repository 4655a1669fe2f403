//! A kernel driver that publishes the statistics of an iSCSI initiator by WMI.
//!
//! The initiator is an imitation: what a program writes to its device counts as a SCSI command that
//! a target has answered. The rest is as in a real driver. [`schema`] has the classes, which the
//! build script makes the `MOFDATA` resource of; [`initiator`] counts; [`provider`] lists what WMI
//! gets; [`kernel`] holds all unsafe code.

#![no_std]
#![no_main]

mod initiator;
#[expect(unsafe_code, reason = "the kernel's interface is one of C")]
mod kernel;
#[cfg(feature = "test-host")]
mod protocol;
mod provider;
mod schema;

use initiator::Initiator;
