//! Sending requests as the kernel does, in guarded buffers.

use core::iter;

use zerocopy::little_endian::U32;

use super::{Device, Disposition, Irp, Simulator};
use super::{Failure, ProtocolRule, Violation};
use wmi_core::provider::{DataPath, Minor};
use wmi_core::{Guid, NtStatus};

/// Bytes after each buffer that a provider must leave alone.
const GUARD: usize = 64;

/// How often more room is given before the size counts as unstable.
pub(super) const ATTEMPTS: usize = 8;

/// A reply that needs more than this has counted something else.
pub(super) const LIKELY_SIZE: usize = 64 << 20;

/// What memory holds before it is written.
#[derive(Clone, Copy)]
pub(super) struct Stale(pub(super) u8);

impl Stale {
    pub(super) const USUAL: Self = Self(0xa5);
    /// Differs in every bit.
    pub(super) const OTHER: Self = Self(0x5a);
}

/// What has become of an IRP.
#[derive(PartialEq, Eq)]
struct Sent {
    disposition: Disposition,
    status: NtStatus,
    information: usize,
    buffer: Vec<u8>,
}

/// An answer within the buffer.
pub(super) struct Answer {
    pub(super) status: NtStatus,
    /// The bytes that `Information` counts.
    pub(super) bytes: Vec<u8>,
}

/// The structure that a data request is answered with.
pub(super) enum Fit {
    /// It fitted.
    Whole(Vec<u8>),
    /// It needs so many bytes.
    TooSmall(usize),
}

