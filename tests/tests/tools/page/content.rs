//! What a page tells of a schema.

use super::{EXAMPLE, card, page, read};
use wmi_core::WmiClass;
use wmi_core::schema::Schema;
use wmi_tools::build::{Artifact, Build};
use wmi_tools::doc::SchemaPage;
use wmi_tools::header::Header;
use wmi_tools::{Arena, amendment, bmf};

#[test]
fn classes_are_grouped_by_their_kind() {
    let page = page(EXAMPLE);
    let lead = "<p class=\"lead\">1 data block, 1 class of counters, 1 event, 1 embedded class</p>";
    assert!(page.contains(lead));
    let order = ["~data", "~performance", "~events", "~embedded", "~index"];
    let places = order.map(|id| page.find(&format!("id=\"{id}\"")).unwrap());
    assert!(places.is_sorted(), "{places:?}");
}

/// Returns the row of an item, and the text of its cells behind the name.
fn row(page: &str, item: &str) -> (String, Vec<String>) {
    let start = format!("<tr id=\"{item}\"");
    let row = &page[page.find(&start).unwrap()..];
    let row = &row[..row.find("</tr>").unwrap()];
    let cells = row.split("<td").skip(1).map(|cell| {
        let (_, cell) = cell.split_once('>').unwrap();
        let cell = cell.replace("<p class=\"native\">", " | ");
        let tags = cell
            .split('<')
            .map(|tag| tag.split_once('>').map_or(tag, |(_, text)| text));
        tags.collect::<String>()
    });
    (row.to_owned(), cells.collect())
}

#[test]
fn items_have_types_units_access_and_offsets() {
    let page = page(EXAMPLE);
    let queue = card(&page, "Vendor_Queue");
    let row = |item: &str| row(queue, &format!("Vendor_Queue.{item}"));
    let (timeout, cells) = row("Timeout");
    let types = "uint32 | C ULONG | Rust u32";
    assert_eq!(cells, [types, "read, write", "2", "4", "4", "4"]);
    assert!(timeout.contains("in Milliseconds") && timeout.contains("a request fails."));
    let (_, cells) = row("Label");
    let types = "string(40) | C WCHAR[40 + 1] | Rust Text&lt;40&gt;";
    assert_eq!(cells, [types, "read", "4", "14", "82", "2"]);
    let (_, cells) = row("Since");
    let types = "datetime | C WCHAR[25] | Rust DateTime";
    assert_eq!(cells, [types, "read", "10", "varies", "50", "2"]);
    let (_, cells) = row("InstanceName");
    assert_eq!(cells, ["string", "key", "–", "–", "–", "–"]);
    let (rules, cells) = row("Rules");
    assert!(rules.contains("<a href=\"#Vendor_Rule\"><code>Vendor_Rule[2]</code></a>"));
    assert_eq!(
        cells[0],
        "Vendor_Rule[2] | C Vendor_Rule[2] | Rust [VendorRule; 2]"
    );
    let (_, cells) = row("Count");
    assert_eq!(cells[0], "uint32 | C ULONG | Rust Count&lt;u32&gt;");
    let (_, cells) = row("Values");
    assert_eq!(cells[0], "uint16[Count] | C USHORT[1] | Rust &amp;'a [u16]");
    let (_, cells) = self::row(&page, "Vendor_Port.Sent");
    assert_eq!(cells[0], "uint64 | C ULONGLONG | Rust AtomicU64");
}

#[test]
fn parameters_have_types_too() {
    let page = page(EXAMPLE);
    let reset = card(&page, "Vendor_Queue");
    let reset = &reset[reset.find("Drops all requests.").unwrap()..];
    let types = "<code>uint64</code><p class=\"native\">C <code>ULONGLONG</code></p>\
                 <p class=\"native\">Rust <code>u64</code></p></td><td class=\"access\">out</td>\
                 <td class=\"number\">0</td><td class=\"number\">8</td>";
    assert!(reset.contains(types), "{reset}");
    let both = "<td class=\"access\">in, out</td><td class=\"number\">in 4, out 8</td>\
                <td class=\"number\">8</td>";
    assert!(reset.contains(both), "{reset}");
}

