//! The adapter: its counters, and what it does with SRBs that are not of WMI.

use core::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use wmi_core::provider::Event;
use wmi_driver::storport::{SrbStatus, Wmi};

use crate::schema::{
    LinkReset, MSiSCSI_ConnectionStatistics, MSiSCSI_InitiatorInstanceStatistics,
    MSiSCSI_InitiatorLoginStatistics, MSiSCSI_MMIPSECStats, MSiSCSI_NICPerformance,
    MSiSCSI_QMIPSECStats, MSiSCSI_RequestTimeStatistics, MSiSCSI_SessionStatistics,
};

/// The functions of SRBs that the adapter knows. Source: `srb.h`.
mod function {
    pub(super) const EXECUTE_SCSI: u32 = 0x00;
    pub(super) const IO_CONTROL: u32 = 0x02;
    pub(super) const SHUTDOWN: u32 = 0x07;
    pub(super) const FLUSH: u32 = 0x08;
    pub(super) const RESET_BUS: u32 = 0x12;
    pub(super) const RESET_DEVICE: u32 = 0x13;
    pub(super) const RESET_LOGICAL_UNIT: u32 = 0x20;
    pub(super) const POWER: u32 = 0x24;
    pub(super) const PNP: u32 = 0x25;
}

/// One adapter, with the only session that it has.
pub struct Adapter {
    pub wmi: Wmi<Adapter>,
    pub state: State,
}

/// What an adapter counts and knows.
///
/// It is a constant at first, so that it is copied to where it stays: a kernel's stack has no room
/// for it.
pub struct State {
    pub main_mode: MSiSCSI_MMIPSECStats,
    pub quick_mode: MSiSCSI_QMIPSECStats,
    pub connection: MSiSCSI_ConnectionStatistics,
    pub session: MSiSCSI_SessionStatistics,
    pub logins: MSiSCSI_InitiatorLoginStatistics,
    pub failures: MSiSCSI_InitiatorInstanceStatistics,
    pub ports: [MSiSCSI_NICPerformance; 2],
    pub request_time: MSiSCSI_RequestTimeStatistics,
    pub link_reset: Event<LinkReset>,
    /// Whether a main mode negotiation is under way.
    pub is_negotiating: AtomicBool,
    /// In seconds.
    pub timeout: AtomicU32,
    resets: AtomicU32,
}

impl State {
    /// Returns the state of an adapter that has not counted yet.
    pub const fn new() -> Self {
        Self {
            main_mode: MSiSCSI_MMIPSECStats::new(),
            quick_mode: MSiSCSI_QMIPSECStats::new(),
            connection: MSiSCSI_ConnectionStatistics::new(),
            session: MSiSCSI_SessionStatistics::new(),
            logins: MSiSCSI_InitiatorLoginStatistics::new(),
            failures: MSiSCSI_InitiatorInstanceStatistics::new(),
            ports: [const { MSiSCSI_NICPerformance::new() }; 2],
            request_time: MSiSCSI_RequestTimeStatistics::new(),
            link_reset: Event::new(),
            is_negotiating: AtomicBool::new(false),
            timeout: AtomicU32::new(15),
            resets: AtomicU32::new(0),
        }
    }
}

impl Adapter {
    /// Does what an SRB of this function asks for, and returns its status.
    pub fn serve(&self, function: u32) -> SrbStatus {
        match function {
            // No target is there.
            function::EXECUTE_SCSI => SrbStatus::NO_DEVICE,
            // The service that negotiates reports an end.
            function::IO_CONTROL => {
                self.end_negotiation();
                SrbStatus::SUCCESS
            }
            function::RESET_BUS => {
                self.reset();
                SrbStatus::SUCCESS
            }
            function::SHUTDOWN
            | function::FLUSH
            | function::RESET_DEVICE
            | function::RESET_LOGICAL_UNIT
            | function::POWER
            | function::PNP => SrbStatus::SUCCESS,
            _ => SrbStatus::INVALID_REQUEST,
        }
    }

    fn end_negotiation(&self) {
        self.state.main_mode.increment_oakley_main_mode();
        self.state.quick_mode.increment_key_additions();
        self.state.logins.increment_login_accept_rsps();
        for port in &self.state.ports {
            port.increment_pdu_received();
        }
        self.state.is_negotiating.store(false, Ordering::Release);
        self.wmi.resume(self);
    }

    /// Resets the link: requests that wait are aborted, and a new negotiation begins.
    pub fn reset(&self) {
        self.state.is_negotiating.store(true, Ordering::Release);
        self.wmi.abort(SrbStatus::ABORTED);
        let resets = self
            .state
            .resets
            .fetch_add(1, Ordering::Relaxed)
            .wrapping_add(1);
        // An event may be lost on its way too.
        let _ = self
            .wmi
            .send(&self.state.link_reset, 0, &LinkReset { resets });
    }
}