impl<D: Device> Simulator<'_, D> {
    /// Sends one request with a buffer of so many bytes, which starts with the input.
    pub(super) fn send(
        &mut self,
        minor: Minor,
        path: DataPath,
        input: &[u8],
        capacity: usize,
    ) -> Result<Answer, Violation> {
        self.send_over(minor, path, input, capacity, Stale::USUAL)
    }

    pub(super) fn send_over(
        &mut self,
        minor: Minor,
        path: DataPath,
        input: &[u8],
        capacity: usize,
        stale: Stale,
    ) -> Result<Answer, Violation> {
        let device = self.device.device_object();
        let before = self.watched();
        let sent = self.send_irp((minor.code(), device), path, input, capacity, stale);
        let broken = |rule| Err(self.violation(minor, path, rule));
        let Sent {
            disposition,
            status,
            information,
            mut buffer,
        } = match sent {
            Ok(sent) => sent,
            Err(rule) => return broken(rule),
        };
        if disposition == Disposition::Forwarded {
            return broken(ProtocolRule::Forwarded);
        }
        if information > capacity {
            return broken(ProtocolRule::InformationTooLarge {
                information,
                capacity,
            });
        }
        let refused = !status.is_success();
        // Only a registration says in this way what it needs.
        if refused && information > 0 && !minor.is_registration() {
            let expected = 0;
            return broken(ProtocolRule::WrongInformation {
                information,
                expected,
            });
        }
        // A registration that does not fit says its size in the buffer, though its failure counts
        // nothing.
        let is_size = minor.is_registration() && status == NtStatus::BUFFER_TOO_SMALL;
        let size = if is_size { size_of::<u32>() } else { 0 };
        buffer.truncate(information.max(size));
        if (refused || is_question(minor)) && self.watched() != before {
            return broken(ProtocolRule::SideEffect);
        }
        Ok(Answer {
            status,
            bytes: buffer,
        })
    }

    /// Sends an IRP of this code, for the device object at this address.
    fn send_irp(
        &mut self,
        (code, provider_id): (u8, usize),
        data_path: DataPath,
        input: &[u8],
        capacity: usize,
        Stale(stale): Stale,
    ) -> Result<Sent, ProtocolRule> {
        let mut memory = vec![stale; capacity.saturating_add(GUARD)];
        for (to, from) in memory.iter_mut().take(capacity).zip(input) {
            *to = *from;
        }
        self.now = self.now.saturating_add(10_000);
        let (buffer, guard) = memory.split_at_mut_checked(capacity).unwrap_or_default();
        // As Driver Verifier wants it, 0xC9, 0x210.
        let mut irp = Irp {
            code,
            provider_id,
            data_path,
            buffer,
            time_stamp: self.now,
            status: NtStatus::NOT_SUPPORTED,
            information: 0,
        };
        let disposition = self.device.system_control(&mut irp);
        let (status, information) = (irp.status, irp.information);
        if guard.iter().any(|byte| *byte != stale) {
            return Err(ProtocolRule::WrotePastBuffer);
        }
        memory.truncate(capacity);
        Ok(Sent {
            disposition,
            status,
            information,
            buffer: memory,
        })
    }

    /// The same for an IRP that is to be forwarded as it came.
    pub(super) fn send_foreign(
        &mut self,
        to: (u8, usize),
        path: DataPath,
        input: &[u8],
        capacity: usize,
    ) -> Result<(), Violation> {
        let (code, _) = to;
        let before = self.watched();
        let as_it_came = Sent {
            disposition: Disposition::Forwarded,
            status: NtStatus::NOT_SUPPORTED,
            information: 0,
            buffer: input
                .iter()
                .copied()
                .chain(iter::repeat(Stale::USUAL.0))
                .take(capacity)
                .collect(),
        };
        let rule = match self.send_irp(to, path, input, capacity, Stale::USUAL) {
            Ok(sent) if sent == as_it_came && self.watched() == before => return Ok(()),
            Ok(_) => ProtocolRule::NotForwarded { code },
            Err(rule) => rule,
        };
        Err(Violation::new(Minor::from_code(code), None, rule))
    }

    /// Sends a request that is answered with nothing but a status.
    pub(super) fn command(
        &mut self,
        minor: Minor,
        guid: Guid,
        input: &[u8],
    ) -> Result<(), Failure> {
        let path = DataPath::Guid(guid);
        let answer = self.send(minor, path, input, input.len())?;
        self.check_status(minor, path, answer.status)?;
        let information = answer.bytes.len();
        if information != 0 {
            let expected = 0;
            let rule = ProtocolRule::WrongInformation {
                information,
                expected,
            };
            return Err(self.violation(minor, path, rule).into());
        }
        Ok(())
    }

    /// A request is completed at once, with a success or a failure.
    pub(super) fn check_status(
        &self,
        minor: Minor,
        path: DataPath,
        status: NtStatus,
    ) -> Result<(), Failure> {
        if status == NtStatus::SUCCESS {
            return Ok(());
        }
        if status.is_success() || status == NtStatus::BUFFER_OVERFLOW {
            let expected = "STATUS_SUCCESS or a failure is right";
            let rule = ProtocolRule::WrongStatus { status, expected };
            return Err(self.violation(minor, path, rule).into());
        }
        let guid = path_guid(path);
        Err(Failure::Status {
            minor,
            guid,
            class: guid.and_then(|guid| self.class_name(guid)),
            status,
        })
    }

    /// A rule that was broken, with the name of the class by the schema.
    pub(super) fn violation(&self, minor: Minor, path: DataPath, rule: ProtocolRule) -> Violation {
        self.with_class(violation(minor, path, rule))
    }

    pub(super) fn with_class(&self, mut violation: Violation) -> Violation {
        violation.class = violation.guid.and_then(|guid| self.class_name(guid));
        violation
    }

    /// The name of a class by the schema.
    pub(super) fn class_name(&self, guid: Guid) -> Option<Box<str>> {
        Some(self.client.class(guid)?.name.into())
    }
}

/// Whether a request only asks, and so has no effect.
const fn is_question(minor: Minor) -> bool {
    minor.is_registration() || matches!(minor, Minor::QueryAllData | Minor::QuerySingleInstance)
}

pub(super) fn violation(minor: Minor, path: DataPath, rule: ProtocolRule) -> Violation {
    Violation::new(Some(minor), path_guid(path), rule)
}

/// The GUID of the class that a request is for.
const fn path_guid(path: DataPath) -> Option<Guid> {
    match path {
        DataPath::Guid(guid) => Some(guid),
        DataPath::Action(_) => None,
    }
}

pub(super) fn le32(size: usize) -> U32 {
    U32::new(u32::try_from(size).unwrap_or(u32::MAX))
}

pub(super) fn wide(value: u32) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}
