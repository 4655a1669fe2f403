use wmi_core::{WmiClass, WmiMethod};

#[derive(WmiMethod)]
#[wmi(id = 1)]
struct Reset;

#[derive(WmiMethod)]
#[wmi(id = 2, name = "RESET")]
struct Again;

#[derive(WmiClass)]
#[wmi(guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed", methods(Reset, Again))]
struct Adapter;

fn main() {}
