//! Timers of the framework. Source: `wdftimer.h`.

use core::ffi::c_void;
use core::mem::{offset_of, transmute};

use crate::wdf::{Handle, NtStatus, ObjectAttributes, functions, globals};

/// `WdfExecutionLevelPassive`.
pub const PASSIVE: i32 = 2;

/// `WDF_TIMER_CONFIG`.
#[repr(C)]
pub struct TimerConfig {
    pub size: u32,
    pub function: Option<unsafe extern "system" fn(Handle)>,
    pub period: u32,
    pub automatic_serialization: u8,
    /// At a multiple of 8, as the next member is.
    pub tolerable_delay: u64,
    pub use_high_resolution: u8,
}

functions! {
    /// `WdfTimerCreate`.
    318 create_timer(
        config: *const TimerConfig,
        attributes: *const ObjectAttributes,
        timer: *mut Handle,
    ) -> NtStatus;
    /// `WdfTimerStart`.
    319 start_timer(timer: Handle, due: i64) -> u8;
    /// `WdfTimerStop`.
    320 stop_timer(timer: Handle, wait: u8) -> u8;
    /// `WdfTimerGetParentObject`.
    321 timer_parent(timer: Handle) -> Handle;
}

const _: () = {
    assert!(size_of::<TimerConfig>() == 40 && offset_of!(TimerConfig, use_high_resolution) == 0x20);
};
