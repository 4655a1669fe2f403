//! Samples of counters with the simulator's own clock.

use core::sync::atomic::{AtomicU32, AtomicU64};
use core::time::Duration;

use super::shared::boxed;
use wmi_core::WmiClass;
use wmi_core::provider::{Block, Provider};
use wmi_tools::cooking::NotCooked;
use wmi_tools::simulator::Failure;

/// Requests of a port.
#[derive(WmiClass)]
#[wmi(name = "Vendor_Requests", base = "Win32_PerfRawData")]
#[wmi(guid = "94d7b0c1-6e3f-4a28-b5d9-07f21c8ae463")]
struct Requests {
    /// Bytes sent.
    #[wmi(data_id = 1, counter = "PERF_COUNTER_BULK_COUNT")]
    sent: AtomicU64,
    /// The time of a request.
    #[wmi(data_id = 2, counter = "PERF_AVERAGE_TIMER")]
    latency: AtomicU32,
    /// All requests.
    #[wmi(data_id = 3, counter = "PERF_AVERAGE_BASE")]
    latency_base: AtomicU32,
    /// Slots in use.
    #[wmi(data_id = 4, counter = "PERF_RAW_FRACTION")]
    slots: AtomicU32,
    /// All slots.
    #[wmi(data_id = 5, counter = "PERF_RAW_BASE")]
    slots_base: AtomicU32,
}

static PROVIDER: Provider<[Requests; 2]> =
    Provider::new(&[
        &Block::counters(|ports: &[Requests; 2], index| ports.get(index))
            .base_name("Port", |ports| ports.len()),
    ]);

#[test]
fn rates_and_averages_are_those_between_two_samples_of_an_instance() -> Result<(), Failure> {
    let ports = [Requests::new(), Requests::new()];
    let mut wmi = boxed(|request| PROVIDER.dispatch(&ports, request));
    wmi.register()?;
    let first = wmi.sample::<Requests>(1)?.cooked()?;
    assert_eq!(first.get("Sent"), Err(NotCooked::NeedsAnotherSample));

    ports[0].add_sent(1); // another instance
    ports[1].add_sent(6_250_000);
    ports[1].record_latency_ticks(150_000);
    ports[1].record_latency_ticks(250_000);
    ports[1].set_slots(3, 4);
    wmi.advance(Duration::from_millis(500));
    let cooked = wmi.sample::<Requests>(1)?.cooked()?;
    let sent = cooked.get("Sent")?;
    assert_eq!((sent.value(), sent.suffix().text()), (12.5e6, "/sec"));
    assert_eq!(cooked.get("Latency")?.to_string(), "0.02 sec");
    assert_eq!(cooked.get("Slots")?.to_string(), "75 %");
    assert_eq!(
        cooked.to_string(),
        "Sent     12500000 /sec\nLatency  0.02 sec\nSlots    75 %\n"
    );

    // Against the second sample, not the first.
    wmi.advance(Duration::from_secs(1));
    let cooked = wmi.sample::<Requests>("Port1")?.cooked()?;
    assert_eq!(cooked.get("Sent"), Err(NotCooked::NeedsAnotherSample));
    let cooked = wmi.sample::<Requests>(1)?.cooked()?;
    assert_eq!(cooked.get("Sent")?.value(), 0.0);
    assert_eq!(cooked.get("Latency"), Err(NotCooked::BaseStoodStill));
    Ok(())
}

#[test]
fn time_passes_only_when_the_test_lets_it() -> Result<(), Failure> {
    let ports = [Requests::new(), Requests::new()];
    let mut wmi = boxed(|request| PROVIDER.dispatch(&ports, request));
    wmi.register()?;
    wmi.sample::<Requests>(0)?;
    let cooked = wmi.sample::<Requests>(0)?.cooked()?;
    assert_eq!(cooked.get("Sent"), Err(NotCooked::TimeStoodStill));
    Ok(())
}

#[test]
fn counters_without_their_bases_are_refused() -> Result<(), Failure> {
    /// As it was published.
    #[derive(WmiClass)]
    #[wmi(name = "Vendor_Published", base = "Win32_PerfRawData")]
    #[wmi(guid = "2f08c5e7-b91d-4d64-a3f0-8e57c6194bd2")]
    struct Published {
        #[wmi(data_id = 1, counter = "PERF_AVERAGE_BULK", allow(counter_base))]
        _size: AtomicU64,
    }
    static PROVIDER: Provider<Published> =
        Provider::new(&[
            &Block::counters(|published: &Published, _| Some(published)).base_name("Port", |_| 1)
        ]);
    let published = Published::new();
    let mut wmi = boxed(|request| PROVIDER.dispatch(&published, request));
    wmi.register()?;
    let why = wmi.sample::<Published>(0)?.cooked().unwrap_err();
    assert_eq!(
        why.to_string(),
        "`Size` is a PERF_AVERAGE_BULK, which needs its base right behind it; add `Size_Base` of the \
         type PERF_AVERAGE_BASE"
    );
    Ok(())
}
