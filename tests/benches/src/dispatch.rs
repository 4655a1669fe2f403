//! Requests from the minor code to the reply: ours, and those of the dispatcher in C. Both have five
//! blocks of the flagship's schema and read the same number of counters.

use core::hint::black_box;
use core::sync::atomic::AtomicU64;

use iscsi_schema::{
    MSiSCSI_InitiatorInstanceStatistics, MSiSCSI_InitiatorLoginStatistics, MSiSCSI_MMIPSECStats,
    MSiSCSI_NICPerformance, MSiSCSI_QMIPSECStats,
};
use wmi_core::provider::{Block, DataPath, Minor, Provider, Request};
use wmi_core::{DataBlock, FixedClass, NtStatus};

use crate::c::{self, Counters, FIXED, ITEMS, Table};

/// The numbers of instances that are measured.
pub(crate) const COUNTS: [usize; 4] = [1, 10, 100, 1000];

const _: () = assert!(ITEMS * size_of::<u64>() == MSiSCSI_MMIPSECStats::SIZE);

const TIME: i64 = 0x01dc_0000_0000_0000;
const PATH: [u16; 2] = [b'\\' as u16, b'R' as u16];
const RESOURCE: [u16; 3] = [b'M' as u16, b'o' as u16, b'f' as u16];

/// The counters of a device, for both dispatchers.
#[derive(Default)]
pub(crate) struct Device {
    ours: Vec<MSiSCSI_MMIPSECStats>,
    rival: Vec<[AtomicU64; ITEMS]>,
}

impl Device {
    fn new(instances: usize) -> Self {
        let ours = (0..instances).map(|_| MSiSCSI_MMIPSECStats::new());
        let rival = (0..instances).map(|_| [const { AtomicU64::new(0) }; ITEMS]);
        Self {
            ours: ours.collect(),
            rival: rival.collect(),
        }
    }
}

static PROVIDER: Provider<Device> = Provider::new(&[
    &Block::counters(|device: &Device, instance| device.ours.get(instance))
        .base_name("Port", |device| device.ours.len()),
    &Block::counters(|_: &Device, _| None::<&MSiSCSI_QMIPSECStats>)
        .base_name("Port", |device| device.ours.len()),
    &Block::counters(|_: &Device, _| None::<&MSiSCSI_InitiatorLoginStatistics>)
        .base_name("Port", |device| device.ours.len()),
    &Block::counters(|_: &Device, _| None::<&MSiSCSI_InitiatorInstanceStatistics>)
        .base_name("Port", |device| device.ours.len()),
    &Block::counters(|_: &Device, _| None::<&MSiSCSI_NICPerformance>)
        .base_name("Port", |device| device.ours.len()),
])
.mof_resource("Mof")
.registry_path(|_| &PATH);

static BLOCKS: [c::Block<'static>; 5] = [
    block::<MSiSCSI_MMIPSECStats>(),
    block::<MSiSCSI_QMIPSECStats>(),
    block::<MSiSCSI_InitiatorLoginStatistics>(),
    block::<MSiSCSI_InitiatorInstanceStatistics>(),
    block::<MSiSCSI_NICPerformance>(),
];

static TABLE: Table<'static> = Table::of_counters(&BLOCKS, &PATH, &RESOURCE);

const fn block<C: FixedClass + DataBlock>() -> c::Block<'static> {
    c::Block::new(C::GUID.to_bytes(), FIXED, C::SIZE as u32, &[])
}

/// Devices of [`COUNTS`] instances, and room for the reply of the largest.
pub(crate) struct Devices {
    devices: [Device; COUNTS.len()],
    buffer: Vec<u8>,
}

impl Devices {
    /// Makes the devices.
    ///
    /// # Panics
    ///
    /// Panics if the two dispatchers do not answer alike.
    pub(crate) fn new() -> Self {
        let mut devices = Self {
            devices: COUNTS.map(Device::new),
            buffer: vec![0; 64 + COUNTS[COUNTS.len() - 1] * MSiSCSI_MMIPSECStats::SIZE],
        };
        for index in 0..COUNTS.len() {
            let written = devices.query_all(index);
            let ours = devices.buffer[..written].to_vec();
            let written = devices.query_all_in_c(index);
            assert!(ours == devices.buffer[..written], "the replies are equal");
        }
        let written = devices.register();
        let ours = devices.buffer[..written].to_vec();
        let written = devices.register_in_c();
        assert!(
            ours == devices.buffer[..written],
            "the registrations are equal"
        );
        devices
    }

    /// Queries all instances of the device of so many by our dispatcher.
    pub(crate) fn query_all(&mut self, index: usize) -> usize {
        let path = MSiSCSI_MMIPSECStats::GUID;
        let buffer = black_box(&mut *self.buffer);
        let request = Request::new(Minor::QueryAllData, path, buffer).at(TIME);
        let outcome = PROVIDER.dispatch(black_box(&self.devices[index]), request);
        let response = outcome.immediate();
        assert!(response.status == NtStatus::SUCCESS);
        response.information
    }

    /// Queries the same by the dispatcher in C.
    pub(crate) fn query_all_in_c(&mut self, index: usize) -> usize {
        let guid = MSiSCSI_MMIPSECStats::GUID.to_bytes();
        let buffer = black_box(&mut *self.buffer);
        let counters = Counters::new(&self.devices[index].rival);
        let (status, written) = TABLE.query_all(black_box(&counters), guid, TIME, buffer);
        assert!(status == 0);
        written
    }

    /// Registers the five blocks.
    pub(crate) fn register(&mut self) -> usize {
        let buffer = black_box(&mut *self.buffer);
        let request = Request::new(Minor::RegInfoEx, DataPath::Action(0), buffer);
        let response = PROVIDER
            .dispatch(black_box(&self.devices[0]), request)
            .immediate();
        assert!(response.status == NtStatus::SUCCESS);
        response.information
    }

    /// Registers them by the dispatcher in C.
    pub(crate) fn register_in_c(&mut self) -> usize {
        let buffer = black_box(&mut *self.buffer);
        let counters = Counters::new(&self.devices[0].rival);
        let (status, written) = TABLE.register(black_box(&counters), buffer);
        assert!(status == 0);
        written
    }
}
