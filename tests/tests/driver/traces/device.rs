//! The devices of the recorded traces, as providers.

use core::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::Mutex;

use wmi_core::block::{DecodeError, Decoder, EncodeError, Encoder};
use wmi_core::provider::{Block, Event, Handle, HandleVariable, Provider, Reply, Sent};
use wmi_core::schema::Class;
use wmi_core::wnode::InstanceData;
use wmi_core::{
    Count, DataBlock, Execute, Guid, NoParameters, NtStatus, VariableClass, Wire, WmiClass,
    WmiMethod,
};

/// A read-only block of 168 bytes.
#[derive(WmiClass)]
#[wmi(guid = "3d1c9e64-7a0b-4f21-9a3f-6f8ad5f31c01")]
pub(crate) struct G0 {
    #[wmi(data_id = 1)]
    i1: u64,
    #[wmi(data_id = 2)]
    i2: u64,
    #[wmi(data_id = 3)]
    i3: u64,
    #[wmi(data_id = 4)]
    i4: u64,
    #[wmi(data_id = 5)]
    i5: u64,
    #[wmi(data_id = 6)]
    i6: u64,
    #[wmi(data_id = 7)]
    i7: u64,
    #[wmi(data_id = 8)]
    i8: u64,
    #[wmi(data_id = 9)]
    i9: u64,
    #[wmi(data_id = 10)]
    i10: u64,
    #[wmi(data_id = 11)]
    i11: u64,
    #[wmi(data_id = 12)]
    i12: u64,
    #[wmi(data_id = 13)]
    i13: u64,
    #[wmi(data_id = 14)]
    i14: u64,
    #[wmi(data_id = 15)]
    i15: u64,
    #[wmi(data_id = 16)]
    i16: u64,
    #[wmi(data_id = 17)]
    i17: u64,
    #[wmi(data_id = 18)]
    i18: u32,
    #[wmi(data_id = 19)]
    i19: u32,
    #[wmi(data_id = 20)]
    i20: u32,
    #[wmi(data_id = 21)]
    i21: u32,
    #[wmi(data_id = 22)]
    i22: u32,
    #[wmi(data_id = 23)]
    i23: u32,
    #[wmi(data_id = 24)]
    i24: u32,
    #[wmi(data_id = 25)]
    i25: u32,
}

/// Two writable items and a read-only one; an expensive block that is also an event.
#[derive(WmiClass, Clone, Copy)]
#[wmi(base = "WMIEvent", guid = "3d1c9e64-7a0b-4f21-9a3f-6f8ad5f31c02")]
pub(crate) struct G1 {
    #[wmi(data_id = 1, write)]
    interval: u32,
    #[wmi(data_id = 2)]
    kind: u16,
    #[wmi(data_id = 3, write)]
    limit: u32,
}

#[derive(WmiClass)]
#[wmi(guid = "3d1c9e64-7a0b-4f21-9a3f-6f8ad5f31c03", methods(Ping, CountCalls, Many<'_>))]
pub(crate) struct G2;

#[derive(WmiClass)]
#[wmi(
    event,
    base = "WMIEvent",
    guid = "3d1c9e64-7a0b-4f21-9a3f-6f8ad5f31c04"
)]
pub(crate) struct G3 {
    #[wmi(data_id = 1)]
    code: u32,
}

/// Raw bytes of varying length.
pub(crate) struct G4<'a>(&'a [u8]);

#[derive(WmiClass)]
#[wmi(guid = "3d1c9e64-7a0b-4f21-9a3f-6f8ad5f31c06")]
pub(crate) struct G5 {
    #[wmi(data_id = 1)]
    value: u64,
}

#[derive(WmiClass)]
#[wmi(guid = "3d1c9e64-7a0b-4f21-9a3f-6f8ad5f31c07")]
pub(crate) struct G6 {
    #[wmi(data_id = 1)]
    bytes: [u8; 16],
}

#[derive(WmiClass)]
#[wmi(guid = "3d1c9e64-7a0b-4f21-9a3f-6f8ad5f31c08", methods(Ping, CountCalls, Many<'_>))]
pub(crate) struct G7;

#[derive(WmiClass)]
#[wmi(base = "WMIEvent", guid = "3d1c9e64-7a0b-4f21-9a3f-6f8ad5f31c09")]
pub(crate) struct G8 {
    #[wmi(data_id = 1)]
    value: u32,
}

