//! Counters and their bases in classes of any origin. Owns which items are neighbours, by their ids;
//! the rule itself is that of [`wmi_vocabulary::base`].

use wmi_core::schema::Property;
use wmi_vocabulary::base::CounterItem;
#[cfg(any(feature = "check", feature = "import"))]
use wmi_vocabulary::base::{self, BaseFault};

/// An item whose counter or base is not as it must be.
#[cfg(any(feature = "check", feature = "import"))]
#[cfg_attr(
    not(feature = "check"),
    expect(dead_code, reason = "import needs the item alone")
)]
pub(crate) struct Misplaced<'p, 'a> {
    pub(crate) item: &'p Property<'a>,
    pub(crate) fault: BaseFault,
    /// The item with the next id.
    pub(crate) next: Option<&'p Property<'a>>,
}

/// The faults among the properties of a class. A base that a counter misses elsewhere is a fault of
/// the counter alone.
#[cfg(any(feature = "check", feature = "import"))]
pub(crate) fn misplaced<'p, 'a>(properties: &[&'p Property<'a>]) -> Vec<Misplaced<'p, 'a>> {
    let items = in_id_order(properties);
    let at = |index: Option<usize>| items.get(index?).copied();
    let mut faults = Vec::new();
    for (index, &item) in items.iter().enumerate() {
        let (before, next) = (at(index.checked_sub(1)), at(index.checked_add(1)));
        let of_counter = base::of_counter(seen(item), next.map(seen));
        let of_base = || {
            let fault = base::of_base(before.map(seen), seen(item))?;
            let is_claimed = items.iter().any(|other| {
                base::demanded(seen(other)).is_some()
                    && base::is_name_of_base(other.name, item.name)
            });
            (!is_claimed).then_some(fault)
        };
        if let Some(fault) = of_counter.or_else(of_base) {
            faults.push(Misplaced { item, fault, next });
        }
    }
    faults
}

#[cfg(any(feature = "check", feature = "import"))]
/// The items among the properties, in order of their ids.
pub(crate) fn in_id_order<'p, 'a>(properties: &[&'p Property<'a>]) -> Vec<&'p Property<'a>> {
    let mut items: Vec<_> = properties
        .iter()
        .filter_map(|property| Some((property.data_id()?, *property)))
        .collect();
    items.sort_by_key(|(id, _)| *id);
    items.into_iter().map(|(_, property)| property).collect()
}

/// The item, as the rule sees it.
pub(crate) fn seen<'p>(property: &'p Property<'_>) -> CounterItem<'p> {
    CounterItem {
        name: property.name,
        counter: property.counter_type(),
    }
}
