use wmi_core::schema::Class;
use wmi_core::WmiClass;

struct Queue;

impl WmiClass for Queue {
    const CLASS: &'static Class<'static> = &Class::new("Vendor_Queue");
}

fn main() {}
