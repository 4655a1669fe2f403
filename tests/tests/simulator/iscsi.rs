//! The iSCSI statistics of two adapters: each item of each class, read by the schema from their
//! binary MOF.

use super::shared::boxed;
use iscsi_schema::*;
use wmi_core::provider::{Block, Provider};
use wmi_core::wnode::InstanceData;
use wmi_core::{FixedBlock, Wire};
use wmi_tools::bmf::{self, Packing};
use wmi_tools::client::{DataObject, Datum};
use wmi_tools::layout::{BlockItem, BlockLayout as Layout, ElementType, Elements};
use wmi_tools::{Arena, Classes};
use zerocopy::FromBytes;

/// An adapter. Its number is part of every value.
struct Adapter(u8);

impl Adapter {
    fn values<'a>(&self, layout: &Layout<'a>) -> DataObject<'a> {
        let mut object = DataObject::new(layout.name);
        for item in &layout.items {
            let value = match item.elements {
                Elements::One => self.value(item),
                Elements::Fixed(count) => (0..count).map(|_| self.value(item)).collect(),
                Elements::Counted { .. } => panic!("{} is of variable size", layout.name),
            };
            object.set(item.property.name, value);
        }
        object
    }

    fn value<'a>(&self, item: &BlockItem<'a>) -> Datum<'a> {
        let number = item.id as u8 * 10 + self.0;
        match &item.element {
            ElementType::Char16 => unreachable!("the schema does not have UTF-16 units"),
            ElementType::Boolean => Datum::Boolean(number % 2 == 0),
            ElementType::Integer(integer) => match integer.size() {
                1 => Datum::U8(number),
                2 => Datum::U16(0x0100 + u16::from(number)),
                4 => Datum::U32(0x0102_0300 + u32::from(number)),
                _ => Datum::U64(0x0102_0304_0506_0700 + u64::from(number)),
            },
            ElementType::Text { .. } => format!("text {number}").into(),
            ElementType::DateTime => Datum::DateTime(wmi_core::DateTime::ZERO),
            ElementType::Class(layout) => self.values(layout).into(),
        }
    }
}

fn layout(class: &str) -> Layout<'static> {
    let classes = Classes::from(&SCHEMA);
    Layout::of(classes.get(class).unwrap(), &classes).unwrap()
}

impl<C: FixedBlock> InstanceData<C> for Adapter {
    fn store(&self, block: &mut Wire<C>) {
        let layout = layout(C::CLASS.name);
        let bytes = self.values(&layout).encode(&layout).unwrap();
        *block = Wire::read_from_bytes(&bytes).unwrap();
    }
}

type Adapters = [Adapter; 2];

/// Declares a provider of these classes, with one instance of each class per adapter.
macro_rules! provider {
    ($($class:ident)*) => {
        Provider::with_pdo(
            &[$(
                &Block::counters::<$class, Adapter>(|adapters: &Adapters, index| {
                    adapters.get(index)
                })
                .pdo(|_| 2),
            )*],
            |_| 0x1000,
        )
    };
}

static PROVIDER: Provider<Adapters> = provider! {
    MSiSCSI_MMIPSECStats
    MSiSCSI_QMIPSECStats
    MSiSCSI_ConnectionStatistics
    MSiSCSI_SessionStatistics
    MSiSCSI_InitiatorLoginStatistics
    MSiSCSI_InitiatorInstanceStatistics
    MSiSCSI_NICPerformance
    MSiSCSI_RequestTimeStatistics
}
.mof_resource("IscsiMof")
.registry_path(|_| &[0x5c, 0x52]);

#[test]
fn every_item_of_the_iscsi_statistics_is_read() {
    let file = bmf::encode_schema(&SCHEMA, Packing::Greedy).unwrap();
    let arena = Arena::new();
    let file = bmf::decode(&arena, &file).unwrap();

    let adapters = [Adapter(1), Adapter(2)];
    let mut wmi = boxed(|request| PROVIDER.dispatch(&adapters, request))
        .with_schema(&file)
        .device_path(r"PCI\VEN_1AF4&DEV_1004\3&11583659&0");
    let blocks = wmi.register().unwrap().blocks.clone();
    assert_eq!(blocks.len(), 8);
    for block in blocks {
        let class = file
            .classes()
            .find(|class| class.guid() == Some(block.guid));
        let class = class.unwrap().name;
        let all = wmi.query_all_objects(class).unwrap();
        assert_eq!(all.len(), 2);
        for (adapter, instance) in adapters.iter().zip(all) {
            let number = adapter.0 - 1;
            let name = format!(r"PCI\VEN_1AF4&DEV_1004\3&11583659&0_{number}");
            assert_eq!(instance.name, name);
            assert_eq!(instance.value, adapter.values(&layout(class)));
        }
    }
    assert_eq!(wmi.verify(), []);
}
