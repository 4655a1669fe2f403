//! Merges the parameters of a method, which the format stores by direction.

use std::collections::{BTreeSet, VecDeque};

use super::super::{BmfDecodeError, kind};
use super::{Result, StoredProperty};
use wmi_core::schema::{Array, Flavor, Qualifier, Value};

/// The parameters of a method in the order of their declaration, and its result.
#[derive(Default)]
pub(super) struct Parameters<'a> {
    pub(super) declared: Vec<StoredProperty<'a>>,
    pub(super) returns: Option<StoredProperty<'a>>,
}

/// A parameter as one of the blocks stores it.
struct Found<'a> {
    stored: StoredProperty<'a>,
    id: Id,
}

/// The `ID` qualifier of a parameter.
struct Id {
    number: i64,
    /// Whether the compiler generated it from the parameter's position.
    is_generated: bool,
}

impl<'a> Parameters<'a> {
    /// Merges the blocks: a parameter in both is one parameter.
    pub(super) fn of_blocks(blocks: Vec<Vec<StoredProperty<'a>>>) -> Result<Self> {
        let mut parameters = Self::default();
        let mut sides = Vec::new();
        for block in blocks {
            sides.push(parameters.side(block)?);
        }
        let output = sides.pop().unwrap_or_default();
        let input = sides.pop().unwrap_or_default();
        parameters.merge(input, output)?;
        Ok(parameters)
    }

    /// Returns the parameters of a block. The result ends the last block.
    fn side(&mut self, block: Vec<StoredProperty<'a>>) -> Result<VecDeque<Found<'a>>> {
        let mut side = VecDeque::new();
        for mut stored in block {
            stored.qualifiers.retain(|own| !is_off(own));
            if self.returns.is_some() {
                return Err(stored.error("a parameter follows the result"));
            }
            match take_id(&mut stored.qualifiers) {
                Some(id) => side.push_back(Found { stored, id }),
                None if stored.name.eq_ignore_ascii_case("ReturnValue") => {
                    self.returns = Some(stored);
                }
                None => return Err(stored.error("a parameter has no `ID`")),
            }
        }
        Ok(side)
    }

    /// Merges the blocks, each of which is in order.
    fn merge(
        &mut self,
        mut input: VecDeque<Found<'a>>,
        mut output: VecDeque<Found<'a>>,
    ) -> Result<()> {
        let keys: BTreeSet<_> = input.iter().map(Found::key).collect();
        let outputs = output.iter().map(Found::key);
        let in_both: BTreeSet<_> = outputs.filter(|key| keys.contains(key)).collect();
        while let Some(any) = input.front().or(output.front()) {
            let start = any.stored.start;
            let place = i64::try_from(self.declared.len()).unwrap_or(i64::MAX);
            let rank = |found: Option<&Found<'a>>, is_shared: bool| {
                let found = found.filter(|it| is_shared || !in_both.contains(&it.key()))?;
                found.rank(place)
            };
            let is_shared = match (input.front(), output.front()) {
                (Some(input), Some(output)) => input.key() == output.key(),
                _ => false,
            };
            let from_input = rank(input.front(), is_shared);
            let from_output = rank(output.front(), is_shared);
            let (first, second) = match (from_input, from_output) {
                (None, None) => {
                    let what = "the `ID` of a parameter is not its place";
                    return Err(BmfDecodeError::new(start, what));
                }
                (Some(_), Some(_)) if is_shared => (input.pop_front(), output.pop_front()),
                (Some(rank), other) if other.is_none_or(|other| rank <= other) => {
                    (input.pop_front(), None)
                }
                _ => (output.pop_front(), None),
            };
            let Some(Found { mut stored, .. }) = first else {
                break;
            };
            if let Some(Found { stored: output, .. }) = second {
                if !same(&stored, &output) {
                    return Err(output.error("a parameter is not the same in both directions"));
                }
                merge(&mut stored.qualifiers, &output.qualifiers);
            }
            self.declared.push(stored);
        }
        Ok(())
    }
}

impl<'a> Found<'a> {
    /// Returns the identity of a parameter.
    fn key(&self) -> (i64, &'a str) {
        (self.id.number, self.stored.name)
    }

    /// Returns the rank of a candidate for a position, the lowest first, or `None` if a generated
    /// `ID` assigns the parameter to another position.
    fn rank(&self, place: i64) -> Option<(bool, i64)> {
        let fits = !self.id.is_generated || self.id.number == place;
        fits.then_some((!self.id.is_generated, self.id.number))
    }
}

/// Returns whether a qualifier is a direction that is `FALSE`, which has no effect.
fn is_off(qualifier: &Qualifier<'_>) -> bool {
    let is = |direction: &str| qualifier.name.eq_ignore_ascii_case(direction);
    (is("in") || is("out")) && qualifier.value == Value::Boolean(false)
}

/// Returns whether two stored parameters are one, equal but for the direction.
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

/// Inserts `out` of the output block in its position among the qualifiers of the input block.
fn merge<'a>(input: &mut Vec<Qualifier<'a>>, output: &[Qualifier<'a>]) {
    // A parameter without a direction has a generated one in each block.
    if let (Some(place), Some(_)) = (generated(input, "IN"), generated(output, "OUT")) {
        input.remove(place);
        return;
    }
    let is = |qualifier: &Qualifier<'_>, name| qualifier.name.eq_ignore_ascii_case(name);
    let Some(place) = output.iter().position(|qualifier| is(qualifier, "out")) else {
        return;
    };
    // Insert it after as many common qualifiers as precede it.
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

/// Returns the position of a direction that the compiler added: before `MAX` and `CIMTYPE`, which
/// end the list once the `ID` is removed.
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

/// Removes a generated `MAX`, the length of the array, from the end.
pub(super) fn take_maximum(qualifiers: &mut Vec<Qualifier<'_>>) -> Array {
    if let Some(Qualifier {
        name: "MAX",
        value: Value::Integer(length),
        flavor,
        ..
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

/// Returns the `ID` of a parameter; removes a generated one, which stands before `CIMTYPE`.
fn take_id(qualifiers: &mut Vec<Qualifier<'_>>) -> Option<Id> {
    let place = qualifiers
        .iter()
        .position(|qualifier| qualifier.name.eq_ignore_ascii_case("ID"))?;
    let qualifier = *qualifiers.get(place)?;
    let is_generated = qualifier.flavor.bits() == kind::ID_FLAVOR && qualifier.name == "ID";
    if is_generated {
        qualifiers.remove(place);
    }
    match qualifier.value {
        Value::Integer(number) => Some(Id {
            number,
            is_generated,
        }),
        _ => None,
    }
}
