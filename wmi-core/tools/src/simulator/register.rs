//! Registers and updates; determines the size by probing.

use super::send::{ATTEMPTS, Answer, Fit, LIKELY_SIZE, violation, wide};
use super::{Device, Failure, ProtocolRule, Registration, Simulator, registering};
use wmi_core::NtStatus;
use wmi_core::provider::{DataPath, Minor};
use wmi_core::wnode::WmiRegInfo;

impl<D: Device> Simulator<'_, D> {
    /// Registers the blocks, like the kernel on `IoWMIRegistrationControl` with
    /// `WMIREG_ACTION_REGISTER`. Sends `IRP_MN_REGINFO_EX`, and `IRP_MN_REGINFO` if the driver
    /// forwards the first. A driver that answers only one of them, as `classpnp` does, is
    /// registered, but [`verify`](Self::verify) reports it.
    ///
    /// # Errors
    ///
    /// [`Failure`] if the driver refuses, or its registration breaks a rule.
    pub fn register(&mut self) -> Result<&Registration, Failure> {
        self.each(Self::register_here)?;
        Ok(self.registration())
    }

    pub(super) fn register_here(&mut self) -> Result<(), Failure> {
        let (minor, registration) = self.ask_either(DataPath::REGISTER)?;
        let broken = |rule| Err(violation(minor, DataPath::REGISTER, rule).into());
        self.state_mut().names.clear();
        let old = self.state_mut().registration.replace(registration);
        self.close_removed(&old.unwrap_or_default())?;
        let mut blocks = self.registration().blocks.iter();
        if let Some(removed) = blocks.find(|block| block.is_removed()) {
            let guid = removed.guid;
            return broken(ProtocolRule::RemovedAtRegistration { guid });
        }
        // The answers to both requests must be equal.
        if minor == Minor::RegInfoEx {
            match self.ask_registration(Minor::RegInfo, DataPath::REGISTER) {
                Ok(old) if old != *self.registration() => {
                    return broken(ProtocolRule::OtherRegistration);
                }
                Err(failure) if !is_forwarded(&failure) => return Err(failure),
                _ => {}
            }
        }
        Ok(())
    }

    /// Updates the registration, like the kernel on `WMIREG_ACTION_UPDATE_GUIDS`.
    ///
    /// # Errors
    ///
    /// [`Failure`] if the device is not registered, the driver refuses, or the update breaks a
    /// rule.
    pub fn update(&mut self) -> Result<&Registration, Failure> {
        self.each(Self::update_here)?;
        Ok(self.registration())
    }

    pub(super) fn update_here(&mut self) -> Result<(), Failure> {
        let Some(old) = self.state().registration.clone() else {
            return Err(registering(ProtocolRule::NotRegistered));
        };
        let (minor, update) = self.ask_either(DataPath::UPDATE)?;
        for member in [
            ("RegistryPath", &update.registry_path),
            ("MofResourceName", &update.mof_resource),
        ] {
            let (member, text) = member;
            if !text.is_empty() {
                let rule = ProtocolRule::NamedInUpdate { member };
                return Err(violation(minor, DataPath::UPDATE, rule).into());
            }
        }
        let mut registration = old.clone();
        let blocks = &mut registration.blocks;
        for block in update.blocks {
            let place = blocks.iter().position(|old| old.guid == block.guid);
            match (
                place.and_then(|place| blocks.get_mut(place)),
                block.is_removed(),
            ) {
                (Some(old), false) => *old = block,
                (Some(_), true) => blocks.retain(|old| old.guid != block.guid),
                (None, true) => {
                    let guid = block.guid;
                    let rule = ProtocolRule::RemovedUnregistered { guid };
                    return Err(self.violation(minor, DataPath::UPDATE, rule).into());
                }
                (None, false) => blocks.push(block),
            }
        }
        self.state_mut().registration = Some(registration);
        self.close_removed(&old)
    }

    /// Sends the new request, or the old one if the new one is forwarded. Returns the answered one.
    fn ask_either(&mut self, action: DataPath) -> Result<(Minor, Registration), Failure> {
        match self.ask_registration(Minor::RegInfoEx, action) {
            Ok(registration) => Ok((Minor::RegInfoEx, registration)),
            Err(failure) if is_forwarded(&failure) => {
                let old = self.ask_registration(Minor::RegInfo, action);
                match old {
                    Ok(registration) => Ok((Minor::RegInfo, registration)),
                    Err(other) if is_forwarded(&other) => Err(failure),
                    Err(other) => Err(other),
                }
            }
            Err(failure) => Err(failure),
        }
    }

    pub(super) fn ask_registration(
        &mut self,
        minor: Minor,
        action: DataPath,
    ) -> Result<Registration, Failure> {
        let bytes = self.registration_bytes(minor, action)?;
        Registration::decode(&bytes)
            .and_then(|registration| match registration.lacks_pdo() {
                Some(block) if !self.is_without_pdo => {
                    Err(ProtocolRule::NoPdo { guid: block.guid })
                }
                _ => Ok(registration),
            })
            .map_err(|rule| self.violation(minor, action, rule).into())
    }

    /// Requests the registration, first with room only for its size.
    pub(super) fn registration_bytes(
        &mut self,
        minor: Minor,
        action: DataPath,
    ) -> Result<Vec<u8>, Failure> {
        let broken = |rule| Err(violation(minor, action, rule).into());
        let mut capacity = size_of::<u32>();
        for _ in 0..ATTEMPTS {
            let needed = match self.try_registration(minor, action, capacity)? {
                Fit::Whole(bytes) => return Ok(bytes),
                Fit::TooSmall(needed) => needed,
            };
            let less = needed.saturating_sub(1);
            if less > capacity {
                if let Fit::Whole(bytes) = self.try_registration(minor, action, less)? {
                    // If the driver does not report that size again, the registration shrank in
                    // between.
                    let again = self.try_registration(minor, action, capacity)?;
                    if matches!(again, Fit::TooSmall(again) if again == needed) {
                        let other = bytes.len();
                        return broken(ProtocolRule::InexactSize { needed, other });
                    }
                    return Ok(bytes);
                }
            }
            capacity = needed;
        }
        broken(ProtocolRule::Unstable)
    }

    fn try_registration(
        &mut self,
        minor: Minor,
        action: DataPath,
        capacity: usize,
    ) -> Result<Fit, Failure> {
        let broken = |rule| Err(violation(minor, action, rule).into());
        let Answer { status, bytes, .. } = self.send(minor, action, &[], capacity)?;
        let information = bytes.len();
        let number = bytes.first_chunk().copied();
        let number = number.map_or(0, |number| wide(u32::from_le_bytes(number)));
        // Windows' class driver reports the size with a success.
        let is_size = information == size_of::<u32>()
            && (status == NtStatus::SUCCESS || status == NtStatus::BUFFER_TOO_SMALL);
        if is_size && number <= capacity {
            let needed = number;
            return broken(ProtocolRule::SizeNotNeeded { needed, capacity });
        }
        if is_size && number > LIKELY_SIZE {
            return broken(ProtocolRule::UnlikelySize { needed: number });
        }
        if is_size {
            return Ok(Fit::TooSmall(number));
        }
        self.check_status(minor, action, &[], status)?;
        // Chained structures follow the first.
        if information == 0 || information < number {
            let expected = number.max(size_of::<WmiRegInfo>());
            return broken(ProtocolRule::WrongInformation {
                information,
                expected,
            });
        }
        Ok(Fit::Whole(bytes))
    }
}

/// Whether every driver of the stack forwarded the request, so that it has the status it was sent
/// with. A provider without a routine returns that status itself.
fn is_forwarded(failure: &Failure) -> bool {
    match failure {
        Failure::Violation(violation) => violation.rule == ProtocolRule::Forwarded,
        other => other.status() == Some(NtStatus::NOT_SUPPORTED),
    }
}
