use wmi_core::WmiClass;
use wmi_core::schema::Schema;

#[derive(WmiClass)]
#[wmi(embedded)]
struct Inner {
    #[wmi(data_id = 1)]
    value: u32,
}

#[derive(WmiClass)]
#[wmi(guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed")]
struct Outer {
    #[wmi(data_id = 1)]
    inner: Inner,
}

const _: Schema<'static> = Schema::new(&[Outer::CLASS, Inner::CLASS]);

fn main() {}
