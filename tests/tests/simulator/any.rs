//! Any state of a device is read unchanged: by type, by the schema and by its binary MOF. The
//! simulator checks every size to the byte.

use core::sync::atomic::AtomicU64;
use std::collections::BTreeMap;
use std::sync::Mutex;

use proptest::prelude::*;
use wmi_core::provider::{Presence, Request, Response};
use wmi_core::{DataBlock, Text};
use wmi_tools::bmf::{self, Packing};
use wmi_tools::client::{DataObject, Datum};
use wmi_tools::simulator::{InstanceValue, Simulator};
use wmi_tools::{Arena, Classes};

use super::device::*;
use super::kinds::SCHEMA;

/// Names that differ in more than the case of letters.
fn names() -> impl Strategy<Value = Vec<String>> {
    prop::collection::btree_set("[a-zäé𝄞 ]{0,12}", 0..6).prop_map(Vec::from_iter)
}

fn text() -> impl Strategy<Value = String> {
    "[a-zA-Zäß𝄞\\\\\" \n]{0,30}"
}

/// The values of a device.
#[derive(Debug)]
struct State {
    session_names: Vec<String>,
    lane_names: Vec<String>,
    note_names: Vec<String>,
    sizes: Vec<Vec<u32>>,
    texts: Vec<String>,
    numbers: [u64; 6],
    label: String,
    has_notes: bool,
}

prop_compose! {
    fn state()(
        session_names in names(),
        lane_names in names(),
        note_names in names(),
        sizes in prop::collection::vec(prop::collection::vec(any::<u32>(), 0..9), 6),
        texts in prop::collection::vec(text(), 6),
        numbers in any::<[u64; 6]>(),
        label in "[a-z]{0,4}",
        has_notes in any::<bool>(),
    ) -> State {
        State { session_names, lane_names, note_names, sizes, texts, numbers, label, has_notes }
    }
}

impl State {
    fn device(&self) -> Device {
        let mut device = Device::new();
        for (port, number) in device.ports.iter_mut().zip(self.numbers) {
            port.sent = AtomicU64::new(number);
            port.port = number as u16;
        }
        device.settings = Mutex::new(Settings {
            speed: self.numbers[0] as u32,
            revision: self.numbers[1] as u8,
            label: Text::new(&self.label).unwrap(),
            mode: self.numbers[2] as u8,
        });
        let session = |((name, sizes), target): ((&String, &Vec<u32>), &String)| SessionState {
            name: name.clone(),
            sizes: sizes.clone(),
            target: Mutex::new(target.clone()),
        };
        let sessions = self.session_names.iter().zip(&self.sizes).zip(&self.texts);
        device.sessions = sessions.map(session).collect();
        let lane = |(name, number): (&String, u64)| {
            let (errors, flags) = (number as u32, (number >> 32) as u16);
            (name.clone(), Lane { errors, flags })
        };
        device.lanes = self.lane_names.iter().zip(self.numbers).map(lane).collect();
        let notes = self.note_names.iter().cloned();
        device.notes = notes.zip(self.texts.iter().cloned()).collect();
        device.has_notes = Presence::new(self.has_notes);
        device
    }
}

/// The instances of each class that clients should see.
fn expected(device: &Device) -> BTreeMap<&'static str, Vec<InstanceValue<DataObject<'static>>>> {
    let named = |name: &str, value| InstanceValue {
        name: name.to_owned(),
        value,
    };
    let ports = device.ports.iter().enumerate().map(|(index, port)| {
        let object = DataObject::new("Vendor_PortStats")
            .with("Sent", port.snapshot().sent())
            .with("Port", port.port);
        named(&format!("Port{index}"), object)
    });
    let settings = *device.settings.lock().unwrap();
    let settings = DataObject::new("Vendor_Settings")
        .with("Speed", settings.speed)
        .with("Revision", settings.revision)
        .with("Label", settings.label.to_string())
        .with("Mode", settings.mode);
    let sessions = device.sessions.iter().map(|session| {
        let object = DataObject::new("Vendor_Session")
            .with("Count", session.sizes.len() as u8)
            .with("Sizes", session.sizes.clone())
            .with("Target", session.target.lock().unwrap().clone());
        named(&session.name, object)
    });
    let lanes = device.lanes.iter().map(|(name, lane)| {
        let object = DataObject::new("Vendor_Lane")
            .with("Errors", lane.errors)
            .with("Flags", lane.flags);
        named(name, object)
    });
    let notes = device.notes.iter().map(|(name, text)| {
        named(
            name,
            DataObject::new("Vendor_Note").with("Text", text.clone()),
        )
    });
    BTreeMap::from([
        ("Vendor_PortStats", ports.collect()),
        (
            "Vendor_Settings",
            vec![named(r"ROOT\SIMULATED\0000_0", settings)],
        ),
        ("Vendor_Session", sessions.collect()),
        ("Vendor_Lane", lanes.collect()),
        (
            "Vendor_Note",
            if device.has_notes.get() {
                notes.collect()
            } else {
                Vec::new()
            },
        ),
    ])
}

fn read_all(device: &Device, classes: Classes<'_>) {
    let answer =
        |request: Request<'_>| -> Response { PROVIDER.dispatch(device, request).immediate() };
    let mut wmi = Simulator::new(answer).with_schema(classes);
    wmi.register().unwrap();
    for (class, expected) in expected(device) {
        if class == "Vendor_Note" && !device.has_notes.get() {
            assert!(wmi.query_all_objects(class).is_err());
            continue;
        }
        let all = wmi.query_all_objects(class).unwrap();
        assert_eq!(all, expected);
        for (index, instance) in (0..).zip(all) {
            let by_name = wmi.query_object(class, &*instance.name).unwrap();
            let by_index = wmi.query_object(class, index).unwrap();
            assert_eq!(by_name, instance.value);
            assert_eq!(by_index, instance.value);
        }
    }
    assert_eq!(wmi.verify(), []);
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        cases: 64,
        ..ProptestConfig::default()
    })]

    #[test]
    fn replies_have_the_values_of_the_device(state in state()) {
        let device = state.device();
        read_all(&device, Classes::from(&SCHEMA));
        let file = bmf::encode_schema(&SCHEMA, Packing::Greedy).unwrap();
        let arena = Arena::new();
        let file = bmf::decode(&arena, &file).unwrap();
        read_all(&device, Classes::from(&file));
    }

    #[test]
    fn set_values_are_read_back(state in state(), target in text(), speed in 0..=1000u32) {
        let device = state.device();
        let answer = |request: Request<'_>| PROVIDER.dispatch(&device, request);
        let mut wmi = Simulator::new(answer).with_schema(&SCHEMA);
        wmi.register().unwrap();
        for session in wmi.instances(Session::GUID).unwrap() {
            let object = wmi.query_object("Vendor_Session", &*session).unwrap();
            let object = object.with("Target", target.clone());
            wmi.set_object(&*session, &object).unwrap();
            prop_assert_eq!(wmi.query_object("Vendor_Session", &*session).unwrap(), object);
            wmi.set_value("Vendor_Session", &*session, "Target", "one item").unwrap();
            let read = wmi.query_object("Vendor_Session", &*session).unwrap();
            prop_assert_eq!(read.get("Target"), Some(&Datum::from("one item")));
        }
        let settings = wmi.query_object("Vendor_Settings", 0).unwrap().with("Speed", speed);
        wmi.set_object(0, &settings).unwrap();
        prop_assert_eq!(wmi.query_object("Vendor_Settings", 0).unwrap(), settings);
    }
}