#[derive(WmiClass)]
#[wmi(guid = "3d1c9e64-7a0b-4f21-9a3f-6f8ad5f31c0a")]
pub(crate) struct G9 {
    #[wmi(data_id = 1)]
    value: u32,
}

#[derive(WmiClass)]
#[wmi(
    event,
    base = "WMIEvent",
    guid = "3d1c9e64-7a0b-4f21-9a3f-6f8ad5f31c0b"
)]
pub(crate) struct G10 {
    #[wmi(data_id = 1)]
    code: u32,
}

#[derive(WmiClass)]
#[wmi(guid = "3d1c9e64-7a0b-4f21-9a3f-6f8ad5f31c0c")]
pub(crate) struct G11 {
    #[wmi(data_id = 1)]
    bytes: [u8; 6],
}

/// The block that `classwmi.c` registers by itself, with as many bytes as in the recording.
#[derive(WmiClass)]
#[wmi(guid = "d5a9a51e-03f9-404d-9722-15f90eff7a35")]
pub(crate) struct ErrorLog {
    #[wmi(data_id = 1)]
    bytes: [u8; 2952],
}

#[derive(WmiMethod)]
#[wmi(id = 1)]
pub(crate) struct Ping;

#[derive(WmiMethod)]
#[wmi(id = 2)]
pub(crate) struct CountCalls {
    #[wmi(in, out)]
    x: u32,
    #[wmi(out)]
    sum: u32,
}

#[derive(WmiMethod)]
#[wmi(id = 3)]
pub(crate) struct Many<'a> {
    #[wmi(in)]
    wanted: u32,
    #[wmi(out)]
    count: Count<u32>,
    #[wmi(out, size_is = "count")]
    values: &'a [u32],
}

// By hand: its blocks have any bytes, which no struct describes.
impl WmiClass for G4<'_> {
    const __DERIVED: wmi_core::__private::Derived = wmi_core::__private::Derived;
    const CLASS: &'static Class<'static> = &Class::new("G4");
}

impl DataBlock for G4<'_> {
    const GUID: Guid = Guid::from_bytes([
        0x64, 0x9e, 0x1c, 0x3d, 0x0b, 0x7a, 0x21, 0x4f, 0x9a, 0x3f, 0x6f, 0x8a, 0xd5, 0xf3, 0x1c, 5,
    ]);
    const WRITABLE: &'static [bool] = &[false];
}

impl VariableClass for G4<'_> {
    type View<'a> = ();
    const ALIGN: usize = 1;
    const MIN_SIZE: usize = 0;
    const IS_FIXED: bool = false;

    fn encode_items(&self, out: &mut Encoder<'_>) -> Result<(), EncodeError> {
        self.0.iter().try_for_each(|byte| out.write(byte))
    }

    fn decode_items<'a>(_: &mut Decoder<'a>) -> Result<(), DecodeError> {
        Ok(())
    }
}

/// The state shared by all set-ups.
pub(crate) struct Device {
    g1: Mutex<G1>,
    events: AtomicBool,
    collect: AtomicBool,
    calls: [AtomicU32; 3],
    /// Whether these instances were taken away: the only one of g1, that of g2, the second of g4.
    taken: [AtomicBool; 3],
    g1_changed: Event<G1>,
    g3: Event<G3>,
    g8_changed: Event<G8>,
    g10: Event<G10>,
}

impl Device {
    pub(crate) fn new() -> Self {
        Self {
            g1: Mutex::new(G1 {
                interval: 100,
                kind: 3,
                limit: 5,
            }),
            events: false.into(),
            collect: false.into(),
            calls: [0; 3].map(AtomicU32::new),
            taken: [false; 3].map(AtomicBool::new),
            g1_changed: Event::new(),
            g3: Event::new(),
            g8_changed: Event::new(),
            g10: Event::new(),
        }
    }

    /// Returns the state as in the traces: interval, limit, events, collect, calls of the three
    /// methods.
    pub(crate) fn state(&self) -> String {
        let g1 = self.g1.lock().unwrap();
        let [events, collect] =
            [&self.events, &self.collect].map(|on| u8::from(on.load(Ordering::Relaxed)));
        let [first, second, third] = self
            .calls
            .each_ref()
            .map(|calls| calls.load(Ordering::Relaxed));
        let (interval, limit) = (g1.interval, g1.limit);
        format!("{interval},{limit},{events},{collect},{first},{second},{third}")
    }

