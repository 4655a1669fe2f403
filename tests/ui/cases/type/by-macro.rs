use wmi_core::WmiClass;

macro_rules! class {
    ($name:ident, $ty:ty) => {
        #[derive(WmiClass)]
        #[wmi(guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed")]
        struct $name {
            #[wmi(data_id = 1)]
            reads: $ty,
        }
    };
}

class!(Stats, Vec<u8>);

fn main() {}
