//! The blocks for WMI: each class with its instances, their names and the source of their data.
//!
//! Where the device has one instance, WMI names it after the device: after the physical device object.

use core::sync::atomic::Ordering;

use wmi_core::provider::{Handle, Provider};
use wmi_core::{Execute, NtStatus, Wire};

use crate::initiator::Initiator;
use crate::kernel::REGISTRY_PATH;
use crate::schema::{
    Initiator as Settings, InitiatorItems as _, MOF_RESOURCE, MSiSCSI_ConnectionStatistics,
    MSiSCSI_InitiatorInstanceStatistics, MSiSCSI_InitiatorLoginStatistics, MSiSCSI_MMIPSECStats,
    MSiSCSI_QMIPSECStats, MSiSCSI_RequestTimeStatistics, MSiSCSI_SessionStatistics, Reconnect,
    ReconnectInView, ReconnectOut,
};

type Block = wmi_core::provider::Block<Initiator>;

pub static PROVIDER: Provider<Initiator> = Provider::with_pdo(
    &[
        &Block::counters::<MSiSCSI_MMIPSECStats, _>(|initiator, _| Some(&initiator.main_mode))
            .pdo(|_| 1),
        &Block::counters::<MSiSCSI_QMIPSECStats, _>(|initiator, _| Some(&initiator.quick_mode))
            .pdo(|_| 1),
        &Block::counters::<MSiSCSI_ConnectionStatistics, _>(|initiator, instance| {
            Some(&initiator.sessions.get(instance)?.connection)
        })
        .dynamic(|initiator, instance| Some(initiator.sessions.get(instance)?.connection_name)),
        &Block::counters::<MSiSCSI_SessionStatistics, _>(|initiator, instance| {
            Some(&initiator.sessions.get(instance)?.statistics)
        })
        .dynamic(|initiator, instance| Some(initiator.sessions.get(instance)?.name)),
        &Block::counters::<MSiSCSI_InitiatorLoginStatistics, _>(|initiator, _| {
            Some(&initiator.logins)
        })
        .pdo(|_| 1),
        &Block::counters::<MSiSCSI_InitiatorInstanceStatistics, _>(|initiator, _| {
            Some(&initiator.failures)
        })
        .pdo(|_| 1),
        #[cfg(feature = "ports")]
        &Block::counters::<crate::schema::MSiSCSI_NICPerformance, _>(|initiator, port| {
            initiator.ports.get(port)
        })
        .list(|_, port| ["Port A", "Port B"].get(port).copied()),
        &Block::counters::<MSiSCSI_RequestTimeStatistics, _>(|initiator, instance| {
            Some(&initiator.sessions.get(instance)?.request_time)
        })
        .dynamic(|initiator, instance| Some(initiator.sessions.get(instance)?.connection_name)),
        &Block::fixed::<Settings, _>(|initiator, _| Some(initiator))
            .pdo(|_| 1)
            .methods::<(Reconnect,)>(),
        &Block::event(|initiator| &initiator.reconnected).pdo(|_| 1),
    ],
    |initiator| initiator.wmi.pdo(),
)
.mof_resource(MOF_RESOURCE)
.registry_path(|_| REGISTRY_PATH.units());

impl Handle<Settings> for Initiator {
    fn query(&self) -> Result<Settings, NtStatus> {
        Ok(Settings {
            sessions: u32::try_from(self.sessions.len()).unwrap_or(u32::MAX),
            login_timeout: self.login_timeout.load(Ordering::Relaxed),
        })
    }

    fn set(&self, block: &Wire<Settings>) -> Result<(), NtStatus> {
        let seconds = block.login_timeout();
        if !(1..=60).contains(&seconds) {
            return Err(NtStatus::WMI_SET_FAILURE);
        }
        self.login_timeout.store(seconds, Ordering::Relaxed);
        Ok(())
    }
}

impl Execute<Reconnect> for Initiator {
    fn execute(&self, input: ReconnectInView<'_>) -> Result<ReconnectOut, NtStatus> {
        let logins = self.reconnect(input.session)?;
        Ok(ReconnectOut {
            session: input.session,
            logins,
        })
    }
}
