//! Instances that a device should have, and values from the `ValueMap` of their items.

use wmi_core::provider::{Block, Provider, Request};
use wmi_core::schema::Schema;
use wmi_core::{DataBlock, WmiClass, WmiEnum};
use wmi_tools::simulator::{ProtocolRule, Simulator};

use super::device::{Device, Lane};
use super::kinds::simulator;
use super::shared::again;

/// How a lamp is lit.
#[derive(WmiEnum, Clone, Copy, Debug, PartialEq)]
#[repr(u8)]
enum Mode {
    /// It is off.
    Off = 1,
    /// It is on.
    On = 2,
}

/// A lamp.
#[derive(WmiClass)]
#[wmi(embedded, name = "Vendor_Lamp")]
struct Lamp {
    #[wmi(data_id = 1)]
    mode: Mode,
}

/// Lamps.
#[derive(WmiClass)]
#[wmi(name = "Vendor_Lamps", guid = "1c5b8a01-40f2-4f0e-9d55-6a0e1f2b3c11")]
struct Lamps {
    #[wmi(data_id = 1)]
    first: Mode,
    #[wmi(data_id = 2)]
    others: [Lamp; 2],
}

const CLASSES: Schema<'static> = Schema::new(&[Lamp::CLASS, Lamps::CLASS]);

static PROVIDER: Provider<Vec<Lamps>> =
    Provider::new(&[
        &Block::counters(|lamps: &Vec<Lamps>, index| lamps.get(index))
            .base_name("Lamps", |lamps| lamps.len()),
    ]);

/// Returns the violations if the last lamp has this mode.
fn found(lamps: &Vec<Lamps>, last: u8) -> Vec<ProtocolRule> {
    let answer = |mut request: Request<'_>| {
        let minor = request.minor;
        let response = PROVIDER.dispatch(lamps, again(&mut request)).immediate();
        if !minor.is_registration() && response.information == 67 {
            request.buffer[66] = last;
        }
        response
    };
    let mut wmi = Simulator::new(answer).with_schema(&CLASSES);
    assert_eq!(wmi.verify(), []);
    let violations = wmi.verify_values().unwrap();
    violations
        .into_iter()
        .map(|violation| violation.rule)
        .collect()
}

#[test]
fn values_outside_their_value_map_are_found() {
    let lamps = [Lamps {
        first: Mode::Off,
        others: [Mode::On, Mode::Off].map(|mode| Lamp { mode }),
    }];
    let lamps = Vec::from(lamps);
    assert_eq!(found(&lamps, 2), []);
    let [item, value] = ["Others[1].Mode", "7"].map(str::to_owned);
    assert_eq!(
        found(&lamps, 7),
        [ProtocolRule::UnmappedValue { item, value }]
    );
}

#[test]
fn blocks_without_instances_are_found() {
    assert_eq!(found(&Vec::new(), 1), [ProtocolRule::NoInstances]);
    let mut device = Device::new();
    device.lanes.clear();
    let mut wmi = simulator(&device);
    wmi.register().unwrap();
    let violations = wmi.verify_values().unwrap();
    assert_eq!(violations.len(), 1);
    assert_eq!(violations[0].guid, Some(Lane::GUID));
    assert_eq!(violations[0].rule, ProtocolRule::NoInstances);
}
