//! Values that clients set, stored without a lock.

use std::thread;

use wmi_core::block::EncodeError;
use wmi_core::provider::{
    Block, Handle, HandleVariable, Provider, Reply, Sent, Stored, StoredVariable,
};
use wmi_core::{
    Char16, Count, DateTime, Flags, FromBlock, NtStatus, Text, VariableClass, Wire, WmiClass,
    WmiEnum, WmiFlags,
};
use wmi_tools::simulator::{Failure, Simulator};

#[derive(Clone, Copy, Debug, PartialEq, WmiEnum)]
#[repr(u8)]
enum Mode {
    /// Off.
    Off = 1,
    /// On.
    On = 2,
}

#[derive(Clone, Copy, Debug, PartialEq, WmiFlags)]
#[repr(u16)]
enum Feature {
    /// Wake.
    Wake = 1,
}

#[derive(WmiClass, Clone, Debug, PartialEq)]
#[wmi(name = "Vendor_Corner", embedded)]
struct Corner {
    #[wmi(data_id = 1)]
    x: u16,
    #[wmi(data_id = 2)]
    modes: [Mode; 2],
    #[wmi(data_id = 3)]
    y: i64,
}

/// An item of every type.
#[derive(WmiClass, Clone, Debug, PartialEq)]
#[wmi(name = "Vendor_Options", guid = "1c5b8a01-40f2-4f0e-9d55-6a0e1f2b3c71")]
struct Options {
    #[wmi(data_id = 1, write)]
    lit: bool,
    #[wmi(data_id = 2, write)]
    corners: [Corner; 2],
    #[wmi(data_id = 3, write)]
    label: Text<4>,
    #[wmi(data_id = 4, write)]
    since: DateTime,
    #[wmi(data_id = 5, write)]
    features: Flags<Feature>,
    #[wmi(data_id = 6, write)]
    letter: Char16,
    #[wmi(data_id = 7)]
    revision: u32,
}

#[derive(WmiClass, Clone, Debug)]
#[wmi(name = "Vendor_Portal", embedded, variable)]
struct Portal<'a> {
    #[wmi(data_id = 1)]
    host: &'a str,
    #[wmi(data_id = 2)]
    port: u32,
}

#[derive(WmiClass, Clone, Debug)]
#[wmi(
    name = "Vendor_Targets",
    variable,
    guid = "1c5b8a01-40f2-4f0e-9d55-6a0e1f2b3c72"
)]
struct Targets<'a> {
    #[wmi(data_id = 1)]
    owner: &'a str,
    #[wmi(data_id = 2)]
    count: Count<u8>,
    #[wmi(data_id = 3, size_is = count, write)]
    portals: &'a [Portal<'a>],
    #[wmi(data_id = 4, write)]
    corner: Corner,
    #[wmi(data_id = 5, write)]
    names: [&'a str; 2],
    #[wmi(data_id = 6, write)]
    backup: Portal<'a>,
    #[wmi(data_id = 7, write)]
    last: u64,
}

struct Device {
    options: Stored<Options>,
    targets: StoredVariable<Targets<'static>, 256>,
}

impl Handle<Options> for Device {
    fn query(&self) -> Result<Options, NtStatus> {
        self.options.load()
    }

    fn set(&self, block: &Wire<Options>) -> Result<(), NtStatus> {
        self.options.store(block)
    }
}

impl HandleVariable<Targets<'_>> for Device {
    fn query(&self, reply: Reply<'_, Targets<'_>>) -> Result<Sent, NtStatus> {
        self.targets.send(reply)
    }

    fn set(&self, block: TargetsView<'_>) -> Result<(), NtStatus> {
        self.targets.store(block)
    }
}

static PROVIDER: Provider<Device> = Provider::kmdf(&[
    &Block::fixed::<Options, _>(|device: &Device, _| Some(device)),
    &Block::variable::<Targets<'_>, _>(|device: &Device, _| Some(device)),
]);

