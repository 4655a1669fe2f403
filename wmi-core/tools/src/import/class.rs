//! Writes classes as structs.

use std::collections::{BTreeMap, BTreeSet};

use wmi_vocabulary::attribute::{AMENDED, Allow, CLASS_KEYS};
use wmi_vocabulary::kind::ClassKind;
use wmi_vocabulary::qualifier::implied_by_class;
use wmi_vocabulary::{NameError, check_class_name, check_item_name, sample_guid};

use super::item::{self, Field, Head, Owner};
use super::meta::Meta;
use super::name::Fields;
use super::qualifier::{self, Place};
use super::role::{Role, perf_detail, special};
use super::{Importer, Omission, OmissionKind, declaration, method};
use crate::bases::misplaced;
use crate::classes::items;
use crate::layout::BlockLayout;
use crate::layout::Elements;
use wmi_core::__private::{ACTIVE, EVENT_DATA_LIMIT, INSTANCE_NAME};
use wmi_core::Guid;
use wmi_core::schema::{Class, Property};

/// The maximum size of a data block in bytes: more than WMI carries, and few enough for a constant.
pub(super) const MAX_SIZE: usize = 0x10_0000;

/// A written class with its members.
pub(super) struct Written {
    pub(super) structure: Struct,
    pub(super) kind: ClassKind,
    /// Whether the data block fits in an event.
    pub(super) fits_event: bool,
    /// Whether the schema has items that the struct has no fields for.
    pub(super) has_untyped_items: bool,
    pub(super) fields: Vec<Field>,
    pub(super) methods: Vec<method::Written>,
}

/// The struct of a class.
#[derive(Clone)]
pub(super) struct Struct {
    pub(super) name: String,
    /// Whether it borrows items of variable size.
    pub(super) borrows: bool,
    /// Whether it contains counters.
    pub(super) counts: bool,
    /// An upper bound of the size of its values in a test, in bytes.
    pub(super) room: usize,
}

impl Struct {
    /// Returns the type, for a struct with the lifetime `'a`.
    pub(super) fn ty(&self) -> String {
        let lifetime = if self.borrows { "<'a>" } else { "" };
        format!("{}{lifetime}", self.name)
    }
}

/// The members of a class.
struct Body<'a> {
    /// The items; empty if the class is only declared.
    fields: Vec<Field>,
    /// The properties that are not fields.
    declared: Vec<&'a Property<'a>>,
    methods: Vec<method::Written>,
    /// The size of the data block in bytes; `None` if it is variable.
    size: Option<usize>,
}

impl Body<'_> {
    fn is_variable(&self) -> bool {
        self.size.is_none()
    }
}

/// The counters without their bases, and the bases without their counters.
fn unpaired<'a>(class: &'a Class<'a>) -> BTreeSet<&'a str> {
    let properties: Vec<_> = class.properties.iter().collect();
    let misplaced = misplaced(&properties).into_iter();
    misplaced.map(|misplaced| misplaced.item.name).collect()
}

impl<'a> Importer<'a> {
    /// Writes a class as the struct `name`, or returns why Rust cannot express it.
    pub(super) fn class(&mut self, class: &'a Class<'a>, name: &str) -> Result<Written, String> {
        match check_class_name(class.name) {
            Ok(()) | Err(NameError::CKeyword | NameError::MofKeyword) => {}
            Err(why) => return Err(format!("it is not a legal name: {why}")),
        }
        if let Some(name) = repeated(class.properties) {
            return Err(format!("two properties have the name `{name}`"));
        }
        let role = self.role(class);
        let amended = amended(class);
        let body = self.body(class, name, &role, amended);
        let metas = self.metas(class, name, &role, &body)?;
        let place = Place {
            keys: CLASS_KEYS,
            own: role.kind.own(),
            implied: implied_by_class(role.kind, class.superclass).collect(),
            of_type: Vec::new(),
            amended,
            usually_amended: AMENDED,
            indent: 0,
            special: &|qualifier| special(qualifier, &role),
        };
        let written = qualifier::write(class.qualifiers, &place)?;
        let (first, last): (Vec<_>, Vec<_>) =
            metas.into_iter().partition(|meta| !meta.is_declaration());
        let metas: Vec<_> = first.into_iter().chain(written.metas).chain(last).collect();
        let rooms = body.fields.iter().map(|field| field.sample.room());
        let structure = Struct {
            name: name.to_string(),
            borrows: body.is_variable(),
            counts: body.fields.iter().any(|field| field.counts),
            room: rooms.fold(0, usize::saturating_add),
        };
        self.uses.insert("WmiClass");
        let derives = if structure.counts || body.fields.is_empty() {
            "WmiClass"
        } else {
            "Clone, Debug, WmiClass"
        };
        let head = Head {
            docs: &written.docs,
            derives,
            metas: &metas,
            ty: &structure.ty(),
        };
        item::write_struct(&head, &body.fields, &mut self.out);
        self.write_methods(&body.methods);
        if !body.fields.is_empty() && (role.kind == ClassKind::Embedded || role.embedded_too) {
            let key = class.name.to_lowercase();
            self.space.structs.insert(key, structure.clone());
        }
        let fits_event = body.size.is_none_or(|size| size <= EVENT_DATA_LIMIT);
        Ok(Written {
            structure,
            kind: role.kind,
            fits_event,
            has_untyped_items: body.fields.is_empty() && !items(class).is_empty(),
            fields: body.fields,
            methods: body.methods,
        })
    }

