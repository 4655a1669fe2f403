//! The blocks for WMI: each class with its instances. WMI names them after the physical device
//! object of the adapter, which the port driver knows.

use core::sync::atomic::Ordering;

use wmi_core::provider::{Handle, Provider};
use wmi_core::{NtStatus, Wire};

use crate::adapter::Adapter;
use crate::schema::{
    MOF_RESOURCE, MSiSCSI_ConnectionStatistics, MSiSCSI_InitiatorInstanceStatistics,
    MSiSCSI_InitiatorLoginStatistics, MSiSCSI_MMIPSECStats, MSiSCSI_NICPerformance,
    MSiSCSI_QMIPSECStats, MSiSCSI_RequestTimeStatistics, MSiSCSI_SessionStatistics, Negotiation,
    NegotiationItems as _,
};

type Block = wmi_core::provider::Block<Adapter>;

pub static PROVIDER: Provider<Adapter> = Provider::storport(&[
    &Block::counters::<MSiSCSI_MMIPSECStats, _>(|adapter, _| Some(&adapter.state.main_mode))
        .pdo(|_| 1),
    &Block::counters::<MSiSCSI_QMIPSECStats, _>(|adapter, _| Some(&adapter.state.quick_mode))
        .pdo(|_| 1),
    &Block::counters::<MSiSCSI_ConnectionStatistics, _>(|adapter, _| {
        Some(&adapter.state.connection)
    })
    .pdo(|_| 1),
    &Block::counters::<MSiSCSI_SessionStatistics, _>(|adapter, _| Some(&adapter.state.session))
        .pdo(|_| 1),
    &Block::counters::<MSiSCSI_InitiatorLoginStatistics, _>(|adapter, _| {
        Some(&adapter.state.logins)
    })
    .pdo(|_| 1),
    &Block::counters::<MSiSCSI_InitiatorInstanceStatistics, _>(|adapter, _| {
        Some(&adapter.state.failures)
    })
    .pdo(|_| 1),
    &Block::counters::<MSiSCSI_NICPerformance, _>(|adapter, port| adapter.state.ports.get(port))
        .pdo(|adapter| adapter.state.ports.len()),
    &Block::counters::<MSiSCSI_RequestTimeStatistics, _>(|adapter, _| {
        Some(&adapter.state.request_time)
    })
    .pdo(|_| 1),
    &Block::fixed::<Negotiation, _>(|adapter, _| Some(adapter)).pdo(|_| 1),
    &Block::event(|adapter| &adapter.state.link_reset).pdo(|_| 1),
])
.mof_resource(MOF_RESOURCE);

/// Storport calls handlers at `DISPATCH_LEVEL` too. They wait for nothing: a query that has to wait
/// is kept, and asked again by `resume`.
impl Handle<Negotiation> for Adapter {
    fn query(&self) -> Result<Negotiation, NtStatus> {
        if self.state.is_negotiating.load(Ordering::Acquire) {
            return Err(NtStatus::PENDING);
        }
        Ok(Negotiation {
            number: u32::try_from(self.state.main_mode.oakley_main_mode()).unwrap_or(u32::MAX),
            timeout: self.state.timeout.load(Ordering::Relaxed),
        })
    }

    fn set(&self, block: &Wire<Negotiation>) -> Result<(), NtStatus> {
        let seconds = block.timeout();
        if !(1..=60).contains(&seconds) {
            return Err(NtStatus::WMI_SET_FAILURE);
        }
        self.state.timeout.store(seconds, Ordering::Relaxed);
        Ok(())
    }
}
