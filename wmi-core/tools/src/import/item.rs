//! Writes items and parameters as fields.

use std::collections::BTreeSet;

use wmi_vocabulary::attribute::{Allow, FIELD_KEYS, Key, PARAMETER_KEYS};
use wmi_vocabulary::count::Counting;
use wmi_vocabulary::qualifier::{OWN_OF_ITEM, OWN_OF_PARAMETER, implied_by_item};
use wmi_vocabulary::{NameError, check_item_name};

use super::meta::{Meta, attributes, push_spaces};
use super::name::{Fields, ident, restores};
use super::qualifier::{self, Place, Special};
use super::sample::Sample;
use super::text::comment;
use super::types::Typed;
use super::{Importer, declaration};
use crate::layout::{BlockItem, ElementType, Elements, Integer};
use wmi_core::schema::{Array, Property, Qualifier};
use wmi_core::{CounterSize, CounterType};

/// Columns before a field.
const INDENT: usize = 4;

/// A field of a struct.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) docs: Vec<String>,
    pub(super) metas: Vec<Meta>,
    /// The name without `r#`.
    pub(super) name: String,
    /// The name of the property.
    pub(super) wmi_name: String,
    pub(super) ty: String,
    /// Whether it is an atomic counter, or contains one.
    pub(super) counts: bool,
    /// A value for the generated test.
    pub(super) sample: Sample,
}

/// The owner of the fields: a class or a method.
pub(super) struct Owner<'o> {
    /// The name of the struct.
    pub(super) name: &'o str,
    /// Whether the data block is of variable size, so that it cannot hold counters.
    pub(super) variable: bool,
    /// Whether texts are localised unless a field says otherwise.
    pub(super) amended: bool,
    /// The `PerfDetail` of counters without their own; `None` for a method.
    pub(super) perf_detail: Option<i64>,
    /// The counters without their bases, and the bases without their counters.
    pub(super) unpaired: BTreeSet<&'o str>,
}

impl<'a> Importer<'a> {
    /// Returns the field of an item. `before` are the fields of the items before it in the block.
    pub(super) fn field(
        &mut self,
        item: &BlockItem<'a>,
        counted: bool,
        before: &[Field],
        owner: &Owner<'_>,
        names: &mut Fields,
    ) -> Result<Field, String> {
        let property = item.property;
        let typed = self.typed(item, counted, owner)?;
        let counter = typed.counter.and_then(CounterType::from_name);
        let methods = match counter.filter(|_| typed.counts) {
            Some(counter) if owner.unpaired.contains(property.name) => {
                Counting::unpaired(counter).methods()
            }
            Some(counter) => Counting::of(counter).methods(),
            None => &[],
        };
        let name = names.claim(property.name, methods);
        let mut metas = Vec::new();
        let is_base = counter.is_some_and(CounterType::is_base);
        if !restores(&name, property.name, is_base) {
            metas.push(Meta::text("name", property.name));
        }
        let type_name = match &item.element {
            ElementType::Class(block) => block.name,
            _ => property.cim_type.keyword(),
        };
        if property.type_name != type_name {
            metas.push(Meta::text("type", property.type_name));
        }
        let is_parameter = owner.perf_detail.is_none();
        if let Some(default) = &property.default {
            if !property.default_fits() {
                let why = format!(
                    "its default value is not of the type `{}`",
                    property.type_name
                );
                return Err(why);
            }
            metas.push(match declaration::value(default)? {
                Meta::List { items, .. } => Meta::braces("default = ", items),
                Meta::Leaf(text) => Meta::Leaf(format!("default = {text}")),
            });
        }
        metas.extend(allowed(property, item, &typed, owner)?);
        let size_is = size_is(item, before)?;
        let wide = matches!(
            item.element,
            ElementType::Integer(Integer::I64 | Integer::U64)
        ) && item.elements == Elements::One
            && typed.of_type.is_empty();
        let special = |qualifier: &Qualifier<'_>| {
            let is = |name: &str| qualifier.name.eq_ignore_ascii_case(name);
            if let (true, Some(meta)) = (is("WmiSizeIs"), &size_is) {
                return Special::Attribute(meta.clone());
            }
            if is("MAX") && property.array == Array::Variable {
                return Special::Ordered;
            }
            if is_parameter {
                return Special::General;
            }
            match typed.counter {
                Some(name) if is("CounterType") => {
                    return Special::Attribute(Meta::text("counter", name));
                }
                None if is("CounterType")
                    || is("DefaultScale")
                    || is("PerfDefault")
                    || is("PerfDetail") =>
                {
                    return Special::Free;
                }
                _ => {}
            }
            if is("WmiTimeStamp") && !wide {
                return Special::Free;
            }
            Special::General
        };
        let implied = match owner.perf_detail {
            Some(detail) => implied_by_item(typed.counter.map(|_| detail)).collect(),
            None => Vec::new(),
        };
        let (keys, own): (&'static [Key], _) = if is_parameter {
            (PARAMETER_KEYS, OWN_OF_PARAMETER)
        } else {
            (FIELD_KEYS, OWN_OF_ITEM)
        };
        let place = Place {
            keys,
            own,
            implied,
            of_type: typed.of_type,
            amended: qualifier::amended(property.qualifiers).unwrap_or(owner.amended),
            usually_amended: owner.amended,
            indent: INDENT,
            special: &special,
        };
        let written = qualifier::write(property.qualifiers, &place)?;
        let has = |name| property.qualifiers.get(name).is_some();
        if is_parameter && !has("in") && !has("out") {
            // In MOF, a parameter without a direction goes in both.
            metas.insert(0, Meta::Leaf("out".to_string()));
            metas.insert(0, Meta::Leaf("in".to_string()));
            if !written.metas.iter().any(is_order) {
                let names = property.qualifiers.iter();
                let names = names.map(|qualifier| Meta::Leaf(qualifier.name.to_string()));
                metas.push(Meta::list("order", names));
            }
        }
        // Attributes that identify the item come first.
        let identifies = |meta: &Meta| matches!(meta, Meta::Leaf(text) if text == "in" || text == "out" || text.starts_with("data_id"));
        let identity = written.metas.iter().rposition(identifies);
        let at = identity.map_or(0, |at| at.saturating_add(1));
        let mut all = written.metas;
        let tail = all.split_off(at);
        all.extend(metas);
        all.extend(tail);
        Ok(Field {
            docs: written.docs,
            metas: all,
            name,
            wmi_name: property.name.to_string(),
            ty: typed.ty,
            counts: typed.counts,
            sample: typed.sample,
        })
    }
}

