//! The kinds of the classes of one namespace. Owns how the facts that tell a kind are read from a
//! schema; which facts tell which kind is [`Facts::kind`]'s.

use std::collections::BTreeSet;

use wmi_vocabulary::kind::{EVENT_BASES, Facts, is_of_instances};

use crate::Classes;
use crate::classes::Name;
use wmi_core::schema::{CimType, Class};

/// How the classes of a namespace use each other.
#[derive(Default)]
pub(crate) struct Uses<'a> {
    /// The classes that are the type of a property or parameter.
    parts: BTreeSet<Name<'a>>,
    /// The classes that others derive from.
    bases: BTreeSet<Name<'a>>,
}

impl<'a> Uses<'a> {
    pub(crate) fn new(classes: &Classes<'a>) -> Self {
        let parts = classes.iter().flat_map(|class| {
            let parameters = class.methods.iter().flat_map(|method| method.parameters);
            let items = class.properties.iter().chain(parameters);
            items
                .filter(|item| item.cim_type == CimType::Object)
                .map(|item| Name(item.type_name))
        });
        let bases = classes.iter().filter_map(|class| class.superclass);
        Self {
            parts: parts.collect(),
            bases: bases.map(Name).collect(),
        }
    }

    /// Returns whether a class is the type of a property or parameter.
    pub(crate) fn is_part(&self, class: &Class<'_>) -> bool {
        self.parts.contains(&Name(class.name))
    }

    /// Returns the facts that tell the kind of a class, one of `classes`.
    pub(crate) fn facts(&self, class: &Class<'_>, classes: &Classes<'a>) -> Facts {
        let has = |name| class.qualifiers.flag(name);
        let (mut properties, mut methods) = (class.properties.iter(), class.methods.iter());
        Facts {
            is_abstract: has("abstract"),
            is_static: has("Static"),
            is_provided: has("Dynamic") || has("Provider"),
            is_wmi: has("WMI"),
            has_guid: has("guid"),
            has_instances: properties.clone().any(|item| is_of_instances(item.name)),
            has_items: properties.any(|item| item.data_id().is_some()),
            has_methods: methods.any(|method| method.method_id().is_some()),
            is_event: EVENT_BASES
                .iter()
                .any(|base| classes.derives_from(class, base)),
            is_part: self.is_part(class),
            is_base: self.bases.contains(&Name(class.name)),
        }
    }
}
