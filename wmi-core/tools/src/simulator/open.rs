//! Counts the clients that have a block open. The first one switches events or collection on, and
//! the last one off.

use std::collections::BTreeMap;

use zerocopy::IntoBytes;

use super::registration::Registered;
use super::send::le32;
use super::{Device, Failure, Registration, Simulator};
use wmi_core::provider::Minor;
use wmi_core::wnode::WnodeHeader;
use wmi_core::{Guid, NtStatus};

/// The part of a block that can be switched on and off.
#[derive(Clone, Copy)]
pub(super) enum Switch {
    /// Sending events to listeners.
    Events,
    /// Collecting the data of an expensive block for readers.
    Collection,
}

impl Switch {
    pub(super) const ALL: [Self; 2] = [Self::Events, Self::Collection];

    pub(super) const fn on(self) -> Minor {
        match self {
            Self::Events => Minor::EnableEvents,
            Self::Collection => Minor::EnableCollection,
        }
    }

    pub(super) const fn off(self) -> Minor {
        match self {
            Self::Events => Minor::DisableEvents,
            Self::Collection => Minor::DisableCollection,
        }
    }

    /// Whether the block has this part, so that its provider may not refuse the switch.
    pub(super) const fn is_of(self, block: &Registered) -> bool {
        match self {
            Self::Events => block.is_event_only(),
            Self::Collection => block.is_expensive(),
        }
    }

    /// Whether the provider is notified. Collection is switched only for expensive blocks.
    const fn is_told(self, block: &Registered) -> bool {
        matches!(self, Self::Events) || self.is_of(block)
    }
}

/// Counts the clients of each block.
#[derive(Clone, Debug, Default)]
pub(super) struct Opens(BTreeMap<Guid, usize>);

impl Opens {
    /// Whether a client has the block open.
    pub(super) fn contains(&self, guid: &Guid) -> bool {
        self.0.contains_key(guid)
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// Closes the block for all clients; returns whether any had it open.
    fn forget(&mut self, guid: Guid) -> bool {
        self.0.remove(&guid).is_some()
    }

    pub(super) fn open(&mut self, guid: Guid) {
        let count = self.0.entry(guid).or_default();
        *count = count.saturating_add(1);
    }

    /// Closes the block for one client; returns whether that was the last, or `None` if none had it
    /// open.
    fn close(&mut self, guid: Guid) -> Option<bool> {
        let count = self.0.get_mut(&guid)?;
        *count = count.saturating_sub(1);
        let is_last = *count == 0;
        if is_last {
            self.0.remove(&guid);
        }
        Some(is_last)
    }
}

// Source: "IRP_MN_ENABLE_COLLECTION" and "IRP_MN_ENABLE_EVENTS", windows-driver-docs: sent for the
// first client; the opposite requests are sent after the last.
impl<D: Device> Simulator<'_, D> {
    pub(super) fn opens(&mut self, switch: Switch) -> &mut Opens {
        let state = self.state_mut();
        match switch {
            Switch::Events => &mut state.enabled,
            Switch::Collection => &mut state.collecting,
        }
    }

    /// Opens the block on each device, unless one refuses its first client.
    pub(super) fn open_all(&mut self, switch: Switch, guid: Guid) -> Result<(), Failure> {
        let mut opened = Vec::new();
        for device in self.providing(guid)? {
            if let Err(failure) = self.at(device, |wmi| wmi.open(switch, guid)) {
                for device in opened {
                    self.at(device, |wmi| wmi.close(switch, guid))?;
                }
                return Err(failure);
            }
            opened.push(device);
        }
        Ok(())
    }

    /// Closes the block on each device for one client.
    pub(super) fn close_all(&mut self, switch: Switch, guid: Guid) -> Result<(), Failure> {
        let mut closed = Ok(());
        for device in self.providing(guid)? {
            let done = self.at(device, |wmi| wmi.close(switch, guid));
            closed = closed.and(done);
        }
        closed
    }

    /// Opens the block, unless the provider refuses its first client.
    pub(super) fn open(&mut self, switch: Switch, guid: Guid) -> Result<(), Failure> {
        let is_switched = self.is_switched(switch, guid)?;
        if is_switched && !self.opens(switch).contains(&guid) {
            self.control(switch.on(), guid)?;
        }
        self.opens(switch).open(guid);
        Ok(())
    }

    /// Closes the block for one client.
    pub(super) fn close(&mut self, switch: Switch, guid: Guid) -> Result<(), Failure> {
        let is_switched = self.is_switched(switch, guid)?;
        match self.opens(switch).close(guid) {
            Some(true) if is_switched => self.control(switch.off(), guid),
            Some(_) => Ok(()),
            None => Err(Failure::NotOpen { guid }),
        }
    }

    /// Keeps a block open while reading it.
    pub(super) fn reading<T>(
        &mut self,
        guid: Guid,
        read: impl FnOnce(&mut Self) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let opened = self.open(Switch::Collection, guid);
        let is_open = opened.is_ok();
        let value = opened.and_then(|()| read(self));
        if matches!(value, Err(Failure::Pending { .. })) {
            self.read_by_last(guid);
            return value;
        }
        if !is_open {
            return value;
        }
        let closed = self.close(Switch::Collection, guid);
        value.and_then(|value| closed.map(|()| value))
    }

    /// Closes the blocks that are no longer registered. Their provider is notified, because events
    /// and collection are switched off before they are switched on again.
    pub(super) fn close_removed(&mut self, old: &Registration) -> Result<(), Failure> {
        for block in &old.blocks {
            if self.registration().block(block.guid).is_some() {
                continue;
            }
            for switch in Switch::ALL {
                if self.opens(switch).forget(block.guid) && switch.is_told(block) {
                    match self.control(switch.off(), block.guid) {
                        // The provider may no longer know the block.
                        Err(gone) if gone.status() == Some(NtStatus::WMI_GUID_NOT_FOUND) => {}
                        told => told?,
                    }
                }
            }
        }
        Ok(())
    }

    fn is_switched(&self, switch: Switch, guid: Guid) -> Result<bool, Failure> {
        self.block(guid).map(|block| switch.is_told(block))
    }

    /// Notifies the provider.
    pub(super) fn control(&mut self, minor: Minor, guid: Guid) -> Result<(), Failure> {
        let mut header = WnodeHeader::new(guid, 0);
        header.buffer_size = le32(size_of::<WnodeHeader>());
        self.command(minor, guid, header.as_bytes())
    }
}
