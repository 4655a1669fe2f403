use wmi_core::VariableClass;

fn encode<C: VariableClass>() {}

fn main() {
    encode::<u32>();
}
