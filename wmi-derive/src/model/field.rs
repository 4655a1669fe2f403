//! One item of the class. Owns the checks of fields against each other: names, ids, counts, bases.

use core::cell::OnceCell;
use std::collections::{HashMap, HashSet};

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{FieldsNamed, LitStr, Type};
use wmi_vocabulary::attribute::Allow;
use wmi_vocabulary::base::{self, BaseFault};
use wmi_vocabulary::count::Counting;
use wmi_vocabulary::near::nearest;
use wmi_vocabulary::{CounterSize, CounterType, check_item_name};

use super::qualifier::{self, Order, Qualifier, QualifierValue};
use super::{Kind, allow_keyword};
use crate::attribute::{
    AnySlot, ClassAttributes, FieldAttributes, FreeProperty, FreeValue, Given, read, value,
};
use crate::fault::{Faults, message};
use crate::text::{base_name, documentation, pascal_case, unraw};

/// An item, with its field.
pub(crate) struct Field<'a> {
    pub(crate) original: &'a syn::Field,
    /// The WMI name.
    pub(crate) name: String,
    /// The doc comment.
    pub(crate) documentation: String,
    /// The `WmiDataId`.
    pub(crate) id: i64,
    pub(crate) counter: Option<Counter>,
    typed: Option<Typed>,
    pub(crate) time_stamp: bool,
    /// The field with the count of this array.
    pub(crate) size_is: Option<Ident>,
    /// The arrays whose count this field is.
    pub(crate) counts: Vec<Ident>,
    pub(crate) qualifiers: Vec<Qualifier>,
    /// The order of the qualifiers, including those of the type.
    pub(crate) order: Option<Order>,
    /// The MOF spelling of the type.
    pub(crate) type_name: Option<LitStr>,
    /// The default value and its span.
    pub(crate) default: Option<(FreeValue, Span)>,
    /// The type as expanded; built once.
    pub(crate) expanded: OnceCell<TokenStream>,
    type_ends: OnceCell<(Span, Span)>,
}

impl Field<'_> {
    /// Returns whether clients can set it.
    pub(crate) fn is_writable(&self) -> bool {
        let mut qualifiers = self.qualifiers.iter();
        qualifiers.any(|qualifier| {
            qualifier.is("write") && !matches!(qualifier.value, QualifierValue::False)
        })
    }
}

/// Returns the places of the first and the last token of a type.
pub(crate) fn ends(ty: &Type) -> (Span, Span) {
    let mut places = ty.to_token_stream().into_iter().map(|token| token.span());
    let start = places.next().unwrap_or_else(Span::call_site);
    (start, places.last().unwrap_or(start))
}

/// The kind of a counter field.
#[derive(Clone, Copy)]
pub(crate) struct Counter {
    /// The width that the counter type requires; `None` for any.
    pub(crate) bits: Option<u32>,
    /// The methods that it has.
    pub(crate) counting: Counting,
    /// The position of its base among the fields.
    pub(crate) base: Option<usize>,
    /// Whether winperf.h has the counter type in the other width.
    pub(crate) has_other_width: bool,
}

/// A counter type that is written as `winperf.h` spells it.
struct Typed {
    counter_type: CounterType,
    /// The place of the name.
    place: Span,
    /// Whether the class was published with the base missing, or without its counter.
    allows_base: bool,
}

impl Typed {
    fn of(attributes: &FieldAttributes) -> Option<Self> {
        let Some(value::Counter(Some(literal))) = attributes.counter.value() else {
            return None;
        };
        Some(Self {
            counter_type: CounterType::from_name(&literal.value())?,
            place: literal.span(),
            allows_base: attributes.allow.has(Allow::CounterBase),
        })
    }
}

impl Counter {
    /// Without a counter type, or with an unknown one.
    const ANY: Self = Self {
        bits: None,
        counting: Counting::UpAndDown,
        base: None,
        has_other_width: false,
    };
}

