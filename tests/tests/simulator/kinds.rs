//! Blocks of all kinds, by type and by name.

use core::error::Error;

use wmi_core::schema::Schema;
use wmi_core::{DataBlock, NtStatus, Text, WmiClass};
use wmi_tools::client::{Client, DataObject, Datum};
use wmi_tools::simulator::{Failure, Simulator};

use super::device::*;
use super::shared::{Boxed, boxed};

pub(crate) const SCHEMA: Schema<'static> = Schema::new(&[
    PortStats::CLASS,
    Settings::CLASS,
    Session::CLASS,
    Lane::CLASS,
    Note::CLASS,
    Tools::CLASS,
    Alarm::CLASS,
]);

pub(crate) fn simulator(device: &Device) -> Boxed<'_> {
    boxed(|request| PROVIDER.dispatch(device, request).immediate()).with_schema(&SCHEMA)
}

#[test]
fn registration_lists_blocks_and_names() {
    let device = Device::new();
    let mut wmi = simulator(&device);
    let registration = wmi.register().unwrap();
    assert_eq!(registration.mof_resource, "MofResource");
    assert_eq!(registration.registry_path, r"\R");
    assert_eq!(registration.blocks.len(), 7);
    let names = |wmi: &mut Simulator<'_, _>, guid| wmi.instances(guid).unwrap();
    assert_eq!(names(&mut wmi, PortStats::GUID), ["Port0", "Port1"]);
    assert_eq!(names(&mut wmi, Settings::GUID), [r"ROOT\SIMULATED\0000_0"]);
    assert_eq!(
        names(&mut wmi, Session::GUID),
        ["first", "second one", "é𝄞"]
    );
    assert_eq!(names(&mut wmi, Lane::GUID), ["Lane A", "Lane B"]);
    assert_eq!(names(&mut wmi, Note::GUID), ["one", "two"]);
}

#[test]
fn blocks_of_fixed_size_are_queried() {
    let device = Device::new();
    let mut wmi = simulator(&device);
    let failure = wmi.query_all::<PortStats>().unwrap_err();
    assert_eq!(
        failure,
        Failure::NotRegistered {
            guid: PortStats::GUID
        }
    );
    wmi.register().unwrap();

    let all = wmi.query_all::<PortStats>().unwrap();
    let values: Vec<_> = all
        .iter()
        .map(|port| (&*port.name, port.value.sent()))
        .collect();
    assert_eq!(values, [("Port0", 5), ("Port1", 6)]);
    device.ports[1].add_sent(10);
    assert_eq!(wmi.query::<PortStats>(1).unwrap().sent(), 16);
    assert_eq!(wmi.query::<PortStats>("port1").unwrap().port(), 1);
    let failure = wmi.query::<PortStats>("Port2").unwrap_err();
    assert_eq!(
        failure,
        Failure::NoInstance {
            instance: "Port2".to_owned()
        }
    );
    let failure = wmi.query::<PortStats>(2).unwrap_err();
    assert_eq!(failure.status(), Some(NtStatus::WMI_INSTANCE_NOT_FOUND));

    let lanes = wmi.query_all_objects("Vendor_Lane").unwrap();
    assert_eq!(lanes[1].name, "Lane B");
    assert_eq!(lanes[1].value.get("Errors"), Some(&Datum::U32(3)));
    assert_eq!(wmi.query::<Lane>("lane a").unwrap().flags(), 2);
    let lane = wmi.query_object("vendor_lane", 1).unwrap();
    assert_eq!(lane, lanes[1].value);
}

#[test]
fn blocks_of_variable_size_are_queried_and_set() {
    let device = Device::new();
    let mut wmi = simulator(&device);
    wmi.register().unwrap();
    let sessions = wmi.query_all_variable::<Session<'_>>().unwrap();
    let view = sessions[0].value.view().unwrap();
    assert!(view.sizes.iter().eq([1, 2, 3]) && view.target == "iqn.a");
    let session = wmi.query_object("Vendor_Session", "é𝄞").unwrap();
    assert_eq!(session.get("Sizes"), Some(&Datum::from([4u32])));
    let note = wmi.query_variable::<Note<'_>>("two").unwrap();
    assert_eq!(note.view().unwrap().text, "bcd");

    wmi.set_value("Vendor_Session", "first", "Target", "iqn.new")
        .unwrap();
    let session = wmi.query_object("Vendor_Session", 0).unwrap();
    assert_eq!(session.get("target").unwrap().as_text().unwrap(), "iqn.new");
    let session = session.with("Target", "again");
    wmi.set_object("first", &session).unwrap();
    assert_eq!(*device.sessions[0].target.lock().unwrap(), "again");
}

