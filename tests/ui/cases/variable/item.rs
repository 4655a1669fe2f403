use wmi_core::block::VariableItem;

fn takes<T: VariableItem>() {}

fn main() {
    takes::<&[&[u32]]>();
}
