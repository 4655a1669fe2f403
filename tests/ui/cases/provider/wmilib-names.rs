use wmi_core::WmiClass;
use wmi_core::provider::{Block, Provider};

#[derive(WmiClass)]
#[wmi(guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed")]
struct Cell {
    #[wmi(data_id = 1)]
    voltage: u32,
}

static PROVIDER: Provider<Cell> =
    Provider::wmilib(&[&Block::counters(|cell: &Cell, _| Some(cell)).base_name("Cell", |_| 1)]);

fn main() {}
