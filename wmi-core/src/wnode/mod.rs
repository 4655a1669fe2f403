//! WNODE structures: the bytes in which WMI and a driver exchange data blocks.
//!
//! [`AllDataWriter`] and [`SingleInstanceWriter`] fill a caller's buffer; [`Wnode::decode`] reads a
//! WNODE and checks every size and offset. Nothing here allocates or panics. This module does not
//! decide how requests are answered.
//!
//! Source of every layout and rule: `wmistr.h`, and "WMI WNODE_XXX Structures" with the
//! structures' pages in windows-driver-docs.
//!
//! ```
//! # #[cfg(feature = "derive")] {
//! use core::sync::atomic::AtomicU64;
//! use wmi_core::WmiClass;
//! use wmi_core::wnode::{AllDataWriter, Wnode};
//!
//! /// Statistics of a queue.
//! #[derive(WmiClass)]
//! #[wmi(guid = "7d1f9a52-30c8-4e0b-9f3a-5f6b1d2c8e47", base = "Win32_PerfRawData")]
//! struct Vendor_QueueStats {
//!     /// Completed requests.
//!     #[wmi(data_id = 1, counter = "PERF_COUNTER_BULK_COUNT")]
//!     completed: AtomicU64,
//! }
//!
//! let queues = [Vendor_QueueStats::new(), Vendor_QueueStats::new()];
//! queues[1].add_completed(7);
//!
//! let mut buffer = [0; 128];
//! let written = AllDataWriter::new(&queues).write(&mut buffer).unwrap();
//!
//! let Ok(Wnode::AllData(reply)) = Wnode::decode(&buffer[..written]) else { panic!() };
//! let completed: u64 = reply.blocks::<Vendor_QueueStats>().unwrap().map(|b| b.completed()).sum();
//! assert_eq!(completed, 7);
//! # }
//! ```

mod error;
pub mod flags;
mod header;
mod instance;
mod name;
mod read;
mod write;

pub use error::{Fault, WnodeError, WriteError};
pub use header::{
    OffsetInstanceDataAndLength, WmiRegGuid, WmiRegInfo, WnodeAllData, WnodeEventReference,
    WnodeHeader, WnodeMethodItem, WnodeSingleInstance, WnodeSingleItem, WnodeTooSmall,
};
pub use instance::{InstanceData, NamedInstance};
pub use name::{InstanceId, InstanceName, Target};
pub use read::{AllData, Blocks, EventReference, MethodItem, SingleInstance, SingleItem, Wnode};

pub(crate) use read::{Form, KIND, STATIC_NAMES, Single};
pub use write::{
    AllDataWnodeWriter, AllDataWriter, EventReferenceWriter, SingleInstanceWriter,
    SingleWnodeWriter, write_too_small,
};
pub(crate) use write::{Plan, Source};

/// Alignment of data blocks in bytes, relative to the start of the WNODE.
pub const DATA_ALIGNMENT: usize = 8;

/// Largest WNODE of an event in bytes, unless the registry sets another limit. Source: "Sending WMI
/// Events", windows-driver-docs.
pub const EVENT_LIMIT: usize = 1024;

/// Rounds `size` up to the next multiple of [`DATA_ALIGNMENT`].
pub(crate) const fn stride(size: usize) -> Option<usize> {
    crate::layout::align_up(size, DATA_ALIGNMENT)
}

/// Returns the distance between two instances. It is not zero even for instances without bytes, so
/// that a WNODE never has more instances than bytes, which readers require.
fn stride_of<C: crate::FixedClass>() -> usize {
    stride(C::SIZE.max(1)).unwrap_or(usize::MAX)
}
