//! Every class in the MOF files of the Windows samples, declared as a struct and compared with its
//! file.

// The classes are only declared.
#![allow(dead_code, non_camel_case_types)]

mod acpimof;
mod classlog;
mod firefly;
mod preprocess;
mod toaster;
mod wmisamp;

use wmi_core::schema::Schema;
use wmi_tests::corpus;
use wmi_tests::mof::{self, Class, facts};

fn read(file: &str) -> Option<String> {
    corpus::read(&format!("mof/{file}")).map(|bytes| mof::decode(&bytes))
}

/// Asserts that the classes of a file equal ours, except for the qualifiers in `ignored`.
fn compare(theirs: &str, ours: Schema<'_>, ignored: &[&str]) {
    let facts = |classes: &[Class]| {
        let facts = classes.iter().map(|class| facts(class, ignored));
        facts.collect::<Vec<_>>().join("\n")
    };
    let theirs = facts(&mof::classes(theirs));
    let ours = facts(&mof::classes(&ours.mof().to_string()));
    for (theirs, ours) in theirs.lines().zip(ours.lines()) {
        assert_eq!(ours, theirs);
    }
    assert_eq!(ours, theirs);
}

#[test]
fn structs_equal_wmisamp() {
    if let Some(file) = read("wmisamp.mof") {
        compare(&file, wmisamp::SCHEMA, &[]);
    }
}

#[test]
fn structs_equal_toaster() {
    if let Some(file) = read("toaster.mof") {
        compare(&file, toaster::SCHEMA, &[]);
    }
}

#[test]
fn structs_equal_firefly() {
    if let Some(file) = read("firefly.mof") {
        compare(&file, firefly::SCHEMA, &[]);
    }
}

#[test]
fn structs_equal_acpimof() {
    if let Some(file) = read("acpimof.mof") {
        compare(&file, acpimof::SCHEMA, &[]);
    }
}

#[test]
fn structs_equal_classlog() {
    if let Some(file) = read("classlog.mof") {
        compare(&file, classlog::SCHEMA, &[]);
    }
}

/// `iscsiprf.mof` has these structures too; here they are in the form before preprocessing.
#[test]
fn structs_equal_common() {
    if let (Some(def), Some(common)) = (read("def.mof"), read("common.mof")) {
        let file = preprocess::run(&(def + &common));
        let ours = Schema::new(iscsi_schema::SCHEMA.classes.split_at(6).0);
        // These qualifiers come from headers missing from the samples.
        compare(
            &file,
            ours,
            &["bitmap", "valuemap", "wmigenerateheader", "from_a_header"],
        );
    }
}