impl<'a> Field<'a> {
    /// Returns all fields of a class, in declaration order. `fatal` collects faults that the
    /// compiler would report again in an expansion.
    pub(super) fn all(
        fields: &'a FieldsNamed,
        class: &ClassAttributes,
        kind: Kind,
        properties: Option<&[FreeProperty]>,
        faults: &mut Faults,
        fatal: &mut Faults,
    ) -> Vec<Self> {
        let variable = class.variable.is_on();
        let mut arrays = Vec::new();
        let mut checked = Vec::with_capacity(fields.named.len());
        let mut ids = Ids::default();
        let mut names = Names::new(kind, properties);
        for original in &fields.named {
            let mut own = Faults::default();
            let attributes: FieldAttributes = read::<_, ClassAttributes>(&original.attrs, &mut own);
            ids.add(original, &attributes, &own);
            let name = names.add(original, &attributes, &mut own);
            let (counter, counter_type) = counter(&attributes, &mut own);
            if let Some(count) = attributes.size_is.value() {
                arrays.push((checked.len(), count.clone()));
            }
            checked.push(Self {
                original,
                name,
                documentation: documentation(&original.attrs),
                id: attributes.data_id.value().map_or(0, |id| id.0),
                // An item without a fixed offset cannot count; its qualifiers stay.
                counter: counter.filter(|_| !variable),
                typed: Typed::of(&attributes),
                size_is: None,
                counts: Vec::new(),
                time_stamp: attributes.time_stamp.is_on(),
                qualifiers: qualifier::of_item(
                    &attributes,
                    class,
                    counter_type,
                    &original.attrs,
                    &mut own,
                ),
                order: Order::new(&attributes.order),
                type_name: attributes.type_name.value().map(|name| name.0.clone()),
                default: attributes.default.located(),
                expanded: OnceCell::new(),
                type_ends: OnceCell::new(),
            });
            // An array without its count would be a second fault.
            let has_count = attributes.size_is.is_given() == attributes.size_is.value().is_some();
            if has_count { &mut *faults } else { &mut *fatal }.append(own);
        }
        if ids.check(faults) {
            pair_bases(&mut checked, faults);
        }
        for (array, count) in arrays {
            if variable {
                resolve_size(&mut checked, array, &count, fatal);
            } else {
                fatal.push(count.span(), message::size_is_variable());
            }
        }
        for field in &mut checked {
            if let Some(order) = &field.order {
                order.select(&mut field.qualifiers, faults);
            }
        }
        checked
    }

    pub(crate) fn ident(&self) -> &'a Ident {
        self.original.ident.as_ref().expect("the fields have names")
    }

    /// The item, as the rule of bases sees it.
    fn item(&self) -> base::CounterItem<'_> {
        base::CounterItem {
            name: &self.name,
            counter: self.typed.as_ref().map(|typed| typed.counter_type),
        }
    }

    pub(crate) fn ty(&self) -> &'a Type {
        &self.original.ty
    }

    /// Returns the spans of the first and the last token of the type.
    pub(crate) fn type_ends(&self) -> (Span, Span) {
        *self.type_ends.get_or_init(|| ends(self.ty()))
    }

    /// Returns whether the type names the class itself.
    pub(crate) fn mentions(&self, class: &Ident) -> bool {
        fn find(tokens: TokenStream, class: &Ident) -> bool {
            tokens.into_iter().any(|token| match token {
                TokenTree::Ident(name) => name == *class || name == "Self",
                TokenTree::Group(group) => find(group.stream(), class),
                _ => false,
            })
        }
        find(self.ty().to_token_stream(), class)
    }

    /// Returns the name of the associated constant.
    pub(crate) fn constant_name(&self) -> String {
        unraw(self.ident()).to_uppercase()
    }

    /// Returns the names of a counter's methods, the reading one first.
    pub(crate) fn method_names(&self) -> Vec<String> {
        let field = unraw(self.ident());
        let Some(counter) = self.counter else {
            return Vec::new();
        };
        let methods = counter.counting.methods().iter();
        let methods = methods.map(|(before, behind)| format!("{before}{field}{behind}"));
        core::iter::once(field.clone()).chain(methods).collect()
    }
}

