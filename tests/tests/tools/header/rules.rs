//! The output of `wmimofck`, worked out by hand from its rules.

use super::build::*;
use wmi_core::schema::{Class, File, Object, ObjectKind, Qualifier, Value};
use wmi_tools::check::{Rule, check};
use wmi_tools::header::Header;

#[test]
fn class_parts_have_a_fixed_order() {
    let classes = [with_methods(
        class(
            "Vendor_Queue",
            vec![
                flag("WMI"),
                text("guid", GUID),
                text("DisplayName", "Queue"),
                text("Description", "A queue.\nOf packets."),
                text("cpp_quote", "// By hand.\n"),
            ],
            vec![
                item("string InstanceName", vec![flag("key")]),
                item("boolean Active", vec![flag("read")]),
                item(
                    "uint8 Second",
                    vec![number("WmiDataId", 2), text("Description", "Comes second.")],
                ),
                item(
                    "uint64 First",
                    vec![text("cpp_quote", "// Comes first."), number("WmiDataId", 1)],
                ),
            ],
        ),
        vec![
            method(
                "Flush",
                vec![
                    number("WmiMethodId", 10),
                    text("Description", "Empties it."),
                ],
                vec![],
            ),
            method(
                "Resize",
                vec![number("WmiMethodId", 3), text("cpp_quote", "// Grows it.")],
                vec![item("uint32 Length", vec![flag("in")])],
            ),
        ],
    )];
    let expected = "\
// Vendor_Queue - Vendor_Queue
// A queue.
// Of packets.

// By hand.

#define Vendor_QueueGuid \\
    { 0x1f2e3d4c,0x5b6a,0x7980, { 0x01,0x02,0x03,0x04,0x05,0x06,0x07,0x08 } }

#if ! (defined(MIDL_PASS))
DEFINE_GUID(Vendor_Queue_GUID, \\
            0x1f2e3d4c,0x5b6a,0x7980,0x01,0x02,0x03,0x04,0x05,0x06,0x07,0x08);
#endif

//
// Method id definitions for Vendor_Queue
#define Flush     10


// Grows it.
#define Resize     3


typedef struct _Vendor_Queue
{

// Comes first.
    //\x20
    ULONGLONG First;
    #define Vendor_Queue_First_SIZE sizeof(ULONGLONG)
    #define Vendor_Queue_First_ID 1

    // Comes second.
    UCHAR Second;
    #define Vendor_Queue_Second_SIZE sizeof(UCHAR)
    #define Vendor_Queue_Second_ID 2

} Vendor_Queue, *PVendor_Queue;

#define Vendor_Queue_SIZE (FIELD_OFFSET(Vendor_Queue, Second) + Vendor_Queue_Second_SIZE)

";
    assert_eq!(body(&header(&classes)), expected);
}

#[test]
fn include_guard_names_the_file() {
    for (file, guard) in [
        ("iscsiprf.h", "_iscsiprf_h_"),
        ("out/inc/iscsiprf.h", "_iscsiprf_h_"),
        (r"out\iscsi.prf.h", "_iscsi_prf_h_"),
        ("WMI-LEDC.h", "_WMI-LEDC_h_"),
    ] {
        let header = Header::new(file, []).to_string();
        assert_eq!(
            header,
            format!("#ifndef {guard}\n#define {guard}\n\n#endif\n")
        );
    }
    let header = Header::new("WMI-LEDC.h", []).corrected(true).to_string();
    assert!(header.starts_with("#ifndef _WMI_LEDC_h_\n"));
}

#[test]
fn cim_types_map_to_c_types() {
    let all = [
        ("boolean", "BOOLEAN"),
        ("sint8", "CHAR"),
        ("uint8", "UCHAR"),
        ("sint16", "SHORT"),
        ("uint16", "USHORT"),
        ("sint32", "LONG"),
        ("uint32", "ULONG"),
        ("sint64", "LONGLONG"),
        ("uint64", "ULONGLONG"),
        ("Other", "Other"),
    ];
    for (mof, c) in all {
        let declared = |rest: &str| Box::leak(format!("{mof} {rest}").into_boxed_str());
        let text = structure(vec![id(1, declared("X")), id(2, declared("Y[4]"))]);
        let expected = format!(
            "typedef struct _A
{{
    //\x20
    {c} X;
    #define A_X_SIZE sizeof({c})
    #define A_X_ID 1

    //\x20
    {c} Y[4];
    #define A_Y_SIZE sizeof({c}[4])
    #define A_Y_ID 2

}} A, *PA;

#define A_SIZE (FIELD_OFFSET(A, Y) + A_Y_SIZE)

"
        );
        assert_eq!(text, expected);
    }
}

#[test]
fn datetime_is_25_units() {
    let text = structure(vec![id(1, "datetime When")]);
    assert!(text.contains(
        "    WCHAR When[25];
    #define A_When_SIZE sizeof(WCHAR[25])
    #define A_When_ID 1

} A, *PA;

#define A_SIZE (FIELD_OFFSET(A, When) + A_When_SIZE)
"
    ));
}

