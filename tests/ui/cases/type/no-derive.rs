use wmi_core::WmiClass;

struct Stats {
    reads: u32,
}

fn mof<C: WmiClass>() -> String {
    C::mof().to_string()
}

fn main() {
    mof::<Stats>();
}
