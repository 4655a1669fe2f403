use wmi_core::{DataBlock, Guid, WmiClass};

#[derive(WmiClass)]
#[wmi(embedded)]
struct Origin {
    #[wmi(data_id = 1)]
    reads: u32,
}

fn guid<C: DataBlock>() -> Guid {
    C::GUID
}

fn main() {
    guid::<Origin>();
}