#[test]
fn max_gives_an_array_length() {
    let spelled = item("uint8 X[]", vec![number("WmiDataId", 1), number("MAX", 4)]);
    assert_eq!(
        structure(vec![spelled]),
        structure(vec![id(1, "uint8 X[4]")])
    );
}

#[test]
fn value_names_become_defines() {
    let text = structure(vec![
        id(1, "uint8 Before"),
        item(
            "uint32 Policy",
            vec![
                number("WmiDataId", 2),
                text("Description", "What is done."),
                list("Values", &["Nothing", "All of it"]),
                list("ValueMap", &["0", "0xEFFF0001"]),
                list("DefineValues", &["VENDOR_NONE", "VENDOR_ALL"]),
            ],
        ),
    ]);
    assert!(text.contains(
        "_ID 1


// Nothing
#define VENDOR_NONE 0
// All of it
#define VENDOR_ALL 0xEFFF0001

    // What is done.
    ULONG Policy;
"
    ));
    let counted = structure(vec![item(
        "uint32 Policy",
        vec![number("WmiDataId", 1), list("DefineValues", &["OFF", "ON"])],
    )]);
    assert!(counted.contains("\n#define OFF 0\n#define ON 1\n\n"));
}

/// Text from a binary MOF of anybody must not bring lines of its own into the header.
#[test]
fn texts_that_leave_their_line_are_not_written() {
    const LEAVES: [&str; 8] = [
        "0\u{200b}1",
        "0\u{e000}",
        "0\n#include \"x\"",
        "0\r#",
        "0 /*",
        "0 \\",
        "0 ??/",
        "0\x1b[2J",
    ];
    for leaves in LEAVES {
        let item = item(
            "uint32 Policy",
            vec![
                number("WmiDataId", 1),
                text("DefineDataId", leaves),
                list("ValueMap", &[leaves, "1", "2"]),
                list("DefineValues", &["FIRST", leaves, "THIRD"]),
            ],
        );
        let names = vec![
            text("HeaderName", leaves),
            text("GuidName1", leaves),
            text("guid", GUID),
        ];
        let classes = [class("A", names, vec![item])];
        for corrected in [false, true] {
            let text = body(&header(&classes).corrected(corrected));
            assert!(text.contains("#define THIRD 2\n"), "{text}");
            assert!(!text.contains(leaves) && !text.contains("FIRST"), "{text}");
            let guard = Header::new("a\n\x1b.h", &[][..]).corrected(corrected);
            assert!(guard.to_string().starts_with("#ifndef _a___h_\n"));
        }
        let findings = check(&classes[..]);
        let found = findings.iter().filter(|it| it.rule == Rule::DefineName);
        assert_eq!(found.count(), 2, "{findings:?}");
    }
}

#[test]
fn qualifiers_rename_structures_and_guids() {
    let classes = [
        class(
            "Vendor_EC1",
            vec![text("HeaderName", "EC1")],
            vec![id(1, "uint8 X")],
        ),
        class(
            "Vendor_Outer",
            vec![
                text("guid", GUID),
                text("HeaderName", "OUTER"),
                text("GuidName1", "GUID_VENDOR_OUTER"),
                text("GuidName2", "Vendor_OuterGuid"),
            ],
            vec![
                id(1, "vendor_ec1 Inner[2]"),
                item(
                    "uint32 Number",
                    vec![number("WmiDataId", 2), text("DefineDataId", "OUTER_NO")],
                ),
            ],
        ),
    ];
    let expected = "// Vendor_EC1 - EC1

typedef struct _EC1
{
    //\x20
    UCHAR X;
    #define EC1_X_SIZE sizeof(UCHAR)
    #define EC1_X_ID 1

} EC1, *PEC1;

#define EC1_SIZE (FIELD_OFFSET(EC1, X) + EC1_X_SIZE)

// Vendor_Outer - OUTER
#define GUID_VENDOR_OUTER \\
    { 0x1f2e3d4c,0x5b6a,0x7980, { 0x01,0x02,0x03,0x04,0x05,0x06,0x07,0x08 } }

#if ! (defined(MIDL_PASS))
DEFINE_GUID(Vendor_OuterGuid, \\
            0x1f2e3d4c,0x5b6a,0x7980,0x01,0x02,0x03,0x04,0x05,0x06,0x07,0x08);
#endif


typedef struct _OUTER
{
    //\x20
    EC1 Inner[2];
    #define OUTER_Inner_SIZE sizeof(EC1[2])
    #define OUTER_Inner_ID 1

    //\x20
    ULONG Number;
    #define OUTER_NO_SIZE sizeof(ULONG)
    #define OUTER_NO_ID 2

} OUTER, *POUTER;

#define OUTER_SIZE (FIELD_OFFSET(OUTER, Number) + OUTER_Number_SIZE)

";
    assert_eq!(body(&header(&classes)), expected);
}

