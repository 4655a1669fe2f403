//! Keeps requests that a handler answers later, like a driver, and dispatches them again.

use core::fmt;

use super::open::Switch;
use super::send::{Answer, Fit, InFlight, path_guid};
use super::{Device, Disposition, Failure, ProtocolRule, Simulator};
use wmi_core::provider::{DataPath, Minor};
use wmi_core::{Guid, NtStatus};

/// How often a request is dispatched again before it is left open.
const STEPS: u32 = 100;

/// An open request, which a handler answers later.
#[non_exhaustive]
pub struct PendingRequest {
    /// The request.
    pub minor: Minor,
    /// The GUID of the class, if the request is for one.
    pub guid: Option<Guid>,
    /// The index of the device.
    device: usize,
    path: DataPath,
    flight: InFlight,
    /// The blocks kept open for reading until completion, one entry per reader.
    reads: Vec<Guid>,
}

impl fmt::Debug for PendingRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PendingRequest")
            .field("minor", &self.minor)
            .field("guid", &self.guid)
            .finish_non_exhaustive()
    }
}

/// The answer to a request that was pending.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Completion {
    /// The request.
    pub minor: Minor,
    /// The GUID of the class, if the request was for one.
    pub guid: Option<Guid>,
    /// The status.
    pub status: NtStatus,
    /// The bytes of the reply, a WNODE.
    pub bytes: Vec<u8>,
}

impl<'s, D: Device> Simulator<'s, D> {
    /// Calls `step` while a request is pending, and then dispatches the request again. The step
    /// lets the device of the test finish what the handler waits for.
    ///
    /// Without a step, or after 100 steps, the call fails with [`Failure::Pending`], and the
    /// request stays open.
    #[must_use]
    pub fn on_pending(mut self, step: impl FnMut() + 's) -> Self {
        self.on_pending = Some(Box::new(step));
        self
    }

    /// Simulates a driver that cannot keep requests, such as a KMDF driver with WMI callbacks. A
    /// handler that answers later then breaks [`ProtocolRule::MayNotPend`].
    #[must_use]
    pub const fn without_pending(mut self) -> Self {
        self.is_without_pending = true;
        self
    }

    /// Returns the requests that are open, in the order in which they were sent.
    pub fn pending(&self) -> impl ExactSizeIterator<Item = &PendingRequest> {
        self.pending.iter()
    }

    /// Dispatches each open request again, as the driver does when it can answer. Returns the
    /// answers of the completed requests.
    ///
    /// # Errors
    ///
    /// [`Failure::Violation`] if an answer breaks a rule. The requests after it stay open.
    pub fn resume(&mut self) -> Result<Vec<Completion>, Failure> {
        let mut completions = Vec::new();
        for _ in 0..self.pending.len() {
            let Some(request) = self.pending.pop_front() else {
                break;
            };
            let device = request.device;
            completions.extend(self.at(device, |wmi| wmi.resume_one(request))?);
        }
        Ok(completions)
    }

    fn resume_one(&mut self, mut request: PendingRequest) -> Result<Option<Completion>, Failure> {
        let (minor, path) = (request.minor, request.path);
        let sent = self.dispatch(&mut request.flight);
        let sent = sent.map_err(|rule| self.violation(minor, path, rule))?;
        if sent.disposition == Disposition::Pending {
            self.pending.push_back(request);
            return Ok(None);
        }
        let answer = self.completed(minor, path, &request.flight, &sent)?;
        let completion = Completion {
            minor,
            guid: request.guid,
            status: answer.status,
            bytes: answer.bytes.clone(),
        };
        self.check_answer(&request, answer)?;
        self.end(request, completion.status)?;
        Ok(Some(completion))
    }

    /// Completes all open requests with this status, as a driver does before its device is removed.
    ///
    /// # Errors
    ///
    /// [`ProtocolRule::WrongStatus`] if the status is a success, because no reply was written.
    pub fn fail_pending(&mut self, status: NtStatus) -> Result<(), Failure> {
        while let Some(request) = self.pending.pop_front() {
            if status.is_success() {
                let expected = "no reply was written, so a failure is expected";
                let rule = ProtocolRule::WrongStatus { status, expected };
                return Err(self.violation(request.minor, request.path, rule).into());
            }
            let device = request.device;
            self.at(device, |wmi| wmi.end(request, status))?;
        }
        Ok(())
    }

    /// Runs the step of the test, if any, at most [`STEPS`] times per request.
    pub(super) fn step(&mut self, steps: &mut u32) -> bool {
        match &mut self.on_pending {
            Some(step) if *steps < STEPS => {
                *steps = steps.saturating_add(1);
                step();
                true
            }
            _ => false,
        }
    }

    /// Keeps a request open.
    pub(super) fn keep(&mut self, minor: Minor, path: DataPath, flight: InFlight) -> Failure {
        let guid = path_guid(path);
        self.pending.push_back(PendingRequest {
            minor,
            guid,
            device: self.here,
            path,
            flight,
            reads: Vec::new(),
        });
        let class = guid.and_then(|guid| self.class_name(guid));
        Failure::Pending { minor, guid, class }
    }

    /// Keeps a block open for reading until the request kept last is completed.
    pub(super) fn read_by_last(&mut self, guid: Guid) {
        if let Some(last) = self.pending.back_mut() {
            last.reads.push(guid);
        }
    }

    /// Checks that no request is open.
    pub(super) fn check_none_pending(&self) -> Result<(), Failure> {
        match self.pending.front() {
            Some(open) => {
                let rule = ProtocolRule::StillPending;
                Err(self.violation(open.minor, open.path, rule).into())
            }
            None => Ok(()),
        }
    }

    fn check_answer(&self, request: &PendingRequest, answer: Answer) -> Result<(), Failure> {
        let PendingRequest {
            minor,
            path,
            ref flight,
            ..
        } = *request;
        let checked = self.check_status(minor, path, &flight.input, answer.status);
        match (checked, minor, request.guid) {
            // A failure also completes the request.
            (Err(Failure::Status { .. }), ..) => Ok(()),
            (Err(broken), ..) => Err(broken),
            (
                Ok(()),
                Minor::QueryAllData | Minor::QuerySingleInstance | Minor::ExecuteMethod,
                Some(guid),
            ) => match self.fit(minor, guid, flight.capacity, answer)? {
                Fit::Whole(bytes) => {
                    let block = self.block(guid)?;
                    Ok(self.check_reply(minor, block, &flight.input, &bytes)?)
                }
                Fit::TooSmall(_) => Ok(()),
            },
            (Ok(()), ..) if minor.is_registration() => Ok(()),
            (Ok(()), ..) => Ok(self.check_no_reply(minor, path, &answer)?),
        }
    }

    /// Counts the switched block as open, and closes the blocks that the request kept open.
    fn end(&mut self, request: PendingRequest, status: NtStatus) -> Result<(), Failure> {
        let mut switches = Switch::ALL.into_iter();
        let switch = switches.find(|switch| switch.on() == request.minor);
        if let (Some(switch), Some(guid)) = (switch, request.guid) {
            if !status.is_success() {
                return Ok(());
            }
            self.opens(switch).open(guid);
        }
        for guid in request.reads {
            self.close(Switch::Collection, guid)?;
        }
        Ok(())
    }
}