#[test]
fn rights_are_those_of_each_use() {
    let page = page(EXAMPLE);
    let rights = "<dt>Rights</dt><dd><code>WMIGUID_QUERY</code> to query, <code>WMIGUID_SET</code> \
                  to set, <code>WMIGUID_EXECUTE</code> to call methods; administrators";
    assert!(card(&page, "Vendor_Queue").contains(rights));
    let rights = "<dt>Rights</dt><dd><code>WMIGUID_NOTIFICATION</code> to receive events; ";
    assert!(card(&page, "Vendor_LinkEvent").contains(rights));
}

#[test]
fn names_in_c_are_those_of_the_header() {
    let arena = Arena::new();
    let file = read(&arena, EXAMPLE);
    let page = SchemaPage::new("example", &file).to_string();
    let queue = card(&page, "Vendor_Queue");
    let names = "<dt>C header</dt><dd>structure <code>Vendor_Queue</code>, GUID \
                 <code>Vendor_Queue_GUID</code>, initialiser <code>Vendor_QueueGuid</code></dd>";
    assert!(queue.contains(names), "{queue}");
    let without_items =
        super::page("[WMI, guid(\"7d1f9a52-30c8-4e0b-9f3a-5f6b1d2c8e47\")] class A : WMIEvent {};");
    assert!(without_items.contains("<dt>C header</dt><dd>GUID <code>A_GUID</code>, initialiser "));
    assert!(queue.contains("DEFINE_GUID(Vendor_Queue_GUID, 0x7d1f9a52, 0x30c8,"));
    let header = Header::new("schema.h", &file);
    let header = header.method_structs(true).variable_members(true);
    let header = header.corrected(true).to_string();
    for line in [
        "} Vendor_Queue, *PVendor_Queue;",
        "DEFINE_GUID(Vendor_Queue_GUID,",
        "#define Vendor_QueueGuid",
    ] {
        assert!(header.contains(line), "{header}");
    }
    let shown = page.split_once("<summary>C header of all classes</summary>");
    let shown = shown.unwrap().1.split_once("<code>").unwrap().1;
    let shown = shown.split_once("</code>").unwrap().0;
    let shown = shown.replace("&lt;", "<").replace("&gt;", ">");
    assert_eq!(shown.replace("&quot;", "\"").replace("&amp;", "&"), header);
}

#[test]
fn index_has_every_name_with_its_class_and_id() {
    let page = page(
        "class A { [WmiDataId(3)] uint32 Length; [key] string InstanceName; };
        class B { [WmiDataId(1)] uint32 LENGTH; [WmiMethodId(7)] void Length2(); };",
    );
    let index = page.split_once("id=\"~index\"").unwrap().1;
    let index = index.split_once("</section>").unwrap().0;
    let row = |name: &str, places: &str| {
        let row = format!("<tr><th scope=\"row\">{name}</th><td>{places}</td></tr>");
        assert!(index.contains(&row), "{row}\n{index}");
    };
    row("A", "<a href=\"#A\">class</a>");
    row(
        "Length",
        "<a href=\"#A.Length\">A</a> 3, <a href=\"#B.LENGTH\">B</a> 1",
    );
    row("Length2", "<a href=\"#B.Length2()\">B</a> method 7");
    assert!(!index.contains("InstanceName"));
}

#[test]
fn masthead_counts_the_findings_and_explains_the_notation() {
    let page = page(EXAMPLE);
    let (masthead, _) = page.split_once("</header>").unwrap();
    assert!(masthead.contains("<dt>Findings</dt><dd>3 warnings, at their classes</dd>"));
    assert!(masthead.contains("<dt>Tool</dt><dd>wmi-tools "));
    assert!(masthead.contains("<summary>How to read this page</summary>"));
    let sound = super::page("class A { [WmiDataId(1)] uint32 X; };");
    let (masthead, _) = sound.split_once("</header>").unwrap();
    assert_eq!(
        masthead.contains("<dt>Findings</dt>"),
        sound.contains("<ul class=\"findings\"")
    );
}

