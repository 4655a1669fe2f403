//! Storport miniports, which do not know their physical device object.

use wmi_core::DataBlock;
use wmi_core::provider::{Block, Provider};
use wmi_tools::simulator::{Failure, Names, ProtocolRule};

use super::device::*;
use super::kinds::SCHEMA;
use super::shared::boxed;

static MINIPORT: Provider<Device> = Provider::storport(BLOCKS).mof_resource("MofResource");

#[test]
fn port_driver_fills_in_the_device() {
    let device = Device::new();
    let mut wmi = boxed(|request| MINIPORT.dispatch(&device, request))
        .with_schema(&SCHEMA)
        .without_pdo();
    let registration = wmi.register().unwrap();
    let settings = registration.block(Settings::GUID).unwrap();
    assert_eq!(settings.names, Names::Pdo { device: 0 });
    let names = wmi.instances(Settings::GUID).unwrap();
    assert_eq!(names, [r"ROOT\SIMULATED\0000_0"]);
    assert_eq!(wmi.query::<Settings>(&*names[0]).unwrap().speed(), 100);
    assert_eq!(wmi.instances(Lane::GUID).unwrap(), ["Lane A", "Lane B"]);
    assert_eq!(wmi.verify(), []);
}

const SETTINGS: &[&Block<Device>] = &[BLOCKS[1]];

/// The framework fills in the device object of a KMDF driver.
static KMDF: Provider<Device> = Provider::kmdf(SETTINGS).mof_resource("MofResource");

#[test]
fn framework_fills_in_the_device() {
    let device = Device::new();
    let mut wmi = boxed(|request| KMDF.dispatch(&device, request)).without_pdo();
    let name = r"ROOT\SIMULATED\0000_0";
    wmi.register().unwrap();
    assert_eq!(wmi.instances(Settings::GUID).unwrap(), [name]);
    assert_eq!(wmi.query::<Settings>(name).unwrap().speed(), 100);
    assert_eq!(wmi.verify(), []);
}

#[test]
fn wdm_driver_must_name_the_device() {
    let device = Device::new();
    let mut wmi = boxed(|request| MINIPORT.dispatch(&device, request));
    let Err(Failure::Violation(violation)) = wmi.register() else {
        panic!("it is registered");
    };
    let guid = Settings::GUID;
    assert_eq!(violation.rule, ProtocolRule::NoPdo { guid });
    let text = violation.rule.to_string();
    assert!(text.contains("`Provider::with_pdo`"), "{text}");
}
