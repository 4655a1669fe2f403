//! Writes methods as structs.

use std::collections::{BTreeMap, BTreeSet};

use wmi_vocabulary::attribute::{AMENDED, Allow, METHOD_KEYS};
use wmi_vocabulary::qualifier::{IMPLIED_BY_METHOD, OWN_OF_METHOD};
use wmi_vocabulary::{NameError, check_item_name};

use super::class::repeated;
use super::declaration::identifier;
use super::item::{self, Field, Head, Owner};
use super::meta::Meta;
use super::name::{Fields, type_name};
use super::qualifier::{self, Place, Special};
use super::{Importer, Omission, OmissionKind};
use crate::classes::Name;
use crate::layout::{BlockItem, BlockLayout, Elements, LayoutError, LayoutFault};
use wmi_core::schema::{Class, Method, Property};

/// A written method.
pub(super) struct Written {
    name: String,
    borrows: bool,
    source: String,
    pub(super) parameters: Vec<Field>,
}

impl Written {
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Returns the parameters that go `in` or `out`.
    pub(super) fn going<'w>(&'w self, direction: &'w str) -> impl Iterator<Item = &'w Field> {
        let parameters = self.parameters.iter();
        parameters.filter(move |parameter| parameter.goes(direction))
    }

    /// Returns whether a field is the parameter at this position.
    pub(super) fn is_at(&self, field: &Field, position: usize) -> bool {
        let parameter = self.parameters.get(position);
        parameter.is_some_and(|parameter| parameter.name == field.name)
    }

    /// Returns the type as listed by the class.
    pub(super) fn path(&self) -> String {
        let lifetime = if self.borrows { "<'_>" } else { "" };
        format!("{}{lifetime}", self.name)
    }
}

impl<'a> Importer<'a> {
    /// Returns the methods of a class. Methods that Rust cannot express are listed as omissions.
    pub(super) fn methods(&mut self, class: &'a Class<'a>, name: &str) -> Vec<Written> {
        let mut written: Vec<Written> = Vec::with_capacity(class.methods.len());
        let (mut names, mut ids) = (BTreeMap::new(), BTreeMap::new());
        for method in class.methods {
            let id = method.method_id();
            let same_id = id.and_then(|id| ids.get(&id));
            let done = match names.get(&Name(method.name)).or(same_id) {
                Some(other) => Err(format!("`{other}` has the same name or id")),
                None => self.attempt(|importer| importer.method(method, name)),
            };
            match done {
                Ok(done) => {
                    written.push(done);
                    names.insert(Name(method.name), method.name);
                    ids.extend(id.map(|id| (id, method.name)));
                }
                Err(why) => {
                    let omission =
                        Omission::of(class, Some(method.name), OmissionKind::Method, why);
                    self.omissions.push(omission);
                }
            }
        }
        written
    }

    pub(super) fn write_methods(&mut self, methods: &[Written]) {
        for method in methods {
            self.uses.insert("WmiMethod");
            self.out.push_str(&method.source);
        }
    }

