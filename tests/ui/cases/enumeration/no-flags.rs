use wmi_core::WmiFlags;

fn takes<E: WmiFlags>() {}

fn main() {
    takes::<u32>();
}
