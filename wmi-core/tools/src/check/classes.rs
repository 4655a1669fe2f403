//! Rules of a class as a whole: its qualifiers, GUID and bases.

use super::Rule;
use super::context::{Context, Role, is_of_wmiprov};
use crate::classes::Name;
use crate::layout::BlockLayout;
use crate::namespace::normal;
use crate::place::Place;
use wmi_core::__private::EVENT_DATA_LIMIT;
use wmi_core::Guid;
use wmi_core::schema::{Class, Property, Value};
use wmi_vocabulary::kind::ClassKind;
use wmi_vocabulary::qualifier::PERF_BASE;
use wmi_vocabulary::{check_class_name, sample_guid, system_class};

impl<'a> Context<'_, 'a> {
    pub(super) fn class(&mut self, class: &'a Class<'a>) {
        let place = Place::class(class);
        self.qualifiers(place, class.qualifiers);
        if let Err(why) = check_class_name(class.name) {
            // The name of a system class is not the file's choice.
            if !class.name.starts_with("__") {
                self.report(
                    Rule::ClassName,
                    place,
                    format!("this is not a class name: {why}"),
                );
            }
        }
        if self.before.contains(&Name(class.name)) {
            let message = "the file has two classes of this name; remove or rename one";
            self.report(Rule::DuplicateClass, place, message);
        }
        self.base(class, place);
        let role = self.role(class);
        if role != Role::Foreign && !self.is_windows && system_class::is_standard_block(class.name)
        {
            let message =
                "this is a standard block that Windows declares; leave it out, or rename it";
            self.report(Rule::StandardClass, place, message);
        }
        match role {
            Role::Foreign => {
                if class.qualifiers.flag("WMI") && !is_of_wmiprov(class) {
                    let message =
                        "a driver's class has `Provider(\"WMIProv\")`; this one is not checked";
                    self.report(Rule::OtherProvider, place, message);
                }
            }
            Role::TraceControl => self.guid(class, place),
            Role::Driver(kind) => {
                if !kind.is_base() {
                    self.driver(class, place);
                }
                self.guid(class, place);
                if kind.has_instances() {
                    self.namespace(class, place);
                    self.provider(class, place);
                    self.event(class, place);
                    self.performance(class, place);
                }
            }
        }
        self.before.insert(Name(class.name));
    }

    fn driver(&mut self, class: &Class<'a>, place: Place<'a>) {
        if !class.qualifiers.flag("WMI") {
            self.report(Rule::MissingWmi, place, "add the qualifier `WMI`");
        }
    }

    fn namespace(&mut self, class: &Class<'a>, place: Place<'a>) {
        let Some(namespace) = self.classes.namespace(class.name) else {
            return;
        };
        if !is_of_drivers_namespace(namespace) {
            let message = format!(
                "the class is in `{namespace}`; WMI looks for drivers' classes in `root\\wmi`"
            );
            self.report(Rule::Namespace, place, message);
        }
    }

    fn provider(&mut self, class: &Class<'a>, place: Place<'a>) {
        let has = |name| class.qualifiers.flag(name);
        match (has("Dynamic"), has("Static")) {
            (true, true) => {
                let message = "a class is `Dynamic` or `Static`, not both";
                self.report(Rule::DynamicAndStatic, place, message);
            }
            (false, true) => return,
            (false, false) => {
                self.report(Rule::MissingDynamic, place, "add the qualifier `Dynamic`");
            }
            (true, false) => {}
        }
        if class.qualifiers.text("Provider").is_none() {
            let message = "add the qualifier `Provider(\"WMIProv\")`";
            self.report(Rule::MissingProvider, place, message);
        }
    }

    fn guid(&mut self, class: &Class<'a>, place: Place<'a>) {
        let Some(qualifier) = class.qualifier("guid") else {
            // A class without `WMI` is not a driver's class, or is reported for that first. The
            // page "WMI Class Qualifiers" requires a GUID for embedded classes too, but no request
            // names it, and the derive does not require it.
            let role = self.role(class);
            let is_asked_for = role.has_instances() || role == Role::TraceControl;
            if is_asked_for && class.qualifiers.flag("WMI") {
                let message = "add the qualifier `guid` with a fresh GUID";
                self.report(Rule::MissingGuid, place, message);
            }
            return;
        };
        // Another rule reports a value that is not text.
        let Value::String(text) = qualifier.value else {
            return;
        };
        let guid = match Guid::parse(text) {
            Ok(guid) => guid,
            Err(why) => {
                let message = format!("`{text}` is not a GUID: {why}");
                return self.report(Rule::MalformedGuid, place, message);
            }
        };
        if guid.is_nil() {
            let message = "the GUID is all zeros; make a fresh one";
            return self.report(Rule::NilGuid, place, message);
        }
        if let Some(origin) = sample_guid::origin(guid) {
            let message = format!("the GUID is that of {origin}; make a fresh one");
            self.report(Rule::SampleGuid, place, message);
        }
        let other = *self.guids.entry(guid).or_insert(class.name);
        if !other.eq_ignore_ascii_case(class.name) {
            let message = format!("the GUID is also that of `{other}`; make a fresh one");
            self.report(Rule::DuplicateGuid, place, message);
        }
    }

    fn base(&mut self, class: &Class<'a>, place: Place<'a>) {
        let Some(base) = class.superclass else { return };
        let bases = self.classes.bases(class);
        let closes = |last: &Class<'_>| {
            last.superclass
                .is_some_and(|base| base.eq_ignore_ascii_case(class.name))
        };
        if closes(bases.last().copied().unwrap_or(class)) {
            return self.report(Rule::BaseCycle, place, "the class is its own base");
        }
        if self.classes.get(base).is_none() {
            if !system_class::is_base(base) {
                let message = self.undeclared("base", base, system_class::BASES);
                self.report(Rule::UnknownBase, place, message);
            }
        } else if !self.before.contains(&Name(base)) {
            let message = format!("the base `{base}` is declared later; move it up");
            self.report(Rule::LateDeclaration, place, message);
        }
        let is_abstract = |class: &Class<'_>| class.qualifiers.flag("abstract");
        let above = bases.iter().find(|base| is_abstract(base));
        let above = above.map(|base| base.name).or_else(|| {
            let system = self.classes.get("WMIEvent").is_none();
            (system && self.classes.derives_from(class, "WMIEvent")).then_some("WMIEvent")
        });
        if let Some(above) = above.filter(|_| is_abstract(class)) {
            let message = format!("its base `{above}` is abstract too");
            self.report(Rule::TwoAbstract, place, message);
        }
    }

    fn event(&mut self, class: &'a Class<'a>, place: Place<'a>) {
        let direct = class.superclass.unwrap_or_default();
        if direct.eq_ignore_ascii_case("__ExtrinsicEvent")
            && !class.name.eq_ignore_ascii_case("WMIEvent")
        {
            let message = "derive the event from `WMIEvent`, not from `__ExtrinsicEvent`";
            self.report(Rule::EventBase, place, message);
        }
        if self.role(class) != Role::Driver(ClassKind::Event) {
            return;
        }
        let block = BlockLayout::of(class, self.classes);
        if let Some(size) = block.ok().and_then(|block| block.size) {
            if size > EVENT_DATA_LIMIT {
                let message = format!("the data takes {size} bytes, more than {EVENT_DATA_LIMIT}");
                self.report(Rule::EventSize, place, message);
            }
        }
    }

    fn performance(&mut self, class: &'a Class<'a>, place: Place<'a>) {
        let has = |name| class.qualifiers.flag(name);
        let counters: Vec<_> = class
            .properties
            .iter()
            .filter_map(Property::counter_type)
            .collect();
        let is_derived = self.classes.derives_from(class, PERF_BASE);
        if (!counters.is_empty() || has("HiPerf")) && !is_derived {
            let message = format!("derive a class of counters from `{PERF_BASE}`");
            self.report(Rule::PerfBase, place, message);
        }
        if !is_derived {
            return;
        }
        if !has("HiPerf") {
            let message = "add the qualifier `HiPerf`; the performance tools do not see the class \
                           without it";
            self.report(Rule::MissingHiPerf, place, message);
        }
        if class.qualifier("PerfDetail").is_none() {
            let message = "add the qualifier `PerfDetail(100)`, or a higher level";
            self.report(Rule::MissingPerfDetail, place, message);
        }
        let inherits = !self.classes.bases(class).is_empty();
        if counters.iter().all(|counter| counter.is_base()) && !inherits {
            let message = format!(
                "a class of `{PERF_BASE}` counts something; give an item a `CounterType`, or \
                 remove the base"
            );
            self.report(Rule::NoCounter, place, message);
        }
        for name in ["GenericPerfCtr", "PerfIndex", "HelpIndex", "RegistryKey"] {
            if class.qualifier(name).is_some() {
                let message = format!("`{name}` is for classes that Windows generates; remove it");
                self.report(Rule::GeneratedPerf, place, message);
            }
        }
    }
}

/// Whether the namespace is the one for drivers' classes, or holds their localised text.
fn is_of_drivers_namespace(namespace: &str) -> bool {
    let normal = normal(namespace);
    let inner = normal.strip_prefix(r"root\wmi");
    inner.is_some_and(|inner| inner.is_empty() || inner.starts_with(r"\ms_"))
}
