//! [`QueriedData`]: the reply to a query, read by the reader of `wmi-core`.

use core::fmt;
use core::marker::PhantomData;

use wmi_core::wnode::{AllData, Blocks, InstanceId, SingleInstance, Wnode, WnodeError};
use wmi_core::{FixedBlock, Wire};

use crate::wdm::Pool;

/// The data of a query, in memory of its own: a chain of WNODEs, one for each driver that has answered.
pub struct QueriedData<C> {
    memory: Pool,
    size: usize,
    class: PhantomData<fn() -> C>,
}

impl<C> fmt::Debug for QueriedData<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QueriedData")
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

impl<C> QueriedData<C> {
    pub(super) const fn new(memory: Pool, size: usize) -> Self {
        Self {
            memory,
            size,
            class: PhantomData,
        }
    }

    /// Returns the WNODEs, for classes of variable size above all.
    ///
    /// IRQL: any. Touches no paged memory.
    #[must_use]
    pub fn wnodes(&self) -> Wnodes<'_> {
        let bytes = self.memory.bytes(self.size);
        Wnodes((!bytes.is_empty()).then_some(bytes))
    }
}

impl<C: FixedBlock> QueriedData<C> {
    /// Returns the instances of all drivers, in order.
    ///
    /// IRQL: any. Touches no paged memory.
    #[must_use]
    pub fn instances(&self) -> Instances<'_, C> {
        Instances {
            wnodes: self.wnodes(),
            current: None,
        }
    }
}

/// The WNODEs of a reply; see [`QueriedData::wnodes`]. After one that is malformed there are no more.
#[derive(Clone, Debug)]
pub struct Wnodes<'a>(Option<&'a [u8]>);

impl<'a> Iterator for Wnodes<'a> {
    type Item = Result<Wnode<'a>, WnodeError>;

    fn next(&mut self) -> Option<Self::Item> {
        let bytes = self.0.take()?;
        Some(Wnode::decode(bytes).and_then(|wnode| {
            self.0 = Wnode::linked(bytes)?;
            Ok(wnode)
        }))
    }
}

/// One instance of a class of fixed size.
#[derive(Clone, Copy, Debug)]
pub struct InstanceOf<'a, C: FixedBlock> {
    /// How its driver names it: by an index, or by a dynamic name.
    pub id: InstanceId<'a>,
    /// The values.
    pub block: &'a Wire<C>,
}

/// The instances of a reply; see [`QueriedData::instances`]. After a WNODE that is malformed, or has
/// other data, there are no more.
pub struct Instances<'a, C> {
    wnodes: Wnodes<'a>,
    current: Option<(AllData<'a>, Blocks<'a, C>, u32)>,
}

impl<C> fmt::Debug for Instances<'_, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Instances").finish_non_exhaustive()
    }
}

impl<'a, C: FixedBlock> Instances<'a, C> {
    fn single(&mut self, single: SingleInstance<'a>) -> Result<InstanceOf<'a, C>, WnodeError> {
        let block = single.block::<C>();
        if block.is_err() {
            self.wnodes.0 = None;
        }
        Ok(InstanceOf {
            id: single.id(),
            block: block?,
        })
    }
}

impl<'a, C: FixedBlock> Iterator for Instances<'a, C> {
    type Item = Result<InstanceOf<'a, C>, WnodeError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some((wnode, blocks, number)) = &mut self.current {
                if let (Some(block), Some(id)) = (blocks.next(), wnode.id(*number)) {
                    *number = number.saturating_add(1);
                    return Some(Ok(InstanceOf { id, block }));
                }
                self.current = None;
            }
            match self.wnodes.next()? {
                Ok(Wnode::AllData(wnode)) => match wnode.blocks::<C>() {
                    Ok(blocks) => self.current = Some((wnode, blocks, 0)),
                    Err(error) => {
                        self.wnodes.0 = None;
                        return Some(Err(error));
                    }
                },
                Ok(Wnode::SingleInstance(single)) => return Some(self.single(single)),
                // Drivers answer queries by no other.
                Ok(_) => {}
                Err(error) => return Some(Err(error)),
            }
        }
    }
}
