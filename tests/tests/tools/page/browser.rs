//! Pages in a browser: nothing on the console, a search that finds, pictures of a readable size, and
//! nothing wider than the window.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use wmi_tests::browser;
use wmi_tools::doc::SchemaPage;
use wmi_tools::firmware::Firmware;

use super::hostile::page_of;
use super::{EXAMPLE, page};
use crate::firmware::BROKEN;

fn folder(name: &str, page: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("page.html"), page).unwrap();
    folder
}

/// Loads a page in a frame of this width beside a script that looks at it, and returns what the
/// script returns.
fn look(name: &str, page: &str, width: u32, script: &str) -> Option<Value> {
    let folder = folder(name, page);
    // The policy of the page does not let a script of the test run in it.
    let frame = format!(
        "<!doctype html><body style=\"margin:0\"><pre id=\"seen\"></pre>\
         <iframe src=\"page.html\" style=\"border:0;width:{width}px;height:900px\"></iframe>\
         <script>\
         const frame = document.querySelector('iframe');\
         frame.addEventListener('load', async () => {{\
           const page = frame.contentDocument, view = frame.contentWindow;\
           let seen;\
           try {{ seen = await (async () => {{ {script} }})(); }} catch (why) {{ seen = String(why); }}\
           document.querySelector('#seen').textContent = JSON.stringify(seen);\
         }});\
         </script>"
    );
    fs::write(folder.join("frame.html"), frame).unwrap();
    let loaded = browser::load(&folder, "frame.html", 1300)?;
    assert_eq!(loaded.console, [""; 0], "the console is not empty");
    let seen = loaded.document.split("<pre id=\"seen\">").nth(1).unwrap();
    let seen = seen.split("</pre>").next().unwrap();
    let seen = seen
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&");
    Some(serde_json::from_str(&seen).unwrap_or_else(|why| panic!("{why}: {seen:?}")))
}

#[test]
fn page_runs_its_script_and_prints_nothing_on_the_console() {
    let folder = folder("page_alone", &page(EXAMPLE));
    let Some(loaded) = browser::load(&folder, "page.html", 1200) else {
        return;
    };
    // The policy lets the script run only if its digest is right; the message has the right one.
    assert_eq!(loaded.console, [""; 0]);
    assert!(
        loaded
            .document
            .contains("<button type=\"button\">Copy</button>")
    );
}

#[test]
fn search_finds_names_guids_and_descriptions() {
    const SEARCH: &str = "
        const input = page.querySelector('input');
        const find = (text) => {
            input.value = text;
            input.dispatchEvent(new view.Event('input'));
            const links = page.querySelectorAll('.search a');
            const targets = Array.from(links, (link) => {
                link.click();
                return page.querySelector(':target')?.id;
            });
            const words = page.querySelector('.search p').textContent;
            return [words, targets];
        };
        return [
            find('timeout'), find('VENDOR_PORT lat'), find('d2c8e4a'), find('drops all'),
            find('nothing of this'), find(''), page.querySelector('.groups').hidden,
        ];";
    let Some(seen) = look("page_search", &page(EXAMPLE), 1200, SEARCH) else {
        return;
    };
    let expected = serde_json::json!([
        ["1 result", ["Vendor_Queue.Timeout"]],
        ["0 results", []],
        ["1 result", ["Vendor_LinkEvent"]],
        ["1 result", ["Vendor_Queue.Reset()"]],
        ["0 results", []],
        ["", []],
        false,
    ]);
    assert_eq!(seen, expected);
}

#[test]
fn pictures_are_readable_and_nothing_is_wider_than_the_window() {
    const SIZES: &str = "
        const boxes = Array.from(page.querySelectorAll('svg.layout'), (picture) => {
            const box = picture.getBoundingClientRect();
            const texts = Array.from(picture.querySelectorAll('text'), (text) => {
                return text.getBoundingClientRect().height;
            });
            return [box.width, box.height, Math.min(...texts)];
        });
        for (const details of page.querySelectorAll('details')) details.open = true;
        const root = page.documentElement;
        return { boxes, over: root.scrollWidth - root.clientWidth };";
    let schema = SchemaPage::new("iscsi", &iscsi_schema::SCHEMA).to_string();
    let firmware = Firmware::read(BROKEN).unwrap();
    let firmware = super::firmware::page_of(&firmware);
    for (name, page, width) in [
        ("example", page(EXAMPLE), 400),
        ("firmware", firmware, 400),
        ("iscsi", schema, 1200),
    ] {
        let Some(seen) = look(&format!("page_sizes_{name}"), &page, width, SIZES) else {
            return;
        };
        assert_eq!(seen["over"], 0, "{name} at {width}: {seen}");
        let boxes = seen["boxes"].as_array().unwrap();
        assert!(!boxes.is_empty());
        for measured in boxes {
            let side = |index: usize| measured[index].as_f64().unwrap();
            let widest = f64::from(width).min(460.0);
            assert!(
                side(0) > 300.0 && side(0) < widest,
                "{name} at {width}: {measured}"
            );
            assert!(side(1) > 40.0, "{name} at {width}: {measured}");
            // The height of a line of text, which is 15 pixels in full size.
            assert!(side(2) >= 9.0, "{name} at {width}: {measured}");
        }
    }
}

#[test]
fn folded_parts_are_printed_without_the_script() {
    let page = page(EXAMPLE);
    let (page, _) = super::hostile::cut(&page, "<script>", "</script>");
    let open = page.replace("<details>", "<details open>");
    assert_ne!(page, open);
    let sheets = |name: &str, page: &str| browser::sheets(&folder(name, page), "page.html");
    let Some(folded) = sheets("page_folded", &page) else {
        return;
    };
    assert!(folded > 1);
    assert_eq!(Some(folded), sheets("page_unfolded", &open));
}

#[test]
fn hostile_texts_run_nothing() {
    let text = "\"><img src=x onerror=alert(1)><script>document.title='run'</script>";
    const LOOK: &str = "return [page.images.length, page.scripts.length, page.title];";
    let Some(seen) = look("page_hostile", &page_of(text), 1200, LOOK) else {
        return;
    };
    assert_eq!(
        seen,
        serde_json::json!([0, 1, format!("{text} – WMI schema")])
    );
}