    /// Takes an instance away or gives it back, as `g2-instance0-removed` or `-added-again` says.
    pub(crate) fn change(&self, what: &str) {
        let (instance, is_taken) = match what.strip_suffix("-removed") {
            Some(instance) => (instance, true),
            None => (what.strip_suffix("-added-again").unwrap(), false),
        };
        let instances = ["g1-instance0", "g2-instance0", "g4-instance1"];
        let taken = instances.iter().position(|known| *known == instance);
        self.taken[taken.unwrap()].store(is_taken, Ordering::Relaxed);
    }

    fn has(&self, taken: usize) -> bool {
        !self.taken[taken].load(Ordering::Relaxed)
    }

    fn listen(&self, on: bool) -> Result<(), NtStatus> {
        self.events.store(on, Ordering::Relaxed);
        Ok(())
    }

    fn collect(&self, on: bool) -> Result<(), NtStatus> {
        self.collect.store(on, Ordering::Relaxed);
        Ok(())
    }

    fn call(&self, method: usize) -> u32 {
        self.calls[method].fetch_add(1, Ordering::Relaxed) + 1
    }
}

/// Generates byte k of instance n.
pub(crate) struct Pattern(usize);

impl InstanceData<G0> for Pattern {
    fn store(&self, block: &mut Wire<G0>) {
        for (k, byte) in zerocopy::IntoBytes::as_mut_bytes(block)
            .iter_mut()
            .enumerate()
        {
            *byte = (7 * k + 13 * self.0 + 1) as u8;
        }
    }
}

static PATTERNS: [Pattern; 3] = [Pattern(0), Pattern(1), Pattern(2)];

impl Handle<G1> for Device {
    fn query(&self) -> Result<G1, NtStatus> {
        Ok(*self.g1.lock().unwrap())
    }

    fn set(&self, block: &Wire<G1>) -> Result<(), NtStatus> {
        if block.interval() < 10 {
            return Err(NtStatus::WMI_SET_FAILURE);
        }
        let mut g1 = self.g1.lock().unwrap();
        (g1.interval, g1.limit) = (block.interval(), block.limit());
        Ok(())
    }
}

impl Execute<Ping> for Device {
    fn execute(&self, _: NoParameters) -> Result<NoParameters, NtStatus> {
        self.call(0);
        Ok(NoParameters)
    }
}

impl Execute<CountCalls> for Device {
    fn execute(&self, input: CountCallsInView<'_>) -> Result<CountCallsOut, NtStatus> {
        Ok(CountCallsOut {
            x: input.x,
            sum: input.x.wrapping_add(self.call(1)),
        })
    }
}

static VALUES: [u32; 64] = {
    let mut values = [0; 64];
    let mut k = 0;
    while k < 64 {
        values[k] = 7 * k as u32 + 1;
        k += 1;
    }
    values
};

impl Execute<Many<'_>> for Device {
    fn output_size(&self, input: ManyInView<'_>) -> usize {
        4 + 4 * input.wanted.min(64) as usize
    }

    fn execute<'a>(&'a self, input: ManyInView<'a>) -> Result<ManyOut<'a>, NtStatus> {
        self.call(2);
        Ok(ManyOut {
            count: Count::NEW,
            values: &VALUES[..input.wanted.min(64) as usize],
        })
    }
}

impl HandleVariable<G4<'_>> for &[u8] {
    fn query(&self, reply: Reply<'_, G4<'_>>) -> Result<Sent, NtStatus> {
        reply.send(&G4(self))
    }
}

static G4_DATA: [&[u8]; 4] = [&[0x41; 10], &[], &[0x43; 7], &[0x44; 16]];

static G6_DATA: [G6; 2] = {
    let mut data = [G6 { bytes: [0x60; 16] }, G6 { bytes: [0x70; 16] }];
    let mut k = 0;
    while k < 16 {
        data[0].bytes[k] += k as u8;
        data[1].bytes[k] += k as u8;
        k += 1;
    }
    data
};

