//! Classes of extreme size and depth are checked within seconds.

use wmi_core::schema::{CimType, Class, File, Object, ObjectKind, Property, Qualifier, Value};
use wmi_tools::check::check;
use wmi_tools::diff::diff;
use wmi_tools::header::Header;

const COUNT: usize = 1000;
const WMI: [Qualifier<'_>; 1] = [Qualifier::new("WMI", Value::Boolean(true))];

fn id(id: usize) -> [Qualifier<'static>; 1] {
    let id = i64::try_from(id).expect("it is small");
    [Qualifier::new("WmiDataId", Value::Integer(id))]
}

/// Runs every analysis over the classes, ignoring the results.
fn read(classes: &[Class<'_>]) {
    let kinds = classes.iter().map(|class| ObjectKind::Class(*class));
    let objects: Vec<_> = kinds.map(|kind| Object::new(r"root\wmi", kind)).collect();
    let file = File::new(&objects);
    assert!(check(&file).len() <= 10 * COUNT);
    let header = Header::new("large.h", &file)
        .corrected(true)
        .variable_members(true);
    assert!(header.to_string().len() > 10 * COUNT);
    assert_eq!(diff(&file, &file), []);
}

#[test]
fn deep_inheritance_is_checked_quickly() {
    let names: Vec<String> = (0..COUNT).map(|index| format!("C{index}")).collect();
    let first = id(1);
    let before = |index: usize| &*names[index.saturating_sub(1)];
    let items: Vec<_> = (0..COUNT)
        .map(|index| [Property::new("X", CimType::Object, before(index)).with_qualifiers(&first)])
        .collect();
    let class = |index: usize| {
        let class = Class::new(&names[index]).with_superclass(before(index));
        class.with_properties(&items[index])
    };
    let wmi = |index| class(index).with_qualifiers(&WMI);
    read(&(0..COUNT).map(wmi).collect::<Vec<_>>());
}

#[test]
fn huge_class_is_checked_quickly() {
    let names: Vec<String> = (0..COUNT).map(|index| format!("P{index}")).collect();
    let ids: Vec<_> = (1..=COUNT).map(id).collect();
    let named = names.iter().zip(&ids);
    let items: Vec<_> = named
        .map(|(name, id)| Property::new(name, CimType::Uint8, "uint8").with_qualifiers(id))
        .collect();
    let wide = Class::new("Wide").with_qualifiers(&WMI);
    read(&[wide.with_properties(&items)]);
}