    fn method(&mut self, method: &'a Method<'a>, class: &str) -> Result<Written, String> {
        let mut allowed = Vec::new();
        match check_item_name(method.name) {
            Ok(()) => {}
            Err(NameError::CKeyword | NameError::MofKeyword) => allowed.push(Allow::Keyword),
            Err(why) => return Err(format!("it is not a legal name: {why}")),
        }
        if qualifier::misspelt(method.qualifiers) {
            allowed.push(Allow::Spelling);
        }
        if method.method_id().is_none() {
            return Err("it has no `WmiMethodId`, so requests cannot name it".to_string());
        }
        let amended = qualifier::amended(method.qualifiers).unwrap_or_else(|| {
            let parameters = method.parameters.iter();
            let mut texts = parameters.filter_map(|item| qualifier::amended(item.qualifiers));
            texts.all(|amended| amended)
        });
        let (fields, borrows) = self.parameters(method, class, amended)?;
        let short = type_name(method.name);
        let is_shared = self.shared_methods.contains(&short);
        let long = format!("{class}{short}");
        let candidates = if is_shared {
            [long.clone(), long]
        } else {
            [short, long]
        };
        let name = self
            .types
            .claim(&candidates, &["In", "Out", "InView", "OutView"]);
        let place = Place {
            keys: METHOD_KEYS,
            own: OWN_OF_METHOD,
            implied: IMPLIED_BY_METHOD.to_vec(),
            of_type: Vec::new(),
            amended,
            usually_amended: AMENDED,
            indent: 0,
            special: &|_| Special::General,
        };
        let mut written = qualifier::write(method.qualifiers, &place)?;
        let mut metas = Vec::new();
        if name != method.name {
            metas.push(Meta::text("name", method.name));
        }
        if !allowed.is_empty() {
            let words = allowed
                .iter()
                .map(|word| Meta::Leaf(word.name().to_string()));
            metas.push(Meta::list("allow", words));
        }
        if let Some((_, type_name)) = method.returns {
            metas.push(Meta::text("returns", identifier(type_name)?));
        }
        // The id comes first.
        let is_id = |meta: &Meta| matches!(meta, Meta::Leaf(text) if text.starts_with("id = "));
        let at = written.metas.iter().position(is_id);
        let at = at.map_or(0, |at| at.saturating_add(1));
        let tail = written.metas.split_off(at);
        written.metas.extend(metas);
        written.metas.extend(tail);

        let lifetime = if borrows { "<'a>" } else { "" };
        let head = Head {
            docs: &written.docs,
            derives: "WmiMethod",
            metas: &written.metas,
            ty: &format!("{name}{lifetime}"),
        };
        let mut source = String::new();
        item::write_struct(&head, &fields, &mut source);
        Ok(Written {
            name,
            borrows,
            source,
            parameters: fields,
        })
    }

    /// Returns the parameters in declaration order, and whether they borrow.
    fn parameters(
        &mut self,
        method: &'a Method<'a>,
        class: &str,
        amended: bool,
    ) -> Result<(Vec<Field>, bool), String> {
        if let Some(name) = repeated(method.parameters) {
            return Err(format!("two parameters have the name `{name}`"));
        }
        let input =
            BlockLayout::of_input(method, &self.space.classes).map_err(|why| why.to_string())?;
        let output = BlockLayout::of_output(method, &self.space.classes)
            .map_err(|why| without_count(method, &why).unwrap_or_else(|| why.to_string()))?;
        let borrows = input.size.is_none() || output.size.is_none();
        let owner = Owner {
            name: class,
            variable: true,
            amended,
            perf_detail: None,
            unpaired: BTreeSet::new(),
        };
        // Each parameter once, with the position of the one that counts it.
        let mut parameters: Vec<(BlockItem<'a>, Option<u32>)> = Vec::new();
        for block in [&input, &output] {
            for item in &block.items {
                let count = match item.elements {
                    Elements::Counted { by } => block.items.get(by).map(|count| count.id),
                    _ => None,
                };
                if parameters.iter().all(|(known, _)| known.id != item.id) {
                    parameters.push((item.clone(), count));
                }
            }
        }
        parameters.sort_by_key(|(item, _)| item.id);
        let mut names = Fields::new(false);
        let properties: Vec<_> = parameters.iter().map(|(item, _)| item.property).collect();
        names.avoid_counts(&properties);
        let mut fields: Vec<Field> = Vec::with_capacity(parameters.len());
        for (item, count) in &parameters {
            let counts = parameters.iter().any(|(_, count)| *count == Some(item.id));
            let mut item = item.clone();
            if let Some(count) = count {
                let by = parameters.iter().position(|(other, _)| other.id == *count);
                item.elements = Elements::Counted {
                    by: by.unwrap_or_default(),
                };
            }
            let field = self.field(&item, counts, &fields, &owner, &mut names);
            let field = field.map_err(|why| format!("`{}`: {why}", item.property.name))?;
            fields.push(field);
        }
        Ok((fields, borrows))
    }
}

/// Returns why the outputs have no struct, if an array of theirs is counted by an input: the block
/// of the outputs does not have the count, so a struct of it cannot tell how many elements there
/// are.
fn without_count(method: &Method<'_>, why: &LayoutError) -> Option<String> {
    let LayoutFault::UnknownCount { name } = &why.fault else {
        return None;
    };
    let is_count = |(_, input): (u32, &Property<'_>)| input.name.eq_ignore_ascii_case(name);
    method.inputs().any(is_count).then(|| {
        let array = &why.item;
        format!("`{array}` goes out without `{name}`, the input that counts its elements")
    })
}
