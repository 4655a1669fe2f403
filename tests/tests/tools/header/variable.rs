//! Strings and arrays of variable size, worked out by hand.

use super::build::*;
use wmi_core::schema::Class;

#[test]
fn bounded_string_has_no_size() {
    let named = || {
        let bounded = vec![number("WmiDataId", 1), number("MaxLen", 31)];
        item("string Name", bounded)
    };
    let last = structure(vec![named()]);
    let expected = "typedef struct _A
{
    //\x20
    WCHAR Name[31 + 1];
    #define A_Name_ID 1

} A, *PA;

";
    assert_eq!(last, expected);
    // A bounded string in the middle does not prevent a size.
    let middle = structure(vec![named(), id(2, "uint32 Length")]);
    assert!(middle.contains("#define A_SIZE (FIELD_OFFSET(A, Length) + A_Length_SIZE)\n"));
}

#[test]
fn class_ending_in_a_variable_item_has_no_size() {
    let named = structure(vec![id(1, "uint32 Kind"), id(2, "string Name")]);
    let expected = "typedef struct _A
{
    //\x20
    ULONG Kind;
    #define A_Kind_SIZE sizeof(ULONG)
    #define A_Kind_ID 1

    //\x20
    CHAR VariableData[1];
    #define A_Name_ID 2

} A, *PA;

";
    assert_eq!(named, expected);

    let counted = |declaration| item(declaration, vec![number("WmiDataId", 2), text_of("Count")]);
    fn text_of(count: &'static str) -> Qualified {
        text("WmiSizeIs", count)
    }
    for (declaration, c_type) in [
        ("uint16 List[]", "USHORT"),
        ("Other List[]", "Other"),
        ("string List[]", "WCHAR"),
    ] {
        let written = structure(vec![id(1, "uint32 Count"), counted(declaration)]);
        let end = format!(
            "    {c_type} List[1];
    #define A_List_ID 2

}} A, *PA;

"
        );
        assert!(written.ends_with(&end), "{written}");
    }
}

/// A class with items after one of variable size.
fn varied() -> Class<'static> {
    class(
        "Vendor_Login",
        vec![text("HeaderName", "Login")],
        vec![
            id(1, "uint32 NameSize"),
            item(
                "uint8 Name[]",
                vec![number("WmiDataId", 2), text("WmiSizeIs", "NameSize")],
            ),
            item(
                "uint8 Secret[]",
                vec![
                    number("WmiDataId", 3),
                    text("WmiSizeIs", "NameSize"),
                    text("Description", "As long as the name."),
                ],
            ),
        ],
    )
}

#[test]
fn items_after_a_variable_item_have_no_members() {
    let classes = [varied()];
    let expected = "// Vendor_Login - Login

// Warning: Header for class Vendor_Login cannot be created
typedef struct _Login
{
    char VariableData[1];

} Login, *PLogin;

";
    assert_eq!(body(&header(&classes)), expected);
}

#[test]
fn items_after_a_variable_item_can_be_comments() {
    let classes = [varied()];
    let expected = "// Vendor_Login - Login

typedef struct _Login
{
    //\x20
    ULONG NameSize;
    #define Login_NameSize_SIZE sizeof(ULONG)
    #define Login_NameSize_ID 1

    //\x20
    UCHAR Name[1];
    #define Login_Name_ID 2

    // As long as the name.
//  UCHAR Secret[1];
    #define Login_Secret_ID 3

} Login, *PLogin;

";
    assert_eq!(body(&header(&classes).variable_members(true)), expected);
}
