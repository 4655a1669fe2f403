//! The form of the page: headings in sequence, and colours that can be read.

use super::{EXAMPLE, page};
use crate::firmware::BROKEN;
use wmi_tools::firmware::Firmware;

#[track_caller]
fn headings_are_in_sequence(page: &str) {
    let main = page.split_once("<main").unwrap().1;
    let levels = main.split("<h").skip(1).filter_map(|heading| {
        let (level, rest) = heading.split_at(1);
        rest.starts_with([' ', '>'])
            .then(|| level.parse::<u32>().ok())?
    });
    let mut last = 0;
    for level in levels {
        assert!(level <= last + 1, "h{level} follows h{last}");
        last = level;
    }
    assert_eq!(page.matches("<h1").count(), 1);
}

#[test]
fn headings_leave_no_level_out() {
    headings_are_in_sequence(&page(EXAMPLE));
    headings_are_in_sequence(&super::hostile::page_of("plainly"));
    headings_are_in_sequence(&page(
        "[WMI, Dynamic, guid(\"{7d1f9a52-30c8-4e0b-9f3a-5f6b1d2c8e47}\")] class A : WMIEvent {};",
    ));
    let firmware = Firmware::read(BROKEN).unwrap();
    headings_are_in_sequence(&super::firmware::page_of(&firmware));
}

/// Returns the relative luminance of a colour, `#rrggbb`. Source: WCAG 2.1, "relative luminance".
fn luminance(colour: &str) -> f64 {
    let channel = |at: usize| {
        let channel = u8::from_str_radix(&colour[at..at + 2], 16).unwrap();
        let channel = f64::from(channel) / 255.0;
        match channel <= 0.03928 {
            true => channel / 12.92,
            false => ((channel + 0.055) / 1.055).powf(2.4),
        }
    };
    0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}

#[test]
fn texts_contrast_with_their_paper() {
    let page = page(EXAMPLE);
    let style = page.split_once("<style>").unwrap().1;
    let schemes: Vec<_> = style.split(":root {").skip(1).collect();
    assert_eq!(schemes.len(), 2, "a light one and a dark one");
    for scheme in schemes {
        let scheme = scheme.split_once('}').unwrap().0;
        let colour = |name: &str| {
            let colour = scheme.split_once(&format!("--{name}: ")).unwrap().1;
            luminance(&colour[..7])
        };
        for (paper, texts) in [
            ("paper", &["ink", "faint", "link", "error"][..]),
            (
                "raised",
                &[
                    "ink",
                    "faint",
                    "link",
                    "warning",
                    "mof-keyword",
                    "mof-string",
                ],
            ),
            ("warning-paper", &["ink", "faint", "link", "warning"]),
            ("error-paper", &["ink", "link", "error"]),
            ("number", &["ink"]),
            ("counter", &["ink"]),
            ("text", &["ink"]),
            ("class", &["ink"]),
        ] {
            for text in texts {
                let (one, other) = (colour(paper), colour(text));
                let contrast = (one.max(other) + 0.05) / (one.min(other) + 0.05);
                assert!(contrast >= 4.5, "{text} on {paper}: {contrast:.2}");
            }
        }
    }
}
