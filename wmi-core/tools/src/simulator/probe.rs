//! Requests for data, whose size WMI determines by probing.

use zerocopy::FromBytes;

use super::send::{ATTEMPTS, Answer, Fit, LIKELY_SIZE, Stale, wide};
use super::{Device, Simulator};
use super::{Failure, ProtocolRule};
use wmi_core::provider::{DataPath, Minor};
use wmi_core::wnode::flags::{
    WNODE_FLAG_INSTANCES_SAME, WNODE_FLAG_STATIC_INSTANCE_NAMES, WNODE_FLAG_TOO_SMALL,
};
use wmi_core::wnode::{InstanceId, Wnode, WnodeHeader, WnodeTooSmall};
use wmi_core::{Guid, NtStatus};

impl<D: Device> Simulator<'_, D> {
    /// Sends a request for data with increasing room, and checks that the reported size is exact.
    pub(super) fn data(
        &mut self,
        minor: Minor,
        guid: Guid,
        input: &[u8],
    ) -> Result<Vec<u8>, Failure> {
        let mut capacity = input.len().max(size_of::<WnodeTooSmall>());
        for _ in 0..ATTEMPTS {
            let needed = match self.try_data(minor, guid, input, capacity, Stale::USUAL)? {
                Fit::Whole(bytes) => {
                    self.check_written(minor, guid, input, &bytes)?;
                    return Ok(bytes);
                }
                Fit::TooSmall(needed) => needed,
            };
            // One byte less must give the same answer. If the size differs, the data changed in
            // between.
            let less = needed.saturating_sub(1);
            if less > capacity {
                match self.try_data(minor, guid, input, less, Stale::USUAL)? {
                    Fit::TooSmall(again) if again == needed => {}
                    Fit::TooSmall(again) => {
                        capacity = again;
                        continue;
                    }
                    // If the provider does not report that size again, the data shrank in between.
                    Fit::Whole(bytes) => {
                        let again = self.try_data(minor, guid, input, capacity, Stale::USUAL)?;
                        if matches!(again, Fit::TooSmall(again) if again == needed) {
                            let other = bytes.len();
                            let rule = ProtocolRule::InexactSize { needed, other };
                            return Err(self.violation(minor, guid.into(), rule).into());
                        }
                        self.check_written(minor, guid, input, &bytes)?;
                        return Ok(bytes);
                    }
                }
            }
            capacity = needed;
        }
        Err(self
            .violation(minor, guid.into(), ProtocolRule::Unstable)
            .into())
    }

    /// Sends a request whose answer is data or a `WNODE_TOO_SMALL`.
    fn try_data(
        &mut self,
        minor: Minor,
        guid: Guid,
        input: &[u8],
        capacity: usize,
        stale: Stale,
    ) -> Result<Fit, Failure> {
        let answer = self.send_over(minor, guid.into(), input, capacity, stale)?;
        // `fit` handles a buffer that is too small.
        if answer.status != NtStatus::BUFFER_TOO_SMALL {
            self.check_status(minor, guid.into(), input, answer.status)?;
        }
        let fit = self.fit(minor, guid, capacity, answer)?;
        if let Fit::Whole(bytes) = &fit {
            self.check_same(minor, guid, bytes)?;
        }
        Ok(fit)
    }

    /// Checks that the names equal those of the last query, if the reply has
    /// `WNODE_FLAG_INSTANCES_SAME`.
    fn check_same(&mut self, minor: Minor, guid: Guid, bytes: &[u8]) -> Result<(), Failure> {
        let Ok(Wnode::AllData(all)) = Wnode::decode(bytes) else {
            return Ok(());
        };
        let name = |instance| match all.id(instance)? {
            InstanceId::Dynamic(name) => Some(name.to_string()),
            InstanceId::Static(_) => None,
        };
        let names: Vec<String> = (0..all.instance_count()).map_while(name).collect();
        let known = &mut self.state_mut().names;
        let are_same = known.get(&guid) == Some(&names);
        known.insert(guid, names);
        // WMI ignores the flag for static names.
        let is_static = all.header().has(WNODE_FLAG_STATIC_INSTANCE_NAMES);
        if all.header().has(WNODE_FLAG_INSTANCES_SAME) && !are_same && !is_static {
            let rule = ProtocolRule::OtherInstances;
            return Err(self.violation(minor, guid.into(), rule).into());
        }
        Ok(())
    }

    /// Checks the structure that answers a data request.
    pub(super) fn fit(
        &self,
        minor: Minor,
        guid: Guid,
        capacity: usize,
        answer: Answer,
    ) -> Result<Fit, Failure> {
        let path = DataPath::Guid(guid);
        let Answer {
            status,
            bytes,
            had_effect,
        } = answer;
        let broken = |rule| Err(self.violation(minor, path, rule).into());
        if status == NtStatus::BUFFER_TOO_SMALL {
            let expected = "a `WNODE_TOO_SMALL` fits, so it is expected with STATUS_SUCCESS";
            return broken(ProtocolRule::WrongStatus { status, expected });
        }
        let Ok((header, _)) = WnodeHeader::read_from_prefix(&bytes) else {
            return broken(ProtocolRule::WrongInformation {
                information: bytes.len(),
                expected: size_of::<WnodeHeader>(),
            });
        };
        let (information, expected) = (bytes.len(), wide(header.buffer_size.get()));
        if information != expected {
            return broken(ProtocolRule::WrongInformation {
                information,
                expected,
            });
        }
        let wnode = match Wnode::decode(&bytes) {
            Ok(wnode) => wnode,
            Err(error) => return broken(ProtocolRule::Malformed(error)),
        };
        let Wnode::TooSmall { size_needed } = wnode else {
            return Ok(Fit::Whole(bytes));
        };
        let flags = header.flags.get();
        let needed = wide(size_needed);
        let rule = if flags != WNODE_FLAG_TOO_SMALL {
            ProtocolRule::TooSmallFlags { flags }
        } else if needed <= capacity {
            ProtocolRule::SizeNotNeeded { needed, capacity }
        } else if needed > LIKELY_SIZE {
            ProtocolRule::UnlikelySize { needed }
        } else if had_effect {
            ProtocolRule::SideEffect
        } else {
            return Ok(Fit::TooSmall(needed));
        };
        broken(rule)
    }

    /// Repeats the request over memory with other bytes. A byte that equals the memory each time
    /// was not written, so it reveals old memory.
    fn check_written(
        &mut self,
        minor: Minor,
        guid: Guid,
        input: &[u8],
        first: &[u8],
    ) -> Result<(), Failure> {
        // A method would be executed twice.
        if minor == Minor::ExecuteMethod {
            return Ok(());
        }
        let capacity = first.len().max(size_of::<WnodeTooSmall>()).max(input.len());
        let mut suspects: Vec<usize> = (input.len()..first.len()).collect();
        suspects.retain(|at| first.get(*at) == Some(&Stale::USUAL.0));
        // A byte that equals the memory twice may be a counter; three times is not a coincidence.
        for stale in [Stale::OTHER, Stale::USUAL] {
            if suspects.is_empty() {
                return Ok(());
            }
            let Fit::Whole(again) = self.try_data(minor, guid, input, capacity, stale)? else {
                return Ok(());
            };
            suspects.retain(|at| again.get(*at) == Some(&stale.0));
        }
        match suspects.first() {
            Some(&offset) => Err(self
                .violation(minor, guid.into(), ProtocolRule::Unwritten { offset })
                .into()),
            None => Ok(()),
        }
    }
}