/// Finds the count of an array, and records each in the other.
fn resolve_size(
    fields: &mut [Field<'_>],
    array: usize,
    wanted: &value::Field,
    faults: &mut Faults,
) {
    let (name, span) = (wanted.name(), wanted.span());
    let by_field = |field: &Field<'_>| unraw(field.ident()) == name;
    let by_name = |field: &Field<'_>| wanted.is_name() && field.name.eq_ignore_ascii_case(&name);
    let count = fields.iter().position(by_field);
    // If `size_is` gives the item's name, the qualifier keeps its spelling.
    let (count, spelled) = match (count, fields.iter().position(by_name)) {
        (Some(count), _) => (count, fields[count].name.clone()),
        (None, Some(count)) => (count, name.clone()),
        (None, None) => {
            faults.push(span, message::size_is_unknown(name));
            return;
        }
    };
    if fields[count].id >= fields[array].id {
        faults.push(span, message::size_is_order(name));
        return;
    }
    let (count_ident, array_ident) = (fields[count].ident().clone(), fields[array].ident().clone());
    fields[array].size_is = Some(count_ident);
    fields[count].counts.push(array_ident);
    qualifier::name_count(&mut fields[array].qualifiers, spelled);
}

/// Finds the base of each counter that demands one, and reports what is not where it belongs.
fn pair_bases(fields: &mut [Field<'_>], faults: &mut Faults) {
    let mut order: Vec<usize> = (0..fields.len()).collect();
    order.sort_by_key(|index| fields[*index].id);
    let mut before = None;
    for (place, &index) in order.iter().enumerate() {
        let last = before.replace(index);
        let Some(typed) = &fields[index].typed else {
            continue;
        };
        let counter_type = typed.counter_type;
        let next = order.get(place + 1).copied();
        let item = |index: usize| fields[index].item();
        let of_counter = base::of_counter(item(index), next.map(item));
        let of_base = base::of_base(last.map(item), item(index));
        if let Some(fault) = of_counter.or(of_base).filter(|_| !typed.allows_base) {
            let next = next.map(|next| &fields[next]);
            if let Some(message) = base_message(fault, &fields[index], counter_type, next, fields) {
                faults.push(typed.place, message);
            }
        }
        let base = next.filter(|_| counter_type.base().is_some() && of_counter.is_none());
        let needs_none = counter_type.base().is_none() && !counter_type.is_base();
        for index in base
            .into_iter()
            .chain((base.is_some() || needs_none).then_some(index))
        {
            let field = &mut fields[index];
            if let (Some(counter), Some(typed)) = (&mut field.counter, &field.typed) {
                counter.counting = Counting::of(typed.counter_type);
            }
        }
        if let Some(counter) = &mut fields[index].counter {
            counter.base = base;
        }
    }
}

/// What is wrong with a counter or a base, unless that is said of another field already.
fn base_message(
    fault: BaseFault,
    field: &Field<'_>,
    counter_type: CounterType,
    next: Option<&Field<'_>>,
    fields: &[Field<'_>],
) -> Option<String> {
    let name = &field.name;
    let type_name = counter_type.name().unwrap_or_default();
    if fault == BaseFault::Alone {
        let is_claimed = fields.iter().any(|other| {
            base::demanded(other.item()).is_some() && base::is_name_of_base(&other.name, name)
        });
        return (!is_claimed).then(|| message::base_alone(name, type_name));
    }
    let base_type = counter_type.base()?;
    let base_type_name = base_type.name().unwrap_or_default();
    let base_name = format!("{name}{}", base::SUFFIX);
    let next_name = next.map(|next| next.name.as_str()).unwrap_or_default();
    let id = field.id.saturating_add(1);
    let mut others = fields.iter();
    Some(match fault {
        BaseFault::Type => message::base_type(next_name, name, type_name, base_type_name),
        BaseFault::Name => message::base_name_of(next_name, name, &base_name),
        _ if others.any(|other| base::is_name_of_base(name, &other.name)) => {
            message::base_place(&base_name, name, type_name, id)
        }
        _ => {
            let atomic = match base_type.size() {
                CounterSize::Bits64 => "AtomicU64",
                _ => "AtomicU32",
            };
            let base_field = format!("{}_base", unraw(field.ident()));
            let renamed = match base_name == self::base_name(&base_field) {
                true => String::new(),
                false => format!(", name = \"{base_name}\""),
            };
            let line = format!(
                "#[wmi(data_id = {id}, counter = \"{base_type_name}\"{renamed})] \
                 {base_field}: {atomic}"
            );
            message::base_missing(name, type_name, line)
        }
    })
}

fn counter(
    attributes: &FieldAttributes,
    faults: &mut Faults,
) -> (Option<Counter>, Option<CounterType>) {
    if !attributes.counter.is_given() {
        let of_counters: [&dyn AnySlot; 3] = [
            &attributes.default_scale,
            &attributes.perf_default,
            &attributes.perf_detail,
        ];
        for slot in of_counters {
            if let Some(name) = slot.name() {
                faults.push(name, message::needs_counter(slot.key().name));
            }
        }
        return (None, None);
    }
    let Some(value::Counter(Some(literal))) = attributes.counter.value() else {
        return (Some(Counter::ANY), None);
    };
    let refused = |why, faults: &mut Faults| {
        let message = message::no_counter_data(literal.value(), why);
        faults.push(literal.span(), message);
        (None, None)
    };
    if let Some(why) = CounterType::unusable_name(&literal.value()) {
        return refused(why, faults);
    }
    let Some(counter_type) = counter_type(literal, faults) else {
        return (Some(Counter::ANY), None);
    };
    if let Some(why) = counter_type.unusable() {
        return refused(why, faults);
    }
    if let Some(write) = attributes.write.name().filter(|_| attributes.write.is_on()) {
        if !counter_type.is_instantaneous() && !attributes.allow.has(Allow::CounterWrite) {
            faults.push(write, message::counter_write(literal.value()));
        }
    }
    let bits = if counter_type.size() == CounterSize::Bits64 {
        64
    } else {
        32
    };
    let counter = Counter {
        bits: Some(bits).filter(|_| !attributes.allow.has(Allow::CounterWidth)),
        counting: Counting::unpaired(counter_type),
        base: None,
        has_other_width: counter_type.other_width().is_some(),
    };
    (Some(counter), Some(counter_type))
}

/// Returns the counter type of this name, or of the nearest name.
fn counter_type(literal: &LitStr, faults: &mut Faults) -> Option<CounterType> {
    let name = literal.value();
    CounterType::from_name(&name).or_else(|| {
        let known = CounterType::ALL.iter().map(|&(known, _)| known);
        let near = nearest(&name, known);
        let message = match near {
            Some(near) => message::unknown_counter_near(&name, near),
            None => message::unknown_counter(&name),
        };
        faults.push(literal.span(), message);
        near.and_then(CounterType::from_name)
    })
}

/// The names so far, in lower case, as MOF ignores case.
struct Names {
    items: HashMap<String, (String, Span)>,
    /// The properties added to every registered class.
    added: &'static [&'static str],
}

impl Names {
    fn new(kind: Kind, properties: Option<&[FreeProperty]>) -> Self {
        let declared = properties.unwrap_or_default().iter().map(|property| {
            let (name, span) = (unraw(&property.name), property.name.span());
            (name.to_lowercase(), (name, span))
        });
        let has_added = properties.is_none() && kind.has_instances();
        Self {
            items: declared.collect(),
            added: if has_added {
                &["instancename", "active"]
            } else {
                &[]
            },
        }
    }

    /// The WMI name of a field.
    fn add(
        &mut self,
        field: &syn::Field,
        attributes: &FieldAttributes,
        faults: &mut Faults,
    ) -> String {
        let ident = field.ident.as_ref().expect("the fields have names");
        let is_base = Typed::of(attributes).is_some_and(|typed| typed.counter_type.is_base());
        let (name, span) = match attributes.name.value() {
            Some(value::Text(literal)) => (literal.value(), literal.span()),
            None if is_base => (base_name(&unraw(ident)), ident.span()),
            None => (pascal_case(&unraw(ident)), ident.span()),
        };
        let lower = name.to_lowercase();
        let legal = check_item_name(&name).or_else(|why| allow_keyword(why, &attributes.allow));
        if self.added.contains(&lower.as_str()) {
            faults.push(span, message::added_item(&name));
        } else if let Err(why) = legal {
            faults.push(span, message::item_name(&name, why));
        } else if let Some((other, first)) = self.items.get(&lower) {
            faults.push(span, message::repeated_name(&name, other));
            faults.push(*first, message::first_name(other));
        } else {
            self.items.insert(lower, (name.clone(), span));
        }
        name
    }
}

/// The ids so far.
#[derive(Default)]
struct Ids<'a> {
    /// Id, span of its attribute, field.
    given: Vec<(i64, proc_macro2::Span, &'a Ident)>,
    missing: Vec<&'a Ident>,
    /// An id is invalid, so the set is incomplete.
    unknown: bool,
}

impl<'a> Ids<'a> {
    fn add(&mut self, field: &'a syn::Field, attributes: &FieldAttributes, faults: &Faults) {
        let ident = field.ident.as_ref().expect("the fields have names");
        let slot = &attributes.data_id;
        match slot.given() {
            Some(Given {
                value: Some(value::Number(id)),
                span,
                ..
            }) if slot.key.takes.number(*id) => self.given.push((*id, *span, ident)),
            Some(_) => self.unknown = true,
            // A misspelt `data_id` has already been reported.
            None if !faults.is_empty() => self.unknown = true,
            None => self.missing.push(ident),
        }
    }

    /// Whether the ids are those of the items, from 1 without a gap.
    fn check(mut self, faults: &mut Faults) -> bool {
        let used: HashSet<i64> = self.given.iter().map(|(id, ..)| *id).collect();
        let unused = (1..).filter(|id| !used.contains(id));
        for (ident, id) in self.missing.iter().zip(unused) {
            faults.push(ident.span(), message::no_data_id(unraw(ident), id));
        }
        // The sort is stable: of equal ids, the first in the source stays first.
        self.given.sort_by_key(|(id, ..)| *id);
        for same in self.given.chunk_by(|(id, ..), (other, ..)| id == other) {
            let [(id, first, field), again @ ..] = same else {
                continue;
            };
            for (_, span, _) in again {
                faults.push(*span, message::repeated_data_id(id, unraw(field)));
                faults.push(*first, message::first_data_id(id));
            }
        }
        if self.unknown || !self.missing.is_empty() || used.len() < self.given.len() {
            return false;
        }
        let gap = self
            .given
            .iter()
            .zip(1..)
            .find(|((id, ..), place)| id != place);
        if let Some(((id, span, _), place)) = gap {
            faults.push(*span, message::gap(place, id));
        }
        gap.is_none()
    }
}
