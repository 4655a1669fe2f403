//! Directives and macros.

use std::collections::BTreeMap;

use wmi_tools::Arena;
use wmi_tools::mof::{Loaded, Loader, Reader};

use super::{complaints, messages};

/// Returns the class names in a text that can include these files.
fn classes(text: &str, files: &[(&str, &str)]) -> String {
    let mut loader = Files(files.iter().copied().collect());
    let arena = Arena::new();
    let reading = Reader::new(&arena)
        .define("GIVEN", "(1 + 1)")
        .loader(&mut loader)
        .read("main.mof", text.as_bytes());
    assert_eq!(complaints(&reading), "", "{text}");
    let names: Vec<_> = reading.file.classes().map(|class| class.name).collect();
    names.join(" ")
}

struct Files<'t>(BTreeMap<&'t str, &'t str>);

impl Loader for Files<'_> {
    fn load(&mut self, name: &str, from: &str) -> Result<Loaded, String> {
        let text = self
            .0
            .get(name)
            .ok_or(format!("no `{name}` for `{from}`"))?;
        Ok(Loaded {
            name: name.to_owned(),
            bytes: text.as_bytes().to_vec(),
        })
    }
}

#[test]
fn macros_are_expanded() {
    for (text, expected) in [
        ("#define NAME A\nclass NAME {};", "A"),
        ("#define BODY { \\\n uint8 a; \\\n};\nclass A BODY", "A"),
        ("#define MAKE(n) class n {};\nMAKE(A) MAKE( B )", "A B"),
        ("#define MAKE(n, m) class n##_##m {};\nMAKE(A, B)", "A_B"),
        ("#define MAKE(n) [Text(#n)] class A {};\nMAKE(\"x\" y)", "A"),
        (
            "#define ONE TWO\n#define TWO THREE\n#define THREE A\nclass ONE {};",
            "A",
        ),
        ("#define A A\nclass A {};", "A"),
        ("#define A B\n#define B A\nclass A {};", "A"),
        ("#define EMPTY\nclass EMPTY A EMPTY {};", "A"),
        ("#define NONE() A\nclass NONE() {};", "A"),
        // Without arguments it is an ordinary name.
        ("#define F(x) x\nclass F {};", "F"),
        ("#define F(x) x\n#define G F\nclass G(A) {};", "A"),
        ("#define F(x) x\nclass F(F(A)) {};", "A"),
        ("#define LIST(a, b) b\nclass LIST((x, y), A) {};", "A"),
        ("#define A B\n#undef A\nclass A {};", "A"),
        ("#define NAME A // not this\nclass NAME {};", "A"),
        ("#define NAME A /* nor\n this */\nclass NAME {};", "A"),
        (
            "#define NAME A // goes on \\\n in this line\nclass NAME {};",
            "A",
        ),
        ("// a path: C:\\\nclass A {};", "A"),
    ] {
        assert_eq!(classes(text, &[]), expected, "{text}");
    }
}

#[test]
fn conditions_are_evaluated() {
    for (condition, holds) in [
        ("#if 1", true),
        ("#if 0", false),
        ("#if 2 > 1 && !(1 == 2)", true),
        ("#if (1 | 4) & 4", true),
        ("#if UNKNOWN", false),
        ("#if GIVEN == 2", true),
        ("#if defined GIVEN && defined(GIVEN)", true),
        ("#if !defined(UNKNOWN)", true),
        ("#if 0x10 == 16L", true),
        ("#ifdef GIVEN", true),
        ("#ifndef GIVEN", false),
        ("#  if 1", true),
    ] {
        let text = format!("{condition}\nclass A {{}};\n#else\nclass B {{}};\n#endif");
        let expected = if holds { "A" } else { "B" };
        assert_eq!(classes(&text, &[]), expected, "{condition}");
    }
}

#[test]
fn only_one_branch_is_read() {
    let text = |value: u32| {
        format!(
            "#define V {value}\n#if V == 1\nclass A {{}};\n#elif V == 2\n#if 1\nclass B {{}};\n\
             #endif\n#elif V == 3\nclass C {{}};\n#else\nclass D {{}};\n#endif\nclass E {{}};"
        )
    };
    for (value, expected) in [(1, "A E"), (2, "B E"), (3, "C E"), (4, "D E")] {
        assert_eq!(classes(&text(value), &[]), expected);
    }
}

