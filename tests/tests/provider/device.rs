//! A device with blocks of every kind.

use core::sync::atomic::AtomicU64;
use std::sync::Mutex;

use wmi_core::provider::{
    Block, Event, Handle, HandleVariable, Presence, Provider, Reply, Sent, VariableItemChange,
};
use wmi_core::{Count, Execute, NtStatus, Text, Wire, WmiClass, WmiMethod};

/// Counters without a handler. Two ports with a base name.
#[derive(WmiClass)]
#[wmi(name = "Vendor_PortStats", base = "Win32_PerfRawData")]
#[wmi(guid = "1c5b8a01-40f2-4f0e-9d55-6a0e1f2b3c01")]
pub(crate) struct PortStats {
    #[wmi(data_id = 1, counter = "PERF_COUNTER_BULK_COUNT")]
    pub(crate) sent: AtomicU64,
    #[wmi(data_id = 2)]
    pub(crate) port: u16,
}

/// Settings that can be changed. One instance, named by the physical device object.
#[derive(WmiClass, Clone, Copy, PartialEq, Debug)]
#[wmi(
    name = "Vendor_Settings",
    guid = "1c5b8a01-40f2-4f0e-9d55-6a0e1f2b3c02"
)]
#[wmi(methods(Reset, SetSpeed))]
pub(crate) struct Settings {
    #[wmi(data_id = 1, write)]
    pub(crate) speed: u32,
    #[wmi(data_id = 2)]
    pub(crate) revision: u8,
    #[wmi(data_id = 3, write)]
    pub(crate) label: Text<4>,
    #[wmi(data_id = 4, write)]
    pub(crate) mode: u8,
}

/// Restores the defaults.
#[derive(WmiMethod)]
#[wmi(id = 7)]
pub(crate) struct Reset;

/// Changes the speed.
#[derive(WmiMethod)]
#[wmi(id = 9)]
pub(crate) struct SetSpeed {
    #[wmi(in)]
    pub(crate) speed: u32,
    #[wmi(out)]
    pub(crate) previous: u32,
    #[wmi(out)]
    pub(crate) status: u64,
}

/// Sessions that come and go, so their names are dynamic.
#[derive(WmiClass)]
#[wmi(
    name = "Vendor_Session",
    variable,
    guid = "1c5b8a01-40f2-4f0e-9d55-6a0e1f2b3c03"
)]
pub(crate) struct Session<'a> {
    #[wmi(data_id = 1)]
    pub(crate) count: Count<u8>,
    #[wmi(data_id = 2, size_is = "count")]
    pub(crate) sizes: &'a [u32],
    #[wmi(data_id = 3, write)]
    pub(crate) target: &'a str,
}

/// Fixed size and dynamic names.
#[derive(WmiClass)]
#[wmi(name = "Vendor_Lane", guid = "1c5b8a01-40f2-4f0e-9d55-6a0e1f2b3c04")]
pub(crate) struct Lane {
    #[wmi(data_id = 1)]
    pub(crate) errors: u32,
    #[wmi(data_id = 2)]
    pub(crate) flags: u16,
}

/// Variable size and static names from a list.
#[derive(WmiClass)]
#[wmi(
    name = "Vendor_Note",
    variable,
    guid = "1c5b8a01-40f2-4f0e-9d55-6a0e1f2b3c05"
)]
pub(crate) struct Note<'a> {
    #[wmi(data_id = 1)]
    pub(crate) text: &'a str,
}

/// Has a method and no items.
#[derive(WmiClass)]
#[wmi(name = "Vendor_Tools", guid = "1c5b8a01-40f2-4f0e-9d55-6a0e1f2b3c06")]
#[wmi(methods(Pattern<'_>))]
pub(crate) struct Tools;

