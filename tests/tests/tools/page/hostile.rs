//! Text of a schema never becomes markup.

use proptest::prelude::*;
use wmi_core::schema::{CimType, Class, Method, Property, Qualifier, Value};
use wmi_tools::Classes;
use wmi_tools::doc::{PageSource, SchemaPage};

use super::attributes;

/// Returns the page of a class in which every text is the given one.
pub(super) fn page_of(text: &str) -> String {
    let values = [Value::String(text)];
    let qualifiers = [
        Qualifier::new("Description", Value::String(text)),
        Qualifier::new("DisplayName", Value::String(text)),
        Qualifier::new("Units", Value::String(text)),
        Qualifier::new("ValueMap", Value::Array(&values)),
        Qualifier::new("Values", Value::Array(&values)),
        Qualifier::new("BitValues", Value::Array(&values)),
        Qualifier::new("Dynamic", Value::Boolean(true)),
        Qualifier::new("WmiDataId", Value::Integer(1)),
        Qualifier::new("CounterType", Value::Integer(65792)),
        Qualifier::new(
            "guid",
            Value::String("7d1f9a52-30c8-4e0b-9f3a-5f6b1d2c8e47"),
        ),
    ];
    let item = Property::new(text, CimType::Uint64, "uint64").with_qualifiers(&qualifiers);
    let other = format!("{text}2");
    let part = Property::new(&other, CimType::Object, text).with_default(Value::String(text));
    let items = [item, part];
    let methods = [Method::new(text)
        .with_qualifiers(&qualifiers)
        .with_parameters(&items)
        .with_returns(CimType::Object, text)];
    let broken = Class::new(text)
        .with_superclass(text)
        .with_qualifiers(&qualifiers)
        .with_properties(&items)
        .with_methods(&methods);
    let whole = Class::new("Vendor_A")
        .with_qualifiers(&qualifiers)
        .with_properties(&items[..1]);
    let calls = [Method::new("Reset").with_qualifiers(&qualifiers)];
    let called_qualifiers = [
        Qualifier::new("Description", Value::String(text)),
        Qualifier::new("Dynamic", Value::Boolean(true)),
        Qualifier::new(
            "guid",
            Value::String("7d1f9a52-30c8-4e0b-9f3a-5f6b1d2c8e48"),
        ),
    ];
    let called = Class::new("Vendor_B")
        .with_qualifiers(&called_qualifiers)
        .with_methods(&calls);
    SchemaPage::new(text, Classes::from([&broken, &whole, &called]))
        .source(PageSource {
            name: text,
            size: 1,
            sha256: [0xa5; 32],
        })
        .to_string()
}

/// Returns the names of all elements in order.
fn elements(page: &str) -> Vec<&str> {
    let starts = page.split('<').skip(1);
    let names = starts.map(|start| {
        let end = start.find(|c: char| !c.is_ascii_alphanumeric() && c != '/' && c != '!');
        &start[..end.unwrap_or(start.len())]
    });
    names.collect()
}

/// Cuts out all parts from a start to an end, and returns the rest and the parts.
pub(super) fn cut<'p>(page: &'p str, start: &str, end: &str) -> (String, Vec<&'p str>) {
    let mut parts = page.split(start);
    let mut rest = parts.next().unwrap().to_owned();
    let mut cut = Vec::new();
    for part in parts {
        let (part, behind) = part.split_once(end).unwrap();
        cut.push(part);
        rest.push_str(behind);
    }
    (rest, cut)
}

/// Returns the texts of all blocks of MOF, in which there are no elements but spans of four classes.
#[track_caller]
pub(super) fn mof_texts(page: &str) -> Vec<String> {
    let blocks = cut(
        page,
        "<pre class=\"copy mof\" tabindex=\"0\"><code>",
        "</code></pre>",
    )
    .1;
    let texts = blocks.into_iter().map(|block| {
        let mut text = block.replace("</span>", "");
        for class in ["k", "q", "s", "n"] {
            text = text.replace(&format!("<span class=\"{class}\">"), "");
        }
        assert!(!text.contains('<'), "{text}");
        let text = text.replace("&lt;", "<").replace("&gt;", ">");
        text.replace("&quot;", "\"").replace("&amp;", "&")
    });
    texts.collect()
}

