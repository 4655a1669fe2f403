//! A schema as a page: one HTML file for those who write, read or query its classes.
//!
//! The page needs no other file, no script and no network. It shows every class with its items, their
//! types in MOF, C and Rust, units, access and named values, the layout of its data block as a picture,
//! its counters with their formulas in words, its methods and events, lines to copy for clients and for
//! the INF, its findings, and its MOF text. After the classes come the firmware that serves them, the
//! changes against an earlier edition, an index of all names and GUIDs, the MOF text and the C header of
//! all classes, and what the driver's author needs: the rights of all classes, and the statuses of
//! requests. A script, which the page does not need, adds a search.
//!
//! ```
//! use wmi_core::schema::{CimType, Class, Property, Qualifier, Value};
//! use wmi_tools::Classes;
//! use wmi_tools::doc::SchemaPage;
//!
//! let id = [Qualifier::new("WmiDataId", Value::Integer(1))];
//! let items = [Property::new("Length", CimType::Uint32, "uint32").with_qualifiers(&id)];
//! let class = Class::new("Vendor_Queue").with_properties(&items);
//! let page = SchemaPage::new("vendor", Classes::from([&class])).to_string();
//! assert!(page.contains(r#"<article id="Vendor_Queue""#));
//! ```
//!
//! Text of the schema cannot become markup: [`maud`] escapes what is not markup by its type, and the
//! policy of the page allows no script but its own.
//!
//! The anchors of a page are stable: `#Class`, `#Class.Item` and `#Class.Method()`, in a second
//! namespace that has the same class `#namespace.Class`.

mod changes;
mod class;
mod client;
mod driver;
mod firmware;
mod index;
mod items;
mod mof;
mod names;

use core::fmt;

use maud::{DOCTYPE, Markup, PreEscaped, Render, html};

use wmi_core::schema::{Class, Qualifiers};

use self::changes::Changes;
use self::index::{Entry, Group, Index};
use crate::Classes;
use crate::Severity;
use crate::diff::diff;
use crate::firmware::Firmware;
use crate::header::Header;
use crate::html::Shown;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");
/// What the page may do: show itself, and run the one script with this digest.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; \
                      form-action 'none'; script-src 'sha256-5RRJcxuoLvY/IUHmvDlp/p7KGOqqOyHV4LcKJRzsPOQ='";

/// A file that the classes of a page were read from. With the digest, a reader can tell whether the page
/// is that of a file at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageSource<'a> {
    /// The name of the file.
    pub name: &'a str,
    /// Its size in bytes.
    pub size: usize,
    /// The SHA-256 digest of its bytes.
    pub sha256: [u8; 32],
}

impl Render for PageSource<'_> {
    fn render(&self) -> Markup {
        let size = in_bytes(self.size);
        let digest: String = self
            .sha256
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        html! {
            code { (Shown(self.name)) } ", " (size) ", SHA-256 " code { (digest) }
        }
    }
}

/// Returns how many findings there are of each severity, `1 error, 2 warnings`.
fn how_many(severities: impl Iterator<Item = Severity>) -> String {
    let (mut errors, mut warnings) = (0usize, 0usize);
    for severity in severities {
        let count = match severity {
            Severity::Error => &mut errors,
            _ => &mut warnings,
        };
        *count = count.saturating_add(1);
    }
    let counts = [(errors, "error"), (warnings, "warning")];
    let counts = counts.into_iter().filter(|(count, _)| *count > 0);
    let counts = counts.map(|(count, one)| match count {
        1 => format!("1 {one}"),
        count => format!("{count} {one}s"),
    });
    counts.collect::<Vec<_>>().join(", ")
}

/// Returns a number of bytes in words.
fn in_bytes(size: usize) -> String {
    match size {
        1 => "1 byte".to_owned(),
        size => format!("{size} bytes"),
    }
}

/// The page of a schema. [`Display`](fmt::Display) writes the HTML.
#[derive(Clone, Debug)]
#[must_use = "this is a page only once it is formatted"]
pub struct SchemaPage<'a> {
    title: &'a str,
    sources: Vec<PageSource<'a>>,
    classes: Classes<'a>,
    /// The classes with their texts in other languages, each a `LANGID`.
    translations: Vec<(u32, Classes<'a>)>,
    /// The name and the classes of an earlier edition.
    earlier: Option<(&'a str, Classes<'a>)>,
    firmware: Option<&'a Firmware<'a>>,
}

