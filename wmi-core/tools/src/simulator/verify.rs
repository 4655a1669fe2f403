//! Verifies a provider with requests as clients send them, and with malformed ones.

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
use wmi_core::wnode::{WmiRegInfo, WnodeAllData, WnodeSingleInstance, WnodeTooSmall};

/// The number of bytes between a request and its data.
const GAP: usize = 40;

impl<D: Device> Simulator<'_, D> {
    /// Registers, queries every instance of every block, and then sends malformed requests: for
    /// unknown classes, instances, items and methods, with buffers that are too small, without
    /// data, with wrong sizes and offsets, and for other devices. Returns all broken rules:
    /// `assert_eq!(wmi.verify(), [])`.
    ///
    /// Events and collection are switched on and off. Nothing is set and no method is executed,
    /// unless the provider accepts a malformed request.
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
            // Names must be unique across the devices.
            for guid in self.queried() {
                note(self.all_data(guid).map(|_| ()).map_err(unexpected));
            }
        }
        violations
    }

    /// Verifies one device.
    fn verify_here(&mut self, note: &mut dyn FnMut(Result<(), Failure>)) {
        note(self.register_here().map_err(unexpected));
        // The framework or the port driver adds the path of its driver.
        let Registration {
            registry_path,
            mof_resource,
            ..
        } = self.registration();
        if !self.is_without_pdo && !mof_resource.is_empty() && registry_path.is_empty() {
            note(Err(registering(ProtocolRule::NoRegistryPath)));
        }
        note(self.check_texts());
        // The Windows version determines which of the two is sent.
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

    /// Switches events or collection on and off, unless a client uses them.
    fn switch(&mut self, switch: Switch, block: &Registered) -> Result<(), Failure> {
        if self.opens(switch).contains(&block.guid) {
            return Ok(());
        }
        match self.control(switch.on(), block.guid) {
            Ok(()) => self.control(switch.off(), block.guid),
            // A block without this part may refuse, and is then not switched off either.
            Err(Failure::Status { .. }) if !switch.is_of(block) => Ok(()),
            refused => refused,
        }
    }

    fn query_everything(&mut self, block: &Registered) -> Result<(), Failure> {
        if block.is_event_only() {
            return Ok(());
        }
        let instances = self.all_data_here(block.guid)?;
        // The members that the provider must write have other values before.
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
                // Only the number and no name, so that the data starts at another offset.
                let input = Part::All.request(block, Instance::number(index), &[])?;
                self.reading(block.guid, |wmi| {
                    wmi.single(Minor::QuerySingleInstance, block.guid, &input)
                })?;
            }
            self.query_behind_a_gap(block, Instance::of(index, &instance.name))?;
        }
        Ok(())
    }

    /// Checks that the registration has both texts, which may be empty.
    fn check_texts(&mut self) -> Result<(), Failure> {
        let (minor, action) = (Minor::RegInfoEx, DataPath::REGISTER);
        let bytes = match self.registration_bytes(minor, action) {
            Ok(bytes) => bytes,
            // Already reported.
            Err(_) => return Ok(()),
        };
        let Ok((info, _)) = WmiRegInfo::ref_from_prefix(&bytes) else {
            return Ok(());
        };
        let texts = [
            ("RegistryPath", info.registry_path.get()),
            ("MofResourceName", info.mof_resource_name.get()),
        ];
        // The port driver or the framework adds the path.
        let needed = texts.iter().skip(usize::from(self.is_without_pdo));
        match needed.copied().find(|(_, offset)| *offset == 0) {
            Some((member, _)) => {
                let rule = ProtocolRule::NoText { member };
                Err(self.violation(minor, action, rule).into())
            }
            None => Ok(()),
        }
    }

    /// Queries an instance with a `DataBlockOffset` past the end of the request. The bytes in
    /// between become part of the reply. A provider may refuse such a request.
    fn query_behind_a_gap(
        &mut self,
        block: &Registered,
        instance: Instance<'_>,
    ) -> Result<(), Failure> {
        let input = Part::All.request(block, instance, &[])?;
        let start = u32::try_from(input.len().saturating_add(GAP)).unwrap_or(u32::MAX);
        let at = offset_of!(WnodeSingleInstance, data_block_offset);
        let input = with(input, at, start);
        let queried = self.reading(block.guid, |wmi| {
            wmi.single(Minor::QuerySingleInstance, block.guid, &input)
        });
        match queried {
            Err(Failure::Status { .. }) => Ok(()),
            queried => queried.map(|_| ()),
        }
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
            Expected::Success(text) => (status.is_success(), text),
            Expected::Failure(text) => (!status.is_success(), text),
            // A `WNODE_TOO_SMALL` is also right.
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

/// Whether a reply is a `WNODE_TOO_SMALL` and nothing else.
fn is_too_small(bytes: &[u8]) -> bool {
    let too_small = WnodeTooSmall::read_from_bytes(bytes);
    too_small.is_ok_and(|reply| reply.header.flags.get() == WNODE_FLAG_TOO_SMALL)
}

/// Turns the failure of a request that every provider must answer into a violation.
fn unexpected(failure: Failure) -> Failure {
    match failure {
        Failure::Status {
            minor,
            guid,
            class,
            status,
            why,
        } => {
            let expected = why.unwrap_or("STATUS_SUCCESS is expected");
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
