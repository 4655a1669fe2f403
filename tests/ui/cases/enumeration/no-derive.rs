use wmi_core::WmiEnum;

fn takes<E: WmiEnum>() {}

fn main() {
    takes::<u32>();
}
