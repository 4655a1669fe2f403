use wmi_core::block::CountType;

fn takes<T: CountType>() {}

fn main() {
    takes::<u32>();
}
