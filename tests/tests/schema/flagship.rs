//! `MSiSCSI_MMIPSECStats`, compared with its documentation, Microsoft's MOF and golden files.

use iscsi_schema::MSiSCSI_MMIPSECStats;
use wmi_core::mof::Style;
use wmi_core::schema::{CimType, Schema};
use wmi_core::{DataBlock, FixedClass, WmiClass};
use wmi_tests::mof::{self, Qualifier, Token, Value};
use wmi_tests::{corpus, golden};

const NAME: &str = "MSiSCSI_MMIPSECStats";
const SCHEMA: Schema<'static> = Schema::new(&[MSiSCSI_MMIPSECStats::CLASS]);

fn text(style: Style) -> String {
    SCHEMA.mof().style(style).to_string()
}

/// Returns the tokens of the class declaration in `source`.
fn declaration(source: &str) -> Vec<Token> {
    mof::declaration(&mof::tokens(source), NAME)
        .expect("the class is declared")
        .to_vec()
}

/// Returns the declaration from `class` on: the documentation omits class qualifiers.
fn without_class_qualifiers(declaration: &[Token]) -> &[Token] {
    let class = declaration
        .iter()
        .position(|token| *token == Token::Word("class".to_owned()));
    &declaration[class.expect("it is a class")..]
}

#[test]
fn documented_style_equals_the_documentation() {
    let Some(page) = corpus::document() else {
        return;
    };
    let page = mof::decode(&page);
    let code = page.split("```").nth(1).expect("the page has a listing");
    let listing = code
        .strip_prefix("cpp")
        .expect("the listing is marked as C++");
    let printed = mof::fold_white_space(&declaration(listing));
    let ours = mof::fold_white_space(&declaration(&text(Style::Documented)));
    let (printed, ours) = (
        without_class_qualifiers(&printed),
        without_class_qualifiers(&ours),
    );
    for (printed, ours) in printed.iter().zip(ours) {
        assert_eq!(printed, ours);
    }
    assert_eq!(printed.len(), ours.len());
}

#[test]
fn neutral_style_equals_microsofts_file() {
    let Some(file) = corpus::read("mof/iscsiprf.mof") else {
        return;
    };
    let mut theirs = declaration(&mof::decode(&file));
    let ours = declaration(&text(Style::Neutral));

    // The class has `, cpp_quote("..")` with the banner of its original file.
    let is_quote = |token: &Token| *token == Token::Word("cpp_quote".to_owned());
    let banner = theirs.iter().position(is_quote).expect("a banner");
    let class_body = theirs.len() - without_class_qualifiers(&theirs).len();
    assert!(banner < class_body);
    theirs.drain(banner - 1..banner + 4);

    assert_eq!(theirs.len(), ours.len());
    let mut differing = Vec::new();
    for (at, token) in ours
        .iter()
        .enumerate()
        .filter(|(at, ours)| theirs[*at] != **ours)
    {
        assert!(
            is_quote(&ours[at - 2]),
            "{token:?}, theirs {:?}",
            theirs[at]
        );
        // `cpp_quote("..")] uint64 Name`
        differing.push(&ours[at + 4]);
    }
    // Documentation and MOF word these two differently; the struct follows the documentation.
    let known = ["ActiveAcquire", "SoftAssociations"].map(|name| Token::Word(name.to_owned()));
    assert_eq!(differing, known.iter().collect::<Vec<_>>());
}

#[test]
fn every_style_matches_its_golden_file() {
    for (style, name) in [
        (Style::Compilable, "mmipsec.compilable.mof"),
        (Style::Documented, "mmipsec.documented.mof"),
        (Style::Neutral, "mmipsec.neutral.mof"),
        (Style::Mfl, "mmipsec.mfl.mof"),
    ] {
        golden::check("schema", name, &text(style));
    }
}

