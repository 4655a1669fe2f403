//! WNODE structures: the bytes in which WMI and a driver exchange data blocks.
//!
//! [`AllDataWriter`] and [`SingleInstanceWriter`] fill a caller's buffer, [`Wnode::parse`] reads
//! one back with every size and offset checked. Nothing here allocates or panics. What a driver
//! answers to which request is not decided here.
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
//! /// What a queue has done.
//! #[derive(WmiClass)]
//! #[wmi(guid = "7d1f9a52-30c8-4e0b-9f3a-5f6b1d2c8e47", base = "Win32_PerfRawData")]
//! struct Vendor_QueueStats {
//!     /// Requests that were completed.
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
//! let Ok(Wnode::AllData(reply)) = Wnode::parse(&buffer[..written]) else { panic!() };
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
    AllDataWriter, EventReferenceWriter, SingleInstanceWriter, SingleWnodeWriter, write_too_small,
};
pub(crate) use write::{Plan, Source};

/// Data blocks start at multiples of this, counted from the start of the WNODE.
pub const DATA_ALIGNMENT: usize = 8;

/// Bytes that the WNODE of an event may have, unless the registry says otherwise. Source:
/// "Sending WMI Events", windows-driver-docs.
pub const EVENT_LIMIT: usize = 1024;

/// `size` rounded up to where the next data block may start.
pub(crate) const fn stride(size: usize) -> Option<usize> {
    crate::layout::align_up(size, DATA_ALIGNMENT)
}

/// The distance of two instances that are written; not zero even where they have no bytes, so that
/// there are never more of them than the WNODE has bytes, which a reader may ask for.
fn stride_of<C: crate::FixedClass>() -> usize {
    stride(C::SIZE.max(1)).unwrap_or(usize::MAX)
}