#[test]
fn classes_of_other_headers_are_left_out() {
    let not_here = Qualifier::new("WmiGenerateHeader", Value::Boolean(false));
    let classes = [
        class(
            "There",
            vec![
                not_here,
                text("HeaderName", "THERE"),
                text("cpp_quote", "x"),
            ],
            vec![id(1, "uint8 X")],
        ),
        class("Here", vec![], vec![id(1, "There X")]),
        // Localised text.
        class("Here", vec![flag("amendment")], vec![]),
    ];
    let body = body(&header(&classes));
    assert!(body.starts_with("// Here - Here\n\ntypedef struct _Here\n"));
    assert!(body.contains("    THERE X;\n    #define Here_X_SIZE sizeof(THERE)\n"));
    assert_eq!(body.matches("Here - ").count(), 1);
}

#[test]
fn classes_without_items_have_no_structure() {
    let classes = [class("Event", vec![text("guid", GUID)], vec![])];
    let body = body(&header(&classes));
    assert!(body.starts_with("// Event - Event\n#define EventGuid "));
    assert!(body.ends_with("#endif\n\n\n"));
}

#[test]
fn comments_cannot_swallow_the_next_line() {
    let text = structure(vec![item(
        "uint8 Path",
        vec![
            number("WmiDataId", 1),
            text("Description", "As in C:\\\r\nnot ??/\nnor \u{fc}\u{7}.\n"),
        ],
    )]);
    assert!(
        text.contains("    // As in C:\\ //\n    // not ??/ //\n    // nor ??.\n    UCHAR Path;\n")
    );
}

#[test]
fn char16_is_a_short() {
    assert!(structure(vec![id(1, "uint16 Length"), id(2, "char16 Text[257]")]).contains(
        "    SHORT Text[257];\n    #define A_Text_SIZE sizeof(SHORT[257])\n    #define A_Text_ID 2\n"
    ));
}

#[test]
fn scalar_with_a_count_is_a_variable_array() {
    let part = class(
        "Part",
        vec![text("HeaderName", "PART")],
        vec![id(1, "uint8 Id[16]")],
    );
    let list = item(
        "Part List",
        vec![number("WmiDataId", 2), text("WmiSizeIs", "Count")],
    );
    let whole = class("Whole", vec![], vec![id(1, "uint32 Count"), list]);
    let classes = [part, whole];
    for corrected in [false, true] {
        let text = body(&header(&classes).corrected(corrected));
        assert!(
            text.contains("    PART List[1];\n    #define Whole_List_ID 2\n"),
            "{text}"
        );
        assert!(!text.contains("Whole_SIZE"), "{text}");
    }
}

#[test]
fn classes_without_the_wmi_qualifier_are_left_out() {
    let other = Class::new("Other").with_properties(vec![id(1, "uint32 X")].leak());
    let embeds = class("Embeds", vec![], vec![id(1, "Other X")]);
    let classes = [other, embeds];
    assert!(!body(&header(&classes)).contains("struct _Other"));
    // Without its structure the member would not compile.
    assert!(body(&header(&classes).corrected(true)).contains("struct _Other"));
    assert_eq!(body(&header(&classes[..1]).corrected(true)), "");
}

/// Two namespaces may have classes of one name.
#[test]
fn members_are_of_the_namespace_of_their_class() {
    let part = |name| {
        let qualifiers = vec![text("HeaderName", name)];
        class("Part", qualifiers, vec![id(1, "uint32 X")])
    };
    let whole = |name| class(name, vec![], vec![id(1, "Part P")]);
    let objects = [
        ("root\\one", part("ONE")),
        ("ROOT/one", whole("First")),
        ("root\\two", part("TWO")),
        (r"\\.\root\two", whole("Second")),
        ("root\\three", whole("Third")),
    ];
    let objects =
        objects.map(|(namespace, class)| Object::new(namespace, ObjectKind::Class(class)));
    for corrected in [false, true] {
        let header = Header::new("a.h", &File::new(&objects)).corrected(corrected);
        let text = header.to_string();
        let (_, text) = text.split_once("// First").unwrap();
        let (first, text) = text.split_once("// Second").unwrap();
        let (second, third) = text.split_once("// Third").unwrap();
        assert!(first.contains("    ONE P;"), "{first}");
        assert!(second.contains("    TWO P;"), "{second}");
        assert!(third.contains("    Part P;"), "{third}");
    }
}

/// `[in(FALSE), out]` is an output only.
#[test]
fn false_in_and_out_qualifiers_exclude_a_direction() {
    let not = Qualifier::new("in", Value::Boolean(false));
    let methods = vec![method(
        "Ask",
        vec![number("WmiMethodId", 1)],
        vec![
            item("uint32 Given", vec![flag("in")]),
            item("uint32 Taken", vec![not, flag("out")]),
            item("uint32 Both", vec![]),
        ],
    )];
    let classes = [with_methods(class("A", vec![], vec![]), methods)];
    let text = body(&header(&classes).method_structs(true));
    let (input, output) = text.split_once("_Ask_OUT").unwrap();
    assert!(
        input.contains("ULONG Given;") && !input.contains("Taken;"),
        "{text}"
    );
    assert!(
        output.contains("ULONG Taken;") && !output.contains("Given;"),
        "{text}"
    );
    for half in [input, output] {
        assert!(half.contains("ULONG Both;"), "{text}");
    }
}