#[test]
fn settings_can_be_set() {
    let device = Device::new();
    let mut wmi = simulator(&device);
    wmi.register().unwrap();
    let mut settings = wmi.query::<Settings>(0).unwrap();
    assert_eq!(settings.speed(), 100);
    settings.set(Settings::SPEED, 500);
    wmi.set(0, &settings).unwrap();
    assert_eq!(device.settings.lock().unwrap().speed, 500);
    wmi.set_item(0, Settings::MODE, 7).unwrap();
    assert_eq!(device.settings.lock().unwrap().mode, 7);
    wmi.set_value("Vendor_Settings", 0, "Label", "abc").unwrap();
    assert_eq!(device.settings.lock().unwrap().label, "abc");

    settings.set(Settings::SPEED, 5000);
    let failure = wmi.set(0, &settings).unwrap_err();
    assert_eq!(failure.status(), Some(NtStatus::WMI_SET_FAILURE));
    let failure = wmi.set_item(0, Settings::REVISION, 7).unwrap_err();
    assert_eq!(failure.status(), Some(NtStatus::WMI_READ_ONLY));
    let port = wmi.query::<PortStats>(0).unwrap();
    let failure = wmi.set(0, &port).unwrap_err();
    assert_eq!(failure.status(), Some(NtStatus::WMI_READ_ONLY));
}

#[test]
fn collection_is_switched() {
    let device = Device::new();
    let mut wmi = simulator(&device);
    wmi.register().unwrap();
    wmi.enable_collection::<Settings>().unwrap();
    wmi.disable_collection::<Settings>().unwrap();
    assert_eq!(*device.collecting.lock().unwrap(), [true, false]);
}

#[test]
fn updates_remove_and_add_blocks() {
    let device = Device::new();
    let mut wmi = simulator(&device);
    assert_eq!(wmi.register().unwrap().blocks.len(), 7);
    device.has_notes.set(false);
    assert_eq!(wmi.update().unwrap().blocks.len(), 6);
    let failure = wmi.query_all_variable::<Note<'_>>().unwrap_err();
    let (guid, class) = (Note::GUID, Some("Vendor_Note".into()));
    assert_eq!(failure, Failure::NoBlock { guid, class });
    let text = format!(
        "the provider has not registered the block of Vendor_Note {guid}; add it to the \
         provider's list, and see that it is present"
    );
    assert_eq!(failure.to_string(), text);
    device.has_notes.set(true);
    assert_eq!(wmi.update().unwrap().blocks.len(), 7);
    assert_eq!(wmi.instances(Note::GUID).unwrap(), ["one", "two"]);
}

#[test]
fn provider_passes_verification() {
    let device = Device::new();
    let settings = || *device.settings.lock().unwrap();
    assert_eq!(simulator(&device).watch(settings).verify(), []);
}
#[test]
fn methods_are_executed() {
    let device = Device::new();
    let settings = || *device.settings.lock().unwrap();
    let mut wmi = simulator(&device).watch(settings);
    wmi.register().unwrap();
    let output = wmi
        .execute::<Settings, SetSpeed>(0, &SetSpeedIn { speed: 7 })
        .unwrap();
    let output = output.view().unwrap();
    assert_eq!((output.previous, output.status), (100, u64::MAX));
    assert_eq!(settings().speed, 7);

    let input = DataObject::new("SetSpeed").with("Speed", 8u8);
    let output = wmi.execute_object("Vendor_Settings", 0, &input).unwrap();
    assert_eq!(output.get("Previous").unwrap().as_u64(), Some(7));
    let failure = wmi.execute::<Settings, SetSpeed>(0, &SetSpeedIn { speed: 0 });
    assert_eq!(
        failure.unwrap_err().status(),
        Some(NtStatus::INVALID_PARAMETER)
    );
    wmi.execute::<Settings, Reset>(0, &wmi_core::NoParameters)
        .unwrap();
    assert_eq!(settings(), DEFAULTS);

    // Inputs that are copied, and one that is too long for that.
    for length in [0u8, 3, 255] {
        let bytes = vec![0; usize::from(length)];
        let input = DataObject::new("Pattern").with("Input", bytes);
        let output = wmi.execute_object("Vendor_Tools", 0, &input).unwrap();
        assert_eq!(output.get("Output"), Some(&(0..length).collect()));
    }
}

/// A test can use `?` on every error that it meets.
#[test]
fn errors_of_a_test_convert_to_failures() -> Result<(), Failure> {
    let device = Device::new();
    let mut wmi = simulator(&device);
    wmi.register()?;
    let label = Text::<4>::new("a")?;
    wmi.set_item(0, Settings::LABEL, label)?;
    for session in wmi.query_all_variable::<Session<'_>>()? {
        let view = session.value.view()?;
        assert_eq!(usize::from(view.count), view.sizes.len());
    }
    let wnode = DataObject::new("Vendor_Note").with("Text", "a");
    let layout = wmi_tools::layout::BlockLayout::of(Note::CLASS, &(&SCHEMA).into())?;
    let bytes = wnode.encode(&layout)?;
    assert_eq!(DataObject::decode(&layout, &bytes)?, wnode);

    let text = |failure: Failure| failure.to_string();
    let long = Text::<4>::new("abcde").unwrap_err();
    assert_eq!(text(long.into()), long.to_string());
    let cut = Client::new(&SCHEMA).decode(&[0; 4]).unwrap_err();
    assert_eq!(text(cut.clone().into()), cut.to_string());
    assert!(cut.source().is_none());
    let failure = wmi.set_value("Vendor_Settings", 0, "Speed", "fast");
    assert_eq!(
        text(failure.unwrap_err()),
        "`Speed`: cannot be a string; give an integer"
    );
    Ok(())
}
