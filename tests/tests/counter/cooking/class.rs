//! Classes of any origin.

use wmi_tools::cooking::{ClassCounters, CookingOptions, NotCooked, SampleTimes};
use wmi_tools::mof::Reader;
use wmi_tools::{Arena, Classes};

const MOF: &str = r#"
    [WMI, Dynamic, Provider("WMIProv"), guid("{1B7C0E52-94D3-4A6F-8E21-C05F7D39A864}")]
    class Vendor_Mixed : Win32_PerfRawData
    {
        [key, read] string InstanceName;
        [read] boolean Active;
        [WmiDataId(1)] string Label;
        [WmiDataId(2), CounterType(272696576), DefaultScale(-3), DisplayName("Bytes sent/sec")]
            uint64 Sent;
        [WmiDataId(3), CounterType(537003264)] uint64 Used;
        [WmiDataId(4), CounterType(1073939715)] uint64 Used_Base;
        [WmiDataId(5), CounterType(537003008)] uint32 Lost;
        [WmiDataId(6)] uint32 Plain;
        [WmiDataId(7), CounterType(73728)] uint64 Real;
    };
"#;

#[test]
fn all_items_of_a_class_in_mof_are_cooked_from_its_blocks() {
    let arena = Arena::new();
    let file = Reader::new(&arena).read("test.mof", MOF.as_bytes()).file;
    let classes = Classes::from(&file);
    let class = classes.get("Vendor_Mixed").unwrap();
    let counters = ClassCounters::of(class, &classes).unwrap();
    let names: Vec<_> = counters.counters().iter().map(|it| it.name()).collect();
    assert_eq!(
        names,
        ["Bytes sent/sec", "Used", "Used_Base", "Lost", "Real"]
    );

    // The label moves what follows it.
    let block = |label: &str, sent: u64| {
        let units: Vec<u8> = label.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut bytes = u16::try_from(units.len()).unwrap().to_le_bytes().to_vec();
        bytes.extend(units);
        bytes.resize(bytes.len().next_multiple_of(8), 0);
        for number in [sent, 3, 4] {
            bytes.extend(number.to_le_bytes());
        }
        bytes.extend([5, 0, 0, 0, 6, 0, 0, 0]);
        bytes.extend(7u64.to_le_bytes());
        bytes
    };
    let at = |time| SampleTimes::NONE.performance(time, 1_000_000);
    let older = counters.sample(&block("a", 1000), at(1_000_000)).unwrap();
    let newer = counters
        .sample(&block("longer", 26_000), at(3_000_000))
        .unwrap();
    let cooked = counters.cook(Some(&older), &newer, &CookingOptions::default());
    let sent = cooked.get("Sent").unwrap();
    assert_eq!(
        (sent.value(), sent.scale(), sent.graphed()),
        (12.5e3, -3, 12.5)
    );
    assert_eq!(cooked.get("bytes SENT/sec").unwrap(), sent);
    assert_eq!(cooked.get("Used").unwrap().value(), 75.0);
    assert_eq!(cooked.get("Lost"), Err(NotCooked::NoBase));
    let plain = NotCooked::NotACounter {
        name: "Plain".into(),
    };
    assert_eq!(cooked.get("Plain"), Err(plain));
    assert_eq!(
        cooked.to_string(),
        "Bytes sent/sec  12500 /sec\n\
         Used            75 %\n\
         Lost            - (it has no base; add it right behind the counter)\n\
         Real            - (tools do not calculate this counter type)\n"
    );
    // One sample is enough for some.
    let first = counters.cook(None, &older, &CookingOptions::default());
    assert_eq!(first.get("Sent"), Err(NotCooked::NeedsAnotherSample));
    assert!(first.get("Used").is_ok());
    assert!(counters.sample(&[0], at(1)).is_err());
}

#[test]
fn values_of_a_query_are_samples_too() {
    let arena = Arena::new();
    let file = Reader::new(&arena).read("test.mof", MOF.as_bytes()).file;
    let classes = Classes::from(&file);
    let counters = ClassCounters::of(classes.get("Vendor_Mixed").unwrap(), &classes).unwrap();
    let sample = counters.sample_values(SampleTimes::NONE, |name| match name {
        "Used" => Some(1),
        "Used_Base" => Some(2),
        _ => None,
    });
    let cooked = counters.cook(None, &sample, &CookingOptions::default());
    assert_eq!(cooked.get("Used").unwrap().value(), 50.0);
    let missing = NotCooked::NotACounter {
        name: "Sent".into(),
    };
    assert_eq!(cooked.get("Sent"), Err(missing));
}