#[test]
fn captions_count_the_padding() {
    let page = page(EXAMPLE);
    assert!(
        card(&page, "Vendor_Queue")
            .contains("variable size, aligned to 4, with 5 bytes of padding")
    );
    assert!(card(&page, "Vendor_Rule").contains("<figcaption>5 bytes, aligned to 4</figcaption>"));
}

#[test]
fn classes_have_lines_for_the_inf_and_the_registry() {
    let page = page(EXAMPLE);
    let queue = card(&page, "Vendor_Queue");
    let inf = "[Vendor_Install.NT.WMI]\n\
               WMIInterface = {7d1f9a52-30c8-4e0b-9f3a-5f6b1d2c8e47}, 1, \
               Vendor_Install_WMI_Security_0 ; Vendor_Queue\n\n\
               [Vendor_Install_WMI_Security_0]\n\
               security = &quot;O:BAG:BAD:(A;;0x120fff;;;BA)(A;;0x120fff;;;SY)&quot;";
    assert!(queue.contains(inf), "{queue}");
    let value = "\\WMI\\Security, value 7d1f9a52-30c8-4e0b-9f3a-5f6b1d2c8e47";
    assert!(queue.contains(value), "{queue}");
    // The section of all classes has those that a client opens.
    let all = &page[page.find("id=\"~driver\"").unwrap()..];
    assert_eq!(all.matches("WMIInterface = ").count(), 3);
    assert!(all.contains("; Vendor_LinkEvent") && !all.contains("; Vendor_Rule"));
    assert!(all.contains("STATUS_WMI_SET_FAILURE</code></td><td><code>0xc00002c7"));
    assert!(all.contains("WNODE_EVENT_REFERENCE"));
}

#[test]
fn descriptions_are_in_all_languages() {
    let arena = Arena::new();
    let german = r#"
        #pragma namespace("\\\\.\\root\\wmi\\ms_407")
        [AMENDMENT, LOCALE(0x407), Description("Eine Warteschlange.") : amended]
        class Vendor_Queue
        {
            [Description("Die Frist.") : amended] uint32 Timeout;
            [Description("Verwirft alles.") : amended] void Reset(
                [in, Description("Die Gründe.") : amended] uint32 Mask);
        };"#;
    let file = read(&arena, &format!("{EXAMPLE}{german}"));
    let merged = amendment::merge(&arena, &file, Some(0x407));
    let page = SchemaPage::new("example", &file)
        .translation(0x407, &merged)
        .to_string();
    let queue = card(&page, "Vendor_Queue");
    let badge = "<span class=\"badge\">MS_407</span> ";
    for text in [
        "Eine Warteschlange.",
        "Die Frist.",
        "Verwirft alles.",
        "Die Gründe.",
    ] {
        assert!(queue.contains(&format!("{badge}{text}</p>")), "{text}");
    }
    assert!(queue.contains("The time after which a request fails."));
    assert_eq!(page.matches(badge).count(), 4);
    assert!(page.contains("ms_407, ms_409"));
}

#[test]
fn values_and_bits_have_their_names() {
    let page = page(EXAMPLE);
    let queue = card(&page, "Vendor_Queue");
    assert!(queue.contains("16 <span class=\"hex\">0x10</span></td><td>Failed</td>"));
    let flushes = "<td class=\"number\">2</td><td class=\"number\">0x4</td><td>Flushes</td>";
    assert!(queue.contains(flushes));
}

#[test]
fn mof_of_each_class_and_of_all_is_that_of_the_writer() {
    let arena = Arena::new();
    let file = read(&arena, EXAMPLE);
    let page = SchemaPage::new("example", &file).to_string();
    let texts = super::hostile::mof_texts(&page);
    let classes = file.classes().count();
    assert_eq!(texts.len(), classes + 1);
    let whole = texts.last().unwrap();
    assert_eq!(*whole, file.mof().to_string());
    for class in file.classes() {
        assert!(texts[..classes].contains(&class.mof().to_string()));
    }
    // What the page shows of all classes can be compiled.
    let again = read(&arena, whole);
    assert_eq!(again.mof().to_string(), *whole);
}