impl Field {
    /// Returns whether it is a parameter that goes `in` or `out`.
    pub(super) fn goes(&self, direction: &str) -> bool {
        let is = |meta: &Meta| matches!(meta, Meta::Leaf(text) if text == direction);
        self.metas.iter().any(is)
    }

    /// Returns whether it borrows.
    pub(super) fn borrows(&self) -> bool {
        self.ty.contains("'a")
    }
}

fn is_order(meta: &Meta) -> bool {
    matches!(meta, Meta::List { name, .. } if name == "order")
}

/// Returns `allow(..)` for a field that breaks a rule as published classes may.
fn allowed(
    property: &Property<'_>,
    item: &BlockItem<'_>,
    typed: &Typed,
    owner: &Owner<'_>,
) -> Result<Option<Meta>, String> {
    let mut allowed = Vec::new();
    let counter = typed.counter.and_then(CounterType::from_name);
    if let Some(counter) = counter {
        let bytes = match counter.size() {
            CounterSize::Bits32 => 4,
            _ => 8,
        };
        if item.element.size() != Some(bytes) {
            allowed.push(Allow::CounterWidth);
        }
        if property.qualifiers.flag("write") && !counter.is_instantaneous() {
            allowed.push(Allow::CounterWrite);
        }
        if owner.unpaired.contains(property.name) {
            allowed.push(Allow::CounterBase);
        }
    }
    if qualifier::misspelt(property.qualifiers) {
        allowed.push(Allow::Spelling);
    }
    match check_item_name(property.name) {
        Ok(()) => {}
        Err(NameError::CKeyword | NameError::MofKeyword) => allowed.push(Allow::Keyword),
        Err(why) => return Err(format!("`{}` is not a legal name: {why}", property.name)),
    }
    let allowed: Vec<_> = allowed
        .into_iter()
        .map(|what| Meta::Leaf(what.name().to_string()))
        .collect();
    Ok((!allowed.is_empty()).then(|| Meta::list("allow", allowed)))
}

/// Returns `size_is = ".."` with the field that counts, or the name in the qualifier.
fn size_is(item: &BlockItem<'_>, before: &[Field]) -> Result<Option<Meta>, String> {
    let Some(wanted) = item.property.size_is() else {
        return Ok(None);
    };
    let Elements::Counted { by } = item.elements else {
        return Err("`WmiSizeIs` on an item that is not an array without a length".to_string());
    };
    if item.property.array == Array::Scalar {
        return Err(
            "`WmiSizeIs` makes an array of an item that is not declared as one".to_string(),
        );
    }
    if item.property.qualifiers.get("MAX").is_some() {
        return Err("`MAX` is the length of an array, which `WmiSizeIs` gives too".to_string());
    }
    let count = before.get(by).ok_or("no field counts")?;
    if count.wmi_name == wanted {
        return Ok(Some(Meta::Leaf(format!(
            "size_is = {}",
            ident(&count.name)
        ))));
    }
    // Names compare without case; `Fields::avoid_counts` keeps fields from having this spelling.
    Ok(Some(Meta::text("size_is", wanted)))
}

/// The start of a struct, before its fields.
pub(super) struct Head<'h> {
    pub(super) docs: &'h [String],
    pub(super) derives: &'h str,
    pub(super) metas: &'h [Meta],
    /// The name with the lifetime.
    pub(super) ty: &'h str,
}

/// Writes a struct and an empty line.
pub(super) fn write_struct(head: &Head<'_>, fields: &[Field], out: &mut String) {
    comment(head.docs, out, 0);
    out.push_str(&format!("#[derive({})]\n", head.derives));
    attributes(head.metas, out, 0);
    out.push_str(&format!("pub struct {}", head.ty));
    if fields.is_empty() {
        out.push_str(";\n\n");
        return;
    }
    out.push_str(" {\n");
    for field in fields {
        comment(&field.docs, out, INDENT);
        attributes(&field.metas, out, INDENT);
        push_spaces(out, INDENT);
        out.push_str(&format!("pub {}: {},\n", ident(&field.name), field.ty));
    }
    out.push_str("}\n\n");
}
