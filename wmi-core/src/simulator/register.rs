//! Registering and updating, with the size by probing.

use alloc::vec::Vec;

use super::send::{ATTEMPTS, Answer, Fit, finding, wide};
use super::{Device, Failure, Registration, Rule, Simulator};
use crate::NtStatus;
use crate::provider::{DataPath, Minor};

impl<D: Device> Simulator<'_, D> {
    /// Asks which blocks there are, as `IoWMIRegistrationControl` with `WMIREG_ACTION_REGISTER`
    /// makes the kernel do.
    ///
    /// # Errors
    ///
    /// [`Failure`].
    pub fn register(&mut self) -> Result<&Registration, Failure> {
        self.registration = self.ask_registration(Minor::RegInfoEx, DataPath::REGISTER)?;
        self.is_registered = true;
        self.close_removed();
        let mut blocks = self.registration.blocks.iter();
        if let Some(removed) = blocks.find(|block| block.is_removed()) {
            let guid = removed.guid;
            return Err(registration_finding(Rule::RemovedAtRegistration { guid }));
        }
        // Who asks in the old way gets the same.
        let old = self.ask_registration(Minor::RegInfo, DataPath::REGISTER)?;
        if old != self.registration {
            return Err(registration_finding(Rule::OtherRegistration));
        }
        Ok(&self.registration)
    }

    /// Asks which blocks there are now, as `WMIREG_ACTION_UPDATE_GUIDS` makes the kernel do.
    ///
    /// # Errors
    ///
    /// [`Failure`].
    pub fn update(&mut self) -> Result<&Registration, Failure> {
        let update = self.ask_registration(Minor::RegInfoEx, DataPath::UPDATE)?;
        for member in [
            ("RegistryPath", &update.registry_path),
            ("MofResourceName", &update.mof_resource),
        ] {
            let (member, text) = member;
            if !text.is_empty() {
                return Err(registration_finding(Rule::NamedInUpdate { member }));
            }
        }
        for block in update.blocks {
            let blocks = &mut self.registration.blocks;
            let place = blocks.iter().position(|old| old.guid == block.guid);
            match (
                place.and_then(|place| blocks.get_mut(place)),
                block.is_removed(),
            ) {
                (Some(old), false) => *old = block,
                (_, true) => blocks.retain(|old| old.guid != block.guid),
                (None, false) => blocks.push(block),
            }
        }
        self.close_removed();
        Ok(&self.registration)
    }

    fn ask_registration(
        &mut self,
        minor: Minor,
        action: DataPath,
    ) -> Result<Registration, Failure> {
        let bytes = self.registration_bytes(minor, action)?;
        let registration = Registration::read(&bytes).map_err(registration_finding)?;
        match registration.without_pdo() {
            Some(block) if !self.is_miniport => {
                let guid = block.guid;
                Err(registration_finding(Rule::NoPdo { guid }))
            }
            _ => Ok(registration),
        }
    }

    /// Asks for the registration, first with room for its size alone.
    fn registration_bytes(&mut self, minor: Minor, action: DataPath) -> Result<Vec<u8>, Failure> {
        let broken = |rule| Err(finding(minor, action, rule).into());
        let mut capacity = size_of::<u32>();
        for _ in 0..ATTEMPTS {
            let needed = match self.try_registration(minor, action, capacity)? {
                Fit::Whole(bytes) => return Ok(bytes),
                Fit::TooSmall(needed) => needed,
            };
            let less = needed.saturating_sub(1);
            if less > capacity {
                if let Fit::Whole(bytes) = self.try_registration(minor, action, less)? {
                    let other = bytes.len();
                    return broken(Rule::InexactSize { needed, other });
                }
            }
            capacity = needed;
        }
        broken(Rule::Unstable)
    }

    fn try_registration(
        &mut self,
        minor: Minor,
        action: DataPath,
        capacity: usize,
    ) -> Result<Fit, Failure> {
        let broken = |rule| Err(finding(minor, action, rule).into());
        let Answer { status, bytes } = self.send(minor, action, &[], capacity)?;
        let information = bytes.len();
        let number = bytes.first_chunk().copied();
        let number = number.map_or(0, |number| wide(u32::from_le_bytes(number)));
        // A class driver of Windows says what it needs with a success.
        let is_size = information == size_of::<u32>()
            && (status == NtStatus::SUCCESS || status == NtStatus::BUFFER_TOO_SMALL);
        if is_size && number <= capacity {
            let needed = number;
            return broken(Rule::SizeNotNeeded { needed, capacity });
        }
        if is_size {
            return Ok(Fit::TooSmall(number));
        }
        self.check_status(minor, action, status)?;
        // What is chained to it stands after it.
        if information == 0 || information < number {
            let expected = number;
            return broken(Rule::WrongInformation {
                information,
                expected,
            });
        }
        Ok(Fit::Whole(bytes))
    }
}

fn registration_finding(rule: Rule) -> Failure {
    finding(Minor::RegInfoEx, DataPath::REGISTER, rule).into()
}
