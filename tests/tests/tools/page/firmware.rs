//! The firmware on a page: its entries beside the classes.

use super::{EXAMPLE, attributes, card, page, read};
use crate::firmware::{BROKEN, VENDOR};
use wmi_tools::doc::SchemaPage;
use wmi_tools::firmware::Firmware;
use wmi_tools::{Arena, bmf};

/// Returns the page of firmware with its own classes.
pub(super) fn page_of(firmware: &Firmware<'_>) -> String {
    let arena = Arena::new();
    let file = bmf::decode(&arena, &firmware.binary_mofs[0].bytes).unwrap();
    let page = SchemaPage::new("firmware", &file);
    page.firmware(firmware).to_string()
}

fn section(page: &str) -> &str {
    let section = page.split_once("<section class=\"group\" id=\"~firmware\"");
    section.unwrap().1.split_once("</section>").unwrap().0
}

/// Returns the rows of the entries of all devices, each cell as text.
fn rows(section: &str) -> Vec<Vec<String>> {
    let rows = section.split("<tr><th scope=\"row\">").skip(1).map(|row| {
        let row = row.split_once("</tr>").unwrap().0;
        let cells = row
            .replace("</th>", "<td>")
            .replace("<p class=\"notes\">", " | ");
        let cells = cells.split("<td").map(|cell| {
            let tags = cell.split('<');
            let texts = tags.map(|tag| tag.split_once('>').map_or(tag, |(_, text)| text));
            texts.collect::<String>()
        });
        cells.filter(|cell| !cell.is_empty()).collect()
    });
    rows.collect()
}

#[test]
fn entries_have_kind_objects_notify_code_and_class() {
    let firmware = Firmware::read(VENDOR).unwrap();
    let page = page_of(&firmware);
    let section = section(&page);
    assert!(section.contains("\\_SB.WMI1 <span class=\"badge\">_UID VND</span></h3>"));
    let guid = |end: &str| format!("0b7c2d14-93ae-4f5e-8a61-5d1f0e2c7b9{end}");
    let fan = format!("Vendor_Fan | {}", guid("0"));
    let control = format!(
        "Vendor_Control | 1 SetProfile | 2 GetProfile | {}",
        guid("1")
    );
    let key = format!("Vendor_KeyEvent | {}", guid("2"));
    let serial = format!("Vendor_Serial | {}", guid("3"));
    let mof = "the binary MOF | 05901221-d566-11d1-b2f0-00a0c9062910";
    assert_eq!(
        rows(section),
        [
            ["0", mof, "data", "1", "WQBA", "–"],
            ["1", &fan, "data | expensive", "1", "WQAA, WCAA, WSAA", "–"],
            ["2", &control, "method", "1", "WMBB", "–"],
            ["3", &key, "event", "1", "WEA0, _WED", "0xa0"],
            ["4", &serial, "data | string", "1", "WQCC", "–"],
        ]
    );
    assert!(section.contains("href=\"#Vendor_Control.SetProfile()\""));
    assert!(!section.contains("Findings"), "{section}");
}

#[test]
fn classes_name_the_objects_that_serve_them() {
    let firmware = Firmware::read(VENDOR).unwrap();
    let page = page_of(&firmware);
    let fan = card(&page, "Vendor_Fan");
    let objects = "<dt>Firmware</dt><dd><code>WQAA</code>, <code>WCAA</code>, <code>WSAA</code>: \
                   <a href=\"#~firmware.-5c-_SB-2e-WMI1\">entry 1 of \\_SB.WMI1</a></dd>";
    assert!(fan.contains(objects), "{fan}");
    assert!(fan.contains("<dt>Instances</dt><dd>1, as <code>_WDG</code> says</dd>"));
    let event = card(&page, "Vendor_KeyEvent");
    assert!(event.contains("</a>, notify code <code>0xa0</code></dd>"));
}

