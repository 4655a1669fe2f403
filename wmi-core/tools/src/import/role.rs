//! The role of a class, from its qualifiers and its use.

use wmi_vocabulary::attribute::{CLASS_KEYS, row_of_qualifier};
use wmi_vocabulary::kind::ClassKind;
use wmi_vocabulary::qualifier::DEFAULT_PERF_DETAIL;

use super::Importer;
use super::qualifier::Special;
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

impl Importer<'_> {
    /// Returns the role of a class.
    pub(super) fn role(&self, class: &Class<'_>) -> Role {
        let facts = self.space.uses.facts(class, &self.space.classes);
        let kind = match facts.kind() {
            // The derive writes neither `Dynamic` nor methods for a class that is only a part.
            ClassKind::Embedded if facts.is_provided || facts.has_methods => ClassKind::Registered,
            kind => kind,
        };
        let is_guid = class.guid().is_some_and(|guid| !guid.is_nil());
        let fault = match kind {
            ClassKind::Registered | ClassKind::Event | ClassKind::Embedded => {
                match (facts.has_guid, facts.is_wmi) {
                    (true, _) if is_guid => None,
                    (true, _) => Some("its GUID is not valid"),
                    (false, true) if kind == ClassKind::Embedded => None,
                    (false, true) => Some("it has no GUID"),
                    (false, false) => return Role::of(ClassKind::Bare),
                }
            }
            _ => None,
        };
        match fault {
            // The derive asks for a GUID where WMI does; without it, the class can be a base.
            Some(_) => Role {
                fault,
                ..Role::of(ClassKind::Bare)
            },
            None => Role {
                embedded_too: kind.is_registered() && facts.is_part,
                ..Role::of(kind)
            },
        }
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
