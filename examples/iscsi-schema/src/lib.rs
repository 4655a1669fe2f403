//! The iSCSI performance classes that Windows storage miniport drivers publish for the system
//! monitor, as annotated structs.
//!
//! Depend on this crate from the driver and, for the MOF, from its build script.

#![no_std]
// Class names are Microsoft's.
#![allow(non_camel_case_types)]

mod mm_ipsec_stats;

use wmi_core::WmiClass;
use wmi_core::schema::Schema;

pub use mm_ipsec_stats::{MSiSCSI_MMIPSECStats, MSiSCSI_MMIPSECStatsItems};

/// The classes in the order of their MOF.
pub const SCHEMA: Schema<'static> = Schema::new(&[MSiSCSI_MMIPSECStats::CLASS]);