#[test]
fn classes_of_several_devices_name_each() {
    // The GUID of `Vendor_Queue`, in memory order.
    let guid = "0x52, 0x9a, 0x1f, 0x7d, 0xc8, 0x30, 0x0b, 0x4e, \
                0x9f, 0x3a, 0x5f, 0x6b, 0x1d, 0x2c, 0x8e, 0x47";
    let device = |name: &str, count: u8| {
        format!(
            "Device ({name}) {{ Name (_WDG, Buffer (20) {{ {guid}, 0x41, 0x41, {count}, 0 }}) }}"
        )
    };
    let asl = device("WMI1", 2) + &device("WMI2", 3);
    let firmware = Firmware::read(asl.as_bytes()).unwrap();
    let arena = Arena::new();
    let twin = "[WMI, guid(\"{7d1f9a52-30c8-4e0b-9f3a-5f6b1d2c8e47}\")] class Twin { [WmiDataId(1)] uint32 X; };";
    let file = read(&arena, &format!("{EXAMPLE}{twin}"));
    let page = SchemaPage::new("two", &file)
        .firmware(&firmware)
        .to_string();
    let queue = card(&page, "Vendor_Queue");
    assert!(
        queue.contains("<dt>Instances</dt><dd>5, as <code>_WDG</code> says</dd>"),
        "{queue}"
    );
    assert_eq!(queue.matches("<dt>Firmware</dt>").count(), 2);
    assert!(queue.contains("entry 0 of \\WMI1") && queue.contains("entry 0 of \\WMI2"));
    // The first class of a GUID is served.
    assert!(!card(&page, "Twin").contains("<dt>Firmware</dt>"));
}

#[test]
fn faults_of_firmware_are_those_of_the_report() {
    let firmware = Firmware::read(BROKEN).unwrap();
    let page = page_of(&firmware);
    let section = section(&page);
    assert!(section.contains("<code>WCCC</code> <strong class=\"missing\">missing</strong>"));
    assert!(section.contains("<td>none<p class=\"notes\">"));
    let arena = Arena::new();
    let file = bmf::decode(&arena, &firmware.binary_mofs[0].bytes).unwrap();
    let report = wmi_tools::firmware::Report::new(&firmware, &[(&file).into()]);
    assert_eq!(section.matches("<li class=").count(), report.findings.len());
    for finding in &report.findings {
        assert!(
            section.contains(&format!("[{}]", finding.rule)),
            "{finding}"
        );
    }
    assert!(section.contains("<li class=\"error\"><strong>error: </strong>\\_SB.WMI1 entry 1: "));
    let errors = section.matches("<li class=\"error\">").count();
    let warnings = section.matches("<li class=\"warning\">").count();
    let counts = format!(
        "<dt>Findings</dt><dd>{errors} errors, {warnings} warnings, at the \
         <a href=\"#~firmware\">firmware</a></dd>"
    );
    assert!(page.contains(&counts), "{counts}");
}

#[test]
fn instances_are_shown_where_they_are_known() {
    let instances = "<dt>Instances</dt><dd>";
    assert!(!page(EXAMPLE).contains(instances));
    let page = page(
        "[WMI, Dynamic, Singleton, guid(\"{7d1f9a52-30c8-4e0b-9f3a-5f6b1d2c8e47}\")]
        class A { [read, WmiDataId(1)] uint32 X; };",
    );
    assert!(card(&page, "A").contains(&format!("{instances}1, as <code>Singleton</code> says")));
    assert!(!page.contains("~firmware"));
}

#[test]
fn names_in_firmware_stay_texts() {
    let asl = |uid: &str| {
        format!(
            "Device (WMI1) {{ Name (_UID, \"{uid}\") Name (_WDG, Buffer (20) {{
            0x47, 0x9a, 0x52, 0x7d, 0x1f, 0x30, 0xc8, 0x4e, 0x0b, 0x9f,
            0x3a, 0x5f, 0x6b, 0x1d, 0x2c, 0x8e, 0x3c, 0x3e, 2, 1 }}) }}"
        )
    };
    let page = |uid: &str| {
        let asl = asl(uid);
        let firmware = Firmware::read(asl.as_bytes()).unwrap();
        let arena = Arena::new();
        let page = SchemaPage::new("hostile", &read(&arena, EXAMPLE));
        page.firmware(&firmware).to_string()
    };
    let hostile = page("<script>alert(1)</script>");
    assert!(hostile.contains("_UID &lt;script&gt;alert(1)&lt;/script&gt;"));
    assert_eq!(hostile.matches("<script>").count(), 1);
    assert_eq!(
        attributes(&hostile, "id"),
        attributes(&page("plainly"), "id")
    );
}
