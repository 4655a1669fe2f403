use wmi_core::WmiClass;
use wmi_core::schema::Schema;

#[derive(WmiClass)]
#[wmi(abstract, base = "WMIEvent")]
struct VendorEvent;

const _: Schema<'static> = Schema::new(&[VendorEvent::CLASS]);

fn main() {}