static G9_DATA: [G9; 6] = [const { G9 { value: 0 } }; 6];
static G11_DATA: [G11; 1] = [G11 { bytes: [0; 6] }];
static ERROR_LOG: [ErrorLog; 1] = [ErrorLog { bytes: [0; 2952] }];

const PDO: fn(&Device) -> usize = |_| 0xffff_8000_0000_1000;
const PATH: &[u16] = &{
    let path = br"\Registry\Machine\X";
    let mut units = [0; 19];
    let mut at = 0;
    while at < 19 {
        units[at] = path[at] as u16;
        at += 1;
    }
    units
};

static KMDF: [Provider<Device>; 3] = [
    Provider::with_pdo(
        &[
            &Block::counters::<G0, _>(|_: &Device, instance| PATTERNS.get(instance)).pdo(|_| 3),
            &Block::fixed::<G1, _>(|device: &Device, _| device.has(0).then_some(device))
                .pdo(|device| device.has(0).into())
                .events(|device| &device.g1_changed)
                .on_listen(Device::listen)
                .expensive(Device::collect),
            &Block::methods_only::<G2, _>(|device: &Device, _| device.has(1).then_some(device))
                .methods::<(Ping, CountCalls, Many<'_>)>()
                .pdo(|device| device.has(1).into()),
            &Block::event(|device: &Device| &device.g3).pdo(|_| 2),
            &Block::variable::<G4<'_>, _>(|device: &Device, instance| {
                let skipped = usize::from(instance > 0 && !device.has(2));
                G4_DATA.get(instance + skipped)
            })
            .pdo(|device| 3 + usize::from(device.has(2))),
            &Block::counters::<G5, G5>(|_: &Device, _| None).pdo(|_| 0),
            &Block::counters(|_: &Device, instance| G6_DATA.get(instance)).pdo(|_| 2),
            &Block::methods_only::<G7, _>(|device: &Device, _| Some(device))
                .methods::<(Ping, CountCalls, Many<'_>)>()
                .pdo(|_| 2),
            &Block::counters::<G8, G8>(|_: &Device, _| None)
                .pdo(|_| 0)
                .events(|device| &device.g8_changed)
                .on_listen(Device::listen)
                .expensive(Device::collect),
            &Block::counters(|_: &Device, instance| G9_DATA.get(instance)).pdo(|_| 6),
            &Block::event(|device: &Device| &device.g10)
                .on_listen(|_, _| Err(NtStatus::from_value(0xc000_0001))),
            &Block::counters(|_: &Device, instance| G11_DATA.get(instance)),
        ],
        PDO,
    )
    .mof_resource("MofResourceName")
    .registry_path(|_| PATH),
    Provider::with_pdo(
        &[&Block::counters::<G0, _>(|_: &Device, instance| {
            PATTERNS.get(instance)
        })],
        PDO,
    )
    .registry_path(|_| PATH),
    Provider::with_pdo(&[], PDO),
];

macro_rules! classpnp {
    ($($name:tt)*) => {
        Provider::with_pdo(
            &[
                &Block::counters::<G0, _>(|_: &Device, instance| PATTERNS.get(instance)) $($name)*,
                &Block::fixed::<G1, _>(|device: &Device, _| Some(device))
                    .expensive(Device::collect) $($name)*,
                &Block::methods_only::<G2, _>(|device: &Device, _| Some(device))
                    .methods::<(Ping, CountCalls, Many<'_>)>() $($name)*,
                &Block::event(|device: &Device| &device.g3).on_listen(Device::listen) $($name)*,
                &Block::counters(|_: &Device, instance| ERROR_LOG.get(instance)) $($name)*,
            ],
            PDO,
        )
        .mof_resource("MofResourceName")
        .registry_path(|_| PATH)
    };
}

static CLASSPNP: [Provider<Device>; 3] = [
    classpnp!(.pdo(|_| 1)),
    classpnp!(.list(|_, instance| (instance == 0).then_some("Diff Device"))),
    classpnp!(.base_name("Diff Device", |_| 1)),
];

/// Returns the provider of a set-up.
pub(crate) fn provider(is_kmdf: bool, set_up: usize) -> &'static Provider<Device> {
    if is_kmdf {
        &KMDF[set_up]
    } else {
        &CLASSPNP[set_up]
    }
}
