use wmi_core::provider::{Block, Provider};
use wmi_core::{Execute, NoParameters, NtStatus, WmiClass, WmiMethod};

#[derive(WmiClass)]
#[wmi(guid = "36b58ea2-c461-4bb0-ac8e-952f59d251ed", methods(Reset))]
struct Tools;

#[derive(WmiMethod)]
#[wmi(id = 1)]
struct Reset;

struct Device;

impl Execute<Reset> for Device {
    fn execute(&self, _: NoParameters) -> Result<NoParameters, NtStatus> {
        Ok(NoParameters)
    }
}

#[rustfmt::skip]
type Seventeen = (
    Reset, Reset, Reset, Reset, Reset, Reset, Reset, Reset, Reset,
    Reset, Reset, Reset, Reset, Reset, Reset, Reset, Reset,
);

static PROVIDER: Provider<Device> = Provider::storport(&[
    &Block::methods_only::<Tools, _>(|device: &Device, _| Some(device)).methods::<Seventeen>(),
]);

fn main() {}
