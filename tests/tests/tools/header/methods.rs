//! Parameter structures, worked out by hand.

use super::build::*;

#[test]
fn parameter_structures_are_optional() {
    let classes = [with_methods(
        class("Vendor_Methods", vec![], vec![]),
        vec![
            method(
                "Read",
                vec![number("WmiMethodId", 1)],
                vec![
                    item("uint32 Status", vec![flag("out")]),
                    item(
                        "uint32 Place",
                        vec![flag("in"), text("Description", "From where.")],
                    ),
                    item("uint32 Size", vec![flag("in"), flag("out")]),
                    item(
                        "uint8 Bytes[]",
                        vec![flag("out"), text("WmiSizeIs", "Size")],
                    ),
                ],
            ),
            method("Nothing", vec![number("WmiMethodId", 2)], vec![]),
            method(
                "WriteRtn",
                vec![
                    number("WmiMethodId", 1398035268),
                    text("HeaderName", "WRITE"),
                ],
                vec![
                    item("string Name", vec![flag("in")]),
                    item("string Text", vec![flag("in")]),
                ],
            ),
        ],
    )];
    let expected = "// Vendor_Methods - Vendor_Methods
//
// Method id definitions for Vendor_Methods
#define Read     1
typedef struct _Read_IN
{
    // From where.
    ULONG Place;
    #define Read_IN_Place_SIZE sizeof(ULONG)
    #define Read_IN_Place_ID 2

    //\x20
    ULONG Size;
    #define Read_IN_Size_SIZE sizeof(ULONG)
    #define Read_IN_Size_ID 3

} Read_IN, *PRead_IN;

#define Read_IN_SIZE (FIELD_OFFSET(Read_IN, Size) + Read_IN_Size_SIZE)

typedef struct _Read_OUT
{
    //\x20
    ULONG Status;
    #define Read_OUT_Status_SIZE sizeof(ULONG)
    #define Read_OUT_Status_ID 1

    //\x20
    ULONG Size;
    #define Read_OUT_Size_SIZE sizeof(ULONG)
    #define Read_OUT_Size_ID 3

    //\x20
    UCHAR Bytes[1];
    #define Read_OUT_Bytes_ID 4

} Read_OUT, *PRead_OUT;


#define Nothing     2

#define WriteRtn     1398035268
typedef struct _WRITE_IN
{
    //\x20
    CHAR VariableData[1];
    #define WRITE_IN_Name_ID 1

    //\x20
//  CHAR VariableData[1];
    #define WRITE_IN_Text_ID 2

} WRITE_IN, *PWRITE_IN;



";
    assert_eq!(body(&header(&classes).method_structs(true)), expected);
    assert!(!body(&header(&classes)).contains("struct"));
}