#[test]
fn mof_has_colours_for_keywords_qualifiers_strings_and_numbers() {
    let page = page(
        r#"#pragma namespace("\\\\.\\root\\wmi")
        [Description("say \"class 1\"") : amended] class A {
            [key] string InstanceName = "";
            [WmiDataId(1), Values{"a", "2"}] sint32 Class3[2] = {-4, 5};
        };"#,
    );
    let card = card(&page, "A");
    let mof = card.split_once("class=\"copy mof\"").unwrap().1;
    for line in [
        "[<span class=\"q\">Description</span>(<span class=\"s\">&quot;say \\&quot;class 1\\&quot;&quot;</span>)",
        "<span class=\"k\">class</span> A\n{",
        "    [<span class=\"q\">key</span>]\n    <span class=\"k\">string</span> InstanceName = ",
        "<span class=\"q\">WmiDataId</span>(<span class=\"n\">1</span>), <span class=\"q\">Values</span>{",
        "<span class=\"k\">sint32</span> Class3[<span class=\"n\">2</span>] = {<span class=\"n\">-4</span>",
    ] {
        assert!(mof.contains(line), "{line}\n{mof}");
    }
    assert!(page.contains("<span class=\"k\">#pragma</span> namespace("));
}

#[test]
fn changes_are_those_of_diff() {
    let arena = Arena::new();
    let old = read(
        &arena,
        "class A { [WmiDataId(1)] uint32 X; }; class Gone { [WmiDataId(1)] uint32 X; };",
    );
    let new = read(
        &arena,
        "class A { [WmiDataId(1)] uint32 X; [WmiDataId(2)] uint32 Y; };",
    );
    let without = SchemaPage::new("new", &new);
    assert!(!without.to_string().contains("~changes"));
    let page = without.against("old.mof", &old).to_string();
    let section = page
        .split_once("<section class=\"group\" id=\"~changes\"")
        .unwrap()
        .1;
    let section = section.split_once("</section>").unwrap().0;
    let changes = wmi_tools::diff::diff(&old, &new);
    assert!(changes.len() > 1);
    let items: Vec<_> = section.split("<li ").skip(1).collect();
    assert_eq!(items.len(), changes.len());
    for (item, change) in items.iter().zip(&changes) {
        assert!(item.contains(&format!("[{}]", change.kind)), "{item}");
        let word = if change.is_breaking() {
            "breaking"
        } else {
            "compatible"
        };
        assert!(item.contains(word), "{item}");
    }
    assert!(section.contains("<code>Gone</code>") && section.contains("<a href=\"#A\">A</a>"));
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
    assert!(table.contains("10<sup>-3</sup></td><td>novice</td>"));
    assert!(table.contains("\\Vendor port(*)\\Bytes sent/sec\n\\Vendor port(*)\\Latency</code>"));
    assert!(port.contains("PERF_COUNTER_BULK_COUNT</code> <span class=\"hex\">0x10410500<"));
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
        "    using (var inputs = instance.GetMethodParameters(&quot;Reset&quot;)) {
        inputs[&quot;Mask&quot;] = 0;
        inputs[&quot;Rule&quot;] = null;
        instance.InvokeMethod(&quot;Reset&quot;, inputs, null);
    }
",
        "for instance in space.Vendor_Queue():",
        "instance.Reset(Mask=None, Rule=None)",
    ] {
        assert!(queue.contains(line), "{line}");
    }
    let event = card(&page, "Vendor_LinkEvent");
    assert!(event.contains("Register-CimIndicationEvent -Namespace root/wmi"));
    assert!(event.contains("space.Vendor_LinkEvent.watch_for()"));
    assert!(!card(&page, "Vendor_Rule").contains("Get-CimInstance"));
}

