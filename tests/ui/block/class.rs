use wmi_core::block::VariableClass;

fn takes<T: VariableClass>() {}

fn main() {
    takes::<u32>();
}