/// Returns as many bytes of a pattern as the input has.
#[derive(WmiMethod)]
#[wmi(id = 1)]
pub(crate) struct Pattern<'a> {
    #[wmi(in, out)]
    pub(crate) count: Count<u16>,
    #[wmi(in, size_is = "count")]
    pub(crate) input: &'a [u8],
    #[wmi(out, size_is = "count")]
    pub(crate) output: &'a [u8],
}

/// An event that cannot be queried.
#[derive(WmiClass)]
#[wmi(event, name = "Vendor_Alarm", base = "WMIEvent")]
#[wmi(guid = "1c5b8a01-40f2-4f0e-9d55-6a0e1f2b3c07")]
pub(crate) struct Alarm {
    #[wmi(data_id = 1)]
    pub(crate) code: u32,
    #[wmi(data_id = 2)]
    pub(crate) port: u16,
}

/// The driver's state of a device.
pub(crate) struct Device {
    pub(crate) ports: [PortStats; 2],
    pub(crate) settings: Mutex<Settings>,
    pub(crate) sessions: Vec<SessionState>,
    pub(crate) lanes: Vec<(String, Lane)>,
    pub(crate) notes: Vec<(String, String)>,
    pub(crate) tools: ToolsState,
    pub(crate) collecting: Mutex<Vec<bool>>,
    pub(crate) has_notes: Presence,
    pub(crate) alarm: Event<Alarm>,
    /// The event of `PortStats`, which can be queried too.
    pub(crate) stats_changed: Event<PortStats>,
    /// The event of `Note`, which is not always present.
    pub(crate) note_changed: Event<Note<'static>>,
}

pub(crate) struct SessionState {
    pub(crate) name: String,
    pub(crate) sizes: Vec<u32>,
    pub(crate) target: Mutex<String>,
}

/// Keeps the value that a method returns, because its output borrows it.
pub(crate) struct ToolsState {
    pub(crate) pattern: Box<[u8]>,
}

impl Handle<Settings> for Device {
    fn query(&self) -> Result<Settings, NtStatus> {
        Ok(*self.settings.lock().unwrap())
    }

    fn set(&self, block: &Wire<Settings>) -> Result<(), NtStatus> {
        if block.speed() > 1000 {
            return Err(NtStatus::WMI_SET_FAILURE);
        }
        let mut settings = self.settings.lock().unwrap();
        settings.speed = block.speed();
        settings.label = block.label();
        settings.mode = block.mode();
        Ok(())
    }
}

impl Execute<Reset> for Device {
    fn execute(&self, _: wmi_core::NoParameters) -> Result<wmi_core::NoParameters, NtStatus> {
        *self.settings.lock().unwrap() = DEFAULTS;
        Ok(wmi_core::NoParameters)
    }
}

impl Execute<SetSpeed> for Device {
    fn execute(&self, input: SetSpeedInView<'_>) -> Result<SetSpeedOut, NtStatus> {
        if input.speed == 0 {
            return Err(NtStatus::INVALID_PARAMETER);
        }
        let mut settings = self.settings.lock().unwrap();
        let previous = core::mem::replace(&mut settings.speed, input.speed);
        Ok(SetSpeedOut {
            previous,
            status: u64::MAX,
        })
    }
}

impl HandleVariable<Session<'_>> for SessionState {
    fn query(&self, reply: Reply<'_, Session<'_>>) -> Result<Sent, NtStatus> {
        reply.send(&Session {
            count: Count::NEW,
            sizes: &self.sizes,
            target: &self.target.lock().unwrap(),
        })
    }

    fn set(&self, block: SessionView<'_>) -> Result<(), NtStatus> {
        *self.target.lock().unwrap() = block.target.to_string();
        Ok(())
    }

    fn set_item(&self, change: VariableItemChange<'_>) -> Result<(), NtStatus> {
        *self.target.lock().unwrap() = change.value::<&str>()?.to_string();
        Ok(())
    }
}

impl HandleVariable<Note<'_>> for (String, String) {
    fn query(&self, reply: Reply<'_, Note<'_>>) -> Result<Sent, NtStatus> {
        reply.send(&Note { text: &self.1 })
    }
}

