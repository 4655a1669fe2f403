//! The role of a class, from its qualifiers and its use.

use wmi_vocabulary::attribute::{CLASS_KEYS, row_of_qualifier};
use wmi_vocabulary::kind::{ClassKind, EVENT_BASES};
use wmi_vocabulary::qualifier::DEFAULT_PERF_DETAIL;

use super::Importer;
use super::qualifier::Special;
use crate::layout::MAX_DEPTH;
use wmi_core::schema::{Class, Qualifier, Value};

/// The role of a class.
pub(super) struct Role {
    pub(super) kind: ClassKind,
    /// Whether the class is registered and also embedded by other classes.
    pub(super) embedded_too: bool,
    /// Why the class is only declared, although it looks like a driver's class.
    pub(super) fault: Option<&'static str>,
}

impl Role {
    const fn of(kind: ClassKind) -> Self {
        Self {
            kind,
            embedded_too: false,
            fault: None,
        }
    }
}

impl<'a> Importer<'a> {
    /// Returns the role of a class.
    pub(super) fn role(&self, class: &Class<'_>) -> Role {
        let has = |name| class.qualifiers.flag(name);
        if has("abstract") {
            return Role::of(ClassKind::Abstract);
        }
        if has("Static") {
            return Role::of(ClassKind::Static);
        }
        let is_part = self.space.embedded.contains(&class.name.to_lowercase());
        let has_own_properties = class.properties.iter().any(|item| item.data_id().is_none());
        let is_registered = has("Dynamic")
            || has("Provider")
            || has_own_properties
            || !class.methods.is_empty()
            || (class.superclass.is_some() && !is_part);
        let guid = class.qualifier("guid");
        let is_guid = class.guid().is_some_and(|guid| !guid.is_nil());
        match (guid, is_registered) {
            (Some(_), true) if is_guid => Role {
                embedded_too: is_part,
                ..Role::of(ClassKind::Registered)
            },
            (Some(_), false) if is_guid => Role::of(ClassKind::Embedded),
            (None, false) if has("WMI") => Role::of(ClassKind::Embedded),
            // A base or a repository class, unless it says that it is a driver's.
            (guid, _) => Role {
                fault: match guid {
                    Some(_) => Some("its GUID is not valid"),
                    None if has("WMI") => Some("it has no GUID"),
                    None => None,
                },
                ..Role::of(ClassKind::Bare)
            },
        }
    }

    /// Returns whether the class derives from a base of events.
    pub(super) fn is_event(&self, class: &Class<'a>) -> bool {
        let mut base = class.superclass;
        // A longer chain of bases is a cycle, or useless.
        for _ in 0..MAX_DEPTH {
            let Some(name) = base else { return false };
            let is = |event: &&str| event.eq_ignore_ascii_case(name);
            if EVENT_BASES.iter().any(is) {
                return true;
            }
            base = self
                .space
                .classes
                .get(name)
                .and_then(|class| class.superclass);
        }
        false
    }
}

/// Returns the `PerfDetail` of the counters of a class.
pub(super) fn perf_detail(class: &Class<'_>, kind: ClassKind) -> i64 {
    let detail = class.qualifier("PerfDetail");
    let row = row_of_qualifier(CLASS_KEYS, "PerfDetail");
    match (row, detail.map(|qualifier| qualifier.value)) {
        (Some((_, key)), Some(Value::Integer(detail)))
            if key.is_for(kind) && key.takes.number(detail) =>
        {
            detail
        }
        _ => DEFAULT_PERF_DETAIL,
    }
}

/// Returns how to write a qualifier whose attribute does not apply to this kind of class.
pub(super) fn special(qualifier: &Qualifier<'_>, role: &Role) -> Special {
    match row_of_qualifier(CLASS_KEYS, qualifier.name) {
        Some((_, key)) if !key.is_for(role.kind) => Special::Free,
        _ => Special::General,
    }
}
