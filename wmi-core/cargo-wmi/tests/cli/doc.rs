//! `doc`: the page of a schema.

use super::{SCHEMA, binary, fails, folder, mof, names, succeeds};
use wmi_tools::doc::SchemaPage;

#[test]
fn page_is_that_of_the_library_for_every_input() {
    let folder = folder("doc");
    let named = ["doc", "-", "--title", "iSCSI"];
    let (of_text, said) = succeeds(&folder, &named, mof().as_bytes());
    assert_eq!(said, "");
    let (of_binary, _) = succeeds(&folder, &named, &binary());
    assert_eq!(of_binary, of_text);
    let expected = SchemaPage::new("iSCSI", &SCHEMA).to_string();
    assert!(of_text == expected.as_bytes(), "the pages differ");
}

#[test]
fn title_and_source_are_those_of_the_file() {
    let folder = folder("doc_title");
    std::fs::write(folder.join("vendor.mof"), mof()).unwrap();
    let arguments = ["doc", "vendor.mof", "-o", "out.html"];
    let (written, _) = succeeds(&folder, &arguments, b"");
    assert!(written.is_empty());
    let page = std::fs::read_to_string(folder.join("out.html")).unwrap();
    assert!(page.contains("<h1>vendor</h1>"));
    assert!(page.contains("<dt>Source</dt><dd><code>vendor.mof</code></dd>"));
    assert_eq!(names(&folder), ["out.html", "vendor.mof"]);
}

#[test]
fn schema_without_classes_and_its_own_input_are_refused() {
    let folder = folder("doc_refused");
    let said = fails(&folder, &["doc", "-"], b"// nothing\n", 1);
    assert_eq!(said, "error: <stdin>: it has no classes\n");
    std::fs::write(folder.join("a.mof"), "class A {};").unwrap();
    fails(&folder, &["doc", "a.mof", "-o", "a.mof"], b"", 2);
}

#[test]
fn changes_against_an_earlier_edition_are_listed() {
    let folder = folder("doc_against");
    let class = |item: &str| format!("class A {{ [WmiDataId(1)] {item}; }};");
    std::fs::write(folder.join("old.mof"), class("uint32 X")).unwrap();
    let arguments = ["doc", "-", "--against", "old.mof"];
    let (page, _) = succeeds(&folder, &arguments, class("uint64 X").as_bytes());
    let page = String::from_utf8(page).unwrap();
    let change = "<strong>breaking: </strong><a href=\"#A\">A</a>.<code>X</code>: ";
    assert!(page.contains(change), "{page}");
    let (page, _) = succeeds(&folder, &arguments, class("uint32 X").as_bytes());
    let page = String::from_utf8(page).unwrap();
    assert!(page.contains("id=\"~changes\"") && !page.contains("breaking: "));
    fails(&folder, &["doc", "-", "--against", "-"], b"", 2);
    let own = ["doc", "-", "--against", "old.mof", "-o", "old.mof"];
    fails(&folder, &own, class("uint32 X").as_bytes(), 2);
    let none = ["doc", "old.mof", "--against", "-"];
    let said = fails(&folder, &none, b"// nothing\n", 1);
    assert_eq!(said, "error: <stdin>: it has no classes\n");
}