impl<'a> SchemaPage<'a> {
    /// Creates the page of these classes.
    pub fn new(title: &'a str, classes: impl Into<Classes<'a>>) -> Self {
        Self {
            title,
            sources: Vec::new(),
            classes: classes.into(),
            translations: Vec::new(),
            earlier: None,
            firmware: None,
        }
    }

    /// Adds the changes against an earlier edition of the schema, as [`diff`] returns them. `name` is that
    /// of the edition, such as its file.
    pub fn against(mut self, name: &'a str, earlier: impl Into<Classes<'a>>) -> Self {
        self.earlier = Some((name, earlier.into()));
        self
    }

    /// Adds the descriptions of another language, a `LANGID`, beside those of the classes: the classes
    /// as [`amendment::merge`](crate::amendment::merge) returns them.
    pub fn translation(mut self, language: u32, classes: impl Into<Classes<'a>>) -> Self {
        self.translations.push((language, classes.into()));
        self
    }

    /// Adds the firmware that serves the classes: the entries of `_WDG` with the objects, notify codes
    /// and classes of their GUIDs, and its faults, as [`Report`](crate::firmware::Report) finds them.
    pub const fn firmware(mut self, firmware: &'a Firmware<'a>) -> Self {
        self.firmware = Some(firmware);
        self
    }

    /// Adds a file that the classes were read from.
    pub fn source(mut self, source: PageSource<'a>) -> Self {
        self.sources.push(source);
        self
    }

    fn markup(&self) -> Markup {
        let index = Index::new(self);
        let changes = self.earlier.as_ref().map(|(name, earlier)| Changes {
            against: name,
            list: diff(earlier.clone(), self.classes.clone()),
        });
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    meta http-equiv="Content-Security-Policy" content=(POLICY);
                    meta name="generator" content={ "wmi-tools " (env!("CARGO_PKG_VERSION")) };
                    title { (Shown(self.title)) " – WMI schema" }
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    a.skip href="#~content" { "Skip to the classes" }
                    (contents(&index, changes.is_some()))
                    main id="~content" {
                        (self.masthead(&index))
                        @for group in Group::ALL {
                            (section(&index, group))
                        }
                        @if let Some(changes) = &changes { (changes::section(&index, changes)) }
                        (firmware::section(&index))
                        (names::section(&index))
                        (mof::section(&index, &self.header()))
                        (driver::section(&index))
                        footer {
                            "Written by wmi-tools " (env!("CARGO_PKG_VERSION")) "."
                        }
                    }
                    script { (PreEscaped(SCRIPT)) }
                }
            }
        }
    }

    /// Returns the C header of the classes with all options, as a build script writes it.
    fn header(&self) -> String {
        let header = Header::new("schema.h", self.classes.clone());
        let header = header.method_structs(true).variable_members(true);
        header.corrected(true).to_string()
    }

    fn masthead(&self, index: &Index<'_>) -> Markup {
        let mut counts = Vec::new();
        for group in Group::ALL {
            let [one, several] = group.words().nouns;
            match index.of_group(group).count() {
                0 => {}
                1 => counts.push(format!("1 {one}")),
                count => counts.push(format!("{count} {several}")),
            }
        }
        html! {
            header.masthead {
                p.eyebrow { "WMI schema" }
                h1 { (Shown(self.title)) }
                p.lead { (counts.join(", ")) }
                dl.facts {
                    div {
                        dt { "Namespace" }
                        dd {
                            @for (number, namespace) in index.namespaces().enumerate() {
                                @if number > 0 { ", " }
                                code { (Shown(namespace)) }
                            }
                        }
                    }
                    @for source in &self.sources {
                        div { dt { "Source" } dd { (source) } }
                    }
                    @let locales = index.locales();
                    @if !locales.is_empty() {
                        div { dt { "Language" } dd { code { (Shown(&locales)) } } }
                    }
                    @let of_classes = how_many(index.severities());
                    @if !of_classes.is_empty() {
                        div { dt { "Findings" } dd { (of_classes) ", at their classes" } }
                    }
                    @let of_firmware = how_many(index.served().severities());
                    @if !of_firmware.is_empty() {
                        div {
                            dt { "Findings" }
                            dd { (of_firmware) ", at the " a href="#~firmware" { "firmware" } }
                        }
                    }
                    div { dt { "Tool" } dd { "wmi-tools " (env!("CARGO_PKG_VERSION")) } }
                }
                (how_to_read())
            }
        }
    }
}

