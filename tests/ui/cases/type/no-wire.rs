use wmi_core::Wire;

struct Stats {
    reads: u32,
}

fn read(_: &Wire<Stats>) {}

fn main() {}
