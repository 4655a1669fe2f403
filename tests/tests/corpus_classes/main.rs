//! Every class of the MOF files that Windows samples hold, as a struct, against its file.

// The classes are only described.
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

/// Compares the classes of a file with ours, without the qualifiers in `ignored`.
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
fn wmisamp() {
    if let Some(file) = read("wmisamp.mof") {
        compare(&file, wmisamp::SCHEMA, &[]);
    }
}

#[test]
fn toaster() {
    if let Some(file) = read("toaster.mof") {
        compare(&file, toaster::SCHEMA, &[]);
    }
}

#[test]
fn firefly() {
    if let Some(file) = read("firefly.mof") {
        compare(&file, firefly::SCHEMA, &[]);
    }
}

#[test]
fn acpimof() {
    if let Some(file) = read("acpimof.mof") {
        compare(&file, acpimof::SCHEMA, &[]);
    }
}

#[test]
fn classlog() {
    if let Some(file) = read("classlog.mof") {
        compare(&file, classlog::SCHEMA, &[]);
    }
}

/// The structures that `iscsiprf.mof` has too, here as they are before the preprocessor.
#[test]
fn common() {
    if let (Some(def), Some(common)) = (read("def.mof"), read("common.mof")) {
        let file = preprocess::run(&(def + &common));
        let ours = Schema::new(iscsi_schema::SCHEMA.classes.split_at(6).0);
        // What stands in headers that the samples lack.
        compare(
            &file,
            ours,
            &["bitmap", "valuemap", "wmigenerateheader", "from_a_header"],
        );
    }
}
