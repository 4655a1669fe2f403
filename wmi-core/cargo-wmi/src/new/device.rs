//! The work of a device. This is where the driver counts.

use core::sync::atomic::{AtomicU32, Ordering};

use wmi_core::provider::Event;

use crate::provider::Device;
use crate::schema::{LimitExceeded, Statistics};

impl Device {
    /// Returns the data of a device that has handled nothing, and has no limit.
    #[must_use]
    pub const fn idle({{parameters}}) -> Self {
        Self {
{{members}}            statistics: Statistics::new(),
            settings_limit: AtomicU32::new(u32::MAX),
            limit_exceeded: Event::new(),
        }
    }

    /// Counts a request. Returns the event to send if there are more than the limit.
    pub fn count_request(&self) -> Option<LimitExceeded> {
        self.statistics.increment_requests();
        let requests = self.statistics.requests();
        let is_exceeded = requests > self.settings_limit.load(Ordering::Relaxed);
        is_exceeded.then_some(LimitExceeded { requests })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_above_the_limit_send_events() {
        let device = Device::idle({{arguments}});
        device.settings_limit.store(1, Ordering::Relaxed);
        assert!(device.count_request().is_none());
        let event = device.count_request();
        assert_eq!(event.map(|event| event.requests), Some(2));
    }
}