fn corner(x: u16) -> Corner {
    Corner {
        x,
        modes: [Mode::On, Mode::Off],
        y: -1,
    }
}

fn options() -> Options {
    Options {
        lit: true,
        corners: [corner(1), corner(2)],
        label: Text::truncated("ab"),
        since: DateTime::ZERO,
        features: Feature::Wake.into(),
        letter: Char16::new(0x41),
        revision: 7,
    }
}

const TARGETS: Targets<'static> = Targets {
    owner: "me",
    count: Count::NEW,
    portals: &[
        Portal { host: "a", port: 1 },
        Portal {
            host: "long host",
            port: 2,
        },
    ],
    corner: Corner {
        x: 3,
        modes: [Mode::Off; 2],
        y: 4,
    },
    names: ["", "name"],
    backup: Portal { host: "b", port: 3 },
    last: u64::MAX,
};

fn device() -> Device {
    Device {
        options: Stored::new(&options()),
        targets: StoredVariable::new(&TARGETS).unwrap(),
    }
}

fn encoded(values: &Targets<'_>) -> Vec<u8> {
    let mut bytes = vec![0; values.encoded_size().unwrap()];
    values.encode(&mut bytes).unwrap();
    bytes
}

#[test]
fn values_of_every_type_are_set_and_queried() -> Result<(), Failure> {
    let device = device();
    let mut wmi = Simulator::new(|request| PROVIDER.dispatch(&device, request)).without_pdo();
    wmi.register()?;
    let mut values = options();
    assert_eq!(wmi.query::<Options>(0)?, values.snapshot());
    values.lit = false;
    values.corners[1] = corner(9);
    values.label = Text::truncated("wxyz");
    values.features = Flags::from_bits(6);
    values.letter = Char16::new(0xd800);
    wmi.set(0, &values.snapshot())?;
    assert_eq!(wmi.query::<Options>(0)?, values.snapshot());
    assert_eq!(device.options.load(), Ok(values));
    Ok(())
}

#[test]
fn items_without_write_keep_their_stored_values() -> Result<(), Failure> {
    let device = device();
    let mut wmi = Simulator::new(|request| PROVIDER.dispatch(&device, request)).without_pdo();
    wmi.register()?;
    let revision = 8;
    wmi.set(
        0,
        &Options {
            revision,
            ..options()
        }
        .snapshot(),
    )?;
    assert_eq!(device.options.load(), Ok(options()));
    // The driver itself replaces them.
    let values = Options {
        revision,
        ..options()
    };
    assert_eq!(device.options.store(&values.snapshot()), Ok(()));
    assert_eq!(wmi.query::<Options>(0)?, values.snapshot());
    wmi.set_variable(
        0,
        &Targets {
            owner: "you",
            last: 1,
            ..TARGETS
        },
    )?;
    let block = wmi.query_variable::<Targets<'_>>(0)?;
    assert_eq!(block.as_bytes(), encoded(&Targets { last: 1, ..TARGETS }));
    Ok(())
}

#[test]
fn strings_and_arrays_are_set_and_queried() -> Result<(), Failure> {
    let device = device();
    let mut wmi = Simulator::new(|request| PROVIDER.dispatch(&device, request)).without_pdo();
    wmi.register()?;
    let block = wmi.query_variable::<Targets<'_>>(0)?;
    assert_eq!(block.as_bytes(), encoded(&TARGETS));
    let portals = [Portal { host: "", port: 5 }];
    for values in [
        Targets {
            portals: &portals,
            corner: corner(6),
            ..TARGETS
        },
        Targets {
            portals: &[],
            names: ["longer than before", ""],
            ..TARGETS
        },
    ] {
        wmi.set_variable(0, &values)?;
        let block = wmi.query_variable::<Targets<'_>>(0)?;
        assert_eq!(block.as_bytes(), encoded(&values));
        let mut buffer = [0; 256];
        let view = device.targets.load(&mut buffer).unwrap();
        assert_eq!(view.portals.len(), values.portals.len());
        assert_eq!(view.names[0], values.names[0]);
    }
    Ok(())
}

