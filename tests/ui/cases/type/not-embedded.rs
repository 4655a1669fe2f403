use wmi_core::WmiClass;

#[derive(WmiClass)]
#[wmi(guid = "e5a7ad52-3f0b-4a57-9a3f-6a4b1c0c2f10")]
struct Origin {
    #[wmi(data_id = 1)]
    port: u16,
}

#[derive(WmiClass)]
#[wmi(guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed")]
struct Stats {
    #[wmi(data_id = 1)]
    origin: Origin,
}

fn main() {}
