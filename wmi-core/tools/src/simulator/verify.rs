//! What no well-behaved client sends.

use core::mem::offset_of;

use zerocopy::FromBytes;

use super::ask::{Instance, Part, all_data_request, with};
use super::open::Switch;
use super::registration::Registered;
use super::send::Answer;
use super::strange::{self, Expected, Strange};
use super::{Device, Registration, Simulator, registering};
use super::{Failure, ProtocolRule, Violation};
use wmi_core::provider::{DataPath, Minor};
use wmi_core::wnode::flags::WNODE_FLAG_TOO_SMALL;
use wmi_core::wnode::{WnodeAllData, WnodeTooSmall};

impl<D: Device> Simulator<'_, D> {
    /// Registers, queries every instance of every block, and then sends what no well-behaved client
    /// sends: unknown classes, instances, items and methods, buffers that are too small, requests
    /// without data or whose sizes and offsets lie, and IRPs that are another's. Returns all rules
    /// that were broken: `assert_eq!(wmi.verify(), [])`.
    ///
    /// Events and collection are switched on and off; nothing is set, and no method is executed,
    /// unless the provider takes a malformed request for a good one.
    pub fn verify(&mut self) -> Vec<Violation> {
        let mut violations = Vec::new();
        let mut note = |result: Result<(), Failure>| {
            let violation = match result {
                Err(Failure::Violation(violation)) => *violation,
                Err(Failure::Pending { minor, guid, class }) => Violation {
                    class,
                    ..Violation::new(Some(minor), guid, ProtocolRule::StillPending)
                },
                _ => return,
            };
            if !violations.contains(&violation) {
                violations.push(violation);
            }
        };
        for device in 0..=self.others.len() {
            self.at(device, |wmi| wmi.verify_here(&mut note));
        }
        if !self.others.is_empty() {
            // Together the devices name each instance once.
            for guid in self.queried() {
                note(self.all_data(guid).map(|_| ()).map_err(unexpected));
            }
        }
        violations
    }

    /// Verifies one device.
    fn verify_here(&mut self, note: &mut dyn FnMut(Result<(), Failure>)) {
        note(self.register_here().map_err(unexpected));
        // What the framework or a port driver passes on has its driver's path.
        let Registration {
            registry_path,
            mof_resource,
            ..
        } = self.registration();
        if !self.is_without_pdo && !mof_resource.is_empty() && registry_path.is_empty() {
            note(Err(registering(ProtocolRule::NoRegistryPath)));
        }
        // Which of the two Windows sends depends on its version.
        for minor in [Minor::RegInfoEx, Minor::RegInfo] {
            let asked = self.ask_registration(minor, DataPath::REGISTER).map(|_| ());
            note(asked.map_err(unexpected));
        }
        if self.state().registration.is_some() {
            note(self.update_here().map_err(unexpected));
        }
        let has_schema = self.client.classes().iter().next().is_some();
        for block in self.registration().blocks.clone() {
            if has_schema && self.client.class(block.guid).is_none() {
                let path = block.guid.into();
                let violation = self.violation(Minor::RegInfoEx, path, ProtocolRule::NotInSchema);
                note(Err(violation.into()));
            }
            note(self.query_everything(&block).map_err(unexpected));
            for switch in Switch::ALL {
                note(self.switch(switch, &block).map_err(unexpected));
            }
            for request in self.strange_requests(&block) {
                note(self.expect(&request));
            }
        }
        for request in strange::of_no_block() {
            note(self.expect(&request));
        }
        let device_object = self.target().device_object();
        for (to, path, input) in strange::foreign(device_object, self.registration()) {
            for capacity in [0, input.len(), 512] {
                note(
                    self.send_foreign(to, path, &input, capacity)
                        .map_err(Failure::from),
                );
            }
        }
    }

    /// Switches on and off, unless somebody has it on.
    fn switch(&mut self, switch: Switch, block: &Registered) -> Result<(), Failure> {
        if self.opens(switch).contains(&block.guid) {
            return Ok(());
        }
        match self.control(switch.on(), block.guid) {
            Ok(()) => self.control(switch.off(), block.guid),
            // A block without it may say so; then it is not switched off either.
            Err(Failure::Status { .. }) if !switch.is_of(block) => Ok(()),
            refused => refused,
        }
    }

    fn query_everything(&mut self, block: &Registered) -> Result<(), Failure> {
        if block.is_event_only() {
            return Ok(());
        }
        let instances = self.all_data_here(block.guid)?;
        // What the provider is to write holds something else before.
        let written = [
            offset_of!(WnodeAllData, instance_count),
            offset_of!(WnodeAllData, offset_instance_name_offsets),
            offset_of!(WnodeAllData, fixed_instance_size),
        ];
        let again = written
            .into_iter()
            .fold(all_data_request(block), |input, at| {
                with(input, at, u32::MAX)
            });
        self.all_data_by(block, &again)?;
        for (index, instance) in (0..).zip(instances) {
            self.single_data_here(block.guid, (&*instance.name).into())?;
            if block.has_static_names() {
                // The number without the name, so that the data starts at another place.
                let input = Part::All.request(block, Instance::number(index), &[])?;
                self.reading(block.guid, |wmi| {
                    wmi.single(Minor::QuerySingleInstance, block.guid, &input)
                })?;
            }
        }
        Ok(())
    }

    fn strange_requests(&mut self, block: &Registered) -> Vec<Strange> {
        let mut requests = Vec::new();
        if block.is_event_only() {
            return requests;
        }
        requests.extend(strange::of_block(block));
        let names = self.instances_here(block.guid).unwrap_or_default();
        if let Some(name) = names.first() {
            let first = Instance::of(0, name);
            requests.extend(strange::of_instance(block, first));
            requests.extend(strange::of_class(&self.client, block, first));
        }
        requests
    }

    fn expect(&mut self, request: &Strange) -> Result<(), Failure> {
        let Strange {
            minor,
            path,
            ref input,
            capacity,
            expected,
        } = *request;
        let Answer { status, bytes, .. } = self.send(minor, path, input, capacity)?;
        let (is_right, text) = match expected {
            Expected::Status(right, text) => (status == right, text),
            Expected::Failure(text) => (!status.is_success(), text),
            // It may say that the reply needs more.
            Expected::NoReply(text) => (!status.is_success() || is_too_small(&bytes), text),
            Expected::Any => return Ok(()),
        };
        if !is_right {
            let expected = text;
            return Err(self
                .violation(minor, path, ProtocolRule::WrongStatus { status, expected })
                .into());
        }
        Ok(())
    }
}

/// Whether a reply says no more than that it needs room.
fn is_too_small(bytes: &[u8]) -> bool {
    let too_small = WnodeTooSmall::read_from_bytes(bytes);
    too_small.is_ok_and(|reply| reply.header.flags.get() == WNODE_FLAG_TOO_SMALL)
}

/// A request that every provider answers has failed.
fn unexpected(failure: Failure) -> Failure {
    match failure {
        Failure::Status {
            minor,
            guid,
            class,
            status,
            why,
        } => {
            let expected = why.unwrap_or("STATUS_SUCCESS is right");
            let rule = ProtocolRule::WrongStatus { status, expected };
            Violation {
                minor: Some(minor),
                guid,
                class,
                rule,
            }
            .into()
        }
        other => other,
    }
}
