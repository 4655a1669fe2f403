//! Who has a block open: what is switched on for the first and off after the last.

use std::collections::BTreeMap;

use zerocopy::IntoBytes;

use super::registration::Registered;
use super::send::le32;
use super::{Device, Failure, Registration, Simulator};
use wmi_core::provider::Minor;
use wmi_core::wnode::WnodeHeader;
use wmi_core::{Guid, NtStatus};

/// What a provider is told to switch.
#[derive(Clone, Copy)]
pub(super) enum Switch {
    /// Sending events, for those who listen.
    Events,
    /// Collecting, for those who read a block that is expensive.
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

    /// Whether the block has this to be switched, so that its provider may not refuse.
    pub(super) const fn is_of(self, block: &Registered) -> bool {
        match self {
            Self::Events => block.is_event_only(),
            Self::Collection => block.is_expensive(),
        }
    }

    /// Whether the provider is told: of collecting only where it said that it is expensive.
    const fn is_told(self, block: &Registered) -> bool {
        matches!(self, Self::Events) || self.is_of(block)
    }
}

/// How many have each block open.
#[derive(Clone, Debug, Default)]
pub(super) struct Opens(BTreeMap<Guid, usize>);

impl Opens {
    /// Whether somebody has it open.
    pub(super) fn contains(&self, guid: &Guid) -> bool {
        self.0.contains_key(guid)
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// Nobody has it open any more; says whether somebody had.
    fn forget(&mut self, guid: Guid) -> bool {
        self.0.remove(&guid).is_some()
    }

    pub(super) fn open(&mut self, guid: Guid) {
        let count = self.0.entry(guid).or_default();
        *count = count.saturating_add(1);
    }

    /// Says whether nobody has it open any more; `None` where nobody had.
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
// first who opens the block, and the contrary after the last.
impl<D: Device> Simulator<'_, D> {
    pub(super) fn opens(&mut self, switch: Switch) -> &mut Opens {
        let state = self.state_mut();
        match switch {
            Switch::Events => &mut state.enabled,
            Switch::Collection => &mut state.collecting,
        }
    }

    /// One more has the block of each device open, unless one refuses the first.
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

    /// One less has the block of each device open.
    pub(super) fn close_all(&mut self, switch: Switch, guid: Guid) -> Result<(), Failure> {
        let mut closed = Ok(());
        for device in self.providing(guid)? {
            let done = self.at(device, |wmi| wmi.close(switch, guid));
            closed = closed.and(done);
        }
        closed
    }

    /// One more has the block open, unless the provider refuses the first.
    pub(super) fn open(&mut self, switch: Switch, guid: Guid) -> Result<(), Failure> {
        let is_switched = self.is_switched(switch, guid)?;
        if is_switched && !self.opens(switch).contains(&guid) {
            self.control(switch.on(), guid)?;
        }
        self.opens(switch).open(guid);
        Ok(())
    }

    /// One less has it open.
    pub(super) fn close(&mut self, switch: Switch, guid: Guid) -> Result<(), Failure> {
        let is_switched = self.is_switched(switch, guid)?;
        match self.opens(switch).close(guid) {
            Some(true) if is_switched => self.control(switch.off(), guid),
            Some(_) => Ok(()),
            None => Err(Failure::NotOpen { guid }),
        }
    }

    /// Reads a block, which is open meanwhile.
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

    /// Nobody has a block open that is no longer registered, and was among the old. Its provider is
    /// told, for what was switched on is switched off before it is on again.
    pub(super) fn close_removed(&mut self, old: &Registration) -> Result<(), Failure> {
        for block in &old.blocks {
            if self.registration().block(block.guid).is_some() {
                continue;
            }
            for switch in Switch::ALL {
                if self.opens(switch).forget(block.guid) && switch.is_told(block) {
                    match self.control(switch.off(), block.guid) {
                        // The block is gone, and its provider may not know it any more.
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

    /// Tells the provider.
    pub(super) fn control(&mut self, minor: Minor, guid: Guid) -> Result<(), Failure> {
        let mut header = WnodeHeader::new(guid, 0);
        header.buffer_size = le32(size_of::<WnodeHeader>());
        self.command(minor, guid, header.as_bytes())
    }
}