#[test]
fn rust_lines_of_methods_are_those_of_the_generated_client() {
    let arena = Arena::new();
    let file = read(&arena, EXAMPLE);
    let page = SchemaPage::new("example", &file).to_string();
    let client = wmi_tools::client_source::rust(&file, "").source;
    let title = "<h4 class=\"language\">Rust, for the methods";
    let queue = card(&page, "Vendor_Queue");
    let lines = queue.split_once(title).unwrap().1;
    let lines = lines.split_once("<code>").unwrap().1;
    let lines = lines.split_once("</code>").unwrap().0;
    let lines = lines.replace("&lt;", "<").replace("&gt;", ">");
    let lines = lines.replace("&quot;", "\"").replace("&amp;", "&");
    assert!(lines.contains("pub fn reset("), "{lines}");
    assert!(lines.contains("pub struct VendorQueueResetInput {"));
    for line in lines.lines() {
        assert!(client.lines().any(|it| it == line), "{line}");
    }
    assert!(!card(&page, "Vendor_Port").contains(title));
}

#[test]
fn methods_that_rust_clients_cannot_call_have_no_rust_lines() {
    let page = page(
        r#"[WMI, guid("{7d1f9a52-30c8-4e0b-9f3a-5f6b1d2c8e48}")]
        class Part { [WmiDataId(1)] uint32 X; };
        [WMI, Dynamic, Provider("WMIProv"), guid("{7d1f9a52-30c8-4e0b-9f3a-5f6b1d2c8e47}")]
        class A {
            [key] string InstanceName;
            [Implemented, WmiMethodId(1)] void Send([in] Part Parts[2]);
        };"#,
    );
    let card = card(&page, "A");
    assert!(card.contains("-MethodName Send"), "{card}");
    assert!(!card.contains("Rust, for the methods"));
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
fn build_shows_the_changes_since_an_earlier_edition() {
    const SCHEMA: Schema<'static> = Schema::new(&[Derived::CLASS]);
    let build = Build::new("vendor", &SCHEMA);
    let mof = String::from_utf8(build.content(Artifact::Mof).unwrap()).unwrap();
    let earlier = mof.replace("uint32 Length", "uint64 Length");
    assert_ne!(earlier, mof);
    let arena = Arena::new();
    let file = read(&arena, &earlier);
    let encoded = bmf::encode(&file, bmf::Packing::Greedy).unwrap();
    for (name, content) in [("old.mof", earlier.as_bytes()), ("old.bmf", &encoded)] {
        // It need not ask for the page as well.
        let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("page_against");
        let _ = std::fs::remove_dir_all(&folder);
        build.against(name, content).write_to(&folder).unwrap();
        let page = std::fs::read_to_string(folder.join("vendor.html")).unwrap();
        let expected = SchemaPage::new("vendor", &SCHEMA).against(name, &file);
        assert!(page == expected.to_string(), "{name}");
        assert!(page.contains("breaking: ") && page.contains(&format!("<code>{name}</code>. A")));
    }
    let fails = |name, content: &[u8]| {
        let error = build.against(name, content).content(Artifact::Page);
        error.unwrap_err().to_string()
    };
    let start = "old.mof: this is not an earlier edition of the schema: ";
    let said = fails("old.mof", b"class A");
    assert!(
        said.starts_with(&format!("{start}it has errors:\nerror: ")),
        "{said}"
    );
    assert!(said.contains("--> old.mof:1:8"), "{said}");
    assert_eq!(
        fails("old.mof", b"// nothing"),
        format!("{start}it has no classes")
    );
    let said = fails("old.bmf", &encoded[..encoded.len() - 1]);
    assert!(said.contains("the binary MOF is damaged at byte"), "{said}");
}

#[test]
fn build_shows_the_texts_of_all_languages() {
    const SCHEMA: Schema<'static> = Schema::new(&[Derived::CLASS]);
    let build = Build::new("vendor", &SCHEMA);
    let german = String::from_utf8(build.content(Artifact::Mfl).unwrap()).unwrap();
    let german = german.replace("ms_409", "ms_407").replace("1033", "1031");
    let german = german.replace("Its length.", "Ihre L\u{e4}nge.");
    let translations = [("vendor_de.mfl", german.as_str())];
    let page = build
        .localised(&translations)
        .content(Artifact::Page)
        .unwrap();
    let page = String::from_utf8(page).unwrap();
    assert!(
        page.contains("<span class=\"badge\">MS_407</span> Ihre Länge.</p>"),
        "{page}"
    );
    assert!(page.contains("<p class=\"description\">Its length.</p>"));
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
