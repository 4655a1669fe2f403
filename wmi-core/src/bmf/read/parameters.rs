//! The parameters of a method, which the format stores by direction, put together again.

use alloc::vec::Vec;

use super::super::{BmfError, kind};
use super::{Result, StoredProperty};
use crate::schema::{Array, Flavor, Qualifier, Value};

/// The parameters of a method, as its blocks name them.
#[derive(Default)]
pub(super) struct Parameters<'a> {
    pub(super) found: Vec<FoundParameter<'a>>,
    pub(super) returns: Option<StoredProperty<'a>>,
}

pub(super) struct FoundParameter<'a> {
    pub(super) stored: StoredProperty<'a>,
    pub(super) id: i64,
}

impl<'a> Parameters<'a> {
    pub(super) fn add(&mut self, stored: StoredProperty<'a>, id: Option<i64>) -> Result<()> {
        let Some(id) = id else {
            let error = BmfError::new(stored.start, "a parameter has no `ID`");
            let is_result = stored.name.eq_ignore_ascii_case("ReturnValue");
            if !is_result || self.returns.replace(stored).is_some() {
                return Err(error);
            }
            return Ok(());
        };
        match self.found.iter_mut().find(|found| found.id == id) {
            Some(found) if same(&found.stored, &stored) => {
                merge(&mut found.stored.qualifiers, &stored.qualifiers);
            }
            Some(_) => {
                let what = "a parameter is not the same in both directions";
                return Err(BmfError::new(stored.start, what));
            }
            None => self.found.push(FoundParameter { stored, id }),
        }
        Ok(())
    }

    pub(super) fn sort(&mut self) {
        self.found.sort_by_key(|parameter| parameter.id);
    }
}

/// Whether two blocks speak of one parameter: all is the same but the direction.
fn same(input: &StoredProperty<'_>, output: &StoredProperty<'_>) -> bool {
    let of = |direction: &'static str| {
        move |qualifier: &&Qualifier<'_>| !qualifier.name.eq_ignore_ascii_case(direction)
    };
    input.code == output.code
        && input.name == output.name
        && input.value == output.value
        && input
            .qualifiers
            .iter()
            .filter(of("in"))
            .eq(output.qualifiers.iter().filter(of("out")))
}

/// Takes `out` from the qualifiers of the output block to its place among those of the input.
fn merge<'a>(input: &mut Vec<Qualifier<'a>>, output: &[Qualifier<'a>]) {
    // A parameter that names no direction has a generated one in each block.
    if let (Some(place), Some(_)) = (generated(input, "IN"), generated(output, "OUT")) {
        input.remove(place);
        return;
    }
    let is = |qualifier: &Qualifier<'_>, name| qualifier.name.eq_ignore_ascii_case(name);
    let Some(place) = output.iter().position(|qualifier| is(qualifier, "out")) else {
        return;
    };
    // Behind as many qualifiers of both blocks as it has before it.
    let mut common = place;
    let before = input.iter().take_while(|qualifier| {
        let more = common > 0;
        if !is(qualifier, "in") {
            common = common.saturating_sub(1);
        }
        more
    });
    let at = before.count();
    if let Some(out) = output.get(place) {
        input.insert(at, *out);
    }
}

/// Where a direction stands if the compiler added it: before `MAX` and `CIMTYPE`, which end the
/// list once the `ID` is taken away.
fn generated(qualifiers: &[Qualifier<'_>], name: &str) -> Option<usize> {
    let own = match qualifiers {
        [own @ .., Qualifier { name: "MAX", .. }, _] => own,
        [own @ .., _] => own,
        [] => return None,
    };
    own.last()
        .filter(|last| last.name == name)
        .map(|_| own.len().saturating_sub(1))
}

/// Takes a generated `MAX` from the end, which says the length of the array.
pub(super) fn take_maximum(qualifiers: &mut Vec<Qualifier<'_>>) -> Array {
    if let Some(Qualifier {
        name: "MAX",
        value: Value::Integer(length),
        flavor,
    }) = qualifiers.last().copied()
    {
        if let Some(length) = u32::try_from(length)
            .ok()
            .filter(|_| flavor == Flavor::NONE)
        {
            qualifiers.pop();
            return Array::Fixed(length);
        }
    }
    Array::Variable
}

/// The `ID` of a parameter; a generated one, before `CIMTYPE`, is taken away.
pub(super) fn take_id(qualifiers: &mut Vec<Qualifier<'_>>) -> Option<i64> {
    let place = qualifiers
        .iter()
        .position(|qualifier| qualifier.name.eq_ignore_ascii_case("ID"))?;
    let qualifier = *qualifiers.get(place)?;
    if qualifier.flavor.bits() == kind::ID_FLAVOR && qualifier.name == "ID" {
        qualifiers.remove(place);
    }
    match qualifier.value {
        Value::Integer(id) => Some(id),
        _ => None,
    }
}
