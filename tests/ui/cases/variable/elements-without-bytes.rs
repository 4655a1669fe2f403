use wmi_core::schema::Schema;
use wmi_core::{Count, WmiClass};

#[derive(WmiClass)]
#[wmi(embedded, variable, allow(empty))]
struct Nothing {}

#[derive(WmiClass)]
#[wmi(variable, guid = "1c5b8a01-40f2-4f0e-9d55-6a0e1f2b3c41")]
struct Nothings<'a> {
    #[wmi(data_id = 1)]
    count: Count<u64>,
    #[wmi(data_id = 2, size_is = "count")]
    nothings: &'a [Nothing],
}

static SCHEMA: Schema = Schema::new(&[Nothings::CLASS, Nothing::CLASS]);

fn main() {
    let _ = &SCHEMA;
}
