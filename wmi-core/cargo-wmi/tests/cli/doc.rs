//! `doc`: the page of a schema.

use super::firmware::case;
use super::{SCHEMA, binary, fails, folder, mof, names, succeeds};
use sha2::{Digest, Sha256};
use wmi_tools::doc::{PageSource, SchemaPage};
use wmi_tools::firmware::Firmware;

#[test]
fn page_is_that_of_the_library_for_every_input() {
    let folder = folder("doc");
    let named = ["doc", "-", "--title", "iSCSI"];
    for input in [mof().into_bytes(), binary()] {
        let (page, said) = succeeds(&folder, &named, &input);
        assert_eq!(said, "");
        let expected = SchemaPage::new("iSCSI", &SCHEMA).source(PageSource {
            name: "standard input",
            size: input.len(),
            sha256: Sha256::digest(&input).into(),
        });
        assert!(page == expected.to_string().as_bytes(), "the pages differ");
    }
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
    let size = mof().len();
    let source =
        format!("<dt>Source</dt><dd><code>vendor.mof</code>, {size} bytes, SHA-256 <code>");
    assert!(page.contains(&source));
    assert_eq!(names(&folder), ["out.html", "vendor.mof"]);
}

#[test]
fn each_source_has_its_size_and_its_digest() {
    let folder = folder("doc_sources");
    std::fs::write(folder.join("a.mof"), "class A {};").unwrap();
    std::fs::create_dir_all(folder.join("private")).unwrap();
    let german = r#"#pragma namespace("\\\\.\\root\\wmi\\ms_407")"#;
    std::fs::write(folder.join("private/a_de.mfl"), german).unwrap();
    let (page, _) = succeeds(&folder, &["doc", "a.mof", "private/a_de.mfl"], b"");
    let page = String::from_utf8(page).unwrap();
    // Digests of sha256sum.
    for source in [
        "<code>a.mof</code>, 11 bytes, SHA-256 <code>5df621fc2f5cc2bbaf0c861a0ec0f26d91a8d6df8ca7facc7fe2cedb2d776e59</code>",
        "<code>a_de.mfl</code>, 45 bytes, SHA-256 <code>491d3c94c12197e8900d44b466f5d3496e56fe902c43e0913fc8aa0803162c88</code>",
    ] {
        let source = format!("<dt>Source</dt><dd>{source}</dd>");
        assert_eq!(page.matches(&source).count(), 1, "{source}");
    }
    assert!(!page.contains("private"));
}

#[test]
fn tables_and_their_listings_show_the_firmware() {
    let folder = folder("doc_firmware");
    let entries = |name: &str| {
        let (page, _) = succeeds(&folder, &["doc", "-"], &case(name));
        let page = String::from_utf8(page).unwrap();
        let section = page.split_once("id=\"~firmware\"")?.1;
        Some(section.split_once("</section>").unwrap().0.to_owned())
    };
    let of_table = entries("vendor.aml").unwrap();
    assert!(of_table.contains("<a href=\"#Vendor_Fan\">Vendor_Fan</a>"));
    for name in ["vendor.acpidump", "vendor.asl", "vendor.dsl"] {
        assert_eq!(entries(name).as_ref(), Some(&of_table), "{name}");
    }
    assert_eq!(entries("vendor.mof"), None);
}

#[test]
fn folder_of_linux_shows_its_devices() {
    let folder = folder("doc_sysfs");
    let aml = case("vendor.aml");
    let mof = Firmware::read(&aml).unwrap().binary_mofs[0].bytes.to_vec();
    let write = |entry: &str, file: &str, content: &[u8]| {
        let entry = folder.join("devices").join(entry);
        std::fs::create_dir_all(&entry).unwrap();
        std::fs::write(entry.join(file), content).unwrap();
    };
    write("0B7C2D14-93AE-4F5E-8A61-5D1F0E2C7B91", "object_id", b"BB\n");
    write(
        "0B7C2D14-93AE-4F5E-8A61-5D1F0E2C7B91",
        "instance_count",
        b"3\n",
    );
    let said = fails(&folder, &["doc", "devices"], b"", 1);
    assert!(
        said.contains("this folder has no binary MOF that can be read"),
        "{said}"
    );
    let of_mof = "05901221-D566-11D1-B2F0-00A0C9062910";
    write(of_mof, "bmof", &mof);
    let (page, said) = succeeds(&folder, &["doc", "devices"], b"");
    assert_eq!(said, "");
    let page = String::from_utf8(page).unwrap();
    let source = format!("<code>{of_mof}/bmof</code>, {} bytes, ", mof.len());
    assert!(page.contains(&source), "{page}");
    assert!(page.contains("<dt>Instances</dt><dd>3, as <code>_WDG</code> says</dd>"));
    assert!(page.contains("<dt>Firmware</dt><dd><code>WMBB</code>: <a href=\"#~firmware."));
    write(&format!("{of_mof}-1"), "bmof", &mof);
    let said = fails(&folder, &["doc", "devices"], b"", 1);
    let several = format!("has 2 binary MOFs; name one of {of_mof}/bmof, {of_mof}-1/bmof");
    assert!(said.contains(&several), "{said}");
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
    assert!(page.contains("Against the earlier edition <code>old.mof</code>."));
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