    /// Returns the members of a class. Items without a Rust type are only declared, and listed as
    /// omissions.
    fn body(&mut self, class: &'a Class<'a>, name: &str, role: &Role, amended: bool) -> Body<'a> {
        let owner = Owner {
            name,
            variable: false,
            amended,
            perf_detail: Some(perf_detail(class, role.kind)),
            unpaired: unpaired(class),
        };
        let is_item = |property: &&Property<'_>| property.data_id().is_some();
        let mut declared: Vec<_> = class.properties.iter().collect();
        let mut typed = (Vec::new(), Some(0));
        if let Some(fault) = role.fault {
            let omission = Omission::of(class, None, OmissionKind::DataBlock, fault.to_string());
            self.omissions.push(omission);
        }
        // A base class has no block of its own.
        if !role.kind.is_base() {
            match self.attempt(|importer| importer.items(class, owner)) {
                Ok(items) => {
                    typed = items;
                    declared.retain(|property| !is_item(property));
                }
                Err(why) => {
                    let omission = Omission::of(class, None, OmissionKind::DataBlock, why);
                    self.omissions.push(omission);
                }
            }
        }
        let (fields, size) = typed;
        Body {
            fields,
            declared,
            methods: self.methods(class, name),
            size,
        }
    }

    /// Returns the fields of the data block in declaration order and its size, `None` if variable;
    /// or the reason why the derive cannot lay out the block.
    fn items(
        &mut self,
        class: &'a Class<'a>,
        owner: Owner<'_>,
    ) -> Result<(Vec<Field>, Option<usize>), String> {
        let block = BlockLayout::of(class, &self.space.classes).map_err(|why| why.to_string())?;
        if block.size.is_some_and(|size| size > MAX_SIZE) {
            return Err("its data block is too large for a WNODE".to_string());
        }
        if block.items.len() != items(class).len() {
            return Err("it inherits items".to_string());
        }
        let declared_before_items = class
            .properties
            .iter()
            .skip_while(|property| property.data_id().is_none())
            .all(|property| property.data_id().is_some());
        if !declared_before_items {
            return Err("a property without `WmiDataId` stands after items".to_string());
        }
        let owner = Owner {
            variable: block.size.is_none(),
            ..owner
        };
        let counted: BTreeSet<usize> = block
            .items
            .iter()
            .filter_map(|item| match item.elements {
                Elements::Counted { by } => Some(by),
                _ => None,
            })
            .collect();
        let mut names = Fields::new(block.size.is_some());
        let properties: Vec<_> = block.items.iter().map(|item| item.property).collect();
        names.avoid_counts(&properties);
        let mut fields = Vec::with_capacity(block.items.len());
        for (index, item) in block.items.iter().enumerate() {
            let counts = counted.contains(&index);
            let field = self.field(item, counts, &fields, &owner, &mut names);
            let field = field.map_err(|why| format!("`{}`: {why}", item.property.name))?;
            fields.push(field);
        }
        // Reorder from block order to declaration order.
        let names = class.properties.iter().map(|property| property.name);
        let places: BTreeMap<_, _> = names.zip(0usize..).collect();
        fields.sort_by_key(|field| places.get(&*field.wmi_name).copied());
        Ok((fields, block.size))
    }

    /// Returns the attributes that are not qualifiers.
    fn metas(
        &self,
        class: &Class<'a>,
        name: &str,
        role: &Role,
        body: &Body<'a>,
    ) -> Result<Vec<Meta>, String> {
        let flag = |name: &str| Meta::Leaf(name.to_string());
        let mut metas = Vec::new();
        match role.kind {
            ClassKind::Embedded => metas.push(flag("embedded")),
            ClassKind::Static => metas.push(flag("static")),
            ClassKind::Bare => metas.push(flag("bare")),
            _ => {}
        }
        if role.embedded_too && !body.fields.is_empty() {
            metas.extend([flag("embedded"), flag("registered")]);
        }
        let fits_event = body.size.is_none_or(|size| size <= EVENT_DATA_LIMIT);
        let event = role.kind == ClassKind::Event && fits_event;
        if event {
            metas.push(flag("event"));
        }
        if body.is_variable() {
            metas.push(flag("variable"));
        }
        if name != class.name {
            metas.push(Meta::text("name", class.name));
        }
        if let Some(base) = class.superclass {
            if let Err(why) = check_item_name(base) {
                return Err(format!("its base `{base:?}` is not a legal name: {why}"));
            }
            metas.push(self.base(base));
        }
        if let Some(guid) = class
            .qualifiers
            .text("guid")
            .filter(|_| !role.kind.is_base())
        {
            if Guid::parse(guid).is_ok_and(|guid| sample_guid::origin(guid).is_some()) {
                allow(&mut metas, Allow::SampleGuid);
            }
            if !guid.starts_with('{') {
                allow(&mut metas, Allow::BareGuid);
            }
        }
        let mut names = body.declared.iter().map(|property| property.name);
        if check_class_name(class.name).is_err() || names.any(|name| check_item_name(name).is_err())
        {
            allow(&mut metas, Allow::Keyword);
        }
        if qualifier::misspelt(class.qualifiers) {
            allow(&mut metas, Allow::Spelling);
        }
        let is_empty = body.fields.is_empty() && body.methods.is_empty();
        if is_empty && !event && !role.kind.is_base() {
            allow(&mut metas, Allow::Empty);
        }
        let usual: &[Property<'_>] = match role.kind {
            kind if kind.has_instances() => &[INSTANCE_NAME, ACTIVE],
            _ => &[],
        };
        if !body.declared.iter().copied().eq(usual) {
            let properties = body
                .declared
                .iter()
                .map(|property| declaration::property(property));
            let properties = properties.collect::<Result<Vec<_>, _>>()?;
            metas.push(Meta::list("properties", properties));
        }
        if !body.methods.is_empty() {
            let names = body.methods.iter().map(|method| Meta::Leaf(method.path()));
            metas.push(Meta::list("methods", names));
        }
        Ok(metas)
    }

    /// Returns `base = Struct` for a class of the schema, and `base = "Name"` for any other.
    fn base(&self, base: &str) -> Meta {
        match self.space.written.get(base) {
            Some(name) => Meta::Leaf(format!("base = {name}")),
            None => Meta::text("base", base),
        }
    }
}

/// Returns the first name that occurs twice, ignoring case.
pub(super) fn repeated<'a>(properties: &[Property<'a>]) -> Option<&'a str> {
    let mut known = BTreeSet::new();
    let mut names = properties.iter().map(|property| property.name);
    names.find(|name| !known.insert(name.to_lowercase()))
}

/// Adds to `allow(..)`.
fn allow(metas: &mut Vec<Meta>, what: Allow) {
    let what = Meta::Leaf(what.name().to_string());
    let list = metas.iter_mut().find_map(|meta| match meta {
        Meta::List { name, items, .. } if name == "allow" => Some(items),
        _ => None,
    });
    match list {
        Some(items) => items.push(what),
        None => metas.push(Meta::list("allow", [what])),
    }
}

/// Returns whether the texts of the class are localised; without any, whether most of its items'
/// are.
fn amended(class: &Class<'_>) -> bool {
    qualifier::amended(class.qualifiers).unwrap_or_else(|| {
        let items = class.properties.iter();
        let texts = items.filter_map(|item| qualifier::amended(item.qualifiers));
        let (amended, not): (Vec<_>, Vec<_>) = texts.partition(|amended| *amended);
        amended.len() >= not.len()
    })
}
