//! Golden files: reviewed output in `golden/`.

use std::path::Path;

/// Asserts that `actual` equals `golden/{name}`; with `BLESS=1` in the environment, writes it there
/// instead.
pub fn check(test: &str, name: &str, actual: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("golden")
        .join(name);
    if std::env::var_os("BLESS").is_some_and(|value| value == "1") {
        std::fs::write(&path, actual).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
        return;
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    // A checkout may have changed the line endings.
    let expected = expected.replace("\r\n", "\n");
    if expected == actual {
        return;
    }
    let line = expected
        .lines()
        .zip(actual.lines())
        .take_while(|(expected, actual)| expected == actual)
        .count();
    // Cargo tells a test its package.
    let package = std::env::var("CARGO_PKG_NAME").unwrap_or_else(|_| "wmi-tests".to_owned());
    panic!(
        "tests/golden/{name} differs from line {} on:\n  golden: {:?}\n  actual: {:?}\n\
         if the new text is right, update it with\n  BLESS=1 cargo test -p {package} --test {test}",
        line + 1,
        expected.lines().nth(line),
        actual.lines().nth(line),
    );
}
