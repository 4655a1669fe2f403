//! Where `wmimofck` contradicts the data block, and the corrected header does not.

use super::build::*;
use wmi_core::schema::Class;
use wmi_tests::mingw;
use wmi_tools::header::Header;

fn classes() -> Vec<Class<'static>> {
    let counted = |declaration, id| {
        item(
            declaration,
            vec![number("WmiDataId", id), text("WmiSizeIs", "Count")],
        )
    };
    vec![
        class(
            "List",
            vec![],
            vec![id(1, "uint32 Count"), counted("uint8 Bytes[]", 2)],
        ),
        // An item that cannot be declared determines the alignment.
        class(
            "Wide",
            vec![],
            vec![
                id(1, "uint32 Count"),
                counted("uint8 Bytes[]", 2),
                id(3, "uint64 After"),
            ],
        ),
        class(
            "Name",
            vec![],
            vec![id(1, "uint8 Kind"), id(2, "string Text")],
        ),
        class(
            "Holder",
            vec![],
            vec![id(1, "uint8 X"), id(2, "List One"), id(3, "uint16 After")],
        ),
        class(
            "Holders",
            vec![],
            vec![id(1, "List Two[2]"), id(2, "uint32 After")],
        ),
        class("Last", vec![], vec![id(1, "uint32 X"), id(2, "Wide One")]),
        class("Base", vec![], vec![id(1, "uint16 X")]),
        class("Derived", vec![], vec![id(2, "uint64 Y")]).with_superclass("Base"),
        class(
            "Renamed",
            vec![],
            vec![item(
                "uint32 X",
                vec![number("WmiDataId", 1), text("DefineDataId", "RENAMED")],
            )],
        ),
        // An id is missing, so the class has no layout to compare with.
        class(
            "Broken",
            vec![],
            vec![id(1, "uint8 X"), id(7, "string Text")],
        ),
    ]
}

#[test]
fn corrected_headers_differ_where_wmimofck_is_wrong() {
    let classes = classes();
    let header = Header::new("test.h", &classes[..]).variable_members(true);
    let original = header.to_string();
    let corrected = header.corrected(true).to_string();
    for (theirs, ours) in [
        (
            "    List One;\n    #define Holder_One_SIZE sizeof(List)\n",
            "    List One;\n    #define Holder_One_ID 2\n",
        ),
        ("    USHORT After;\n", "//  USHORT After;\n"),
        (
            "    List Two[2];\n    #define Holders_Two_SIZE sizeof(List[2])\n",
            "    List Two[1];\n    #define Holders_Two_ID 1\n",
        ),
        (
            "#define Holders_SIZE (FIELD_OFFSET(Holders, After) + Holders_After_SIZE)\n",
            "//  ULONG After;\n    #define Holders_After_SIZE sizeof(ULONG)\n",
        ),
        (
            "    CHAR VariableData[1];\n    #define Name_Text_ID 2\n",
            "    WCHAR VariableData[1];\n    #define Name_Text_ID 2\n",
        ),
        (
            "typedef struct _Wide\n",
            "typedef struct DECLSPEC_ALIGN(8) _Wide\n",
        ),
        (
            "typedef struct _Derived\n{\n    // \n    ULONGLONG Y;\n",
            "typedef struct _Derived\n{\n    // \n    USHORT X;\n",
        ),
        (
            "(FIELD_OFFSET(Renamed, X) + Renamed_X_SIZE)",
            "(FIELD_OFFSET(Renamed, X) + RENAMED_SIZE)",
        ),
    ] {
        assert!(original.contains(theirs), "{theirs}\n{original}");
        assert!(!original.contains(ours), "{ours}\n{original}");
        assert!(corrected.contains(ours), "{ours}\n{corrected}");
        assert!(!corrected.contains(theirs), "{theirs}\n{corrected}");
    }
    let broken = original
        .find("// Broken")
        .map(|at| &original[at..])
        .unwrap();
    assert!(corrected.ends_with(broken));
}

#[test]
fn colliding_names_are_made_unique() {
    let reset = || {
        let parameters = vec![item("uint8 register", vec![flag("in")])];
        method("Reset", vec![number("WmiMethodId", 1)], parameters)
    };
    let policy = |value| {
        let named = vec![
            number("WmiDataId", 1),
            list("ValueMap", &[value, "7"]),
            list("DefineValues", &["NONE", "ALL"]),
        ];
        item("uint8 Policy", named)
    };
    let classes = [
        with_methods(class("A", vec![], vec![policy("0")]), vec![reset()]),
        with_methods(
            class("B", vec![], vec![policy("1"), id(2, "uint8 Reset")]),
            vec![reset()],
        ),
    ];
    let header = Header::new("test.h", &classes[..]).method_structs(true);
    let original = header.to_string();
    let corrected = header.corrected(true).to_string();
    for (theirs, ours) in [
        ("#define Reset     1\n", "#define A_Reset     1\n"),
        ("#define Reset     1\n", "#define B_Reset     1\n"),
        ("typedef struct _Reset_IN\n", "typedef struct _A_Reset_IN\n"),
        ("#define NONE 0\n", "#define A_NONE 0\n"),
        ("#define NONE 1\n", "#define B_NONE 1\n"),
        ("    UCHAR Reset;\n", "    UCHAR Reset_;\n"),
        (
            "(FIELD_OFFSET(B, Reset) + B_Reset_SIZE)",
            "(FIELD_OFFSET(B, Reset_) + B_Reset_SIZE)",
        ),
        ("    UCHAR register;\n", "    UCHAR register_;\n"),
    ] {
        assert!(original.contains(theirs), "{theirs}\n{original}");
        assert!(corrected.contains(ours), "{ours}\n{corrected}");
        assert!(!corrected.contains(theirs), "{theirs}\n{corrected}");
    }
    // Equal definitions are kept.
    assert_eq!(corrected.matches("#define ALL 7\n").count(), 2);
    let source = format!("#include <windef.h>\n{corrected}");
    if let Some(said) = mingw::check(&source) {
        assert_eq!(said, Ok(String::new()), "{source}");
    }
}

#[test]
fn corrected_headers_always_have_variable_members() {
    let classes = classes();
    let header = Header::new("test.h", &classes[..]).corrected(true);
    assert_eq!(
        header.to_string(),
        header.variable_members(true).to_string()
    );
}

#[test]
fn corrected_header_matches_the_layouts_in_c() {
    let classes = classes();
    let header = Header::new("test.h", &classes[..]).corrected(true);
    let source = super::compiled::asserting(&header, &classes.iter().collect());
    for check in [mingw::check, mingw::check_32] {
        if let Some(said) = check(&source) {
            assert_eq!(said, Ok(String::new()), "{source}");
        }
    }
}
