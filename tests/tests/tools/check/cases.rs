//! Files of counters that showed a fault once, and their siblings: `cases/mof`.

use std::fs;
use std::path::Path;

use wmi_tools::Arena;
use wmi_tools::check::check;
use wmi_tools::mof::Reader;

/// The findings of a file, as "class.member: rule".
fn findings(name: &str) -> Vec<(String, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("cases/mof")
        .join(name);
    let bytes = fs::read(&path).unwrap();
    let arena = Arena::new();
    let reading = Reader::new(&arena).read(name, &bytes);
    assert_eq!(reading.diagnostics, [], "{name}");
    let found = check(&reading.file).into_iter();
    found
        .map(|finding| {
            let member = finding.member.map(|member| format!(".{member}"));
            let place = format!("{}{}", finding.class, member.unwrap_or_default());
            (format!("{place} [{}]", finding.rule), finding.message)
        })
        .collect()
}

fn places(name: &str) -> Vec<String> {
    findings(name).into_iter().map(|(place, _)| place).collect()
}

#[test]
fn bases_in_their_places_are_not_found() {
    assert_eq!(places("counter-bases.mof"), [""; 0]);
}

#[test]
fn misplaced_bases_are_found_once_each() {
    let missing = (0..11).map(|number| format!("Vendor_Missing{number}.X"));
    let others = [
        "Vendor_Before.X",
        "Vendor_Apart.X",
        "Vendor_OtherType.X",
        "Vendor_NotCounted.X",
        "Vendor_OtherName.X",
        "Vendor_Alone.X_Base",
    ];
    let expected = missing.chain(others.map(str::to_owned));
    let expected: Vec<_> = expected
        .map(|place| format!("{place} [counter-base]"))
        .collect();
    assert_eq!(places("counter-bases-faulty.mof"), expected);
}

#[test]
fn messages_name_both_items_and_the_remedy() {
    let found = findings("counter-bases-faulty.mof");
    for (class, message) in [
        (
            "Vendor_Missing0.",
            "PERF_AVERAGE_BULK needs its base right behind it; add `[read, WmiDataId(2), \
             CounterType(1073939458)] uint32 X_Base;`",
        ),
        (
            "Vendor_Missing4.",
            "PERF_LARGE_RAW_FRACTION needs its base right behind it; add `[read, WmiDataId(2), \
             CounterType(1073939712)] uint64 X_Base;`",
        ),
        (
            "Vendor_Before.",
            "PERF_AVERAGE_BULK needs its base right behind it; move `X_Base` there",
        ),
        (
            "Vendor_OtherType.",
            "PERF_RAW_FRACTION needs a PERF_RAW_BASE; give `X_Base` `CounterType(1073939459)`",
        ),
        (
            "Vendor_OtherName.",
            "`Total` stands where its base does and has its type; name it `X_Base`",
        ),
        (
            "Vendor_Alone.",
            "this is the base of a counter, but the item before it does not need one; move it \
             right behind its counter",
        ),
    ] {
        let of_class = found.iter().find(|(place, _)| place.starts_with(class));
        assert_eq!(of_class.unwrap().1, message, "{class}");
    }
}

#[test]
fn perf_classes_have_what_tools_need() {
    assert_eq!(
        places("perf-classes.mof"),
        [
            "Vendor_NoHiPerf [missing-hi-perf]",
            "Vendor_NoPerfDetail [missing-perf-detail]",
            "Vendor_NoBase [perf-base]",
            "Vendor_NoCounter [no-counter]",
            "Vendor_Generated [generated-perf]",
        ]
    );
}

#[test]
fn drivers_outside_of_their_namespace_are_found() {
    assert_eq!(
        places("perf-cimv2.mof"),
        [
            "Vendor_Counters [wrong-namespace]",
            "Vendor_Numbers [wrong-namespace]",
        ]
    );
}