impl fmt::Display for SchemaPage<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.markup().0)
    }
}

/// What the notation of the page means.
fn how_to_read() -> Markup {
    html! {
        details {
            summary { "How to read this page" }
            ul.guide {
                li {
                    "Offsets, sizes and alignments are in bytes. An offset counts from the start of the \
                     data block. It varies behind an item of variable size."
                }
                li {
                    "In a picture a row has 8 bytes, with the offset of the first at its left. Dotted \
                     areas without a colour are padding; a dotted area with one is an item of variable \
                     size."
                }
                li {
                    "An id is the " code { "WmiDataId" } " of an item or the " code { "WmiMethodId" }
                    " of a method. Items without an id are not in the data block: WMI fills them."
                }
                li {
                    "The first type is that of MOF. C has the type of a member in the header of the \
                     classes, Rust that of a field with the derive " code { "WmiClass" } "."
                }
                li { "Numbers that start with " code { "0x" } " are hexadecimal." }
            }
        }
    }
}

/// The list of all classes, beside them or above.
fn contents(index: &Index<'_>, has_changes: bool) -> Markup {
    html! {
        nav aria-label="Classes" {
            div.search hidden {
                label for="~search" { "Search" }
                input id="~search" type="search" placeholder="Class, item, method or GUID"
                    autocomplete="off" spellcheck="false";
                p id="~count" role="status" {}
                ul id="~results" {}
            }
            div.groups {
                @for group in Group::ALL {
                    @if index.of_group(group).next().is_some() {
                        h2 { a href={ "#" (group.words().anchor) } { (group.words().title) } }
                        ul {
                            @for entry in index.of_group(group) {
                                li { (link(entry)) }
                            }
                        }
                    }
                }
                @if has_changes {
                    h2 { a href="#~changes" { "Changes" } }
                }
                @if !index.served().is_empty() {
                    h2 { a href="#~firmware" { "Firmware" } }
                }
                @if index.entries().next().is_some() {
                    h2 { a href="#~index" { "Index" } }
                    h2 { a href="#~mof" { "MOF and C header" } }
                }
                h2 { a href="#~driver" { "For the driver" } }
            }
        }
    }
}

fn section(index: &Index<'_>, group: Group) -> Markup {
    let mut entries = index.of_group(group).peekable();
    html! {
        @if entries.peek().is_some() {
            section.group id=(group.words().anchor) {
                h2 { (group.words().title) }
                p.about { (group.words().about) }
                @for entry in entries {
                    (class::card(index, entry))
                }
            }
        }
    }
}

/// A table with these columns.
fn table(class: &str, columns: &[&str], rows: Markup) -> Markup {
    html! {
        table class=[(!class.is_empty()).then_some(class)] {
            thead { tr { @for column in columns { th scope="col" { (column) } } } }
            tbody { (rows) }
        }
    }
}

/// What may be wider than the page, in a box that scrolls.
fn scrolled(content: &Markup) -> Markup {
    html! { div.scroll tabindex="0" { (content) } }
}

/// The description of a class or of a part of it, then those of other languages, in which `of` finds
/// the part in the class.
fn description<'q>(
    index: &Index<'q>,
    entry: &Entry<'_>,
    qualifiers: Qualifiers<'_>,
    of: impl Fn(&Class<'q>) -> Option<Qualifiers<'q>>,
) -> Markup {
    let text = |qualifiers: Qualifiers<'q>| {
        let text = qualifiers.text("Description");
        text.filter(|text| !text.is_empty())
    };
    let own = qualifiers
        .text("Description")
        .filter(|text| !text.is_empty());
    let others = index.translations(entry).filter_map(|(language, class)| {
        let other = text(of(class)?)?;
        (own != Some(other)).then_some((language, other))
    });
    html! {
        @if let Some(text) = own { p.description { (Shown(text)) } }
        @for (language, text) in others {
            p.description { span.badge { (format!("MS_{language:X}")) } " " (Shown(text)) }
        }
    }
}

/// A link to a class.
fn link(entry: &Entry<'_>) -> Markup {
    html! { a href={ "#" (entry.anchor) } { (Shown(entry.class.name)) } }
}
