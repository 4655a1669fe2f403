use wmi_core::{CounterClass, PerCpu, WmiClass};

#[derive(WmiClass)]
#[wmi(guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed")]
struct Settings {
    #[wmi(data_id = 1)]
    interval: u32,
}

fn for_each_processor<C: CounterClass>() -> PerCpu<C, 4> {
    PerCpu::new()
}

fn main() {
    for_each_processor::<Settings>();
}