impl Execute<Pattern<'_>> for ToolsState {
    fn output_size(&self, input: PatternInView<'_>) -> usize {
        2 + input.input.len()
    }

    fn execute<'a>(&'a self, input: PatternInView<'a>) -> Result<PatternOut<'a>, NtStatus> {
        Ok(PatternOut {
            count: Count::NEW,
            output: self
                .pattern
                .get(..input.input.len())
                .ok_or(NtStatus::INVALID_PARAMETER)?,
        })
    }
}

/// The bytes 0 to 255.
const PATTERN: [u8; 256] = {
    let mut pattern = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        pattern[byte] = byte as u8;
        byte += 1;
    }
    pattern
};

pub(crate) const DEFAULTS: Settings = Settings {
    speed: 100,
    revision: 3,
    label: Text::EMPTY,
    mode: 1,
};

/// The address of the physical device object: high, like the kernel's addresses.
pub(crate) const PDO: usize = usize::MAX / 3 * 2;

pub(crate) static PROVIDER: Provider<Device> = Provider::with_pdo(BLOCKS, |_| PDO)
    .mof_resource("MofResource")
    .registry_path(|_| &[0x5c, 0x52]);

pub(crate) const BLOCKS: &[&Block<Device>] = &[
    &Block::counters(|device: &Device, port| device.ports.get(port))
        .base_name("Port", |device| device.ports.len())
        .events(|device| &device.stats_changed),
    &Block::fixed::<Settings, _>(|device: &Device, _| Some(device))
        .methods::<(Reset, SetSpeed)>()
        .expensive(|device, on| {
            device.collecting.lock().unwrap().push(on);
            Ok(())
        }),
    &Block::variable::<Session<'_>, _>(|device: &Device, session| device.sessions.get(session))
        .dynamic(|device, session| Some(&device.sessions.get(session)?.name)),
    &Block::counters(|device: &Device, lane| Some(&device.lanes.get(lane)?.1))
        .dynamic(|device, lane| Some(&device.lanes.get(lane)?.0)),
    &Block::variable::<Note<'_>, _>(|device: &Device, note| device.notes.get(note))
        .list(|device, note| Some(&device.notes.get(note)?.0))
        .events(|device| &device.note_changed)
        .present_if(|device| &device.has_notes),
    &Block::methods_only::<Tools, _>(|device: &Device, _| Some(&device.tools))
        .methods::<(Pattern<'_>,)>(),
    &Block::event(|device: &Device| &device.alarm).base_name("Alarm", |_| 1),
];

impl Device {
    pub(crate) fn new() -> Self {
        let session = |name: &str, sizes: &[u32], target: &str| SessionState {
            name: name.to_owned(),
            sizes: sizes.into(),
            target: Mutex::new(target.to_owned()),
        };
        let note = |name: &str, text: &str| (name.to_owned(), text.to_owned());
        let lane = |name: &str, errors, flags| (name.to_owned(), Lane { errors, flags });
        Self {
            ports: [0, 1].map(|port| PortStats {
                sent: AtomicU64::new(u64::from(port) + 5),
                port,
            }),
            settings: Mutex::new(DEFAULTS),
            sessions: vec![
                session("first", &[1, 2, 3], "iqn.a"),
                session("second one", &[], ""),
                session("é𝄞", &[4], "iqn.bc"),
            ],
            lanes: vec![lane("Lane A", 1, 2), lane("Lane B", 3, 4)],
            notes: vec![note("one", "a"), note("two", "bcd")],
            tools: ToolsState {
                pattern: PATTERN.repeat(8)[..2000].into(),
            },
            collecting: Mutex::default(),
            has_notes: Presence::new(true),
            alarm: Event::new(),
            stats_changed: Event::new(),
            note_changed: Event::new(),
        }
    }
}