/// Returns the elements of a page, without the findings and the MOF, which depend on the texts.
fn shape(page: &str) -> String {
    let style = page.find("<style>").unwrap();
    let body = page.find("<body>").unwrap();
    let script = page.rfind("<script>").unwrap();
    let mut shape = elements(&page[..style]).join(" ");
    let (rest, _) = cut(&page[body..script], "<pre class=\"copy mof\"", "</pre>");
    let (rest, _) = cut(&rest, "<ul class=\"findings\"", "</ul>");
    // The index is sorted by the texts.
    let (rest, index) = cut(&rest, "<table class=\"names\">", "</table>");
    let rows = index[0].split_once("<tbody>").unwrap().1;
    let mut rows: Vec<_> = rows.split("</tr>").map(elements).collect();
    rows.sort();
    shape.push_str(&elements(&rest).join(" "));
    shape.push_str(&rows.concat().join(" "));
    shape
}

#[test]
fn texts_that_look_like_markup_stay_texts() {
    let plain = page_of("plainly");
    for text in [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "' onmouseover='alert(1)",
        "</title></style></script><script>alert(1)</script>",
        "]]><!-- --!>",
        "{{constructor}}&lt;b&gt;",
        "javascript:alert(1)",
    ] {
        let page = page_of(text);
        assert!(shape(&page) == shape(&plain), "{text}");
        assert_eq!(page.matches("<script>").count(), 1);
        let links = attributes(&page, "href");
        assert!(links.iter().all(|link| link.starts_with('#')), "{links:?}");
    }
}

#[test]
fn changes_of_hostile_names_stay_texts() {
    let page = |text: &str| {
        let item = [Property::new(text, CimType::Uint64, "uint64")];
        let old = [
            Class::new(text),
            Class::new("Vendor_A").with_properties(&item),
        ];
        let new = [Class::new("Vendor_A")];
        let page = SchemaPage::new("new", &new[..]).against(text, &old[..]);
        page.to_string()
    };
    let list = |page: &str| {
        let list = page.split_once("id=\"~changes\"").unwrap().1;
        list.split_once("</section>").unwrap().0.to_owned()
    };
    let plain = list(&page("plainly"));
    for text in [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
    ] {
        let list = list(&page(text));
        assert_eq!(elements(&list), elements(&plain), "{text}");
        assert!(!list.contains(text) && list.contains("alert(1)"));
    }
}

#[test]
fn rust_lines_hold_hostile_texts_as_comments() {
    let text = "*/ \n } fn main() { evil() } \u{202e}/*";
    let page = page_of(text);
    let lines = page
        .split_once("<h4 class=\"language\">Rust, for the methods")
        .unwrap()
        .1;
    let lines = lines.split_once("</pre>").unwrap().0;
    let mut with_text = lines.lines().filter(|line| line.contains("evil"));
    assert!(
        with_text.all(|line| line.trim_start().starts_with("///")),
        "{lines}"
    );
    assert!(lines.contains("evil") && !lines.contains('\u{202e}'));
}

#[test]
fn names_that_no_shell_should_see_have_no_lines_to_copy() {
    let page = page_of("A; Remove-Item C:");
    let start = page.find("A; Remove-Item").unwrap();
    assert!(!page[start..].contains("-ClassName A;"));
    assert!(page.contains("-ClassName Vendor_A"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn any_text_leaves_the_elements_as_they_are(text in "[\\PC<>\"'&`\\n\u{0}\u{202e}]{1,12}") {
        // Backticks quote in messages.
        let text = format!("x{}", text.replace('`', ""));
        let page = page_of(&text);
        let plain = page_of("plainly");
        prop_assert!(shape(&page) == shape(&plain));
        let texts = mof_texts(&page);
        prop_assert!(texts.len() == 4 && texts[3].contains(&texts[2]), "{texts:?}");
        let hidden = |c: char| c != '\n' && wmi_vocabulary::text::is_hidden_control(c);
        let body = &page[page.find("<body>").unwrap()..page.rfind("<script>").unwrap()];
        prop_assert!(!body.contains(hidden));
    }
}
