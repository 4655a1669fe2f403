//! Sends requests like the kernel, in guarded buffers, and checks the rules for all answers.

use zerocopy::FromBytes;
use zerocopy::little_endian::U32;

use super::{Device, Disposition, SimulatedIrp, Simulator};
use super::{Failure, ProtocolRule, Violation};
use wmi_core::provider::{DataPath, Minor};
use wmi_core::wnode::WnodeSingleInstance;
use wmi_core::{Guid, NtStatus};

/// The number of bytes after each buffer that a provider must not change.
const GUARD: usize = 64;

/// How often a request gets more room before its size counts as unstable.
pub(super) const ATTEMPTS: usize = 8;

/// The maximum plausible size of a reply in bytes.
pub(super) const LIKELY_SIZE: usize = 64 << 20;

/// The contents of memory before it is written.
#[derive(Clone, Copy)]
pub(super) struct Stale(pub(super) u8);

impl Stale {
    pub(super) const USUAL: Self = Self(0xa5);
    /// Differs in every bit.
    pub(super) const OTHER: Self = Self(0x5a);
}

/// A dispatched IRP with the memory of its buffer.
#[derive(Debug)]
pub(super) struct InFlight {
    code: u8,
    provider_id: usize,
    path: DataPath,
    pub(super) input: Vec<u8>,
    stale: u8,
    /// The bytes of the buffer.
    pub(super) capacity: usize,
    /// The buffer, and the guard after it.
    memory: Vec<u8>,
    /// The memory when a handler last deferred its answer.
    kept: Option<Vec<u8>>,
    /// Whether the watched value changed while the IRP was dispatched.
    had_effect: bool,
}

impl InFlight {
    /// Creates an IRP with this code for the device object at this address.
    fn new(
        (code, provider_id): (u8, usize),
        path: DataPath,
        input: &[u8],
        capacity: usize,
        Stale(stale): Stale,
    ) -> Self {
        let mut memory = vec![stale; capacity.saturating_add(GUARD)];
        for (to, from) in memory.iter_mut().take(capacity).zip(input) {
            *to = *from;
        }
        Self {
            code,
            provider_id,
            path,
            input: input.to_vec(),
            stale,
            capacity,
            memory,
            kept: None,
            had_effect: false,
        }
    }

    /// Returns the first byte of the request that changed.
    fn changed(&self) -> Option<usize> {
        let buffer = self.memory.iter().take(self.capacity);
        buffer.zip(&self.input).position(|(now, sent)| now != sent)
    }

    /// Returns the first byte that changed since a handler deferred its answer.
    fn touched(&self) -> Option<usize> {
        let kept = self.kept.as_ref()?;
        let mut bytes = self.memory.iter().zip(kept);
        bytes.position(|(now, kept)| now != kept)
    }

    /// Whether the whole buffer is unchanged.
    fn is_untouched(&self) -> bool {
        let mut rest = self.memory.iter().skip(self.input.len());
        self.changed().is_none() && rest.all(|byte| *byte == self.stale)
    }
}

/// The outcome of a dispatched IRP.
pub(super) struct Sent {
    pub(super) disposition: Disposition,
    status: NtStatus,
    information: usize,
}

/// The answer to a request.
pub(super) struct Answer {
    pub(super) status: NtStatus,
    /// The bytes counted by `Information`.
    pub(super) bytes: Vec<u8>,
    /// Whether the watched value changed.
    pub(super) had_effect: bool,
}

/// The structure that answers a data request.
pub(super) enum Fit {
    /// The complete reply.
    Whole(Vec<u8>),
    /// The number of bytes that the reply needs.
    TooSmall(usize),
}

