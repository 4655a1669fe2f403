//! A driver with blocks of all kinds. The tests follow its code through all calls.

use core::sync::atomic::{AtomicU32, Ordering};

use iscsi_schema::MSiSCSI_MMIPSECStats;
use wmi_core::provider::{
    Block, Event, EventSink, Handle, HandleVariable, ItemChange, Provider, Reply, Request,
    Response, Sent, Stored, StoredVariable,
};
use wmi_core::wnode::Target;
use wmi_core::{Count, Execute, NtStatus, Text, Wire, WmiClass, WmiMethod};

/// Settings.
#[derive(WmiClass)]
#[wmi(guid = "52c8f1a0-3d7e-4b16-8f0a-91d2c3b4a501", methods(SetSpeed, Echo<'_>))]
pub struct Settings {
    /// Speed.
    #[wmi(data_id = 1, write)]
    pub speed: u32,
    /// Label.
    #[wmi(data_id = 2, write)]
    pub label: Text<8>,
}

/// Sets the speed.
#[derive(WmiMethod)]
#[wmi(id = 1)]
pub struct SetSpeed {
    /// The new speed.
    #[wmi(in)]
    pub speed: u32,
    /// The old speed.
    #[wmi(out)]
    pub previous: u32,
}

/// Returns its input.
#[derive(WmiMethod)]
#[wmi(id = 2)]
pub struct Echo<'a> {
    /// The number of elements.
    #[wmi(in, out)]
    pub count: Count<u32>,
    /// The input.
    #[wmi(in, size_is = "count")]
    pub input: &'a [u16],
    /// The output.
    #[wmi(out, size_is = "count")]
    pub output: &'a [u16],
}

/// A session.
#[derive(WmiClass)]
#[wmi(variable, guid = "52c8f1a0-3d7e-4b16-8f0a-91d2c3b4a502")]
pub struct Session<'a> {
    /// The number of ports.
    #[wmi(data_id = 1)]
    pub count: Count<u32>,
    /// Ports.
    #[wmi(data_id = 2, size_is = "count")]
    pub ports: &'a [u16],
    /// Name.
    #[wmi(data_id = 3, write)]
    pub name: &'a str,
}

/// A name and a place that clients set.
#[derive(WmiClass)]
#[wmi(guid = "52c8f1a0-3d7e-4b16-8f0a-91d2c3b4a504")]
pub struct Plate {
    /// Name.
    #[wmi(data_id = 1, write)]
    pub name: Text<8>,
    /// Places.
    #[wmi(data_id = 2, write)]
    pub places: [Place; 2],
}

/// A place.
#[derive(WmiClass)]
#[wmi(embedded)]
pub struct Place {
    /// Its number.
    #[wmi(data_id = 1)]
    pub number: u16,
}

/// A text that clients set.
#[derive(WmiClass)]
#[wmi(variable, guid = "52c8f1a0-3d7e-4b16-8f0a-91d2c3b4a505")]
pub struct Note<'a> {
    /// The number of lines.
    #[wmi(data_id = 1)]
    pub count: Count<u8>,
    /// Its lines.
    #[wmi(data_id = 2, size_is = "count", write)]
    pub lines: &'a [&'a str],
}

/// The link went up or down.
#[derive(WmiClass)]
#[wmi(
    event,
    base = "WMIEvent",
    guid = "52c8f1a0-3d7e-4b16-8f0a-91d2c3b4a503"
)]
pub struct LinkChange {
    /// Whether the link is up.
    #[wmi(data_id = 1)]
    pub up: bool,
}

/// The driver's state of a device.
pub struct Device {
    stats: MSiSCSI_MMIPSECStats,
    speed: AtomicU32,
    sessions: [State; 2],
    link: Event<LinkChange>,
    plate: Stored<Plate>,
    note: StoredVariable<Note<'static>, 64>,
}

struct State {
    name: &'static str,
    ports: [u16; 3],
}

impl Handle<Settings> for Device {
    fn query(&self) -> Result<Settings, NtStatus> {
        Ok(Settings {
            speed: self.speed.load(Ordering::Relaxed),
            label: Text::truncated("label"),
        })
    }

