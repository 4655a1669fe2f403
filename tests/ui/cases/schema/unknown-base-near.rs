use wmi_core::schema::{Class, Schema};

const _: Schema<'static> =
    Schema::new(&[&Class::new("Vendor_A").with_superclass("Win32_PerfRawDate")]);

fn main() {}
