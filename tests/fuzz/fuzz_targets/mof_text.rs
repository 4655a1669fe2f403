//! Any bytes as MOF text, with files that include each other. A file read without errors is written
//! as MOF text, and reading that gives an equal file; the two halves of a localised schema are read
//! and merged.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wmi_core::mof::Style;
use wmi_tools::Arena;
use wmi_tools::amendment;
use wmi_tools::mof::{Loaded, Loader, Reader};

/// A loader whose every file is the second half of the input, so includes can be cyclic.
struct Halves<'t>(&'t [u8]);

impl Loader for Halves<'_> {
    fn load(&mut self, name: &str, _from: &str) -> Result<Loaded, String> {
        Ok(Loaded {
            name: name.to_owned(),
            bytes: self.0.to_vec(),
        })
    }
}

fuzz_target!(|bytes: &[u8]| {
    let arena = Arena::new();
    let (_, half) = bytes.split_at(bytes.len() / 2);
    let mut loader = Halves(half);
    let reading = Reader::new(&arena).loader(&mut loader).read("a", bytes);
    for diagnostic in &reading.diagnostics {
        let text = reading
            .sources
            .get(diagnostic.span.source())
            .expect("a source")
            .text;
        assert!(
            text.get(diagnostic.span.range()).is_some(),
            "{diagnostic:?}"
        );
    }
    if reading.has_errors() {
        return;
    }
    let text = reading.file.mof().to_string();
    let again = Reader::new(&arena).read("b", text.as_bytes());
    assert!(!again.has_errors(), "{text}\n{:?}", again.diagnostics);
    // A NaN is not equal to itself, but its text is.
    assert_eq!(
        format!("{:?}", reading.file),
        format!("{:?}", again.file),
        "{text}"
    );
    let halves =
        [Style::Neutral, Style::Mfl].map(|style| reading.file.mof().style(style).to_string());
    let halves = halves.each_ref().map(|half| ("half", half.as_bytes()));
    let split = Reader::new(&arena).read_all(&halves);
    assert!(!split.has_errors(), "{text}\n{:?}", split.diagnostics);
    let merged = amendment::merge(&arena, &split.file, None);
    assert!(merged.objects.len() <= split.file.objects.len());
    let warnings = split.misplaced_texts();
    assert_eq!(warnings.len(), amendment::misplaced(&split.file).len());
    for language in amendment::languages(&split.file) {
        let merged = amendment::merge(&arena, &split.file, Some(language));
        assert!(merged.objects.len() <= split.file.objects.len());
    }
});