#[test]
fn skipped_lines_may_hold_anything() {
    let text = "#if 0\ndon't \"read this\n#if ???\n#else\n#endif\n#nonsense\n@ ` \u{1}\n#endif\n\
                class A {};";
    assert_eq!(classes(text, &[]), "A");
}

#[test]
fn included_files_are_read() {
    let files = [
        (
            "a.h",
            "#ifndef A_H\n#define A_H\n#define NAME A\n#include \"b.h\"\n#endif\n",
        ),
        ("b.h", "#include <a.h>\n#define BASE B\n"),
        ("c.mof", "class C {};"),
        ("once.h", "#pragma once\nclass D {};\n#include \"once.h\"\n"),
    ];
    let text =
        "#include \"a.h\"\n#include \"a.h\"\n#pragma include(\"c.mof\")\nclass NAME : BASE {};";
    assert_eq!(classes(text, &files), "C A");
    let twice = "#include \"once.h\"\n#include \"once.h\"\n";
    assert_eq!(classes(twice, &files), "D");
}

#[test]
fn line_markers_are_ignored() {
    assert_eq!(
        classes("# 1 \"a.mof\"\n#line 2 \"b.mof\"\n#\nclass A {};", &[]),
        "A"
    );
}

#[test]
fn malformed_directives_are_errors() {
    for (text, message) in [
        ("#if 1", "this condition has no `#endif`"),
        ("#endif", "`#endif` without `#if`"),
        ("#else", "`#else` without `#if`"),
        ("#if 1\n#else\n#else\n#endif", "`#else` after `#else`"),
        ("#if 0\n#else\n#elif 1\n#endif", "`#elif` after `#else`"),
        ("#if 1 +\n#endif", "the expression ends too early"),
        ("#if 1 / 0\n#endif", "`1 / 0` has no 64-bit value"),
        ("#ifdef\n#endif", "`#ifdef` takes one name"),
        ("#define", "`#define` takes a name"),
        ("#define F(a", "the parameters of the macro have no `)`"),
        (
            "#define F(1) x",
            "the parameters of a macro are names with commas between them",
        ),
        ("#undef", "`#undef` takes one name"),
        ("#include", "`#include` takes a file name"),
        ("#include \"file.h", "`#include` takes a file name"),
        (
            "#include \"x.h\"",
            "a file is included, but the reader has no loader",
        ),
        ("#error out of order", "#error out of order"),
        ("#pargma x", "unknown directive `#pargma`"),
        ("#define F(a) a\nF(1", "the arguments of `F` have no `)`"),
        ("#define F(a) a\nF(1, 2)", "`F` takes 1 argument, not 2"),
    ] {
        let messages = messages(text);
        assert_eq!(
            messages.first(),
            Some(&format!("error: {message}")),
            "{text}"
        );
    }
    let once = "#define TWO(x) x x\n#define F(a, b) a\nclass A {}; TWO(F(;))";
    assert_eq!(messages(once), ["error: `F` takes 2 arguments, not 1"]);
    let twice = messages("#define A 1\n#define A 2\n#define B 1\n#define B 1");
    assert_eq!(twice, ["warning: `A` is redefined"]);
    assert_eq!(messages("#warning soon"), ["warning: #warning soon"]);
    let joined = messages("#define F(a) - ## a\nF(+)");
    assert_eq!(joined[0], "error: `##` makes `-+`, which is not a token");
}

#[test]
fn missing_file_error_lists_the_folders() {
    use wmi_tools::mof::SearchPath;
    let mut loader = SearchPath::new().folder("first").folder("second");
    let arena = Arena::new();
    let reading = Reader::new(&arena)
        .loader(&mut loader)
        .read("main.mof", b"#include \"gone.h\"");
    assert_eq!(
        complaints(&reading),
        "error: cannot find `gone.h` in ., first, second\n \
         --> main.mof:1:10\n  |\n1 | #include \"gone.h\"\n  |          ^^^^^^^^\n  |\n  \
         = help: correct the name, or add the folder of the file to the search path"
    );
}
