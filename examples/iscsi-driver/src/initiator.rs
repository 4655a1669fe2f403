//! The initiator: two sessions with imitated targets, and their counters.

use core::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

use wmi_core::provider::Event;
use wmi_core::wnode::Target;
use wmi_core::{NtStatus, Text};
use wmi_driver::wdm::Wmi;

use crate::schema::{
    MSiSCSI_ConnectionStatistics, MSiSCSI_InitiatorInstanceStatistics,
    MSiSCSI_InitiatorLoginStatistics, MSiSCSI_MMIPSECStats, MSiSCSI_NICPerformance,
    MSiSCSI_QMIPSECStats, MSiSCSI_RequestTimeStatistics, MSiSCSI_SessionStatistics, Reconnected,
};

/// The most bytes that one command may send.
const MAX_BURST_LENGTH: usize = 262_144;

/// Bytes that the imitated target handles in 100 ns: 1 GB/s.
const BYTES_PER_TIME: u32 = 100;

/// The id of the only adapter. The class suggests the adapter's address, but that would disclose
/// it.
const ADAPTER_ID: u64 = 0x1001;

/// One adapter with its sessions.
pub struct Initiator {
    /// The device's WMI, by which it also sends its events.
    pub wmi: Wmi<Initiator>,
    pub main_mode: MSiSCSI_MMIPSECStats,
    pub quick_mode: MSiSCSI_QMIPSECStats,
    pub logins: MSiSCSI_InitiatorLoginStatistics,
    pub failures: MSiSCSI_InitiatorInstanceStatistics,
    pub ports: [MSiSCSI_NICPerformance; 2],
    pub sessions: [Session; 2],
    /// In seconds.
    pub login_timeout: AtomicU32,
    pub reconnected: Event<Reconnected>,
    /// Commands so far. The sessions take turns.
    commands: AtomicUsize,
}

/// A session with its only connection, which has a port of its own.
#[derive(Default)]
pub struct Session {
    /// The session's instance name for WMI, `targetname_#`.
    pub name: &'static str,
    /// The connection's instance name for WMI, `targetname_#:#`.
    pub connection_name: &'static str,
    pub statistics: MSiSCSI_SessionStatistics,
    pub connection: MSiSCSI_ConnectionStatistics,
    pub request_time: MSiSCSI_RequestTimeStatistics,
}

impl AsRef<Wmi<Self>> for Initiator {
    fn as_ref(&self) -> &Wmi<Self> {
        &self.wmi
    }
}

impl Initiator {
    /// Returns an initiator without logins.
    ///
    /// A kernel's stack has no room for copies of it, and the compiler makes it in place only as
    /// long as this is plain values. The tests of the image measure it.
    pub fn new(wmi: Wmi<Self>) -> Self {
        Self {
            wmi,
            main_mode: MSiSCSI_MMIPSECStats::new(),
            quick_mode: MSiSCSI_QMIPSECStats::new(),
            logins: MSiSCSI_InitiatorLoginStatistics {
                unique_adapter_id: ADAPTER_ID,
                ..Default::default()
            },
            failures: MSiSCSI_InitiatorInstanceStatistics {
                unique_adapter_id: ADAPTER_ID,
                ..Default::default()
            },
            ports: [const { MSiSCSI_NICPerformance::new() }; 2],
            sessions: Default::default(),
            login_timeout: AtomicU32::new(15),
            reconnected: Event::new(),
            commands: AtomicUsize::new(0),
        }
    }

    /// Logs in to both targets, before the first request.
    pub fn log_in(&mut self) {
        let [disk, tape] = &mut self.sessions;
        disk.log_in(
            "iqn.2026-01.com.example:disk",
            "iqn.2026-01.com.example:disk_1",
            "iqn.2026-01.com.example:disk_1:0",
            1,
        );
        tape.log_in(
            "iqn.2026-01.com.example:tape",
            "iqn.2026-01.com.example:tape_2",
            "iqn.2026-01.com.example:tape_2:0",
            2,
        );
        for _ in &self.sessions {
            self.logins.increment_login_accept_rsps();
            self.main_mode.increment_key_additions();
            self.quick_mode.increment_active_sa();
        }
    }

    /// Sends a SCSI command with `length` bytes through the next session.
    pub fn write(&self, length: usize) -> NtStatus {
        let turn = self.commands.fetch_add(1, Ordering::Relaxed) % self.sessions.len();
        let (Some(session), Some(port)) = (self.sessions.get(turn), self.ports.get(turn)) else {
            return NtStatus::INTERNAL_ERROR;
        };
        #[cfg(feature = "panic")]
        assert_ne!(length, 13);
        if length > MAX_BURST_LENGTH {
            session.statistics.increment_format_errors();
            self.failures.increment_session_format_error_count();
            return NtStatus::INVALID_PARAMETER;
        }
        let bytes = length as u64;
        session.statistics.add_bytes_sent(bytes);
        session.statistics.increment_pdu_commands_sent();
        session.statistics.increment_pdu_responses_received();
        session.connection.add_bytes_sent(bytes);
        session.connection.increment_pdu_commands_sent();
        session.connection.increment_pdu_responses_received();
        session.took(length as u32 / BYTES_PER_TIME);
        port.add_bytes_transmitted(length as u32);
        port.increment_pdu_transmitted();
        port.increment_pdu_received();
        self.quick_mode.add_confidential_bytes_sent(bytes);
        self.quick_mode.add_transport_bytes_sent(bytes);
        NtStatus::SUCCESS
    }

    /// Logs a session out and in again, and sends the event. Returns the number of logins so far.
    pub fn reconnect(&self, number: u32) -> Result<u32, NtStatus> {
        let index = usize::try_from(number).unwrap_or(usize::MAX);
        if index >= self.sessions.len() {
            return Err(NtStatus::INVALID_PARAMETER);
        }
        self.logins.increment_logout_normals();
        self.logins.increment_login_accept_rsps();
        self.main_mode.increment_key_additions();
        let logins = self.logins.login_accept_rsps();
        let values = Reconnected {
            session: number,
            logins,
        };
        // If the event cannot be sent, the reconnection still stands.
        let _ = self.reconnected.send(&self.wmi, Target::Static(0), &values);
        Ok(logins)
    }
}

impl Session {
    fn log_in(
        &mut self,
        target: &str,
        name: &'static str,
        connection_name: &'static str,
        usid: u64,
    ) {
        self.name = name;
        self.connection_name = connection_name;
        let iscsi_name = Text::truncated(target);
        self.statistics.iscsi_name = iscsi_name;
        self.statistics.usid = usid;
        self.statistics.unique_adapter_id = ADAPTER_ID;
        self.connection.iscsi_name = iscsi_name;
        self.connection.usid = usid;
        self.connection.unique_adapter_id = ADAPTER_ID;
        self.request_time.iscsi_name = iscsi_name;
        self.request_time.usid = usid;
        self.request_time.unique_adapter_id = ADAPTER_ID;
    }

    /// Records how long a request took, in units of 100 ns.
    fn took(&self, time: u32) {
        self.request_time
            .maximum_processing_time
            .fetch_max(time, Ordering::Relaxed);
        // A moving average, in which the latest time has the weight one half.
        let average = &self.request_time.average_processing_time;
        let before = average.load(Ordering::Relaxed);
        average.store(before.midpoint(time), Ordering::Relaxed);
    }
}