#[test]
fn neutral_and_mfl_styles_split_the_qualifiers() {
    let read = |style| mof::classes(&text(style)).pop().expect("one class");
    let (whole, neutral, mfl) = (
        read(Style::Compilable),
        read(Style::Neutral),
        read(Style::Mfl),
    );
    let is_amended = |qualifier: &Qualifier| qualifier.flavors == ["amended"];
    let part = |qualifiers: &[Qualifier], keep: &dyn Fn(&Qualifier) -> bool| -> Vec<Qualifier> {
        qualifiers.iter().filter(|q| keep(q)).cloned().collect()
    };

    let in_neutral = |qualifier: &Qualifier| !is_amended(qualifier);
    assert_eq!(neutral.qualifiers, part(&whole.qualifiers, &in_neutral));
    assert_eq!(neutral.properties.len(), whole.properties.len());
    for (property, whole) in neutral.properties.iter().zip(&whole.properties) {
        assert_eq!(property.name, whole.name);
        assert_eq!(property.qualifiers, part(&whole.qualifiers, &in_neutral));
    }

    let [amended @ .., amendment, locale] = &mfl.qualifiers[..] else {
        panic!("the class says what it amends");
    };
    assert_eq!(amended, part(&whole.qualifiers, &is_amended));
    assert_eq!(
        (amendment.name.as_str(), &amendment.value),
        ("AMENDMENT", &Value::Boolean(true))
    );
    assert_eq!(
        (locale.name.as_str(), &locale.value),
        ("LOCALE", &Value::Number(0x409))
    );
    let mut amended = mfl.properties.iter();
    for property in &whole.properties {
        let expected = part(&property.qualifiers, &is_amended);
        if expected.is_empty() {
            continue;
        }
        let found = amended.next().expect("another amended property");
        assert_eq!(
            (&found.name, &found.qualifiers),
            (&property.name, &expected)
        );
    }
    assert_eq!(amended.next(), None);
}

#[test]
fn block_has_21_counters_of_64_bits() {
    let names = [
        "ActiveAcquire",
        "ActiveReceive",
        "AcquireFailures",
        "ReceiveFailures",
        "SendFailures",
        "AcquireHeapSize",
        "ReceiveHeapSize",
        "NegotiationFailures",
        "AuthenticationFailures",
        "InvalidCookiesReceived",
        "TotalGetSPI",
        "KeyAdditions",
        "KeyUpdates",
        "GetSPIFailures",
        "KeyAdditionFailures",
        "KeyUpdateFailures",
        "ConnectionListSize",
        "OakleyMainMode",
        "OakleyQuickMode",
        "InvalidPackets",
        "SoftAssociations",
    ];
    let items = MSiSCSI_MMIPSECStats::ITEMS;
    let found: Vec<_> = items.iter().map(|item| item.property.name).collect();
    assert_eq!(found, names);
    for (item, id) in items.iter().zip(1..) {
        assert_eq!(item.id, id);
        assert_eq!(item.property.data_id(), Some(id));
        assert_eq!(item.property.cim_type, CimType::Uint64);
        assert_eq!(item.offset, 8 * (usize::try_from(id).unwrap() - 1));
        assert_eq!((item.size, item.align), (8, 8));
    }
    assert_eq!(MSiSCSI_MMIPSECStats::SIZE, 168);
    assert_eq!(size_of_val(&MSiSCSI_MMIPSECStats::new().snapshot()), 168);
}

#[test]
fn guid_name_and_base_match_windows() {
    let guid = MSiSCSI_MMIPSECStats::GUID;
    assert_eq!(
        guid.to_fields(),
        (
            0x36b5_8ea2,
            0xc461,
            0x4bb0,
            [0xac, 0x8e, 0x95, 0x2f, 0x59, 0xd2, 0x51, 0xed]
        )
    );
    let class = MSiSCSI_MMIPSECStats::CLASS;
    assert_eq!(class.guid(), Some(guid));
    assert_eq!(
        (class.name, class.superclass),
        (NAME, Some("Win32_PerfRawData"))
    );
}

#[test]
fn schema_text_adds_pragmas_to_the_class_text() {
    let opening = "#pragma autorecover\n#pragma namespace(\"\\\\\\\\.\\\\root\\\\wmi\")\n\n";
    for style in [Style::Compilable, Style::Documented, Style::Neutral] {
        let class = MSiSCSI_MMIPSECStats::mof().style(style).to_string();
        assert_eq!(text(style), format!("{opening}{class}"));
    }
    let class = MSiSCSI_MMIPSECStats::mof().style(Style::Mfl).to_string();
    let child = "\ninstance of __namespace\n{\n    name = \"ms_409\";\n};\n\n\
                 #pragma namespace(\"\\\\\\\\.\\\\root\\\\wmi\\\\ms_409\")\n\n";
    assert_eq!(
        text(Style::Mfl),
        format!(
            "{}{child}{class}",
            opening.trim_end_matches('\n').to_owned() + "\n"
        ),
    );
}

#[test]
fn counters_are_encoded_at_their_offsets() {
    let stats = MSiSCSI_MMIPSECStats::new();
    stats.add_soft_associations(0x0102_0304_0506_0708);
    stats.increment_active_acquire();
    let block = stats.snapshot();
    assert_eq!(block.as_bytes()[..8], [1, 0, 0, 0, 0, 0, 0, 0]);
    assert!(block.as_bytes()[8..160].iter().all(|byte| *byte == 0));
    assert_eq!(block.as_bytes()[160..], [8, 7, 6, 5, 4, 3, 2, 1]);
}