    fn set(&self, block: &Wire<Settings>) -> Result<(), NtStatus> {
        self.speed.store(block.speed(), Ordering::Relaxed);
        Ok(())
    }

    fn set_item(&self, change: ItemChange<'_, Settings>) -> Result<(), NtStatus> {
        match change.get(Settings::SPEED)? {
            Some(speed) => self.speed.store(speed, Ordering::Relaxed),
            None => return Err(NtStatus::WMI_SET_FAILURE),
        }
        Ok(())
    }
}

impl Handle<Plate> for Device {
    fn query(&self) -> Result<Plate, NtStatus> {
        self.plate.load()
    }

    fn set(&self, block: &Wire<Plate>) -> Result<(), NtStatus> {
        self.plate.store(block)
    }
}

impl HandleVariable<Note<'_>> for Device {
    fn query(&self, reply: Reply<'_, Note<'_>>) -> Result<Sent, NtStatus> {
        self.note.send(reply)
    }

    fn set(&self, block: NoteView<'_>) -> Result<(), NtStatus> {
        self.note.store(block)
    }
}

impl Execute<SetSpeed> for Device {
    fn execute(&self, input: SetSpeedInView<'_>) -> Result<SetSpeedOut, NtStatus> {
        let previous = self.speed.swap(input.speed, Ordering::Relaxed);
        Ok(SetSpeedOut { previous })
    }
}

impl Execute<Echo<'_>> for Device {
    fn output_size(&self, input: EchoInView<'_>) -> usize {
        input.input.len().saturating_mul(2).saturating_add(4)
    }

    fn execute<'a>(&'a self, input: EchoInView<'a>) -> Result<EchoOut<'a>, NtStatus> {
        Ok(EchoOut {
            count: Count::NEW,
            output: self.sessions[0]
                .ports
                .get(..input.input.len())
                .unwrap_or_default(),
        })
    }
}

impl HandleVariable<Session<'_>> for State {
    fn query(&self, reply: Reply<'_, Session<'_>>) -> Result<Sent, NtStatus> {
        reply.send(&Session {
            count: Count::NEW,
            ports: &self.ports,
            name: self.name,
        })
    }

    fn set(&self, block: SessionView<'_>) -> Result<(), NtStatus> {
        if block.name == self.name {
            return Ok(());
        }
        Err(NtStatus::WMI_SET_FAILURE)
    }
}

static PROVIDER: Provider<Device> = Provider::new(&[
    &Block::counters(|device: &Device, _| Some(&device.stats)).base_name("Stats", |_| 1),
    &Block::fixed::<Settings, _>(|device: &Device, _| Some(device))
        .methods::<(SetSpeed, Echo<'_>)>()
        .list(|_, index| ["one"].get(index).copied()),
    &Block::variable::<Session<'_>, _>(|device: &Device, index| device.sessions.get(index))
        .dynamic(|device, index| Some(device.sessions.get(index)?.name)),
    &Block::event(|device: &Device| &device.link).base_name("Link", |_| 1),
    &Block::fixed::<Plate, _>(|device: &Device, _| Some(device)).base_name("Plate", |_| 1),
    &Block::variable::<Note<'_>, _>(|device: &Device, _| Some(device)).base_name("Note", |_| 1),
])
.mof_resource("MofResource")
.registry_path(|_| &[0x5c]);

/// Answers any request.
#[inline(never)]
pub fn dispatch(device: &Device, request: Request<'_>) -> Response {
    PROVIDER.dispatch(device, request).immediate()
}

/// A sink whose memory holds one event.
pub struct Sink;

impl EventSink for Sink {
    type Memory = [u8; 128];

    fn allocate(&self, size: usize) -> Option<[u8; 128]> {
        (size <= 128).then_some([0; 128])
    }

    fn send(&self, event: [u8; 128]) -> Result<(), NtStatus> {
        core::hint::black_box(event);
        Ok(())
    }

    fn provider_id(&self) -> u32 {
        1
    }

    fn time_stamp(&self) -> i64 {
        2
    }
}

/// Sends an event.
#[inline(never)]
pub fn send(device: &Device, up: bool) -> Result<(), NtStatus> {
    device
        .link
        .send(&Sink, Target::Static(0), &LinkChange { up })
}
