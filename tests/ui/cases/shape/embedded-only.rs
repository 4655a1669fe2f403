use wmi_core::WmiClass;

#[derive(WmiClass)]
#[wmi(embedded, base = "Win32_PerfRawData", hi_perf, perf_detail = 100)]
struct Stats {
    #[wmi(data_id = 1)]
    reads: u32,
}

fn main() {}
