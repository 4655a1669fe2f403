//! [`EventQueue`]: collects the events of a device.

use std::collections::VecDeque;

#[cfg(doc)]
use super::Simulator;
use super::send::Stale;
use wmi_core::NtStatus;
use wmi_core::provider::EventSink;
use wmi_core::wnode::EVENT_LIMIT;

/// An [`EventSink`] for the device of a test, which keeps events until a [`Simulator`]
/// [receives](Simulator::receive) them. It can be shared between threads.
#[derive(Debug)]
pub struct EventQueue {
    state: Shared<State>,
    limit: usize,
    provider_id: u32,
}

#[derive(Debug)]
struct State {
    events: VecDeque<Vec<u8>>,
    refuses: Option<NtStatus>,
}

/// The contents of an event's memory before it is written.
pub(super) const STALE: [u8; 4] = [Stale::USUAL.0; 4];

impl EventQueue {
    /// The value that `IoWMIDeviceObjectToProviderId` returns for the device of a [`Simulator`].
    /// Each added device has the next number.
    pub const PROVIDER_ID: u32 = 1;

    /// Creates an empty queue.
    #[must_use]
    pub const fn new() -> Self {
        Self::with_limit(EVENT_LIMIT)
    }

    /// Creates a queue on a system whose registry sets another size limit for events, in bytes.
    /// Larger events are refused with [`NtStatus::BUFFER_OVERFLOW`].
    #[must_use]
    pub const fn with_limit(limit: usize) -> Self {
        let state = Shared::new(State {
            events: VecDeque::new(),
            refuses: None,
        });
        Self {
            state,
            limit,
            provider_id: Self::PROVIDER_ID,
        }
    }

    /// Sets the device that sends its events here, by its index among
    /// [several](Simulator::with_device).
    #[must_use]
    pub const fn of_device(mut self, number: u32) -> Self {
        self.provider_id = Self::PROVIDER_ID.saturating_add(number);
        self
    }

    /// Refuses events with this status, like a system without memory; `None` accepts events again.
    pub fn refuse(&self, status: Option<NtStatus>) {
        self.state.with(|state| state.refuses = status);
    }

    pub(super) fn pop(&self) -> Option<Vec<u8>> {
        self.state.with(|state| state.events.pop_front())
    }

    /// Puts events back to the front.
    pub(super) fn put_back(&self, events: Vec<Vec<u8>>) {
        self.state.with(|state| {
            for event in events.into_iter().rev() {
                state.events.push_front(event);
            }
        });
    }
}

impl Default for EventQueue {
    fn default() -> Self {
        Self::new()
    }
}

/// A value that can be changed through a shared reference.
#[derive(Debug)]
struct Shared<T>(std::sync::Mutex<T>);

impl<T> Shared<T> {
    const fn new(value: T) -> Self {
        Self(std::sync::Mutex::new(value))
    }

    fn with<R>(&self, work: impl FnOnce(&mut T) -> R) -> R {
        let lock = self.0.lock();
        work(&mut lock.unwrap_or_else(std::sync::PoisonError::into_inner))
    }
}

impl EventSink for EventQueue {
    type Memory = Vec<u8>;

    fn allocate(&self, size: usize) -> Option<Vec<u8>> {
        // Pool memory is not zero either.
        Some(STALE.into_iter().cycle().take(size).collect())
    }

    fn send(&self, event: Vec<u8>) -> Result<(), NtStatus> {
        self.state.with(|state| match state.refuses {
            Some(status) => Err(status),
            None if event.len() > self.limit => Err(NtStatus::BUFFER_OVERFLOW),
            None => {
                state.events.push_back(event);
                Ok(())
            }
        })
    }

    fn provider_id(&self) -> u32 {
        self.provider_id
    }

    fn limit(&self) -> usize {
        self.limit
    }

    fn time_stamp(&self) -> i64 {
        super::NOW
    }
}
