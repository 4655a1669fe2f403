use wmi_core::WmiClass;

#[derive(WmiClass)]
#[wmi(bare, abstract, guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed", hi_perf)]
struct Stats;

fn main() {}