#[test]
fn numbers_without_variant_are_refused_and_leave_the_values() {
    let stored = Stored::new(&options());
    let mut block = options().snapshot();
    let mut other = corner(3).snapshot();
    other.set(
        Corner::MODES,
        [Mode::On.into(), wmi_core::Enumerated::Other(9)],
    );
    block.set(Options::CORNERS, [corner(3).snapshot(), other]);
    let refused = Err(NtStatus::WMI_SET_FAILURE);
    assert_eq!(Options::from_block(&block).map(|_| ()), refused);
    assert_eq!(stored.store(&block), refused);
    assert_eq!(stored.load(), Ok(options()));
}

#[test]
fn values_without_room_are_refused_and_leave_the_values() {
    let name = "n".repeat(100);
    let large = Targets {
        names: [&name, ""],
        ..TARGETS
    };
    let device = device();
    let bytes = encoded(&large);
    let view = Targets::decode(&bytes).unwrap();
    assert_eq!(device.targets.store(view), Err(NtStatus::WMI_SET_FAILURE));
    let mut buffer = [0; 256];
    let kept = device.targets.load(&mut buffer).unwrap();
    assert_eq!(kept.names[1], "name");
    let needed = encoded(&TARGETS).len();
    let small = StoredVariable::<_, 8>::new(&TARGETS).map(|_| ());
    assert_eq!(small, Err(EncodeError::BufferTooSmall { needed }));
}

#[test]
fn ill_formed_text_is_stored_as_it_was_sent() {
    let stored = StoredVariable::<Portal<'_>, 32>::new(&Portal { host: "", port: 0 }).unwrap();
    // A lone surrogate, and a NUL at which readers stop.
    let bytes = [8, 0, 0x00, 0xd8, 0x41, 0, 0, 0, 0x42, 0, 0, 0, 7, 0, 0, 0];
    let sent = Portal::decode(&bytes).unwrap();
    assert_eq!(stored.store(sent), Ok(()));
    let mut buffer = [0; 32];
    let view = stored.load(&mut buffer).unwrap();
    assert_eq!(view.host.units().collect::<Vec<_>>(), [0xd800, 0x41]);
    assert_eq!(view.port, 7);
}

/// The number of sets of each writer.
const SETS: u16 = if cfg!(miri) { 20 } else { 2000 };

#[test]
fn queries_return_the_values_of_one_set() {
    let of = |x| Options {
        corners: [corner(x), corner(x)],
        ..options()
    };
    let stored = Stored::new(&of(0));
    let text = |x: u16| x.to_string().repeat(usize::from(x % 5));
    let note = StoredVariable::<Portal<'_>, 64>::new(&Portal { host: "", port: 0 }).unwrap();
    thread::scope(|scope| {
        for first in [1, 2] {
            let (stored, note) = (&stored, &note);
            scope.spawn(move || {
                for x in (first..SETS).step_by(2) {
                    // Another writer may be at work for long, as far as this thread can see.
                    while stored.store(&of(x).snapshot()).is_err() {}
                    let host = text(x);
                    let values = Portal {
                        host: &host,
                        port: x.into(),
                    };
                    let mut bytes = vec![0; values.encoded_size().unwrap()];
                    values.encode(&mut bytes).unwrap();
                    while note.store(Portal::decode(&bytes).unwrap()).is_err() {}
                }
            });
        }
        for _ in 0..SETS {
            if let Ok(values) = stored.load() {
                assert_eq!(values.corners[0], values.corners[1]);
            }
            let mut buffer = [0; 64];
            if let Ok(view) = note.load(&mut buffer) {
                assert_eq!(view.host, *text(view.port.try_into().unwrap()));
            }
        }
    });
}
