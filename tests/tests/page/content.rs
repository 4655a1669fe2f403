//! What a page tells of a schema.

use super::{EXAMPLE, card, page};
use wmi_core::WmiClass;
use wmi_core::schema::Schema;
use wmi_tools::build::{Artifact, Build};
use wmi_tools::doc::SchemaPage;

#[test]
fn classes_are_grouped_by_their_kind() {
    let page = page(EXAMPLE);
    let lead = "<p class=\"lead\">1 data block, 1 class of counters, 1 event, 1 embedded class</p>";
    assert!(page.contains(lead));
    let order = ["~data", "~performance", "~events", "~embedded", "~guids"];
    let places = order.map(|id| page.find(&format!("id=\"{id}\"")).unwrap());
    assert!(places.is_sorted(), "{places:?}");
}

#[test]
fn items_have_types_units_access_and_offsets() {
    let page = page(EXAMPLE);
    let queue = card(&page, "Vendor_Queue");
    let row = |item: &str| {
        let start = format!("<tr id=\"Vendor_Queue.{item}\"");
        let row = &queue[queue.find(&start).unwrap()..];
        let row = &row[..row.find("</tr>").unwrap()];
        // The cells behind the name.
        let cells = row.split("<td").skip(1);
        let cells: Vec<_> = cells
            .map(|cell| {
                cell.replace("</td>", "")
                    .replace("<code>", "")
                    .replace("</code>", "")
            })
            .map(|cell| cell.split_once('>').unwrap().1.to_owned())
            .collect();
        (row.to_owned(), cells)
    };
    let (timeout, cells) = row("Timeout");
    assert_eq!(cells, ["uint32", "read, write", "2", "4", "4"]);
    assert!(timeout.contains("in Milliseconds") && timeout.contains("a request fails."));
    let (_, cells) = row("Label");
    assert_eq!(cells, ["string(40)", "read", "4", "14", "82"]);
    let (_, cells) = row("Since");
    assert_eq!(cells, ["datetime", "read", "10", "varies", "50"]);
    let (_, cells) = row("InstanceName");
    assert_eq!(cells, ["string", "key", "–", "–", "–"]);
    let (rules, _) = row("Rules");
    assert!(rules.contains("<a href=\"#Vendor_Rule\"><code>Vendor_Rule[2]</code></a>"));
}

#[test]
fn values_and_bits_have_their_names() {
    let page = page(EXAMPLE);
    let queue = card(&page, "Vendor_Queue");
    assert!(queue.contains("16 <span class=\"hex\">0x10</span></td><td>Failed</td>"));
    let flushes = "<td class=\"number\">2</td><td class=\"number\">0x4</td><td>Flushes</td>";
    assert!(queue.contains(flushes));
}

/// Returns the masks of the bits of an item with these qualifiers.
fn masks(qualifiers: &str) -> Vec<String> {
    let text = format!("class A {{ [WmiDataId(1), {qualifiers}] uint16 X; }};");
    let page = page(&text);
    let card = card(&page, "A");
    let cells = card.split("<td class=\"number\">0x").skip(1);
    cells
        .map(|cell| cell.split('<').next().unwrap().to_owned())
        .collect()
}

