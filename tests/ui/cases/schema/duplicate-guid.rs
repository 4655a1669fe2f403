use wmi_core::schema::{Class, Qualifier, Schema, Value};

const GUID: &[Qualifier<'static>] = &[Qualifier::new(
    "guid",
    Value::String("{36b58ea2-c461-4bb0-ac8e-952f59d251ed}"),
)];

const _: Schema<'static> = Schema::new(&[
    &Class::new("Vendor_A").with_qualifiers(GUID),
    &Class::new("Vendor_B").with_qualifiers(GUID),
]);

fn main() {}
