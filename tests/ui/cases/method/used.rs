//! Code that uses the method does not fail as well.

use wmi_core::{Execute, NtStatus, WmiMethod};

#[derive(WmiMethod)]
#[wmi(id = "1")]
struct Reset {
    #[wmi(in, size_is = 4)]
    percent: u32,
    #[wmi(out)]
    previous: u32,
}

struct Lamp;

impl Execute<Reset> for Lamp {
    fn execute(&self, _: ResetInView<'_>) -> Result<ResetOut, NtStatus> {
        Ok(ResetOut { previous: 40 })
    }
}

fn main() {}
