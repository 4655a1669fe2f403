//! Texts designed to exhaust memory, time or the stack.

use wmi_tools::Arena;
use wmi_tools::mof::{Loaded, Loader, Reader};

use super::messages;

fn fails_with(text: &str, message: &str) {
    let messages = messages(text);
    let wanted = format!("error: {message}");
    assert!(messages.contains(&wanted), "{messages:?}");
}

#[test]
fn doubling_macros_are_bounded() {
    let mut text = String::from("#define A0 x x\n");
    for level in 1..64 {
        text += &format!("#define A{level} A{0} A{0}\n", level - 1);
    }
    text += "class A63 {};";
    fails_with(&text, "macros produce too many tokens");
    let mut text = String::from("#define F0(x) x x x x\n");
    for level in 1..30 {
        text += &format!("#define F{level}(x) F{0}(x) F{0}(x)\n", level - 1);
    }
    text += "F29(y)";
    fails_with(&text, "macros produce too many tokens");
}

/// Texts that grow, and macro arguments that take long without growing.
#[test]
fn multiplying_macros_are_bounded() {
    let count = 5000;
    let long = "y".repeat(count);
    for text in [
        format!("#define F(x) {}\nF({long})", "#x ".repeat(count)),
        format!("#define F(x) x{}\nF({long})", "##x".repeat(count)),
        format!("#define S \"{long}\"\n{}", "S ".repeat(count)),
    ] {
        fails_with(&text, "macros produce too many tokens");
    }
    let (uses, empty) = ("x ".repeat(20_000), "E ".repeat(20_000));
    let text = format!("#define E\n#define F(x) {uses}\nF({empty})\nclass A {{}};");
    assert!(messages(&text).is_empty());
    let parameters: Vec<_> = (0..200).map(|number| format!("p{number}")).collect();
    let text = format!("#define F({}) 1", parameters.join(","));
    fails_with(&text, "the macro has too many parameters");
}

#[test]
fn nested_macros_are_bounded() {
    let mut text = String::from("#define A0 x\n");
    for level in 1..2000 {
        text += &format!("#define A{level} A{}\n", level - 1);
    }
    text += "A1999";
    fails_with(&text, "macros are nested too deeply");
    for (depth, message) in [
        (150, "macros are nested too deeply"),
        // Arguments are kept at each depth.
        (20_000, "macros produce too many tokens"),
    ] {
        let (open, close) = ("F(".repeat(depth), ")".repeat(depth));
        let text = format!("#define F(x) x\n{open}1{close}");
        assert_eq!(messages(&text), [format!("error: {message}")]);
    }
}

#[test]
fn nesting_is_bounded() {
    let deep = "(".repeat(100_000);
    fails_with(
        &format!("class A {{ uint8 a = {deep}1; }};"),
        "the expression is nested too deeply",
    );
    fails_with(
        &format!("#if {deep}\n#endif"),
        "the expression is nested too deeply",
    );
    let deep = "instance of A { a = ".repeat(10_000);
    fails_with(&deep, "instances are nested too deeply");
    fails_with("class A { uint8 a[] = {{1}}; };", "a list within a list");
    let deep = "#if 1\n".repeat(100_000);
    fails_with(&deep, "too many errors; the rest is not read");
}

struct Cycle;

impl Loader for Cycle {
    fn load(&mut self, name: &str, _from: &str) -> Result<Loaded, String> {
        Ok(Loaded {
            name: name.to_owned(),
            bytes: b"#include \"a.h\"\n#include \"a.h\"\n".to_vec(),
        })
    }
}

#[test]
fn self_inclusion_is_bounded() {
    let arena = Arena::new();
    let reading = Reader::new(&arena)
        .loader(&mut Cycle)
        .read("main.mof", b"#include \"a.h\"\n");
    let messages: Vec<_> = reading
        .diagnostics
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(messages, ["error: files include each other too deeply"]);
}

/// A file that has a new name each time it is included.
struct Names(u32);

impl Loader for Names {
    fn load(&mut self, name: &str, _from: &str) -> Result<Loaded, String> {
        self.0 += 1;
        Ok(Loaded {
            name: format!("{}/{name}", self.0),
            bytes: if self.0 % 32 == 0 {
                Vec::new()
            } else {
                b"#include \"a.h\"\n#include \"a.h\"\n".to_vec()
            },
        })
    }
}

#[test]
fn self_inclusion_under_new_names_is_bounded() {
    let arena = Arena::new();
    let mut names = Names(0);
    let reading = Reader::new(&arena)
        .loader(&mut names)
        .read("main.mof", b"#include \"a.h\"\n");
    assert_eq!(reading.diagnostics.len(), 1);
    assert!(names.0 < 5000);
}

#[test]
fn long_lines_take_linear_time() {
    for text in [
        "\\ ".repeat(500_000),
        "/*".repeat(500_000),
        "\"\\".repeat(300_000),
    ] {
        assert!(!messages(&text).is_empty());
    }
    let text = format!("class A {{ string a = {}; }};", "\"x\" ".repeat(100_000));
    assert!(messages(&text).is_empty());
}

#[test]
fn truncated_text_does_not_panic() {
    let text = "#define Q(n) WmiDataId(n), read\n[WMI, guid(\"{0}\") : amended] class A : B {\n\
        [Q(1), Values{\"a\", 'b'}] uint8 a[2] = {1, 2}; [Implemented] void F([in] string s, \
        C ref r); };\ninstance of A as $X { a = {0x1, 2}; b = instance of B { c = -1.5; }; };";
    for end in 0..=text.len() {
        let arena = Arena::new();
        let _ = Reader::new(&arena).read("test.mof", &text.as_bytes()[..end]);
    }
}