impl<D: Device> Simulator<'_, D> {
    /// Sends one request in a buffer of `capacity` bytes, which starts with the input.
    pub(super) fn send(
        &mut self,
        minor: Minor,
        path: DataPath,
        input: &[u8],
        capacity: usize,
    ) -> Result<Answer, Failure> {
        self.send_over(minor, path, input, capacity, Stale::USUAL)
    }

    pub(super) fn send_over(
        &mut self,
        minor: Minor,
        path: DataPath,
        input: &[u8],
        capacity: usize,
        stale: Stale,
    ) -> Result<Answer, Failure> {
        let to = (minor.code(), self.target().device_object());
        let mut irp = InFlight::new(to, path, input, capacity, stale);
        let mut steps = 0;
        loop {
            let sent = self.dispatch(&mut irp);
            let sent = sent.map_err(|rule| self.violation(minor, path, rule))?;
            if sent.disposition != Disposition::Pending {
                return Ok(self.completed(minor, path, &irp, &sent)?);
            }
            if !self.step(&mut steps) {
                return Err(self.keep(minor, path, irp));
            }
        }
    }

    /// Dispatches an IRP, for the first time or again.
    pub(super) fn dispatch(&mut self, flight: &mut InFlight) -> Result<Sent, ProtocolRule> {
        if let Some(offset) = flight.touched() {
            return Err(ProtocolRule::ChangedWhilePending { offset });
        }
        let before = self.watched();
        self.now = self.now.saturating_add(10_000);
        let (buffer, guard) = flight
            .memory
            .split_at_mut_checked(flight.capacity)
            .unwrap_or_default();
        let mut irp = SimulatedIrp::new(
            flight.code,
            flight.provider_id,
            flight.path,
            buffer,
            self.now,
        );
        let disposition = self.target().system_control(&mut irp);
        let sent = Sent {
            disposition,
            status: irp.status,
            information: irp.information,
        };
        let completions = irp.completions();
        let is_past = guard.iter().any(|byte| *byte != flight.stale);
        flight.had_effect |= self.watched() != before;
        if is_past {
            return Err(ProtocolRule::WrotePastBuffer);
        }
        if completions > u8::from(disposition == Disposition::Completed) {
            return Err(ProtocolRule::CompletedTwice);
        }
        if disposition == Disposition::Pending {
            if self.is_without_pending {
                return Err(ProtocolRule::MayNotPend);
            }
            if let Some(offset) = flight.changed() {
                return Err(ProtocolRule::ChangedWhilePending { offset });
            }
            flight.kept = Some(flight.memory.clone());
        }
        Ok(sent)
    }

    /// Checks a completed IRP against the rules for all requests.
    pub(super) fn completed(
        &self,
        minor: Minor,
        path: DataPath,
        flight: &InFlight,
        sent: &Sent,
    ) -> Result<Answer, Violation> {
        let broken = |rule| Err(self.violation(minor, path, rule));
        let (status, information, capacity) = (sent.status, sent.information, flight.capacity);
        if sent.disposition == Disposition::Forwarded {
            return broken(ProtocolRule::Forwarded);
        }
        if information > capacity {
            return broken(ProtocolRule::InformationTooLarge {
                information,
                capacity,
            });
        }
        let refused = !status.is_success();
        // Only a registration reports its size in `Information` of a failure.
        if refused && information > 0 && !minor.is_registration() {
            let expected = 0;
            return broken(ProtocolRule::WrongInformation {
                information,
                expected,
            });
        }
        if (refused || is_question(minor)) && flight.had_effect {
            return broken(ProtocolRule::SideEffect);
        }
        // A registration that does not fit reports its size in the buffer, and `Information` may be
        // zero.
        let is_size = minor.is_registration() && status == NtStatus::BUFFER_TOO_SMALL;
        let size = if is_size { size_of::<u32>() } else { 0 };
        let size = information.max(size).min(capacity);
        Ok(Answer {
            status,
            bytes: flight.memory.get(..size).unwrap_or_default().to_vec(),
            had_effect: flight.had_effect,
        })
    }

    /// Sends an IRP that must be forwarded unchanged.
    pub(super) fn send_foreign(
        &mut self,
        to: (u8, usize),
        path: DataPath,
        input: &[u8],
        capacity: usize,
    ) -> Result<(), Violation> {
        let (code, _) = to;
        let mut flight = InFlight::new(to, path, input, capacity, Stale::USUAL);
        let rule = match self.dispatch(&mut flight) {
            Ok(sent)
                if sent.disposition == Disposition::Forwarded
                    && sent.status == NtStatus::NOT_SUPPORTED
                    && sent.information == 0
                    && flight.is_untouched()
                    && !flight.had_effect =>
            {
                return Ok(());
            }
            Ok(_) => ProtocolRule::NotForwarded { code },
            Err(rule) => rule,
        };
        Err(Violation::new(Minor::from_code(code), None, rule))
    }

    /// Sends a request whose answer is a status without data.
    pub(super) fn command(
        &mut self,
        minor: Minor,
        guid: Guid,
        input: &[u8],
    ) -> Result<(), Failure> {
        let path = DataPath::Guid(guid);
        let answer = self.send(minor, path, input, input.len())?;
        self.check_status(minor, path, input, answer.status)?;
        Ok(self.check_no_reply(minor, path, &answer)?)
    }

    /// Checks that an answer has no data.
    pub(super) fn check_no_reply(
        &self,
        minor: Minor,
        path: DataPath,
        answer: &Answer,
    ) -> Result<(), Violation> {
        let (information, expected) = (answer.bytes.len(), 0);
        if information == expected {
            return Ok(());
        }
        let rule = ProtocolRule::WrongInformation {
            information,
            expected,
        };
        Err(self.violation(minor, path, rule))
    }

    /// Checks that a status is `STATUS_SUCCESS` or a failure.
    pub(super) fn check_status(
        &self,
        minor: Minor,
        path: DataPath,
        input: &[u8],
        status: NtStatus,
    ) -> Result<(), Failure> {
        if status == NtStatus::SUCCESS {
            return Ok(());
        }
        if status.is_success() || status == NtStatus::BUFFER_OVERFLOW {
            let expected = "STATUS_SUCCESS or a failure is expected";
            let rule = ProtocolRule::WrongStatus { status, expected };
            return Err(self.violation(minor, path, rule).into());
        }
        let guid = path_guid(path);
        Err(Failure::Status {
            minor,
            guid,
            class: guid.and_then(|guid| self.class_name(guid)),
            status,
            why: guid.and_then(|guid| self.why(minor, guid, input, status)),
        })
    }

    /// Explains a status that contradicts the registration.
    fn why(
        &self,
        minor: Minor,
        guid: Guid,
        input: &[u8],
        status: NtStatus,
    ) -> Option<&'static str> {
        let block = self.registration().block(guid)?;
        let is_counted = match minor {
            Minor::QueryAllData => !block.has_static_names() || block.instance_count > 0,
            _ => block.has_static_names() && instance_index(input)? < block.instance_count,
        };
        (status == NtStatus::WMI_INSTANCE_NOT_FOUND && is_counted).then_some(
            "an instance that the block counts or names is not found by its function; let both \
             give as many",
        )
    }

    /// Makes a violation, with the name of the class from the schema.
    pub(super) fn violation(&self, minor: Minor, path: DataPath, rule: ProtocolRule) -> Violation {
        self.with_class(violation(minor, path, rule))
    }

    pub(super) fn with_class(&self, mut violation: Violation) -> Violation {
        violation.class = violation.guid.and_then(|guid| self.class_name(guid));
        violation
    }

    /// Returns the name of a class in the schema.
    pub(super) fn class_name(&self, guid: Guid) -> Option<Box<str>> {
        Some(self.client.class(guid)?.name.into())
    }
}

/// Whether a request only reads, so that it must have no effect.
const fn is_question(minor: Minor) -> bool {
    minor.is_registration() || matches!(minor, Minor::QueryAllData | Minor::QuerySingleInstance)
}

pub(super) fn violation(minor: Minor, path: DataPath, rule: ProtocolRule) -> Violation {
    Violation::new(Some(minor), path_guid(path), rule)
}

/// Returns the GUID of the class that a request is for.
pub(super) const fn path_guid(path: DataPath) -> Option<Guid> {
    match path {
        DataPath::Guid(guid) => Some(guid),
        DataPath::Action(_) => None,
    }
}

/// Returns `InstanceIndex` of a request for one instance.
fn instance_index(input: &[u8]) -> Option<u32> {
    let (request, _) = WnodeSingleInstance::ref_from_prefix(input).ok()?;
    Some(request.instance_index.get())
}

pub(super) fn le32(size: usize) -> U32 {
    U32::new(u32::try_from(size).unwrap_or(u32::MAX))
}

pub(super) fn wide(value: u32) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}