#[test]
fn bits_are_positions_or_masks() {
    for (qualifiers, expected) in [
        (r#"BitValues{"a", "b"}"#, ["1", "2"]),
        (r#"BitMap{"0", "4"}, BitValues{"a", "b"}"#, ["1", "10"]),
        (r#"BitMap{"1", "2"}, BitValues{"a", "b"}"#, ["2", "4"]),
        (r#"BitMap{"0x01", "0x02"}, BitValues{"a", "b"}"#, ["1", "2"]),
        (
            r#"BitMap{"0x03", "0x08"}, BitValues{"a", "b"}"#,
            ["8", "100"],
        ),
        (r#"BitMap{"1", "256"}, BitValues{"a", "b"}"#, ["1", "100"]),
        (
            r#"BitValueMap{"0x00000001", "0x00000002"}, BitValues{"a", "b"}"#,
            ["1", "2"],
        ),
    ] {
        assert_eq!(masks(qualifiers), expected, "{qualifiers}");
    }
}

#[test]
fn counters_have_formula_unit_and_base() {
    let page = page(EXAMPLE);
    let port = card(&page, "Vendor_Port");
    let table = &port[port.find("What PerfMon shows").unwrap()..];
    assert!(table.contains("the growth between two samples, per second</td><td>/sec</td>"));
    assert!(table.contains("<a href=\"#Vendor_Port.Latency_Base\">Latency_Base</a>"));
    assert!(table.contains("10<sup>-3</sup>"));
    assert!(port.contains("Get-Counter '\\Vendor port(*)\\Bytes sent/sec'"));
}

#[test]
fn lines_for_clients_fit_the_class() {
    let page = page(EXAMPLE);
    let queue = card(&page, "Vendor_Queue");
    for line in [
        "Get-CimInstance -Namespace root/wmi -ClassName Vendor_Queue",
        "Set-CimInstance -InputObject $instance -Property @{ Timeout = [uint32]0 }",
        "-MethodName Reset -Arguments @{ Mask = [uint32]0; Rule = [ciminstance]$null }",
        "instance.GetMethodParameters(&quot;Reset&quot;)",
        "for instance in space.Vendor_Queue():",
    ] {
        assert!(queue.contains(line), "{line}");
    }
    let event = card(&page, "Vendor_LinkEvent");
    assert!(event.contains("Register-CimIndicationEvent -Namespace root/wmi"));
    assert!(event.contains("space.Vendor_LinkEvent.watch_for()"));
    assert!(!card(&page, "Vendor_Rule").contains("Get-CimInstance"));
}

#[test]
fn faults_are_shown_at_their_class() {
    let page = page("class A { [WmiDataId(1)] real32 X; [WmiDataId(2)] Missing Y; };");
    let card = card(&page, "A");
    assert!(card.contains("<strong>No layout: </strong>"), "{card}");
    assert!(card.contains("<code>real32</code>") && card.contains("<code>Missing</code>"));
}

#[test]
fn one_class_in_two_namespaces_has_two_cards() {
    let page = page(
        r#"#pragma namespace("root/wmi")
        class A { [WmiDataId(1)] uint32 X; };
        #pragma namespace("root/other")
        class A { [WmiDataId(1)] uint64 X; };"#,
    );
    assert!(card(&page, "A").contains("uint32"));
    assert!(card(&page, "root-5c-other.A").contains("uint64"));
}

/// A queue.
#[derive(WmiClass)]
#[wmi(name = "Vendor_Derived", guid = "e93b6c40-7a1f-4d25-b8e7-0c5d92f13a69")]
struct Derived {
    /// Its length.
    #[wmi(data_id = 1)]
    length: u32,
}

#[test]
fn build_writes_the_page_if_asked_to() {
    const SCHEMA: Schema<'static> = Schema::new(&[Derived::CLASS]);
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("page_build");
    let _ = std::fs::remove_dir_all(&folder);
    let build = Build::new("vendor", &SCHEMA);
    let written = build.write_to(&folder).unwrap();
    assert!(!written.path(Artifact::Page).exists());
    let written = build.doc().write_to(&folder).unwrap();
    assert_eq!(written.changed(), [Artifact::Page]);
    let page = std::fs::read_to_string(folder.join("vendor.html")).unwrap();
    assert_eq!(page, SchemaPage::new("vendor", &SCHEMA).to_string());
    assert!(page.contains("Its length."));
    // Listed and asked for, it is written once.
    let listed = build.artifacts(&[Artifact::Page]).doc();
    assert_eq!(listed.stale(&folder).unwrap().len(), 0);
}

#[test]
fn page_grows_with_its_classes_alone() {
    let of = |count: usize| {
        let classes = (0..count).map(|number| {
            format!(
                "[WMI, guid(\"{{7d1f9a52-30c8-4e0b-9f3a-{number:012x}}}\")] class Vendor_{number:05} \
                 {{ [key] string InstanceName; [WmiDataId(1)] uint32 A; [WmiDataId(2)] uint64 B; }};\n"
            )
        });
        page(&classes.collect::<String>()).len()
    };
    let (few, many) = (of(100), of(400));
    assert!(many < 4 * few && many > 3 * few, "{few} {many}");
}
