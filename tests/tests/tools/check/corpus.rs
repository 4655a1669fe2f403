//! Real classes: files that Microsoft's tools accept have no errors, and all findings are listed.

use std::collections::BTreeMap;

use wmi_core::schema::File;
use wmi_tests::corpus;
use wmi_tools::Arena;
use wmi_tools::Severity;
use wmi_tools::bmf;
use wmi_tools::check::{Rule, check};
use wmi_tools::mof::Reader;

type Counts = BTreeMap<Rule, usize>;

fn count(counts: &mut Counts, file: &File<'_>) {
    for finding in check(file) {
        *counts.entry(finding.rule).or_default() += 1;
    }
}

fn compare(counts: Counts, expected: &[(Rule, usize)]) {
    let errors = counts
        .keys()
        .filter(|rule| rule.severity() == Severity::Error);
    assert_eq!(errors.collect::<Vec<_>>(), [&Rule::NilGuid; 0]);
    assert_eq!(counts, expected.iter().copied().collect());
}

#[test]
fn firmware_has_only_known_findings() {
    let Some(files) = corpus::files("bmf", "bmf") else {
        return;
    };
    let mut counts = Counts::new();
    for (name, bytes) in files {
        let arena = Arena::new();
        let file = bmf::decode(&arena, &bytes).unwrap_or_else(|why| panic!("{name}: {why}"));
        count(&mut counts, &file);
    }
    let expected = [
        (Rule::MissingDynamic, 1),
        (Rule::OtherProvider, 78),
        (Rule::SampleGuid, 123),
        (Rule::DuplicateClass, 2),
        (Rule::UnknownBase, 1),
        (Rule::TwoAbstract, 10),
        (Rule::UnreadableInstance, 4),
        (Rule::EmbeddedInstance, 42),
        (Rule::UnevenValues, 5),
        (Rule::FixedAfterVariable, 65),
        (Rule::MissingImplemented, 1),
        (Rule::ParameterDirection, 1),
        (Rule::MethodResult, 1),
        (Rule::ItemName, 78),
        (Rule::HeaderName, 22),
    ];
    compare(counts, &expected);
}

/// Excludes `common.mof` and `def.mof`, which include headers missing from the samples.
#[test]
fn microsoft_samples_have_only_known_findings() {
    let Some(files) = corpus::files("mof", "mof") else {
        return;
    };
    let mut counts = Counts::new();
    for (name, bytes) in files {
        if ["common.mof", "def.mof"].contains(&&*name) {
            continue;
        }
        let arena = Arena::new();
        let reading = Reader::new(&arena).read(&name, &bytes);
        assert!(!reading.has_errors(), "{name}");
        count(&mut counts, &reading.file);
    }
    let expected = [
        (Rule::SampleGuid, 21),
        (Rule::UnreadableInstance, 2),
        (Rule::CounterWidth, 2),
    ];
    compare(counts, &expected);
}

#[test]
fn iscsi_schema_has_only_known_findings() {
    let rules: Vec<_> = check(&iscsi_schema::SCHEMA)
        .iter()
        .map(|it| it.rule)
        .collect();
    // The classes as Microsoft ships them.
    assert_eq!(rules, [Rule::CounterWidth, Rule::CounterWidth]);
}
