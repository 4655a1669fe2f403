//! `decode`: blocks, parameters and WNODEs as named values, and back.

use std::fs;

use serde_json::{Value, json};

use super::{fails, folder, succeeds};

const SCHEMA: &str = r#"
[WMI, guid("{7d1f9a52-30c8-4e0b-9f3a-5f6b1d2c8e46}")]
class Vendor_Part
{
    [WmiDataId(1)] uint16 Slot;
    [WmiDataId(2)] char16 Letter;
};
[WMI, Dynamic, Provider("WMIProv"), guid("{7d1f9a52-30c8-4e0b-9f3a-5f6b1d2c8e47}")]
class Vendor_Box
{
    [key, read] string InstanceName;
    [read] boolean Active;
    [read, WmiDataId(1)] uint32 Level;
    [read, WmiDataId(2)] uint32 Count;
    [read, WmiDataId(3), WmiSizeIs("Count")] Vendor_Part Parts[];
    [read, WmiDataId(4)] string Label;
    [read, WmiDataId(5)] uint8 Bytes[3];
    [WmiMethodId(7)] void Move([in] sint32 Steps, [out] boolean Done);
};
"#;

/// Level 5, two parts, "ab", three bytes.
const BLOCK: [u8; 25] = [
    5, 0, 0, 0, 2, 0, 0, 0, 1, 0, 65, 0, 2, 0, 66, 0, 4, 0, 97, 0, 98, 0, 7, 8, 9,
];

const TABLE: &str = "\
Vendor_Box, 25 bytes
offset   size  item             value
     0      4  Level            5
     4      4  Count            2
     8      2  Parts[0].Slot    1
    10      2  Parts[0].Letter  65
    12      2  Parts[1].Slot    2
    14      2  Parts[1].Letter  66
    16      6  Label            \"ab\"
    22      3  Bytes            {7, 8, 9}
";

/// Runs `decode` on data, with the schema in a file.
fn decode(test: &str, arguments: &[&str], data: &[u8]) -> Vec<u8> {
    let folder = folder(test);
    fs::write(folder.join("box.mof"), SCHEMA).unwrap();
    let arguments = [&["decode", "box.mof"], arguments].concat();
    let (out, said) = succeeds(&folder, &arguments, data);
    assert_eq!(said, "");
    out
}

fn refused(test: &str, arguments: &[&str], data: &[u8]) -> String {
    let folder = folder(test);
    fs::write(folder.join("box.mof"), SCHEMA).unwrap();
    fails(
        &folder,
        &[&["decode", "box.mof"], arguments].concat(),
        data,
        1,
    )
}

const CLASS: [&str; 2] = ["--class", "vendor_box"];

#[test]
fn blocks_are_shown_with_offsets() {
    assert_eq!(
        String::from_utf8(decode("decode", &CLASS, &BLOCK)).unwrap(),
        TABLE
    );
}

#[test]
fn bytes_behind_the_last_item_are_reported() {
    let folder = folder("decode_rest");
    fs::write(folder.join("box.mof"), SCHEMA).unwrap();
    let warning = |method: &[&str], data: &[u8]| {
        let arguments = [&["decode", "box.mof", "--class", "Vendor_Box"], method].concat();
        succeeds(&folder, &arguments, data).1
    };
    let longer = [&BLOCK[..], &[0; 3]].concat();
    assert_eq!(
        warning(&[], &longer),
        "warning: <stdin>: 3 bytes follow the last item, which ends at offset 25; check the class\n"
    );
    let said = warning(&["--method", "Move", "--in"], &[0; 5]);
    let expected = "1 byte follows the last item, which ends at offset 4;";
    assert!(said.contains(expected), "{said}");
}

#[test]
fn dumps_of_any_tool_give_the_same_values() {
    let pairs: Vec<_> = BLOCK.iter().map(|byte| format!("{byte:02x}")).collect();
    let windbg = "0: kd> db ffffe001`80001000 L19\n\
        ffffe001`80001000  05 00 00 00 02 00 00 00-01 00 41 00 02 00 42 00  ..........A...B.\n\
        ffffe001`80001010  04 00 61 00 62 00 07 08-09                       ..a.b....\n";
    let xxd = "00000000: 0500 0000 0200 0000 0100 4100 0200 4200  ..........A...B.\n\
        00000010: 0400 6100 6200 0708 09                   ..a.b....\n";
    let hexdump = "00000000  05 00 00 00 02 00 00 00  01 00 41 00 02 00 42 00  |..........A...B.|\n\
        00000010  04 00 61 00 62 00 07 08  09                       |..a.b....|\n\
        00000019\n";
    let array = format!("{{ 0x{} }}", pairs.join(", 0x"));
    let declared = format!(
        "unsigned char block[] = {{\n  0x{}, /* 00 */ // {{\n  0x{}\n}};\nunsigned int block_len = 25;\n",
        pairs[..16].join(", 0x"),
        pairs[16..].join(", 0x")
    );
    let od = "0000000 05 00 00 00 02 00 00 00 01 00 41 00 02 00 42 00\n\
        0000020 04 00 61 00 62 00 07 08 09\n0000031\n";
    let od_hex = od.replace("0000020", "000010").replace("0000031", "000019");
    let od_hex = od_hex.replace("0000000", "000000");
    let gdb = "0x7ffe80001000 <block>:\t0x05\t0x00\t0x00\t0x00\t0x02\t0x00\t0x00\t0x00\n\
        0x7ffe80001008 <block+8>:\t0x01\t0x00\t0x41\t0x00\t0x02\t0x00\t0x42\t0x00\n\
        0x7ffe80001010 <block+16>:\t0x04\t0x00\t0x61\t0x00\t0x62\t0x00\t0x07\t0x08\n\
        0x7ffe80001018 <block+24>:\t0x09\n";
    let lldb = "0x80001000: 05 00 00 00 02 00 00 00 01 00 41 00 02 00 42 00  ..........A...B.\n\
        0x80001010: 04 00 61 00 62 00 07 08 09                       ..a.b....\n";
    // In the text, what looks like a prompt.
    let prompt = "0:000> db 0012ff70 L19\n\
        0012ff70  05 00 00 00 02 00 00 00-01 00 41 00 02 00 42 00  kd> db 0:000> ..\n\
        0012ff80  04 00 61 00 62 00 07 08-09                       ..a.b....\n";
    let expected = decode("decode_binary", &CLASS, &BLOCK);
    for dump in [
        windbg,
        xxd,
        hexdump,
        &array,
        &declared,
        od,
        &od_hex,
        gdb,
        lldb,
        prompt,
        &pairs.join(" "),
        &pairs.concat(),
    ] {
        let shown = decode("decode_dump", &CLASS, dump.as_bytes());
        assert_eq!(
            String::from_utf8_lossy(&shown),
            String::from_utf8_lossy(&expected),
            "{dump}"
        );
    }
}

/// Numbers of WinDbg's `dw`, `dd`, `dc`, `dq` and `dps`, of gdb, `hexdump` and `od`: little-endian.
#[test]
fn dumps_of_numbers_give_the_same_values() {
    let block = &BLOCK[..16];
    let arguments = ["--class", "Vendor_Words"];
    let words = |dump: &[u8]| {
        let folder = folder("decode_numbers");
        let schema = r#"[WMI, Dynamic, Provider("WMIProv"), guid("{7d1f9a52-30c8-4e0b-9f3a-5f6b1d2c8e48}")]
            class Vendor_Words { [key, read] string InstanceName; [read] boolean Active;
                [read, WmiDataId(1)] uint8 Bytes[16]; };"#;
        fs::write(folder.join("words.mof"), schema).unwrap();
        let arguments = [&["decode", "words.mof"], &arguments[..]].concat();
        String::from_utf8(succeeds(&folder, &arguments, dump).0).unwrap()
    };
    let expected = words(block);
    for dump in [
        "ffffe001`80001000  0005 0000 0002 0000 0001 0041 0002 0042\n",
        "lkd> dd ffffe001`80001000 L4\nffffe001`80001000  00000005 00000002 00410001 00420002\n",
        "80001000  00000005 00000002 00410001 00420002  ..........A...B.\n",
        "ffffe001`80001000  00000002`00000005 00420002`00410001\n",
        "0: kd:x86> dps 80001000\nffffe001`80001000  00000002`00000005\n\
            ffffe001`80001008  00420002`00410001 nt!KiSystemCall64+0x1f\n",
        "80001000  00000005\n80001004  00000002 dead!beef\n80001008  00410001\n8000100c  00420002\n",
        "0x7ffe8000 <x>:\t0x00000005\t0x00000002\n0x7ffe8008 <x+8>:\t0x00410001\t0x00420002\n",
        "0x7ffe8000:\t0x0000000200000005\t0x0042000200410001\n",
        "0000000 0005 0000 0002 0000\n0000008 0001 0041 0002 0042\n0000010\n",
        "0000000 0005 0000 0002 0000\n0000010 0001 0041 0002 0042\n0000020\n",
    ] {
        assert_eq!(words(dump.as_bytes()), expected, "{dump}");
    }
    for (dump, why) in [
        ("80001000  \"text\"\n", "shows memory as text"),
        ("80001000  ???????? 00000002\n", "could not read"),
        (
            "80001000  00000005 00000\n",
            "\"00000\" is not a hexadecimal number",
        ),
        ("0000000 05 00 00 00\n0000010 02 00 00 00\n", "line 2: "),
    ] {
        let said = refused("decode_no_numbers", &CLASS, dump.as_bytes());
        assert!(said.contains(why), "{said}");
    }
}

#[test]
fn json_values_become_the_same_bytes() {
    let shown = decode("decode_json", &[&CLASS[..], &["--json"]].concat(), &BLOCK);
    let blocks: Value = serde_json::from_slice(&shown).unwrap();
    let values = json!({
        "Level": 5, "Count": 2, "Label": "ab", "Bytes": [7, 8, 9],
        "Parts": [{"Slot": 1, "Letter": 65}, {"Slot": 2, "Letter": 66}],
    });
    assert_eq!(blocks[0]["values"], values);
    assert_eq!(
        blocks[0]["items"][6],
        json!({"path": "Label", "offset": 16, "size": 6, "value": "ab"})
    );
    let encode = [&CLASS[..], &["--encode"]].concat();
    assert_eq!(decode("encode_blocks", &encode, &shown), BLOCK);
    assert_eq!(
        decode("encode_values", &encode, values.to_string().as_bytes()),
        BLOCK
    );
}

#[test]
fn parameters_of_methods_are_shown() {
    let method = ["--class", "Vendor_Box", "--method", "Move"];
    let output = decode("decode_output", &method, &[1]);
    assert!(
        String::from_utf8(output)
            .unwrap()
            .ends_with("     0      1  Done  TRUE\n")
    );
    let input = decode(
        "decode_input",
        &[&method[..], &["--in"]].concat(),
        &[254, 255, 255, 255],
    );
    let input = String::from_utf8(input).unwrap();
    assert!(input.starts_with("Vendor_Box.Move, 4 bytes\n"), "{input}");
    assert!(input.ends_with("     0      4  Steps  -2\n"), "{input}");
}

/// Returns a WNODE of the class with these words after the header, then data.
fn wnode(flags: u32, words: &[u32], data: &[u8]) -> Vec<u8> {
    let size = 48 + 4 * words.len() + data.len();
    let mut bytes = vec![0; 48];
    bytes[..4].copy_from_slice(&u32::try_from(size).unwrap().to_le_bytes());
    let guid = wmi_core::Guid::parse("7d1f9a52-30c8-4e0b-9f3a-5f6b1d2c8e47").unwrap();
    bytes[24..40].copy_from_slice(&guid.to_bytes());
    bytes[44..48].copy_from_slice(&flags.to_le_bytes());
    bytes.extend(words.iter().flat_map(|word| word.to_le_bytes()));
    bytes.extend_from_slice(data);
    bytes
}

/// `WNODE_FLAG_STATIC_INSTANCE_NAMES`.
const STATIC: u32 = 0x80;

#[test]
fn wnodes_of_all_kinds_are_shown() {
    let shown = |test, arguments: &[&str], bytes: &[u8]| {
        let arguments = [&["--wnode"], arguments].concat();
        String::from_utf8(decode(test, &arguments, bytes)).unwrap()
    };
    // One instance with a static name: offset of the name, index, offset and size of the data.
    let instance = wnode(0x2 | STATIC, &[0, 3, 64, 25], &BLOCK);
    let text = shown("wnode_instance", &[], &instance);
    assert!(
        text.starts_with("Vendor_Box, instance 3, 25 bytes at offset 64\n"),
        "{text}"
    );
    assert!(text.contains("    80      6  Label "), "{text}");

    // One instance with a dynamic name.
    let name = [4, 0, 99, 0, 58, 0, 0, 0];
    let dynamic = wnode(0x2, &[64, 0, 72, 25], &[&name[..], &BLOCK].concat());
    let text = shown("wnode_dynamic", &[], &dynamic);
    assert!(
        text.starts_with("Vendor_Box, instance \"c:\", 25 bytes at offset 72\n"),
        "{text}"
    );

    // All data, of a fixed size: offset of the data, count, offset of the names, size of each.
    let all = wnode(0x1 | 0x10 | STATIC, &[64, 1, 0, 25], &BLOCK);
    let text = shown("wnode_all", &[], &all);
    assert!(
        text.starts_with("Vendor_Box, instance 0, 25 bytes at offset 64\n"),
        "{text}"
    );

    // The input and the output of method 7, and the item with the id 1.
    let call = |data: &[u8]| {
        let size = u32::try_from(data.len()).unwrap();
        wnode(0x8000 | STATIC, &[0, 0, 7, 72, size, 0], data)
    };
    let text = shown("wnode_input", &["--in"], &call(&[3, 0, 0, 0]));
    assert!(text.starts_with("Vendor_Box.Move, instance 0"), "{text}");
    assert!(text.ends_with("    72      4  Steps  3\n"), "{text}");
    let text = shown("wnode_output", &[], &call(&[0]));
    assert!(text.ends_with("    72      1  Done  FALSE\n"), "{text}");
    let item = wnode(0x4 | STATIC, &[0, 0, 1, 72, 4, 0], &[9, 0, 0, 0]);
    let text = shown("wnode_item", &[], &item);
    assert!(text.starts_with("Vendor_Box.Level, instance 0"), "{text}");
    assert!(text.ends_with("    72      4  Level  9\n"), "{text}");

    // An event with a block.
    let event = wnode(0x2 | 0x8 | STATIC, &[0, 0, 64, 25], &BLOCK);
    assert!(shown("wnode_event", &CLASS, &event).contains("Label"));
}

/// All data of a variable size with dynamic names: two instances, `a` and `b:`.
fn all_with_names() -> Vec<u8> {
    let mut second = BLOCK;
    second[0] = 6;
    // The offset of the data, their count, and the offset of the names; then where each lies.
    let words = [80, 2, 140, 80, 25, 112, 25, 0];
    let padded = [&BLOCK[..], &[0; 7]].concat();
    let names = [148u32, 152].map(u32::to_le_bytes).concat();
    let names = [&names[..], &[2, 0, 97, 0, 4, 0, 98, 0, 58, 0]].concat();
    wnode(
        0x1,
        &words,
        &[&padded[..], &second, &[0; 3], &names].concat(),
    )
}

/// Decodes a WNODE into JSON, and encodes it again.
#[track_caller]
fn round_trip(test: &str, arguments: &[&str], bytes: &[u8]) -> Value {
    let with = |more: &[&'static str]| [arguments, &["--wnode"], more].concat();
    let shown = decode(test, &with(&["--json"]), bytes);
    let again = decode(test, &with(&["--encode"]), &shown);
    assert_eq!(again, bytes, "{}", String::from_utf8_lossy(&shown));
    serde_json::from_slice(&shown).unwrap()
}

#[test]
fn wnodes_with_dynamic_names_show_each_name() {
    let text = decode("wnode_names", &["--wnode"], &all_with_names());
    let text = String::from_utf8(text).unwrap();
    let titles = text.lines().filter(|line| line.starts_with("Vendor_Box"));
    let expected = [
        "Vendor_Box, instance \"a\", 25 bytes at offset 80",
        "Vendor_Box, instance \"b:\", 25 bytes at offset 112",
    ];
    assert_eq!(titles.collect::<Vec<_>>(), expected, "{text}");
    assert!(
        text.contains("   112      4  Level            6\n"),
        "{text}"
    );
}

#[test]
fn wnodes_come_back_from_their_json() {
    let all = round_trip("again_names", &[], &all_with_names());
    assert_eq!(all["wnode"], "WNODE_ALL_DATA");
    assert_eq!(all["blocks"][1]["instance"], "b:");
    assert_eq!(all["blocks"][1]["values"]["Level"], 6);

    // Two instances of a fixed size, with static names.
    let mut parts = wnode(
        0x1 | 0x10 | STATIC,
        &[64, 2, 0, 4],
        &[1, 0, 65, 0, 0, 0, 0, 0, 2, 0, 66, 0],
    );
    // The GUID of `Vendor_Part`.
    parts[39] = 0x46;
    let parts = round_trip("again_fixed", &["--class", "Vendor_Part"], &parts);
    assert_eq!(
        parts["blocks"][1]["values"],
        json!({"Slot": 2, "Letter": 66})
    );
    let none = wnode(0x1 | STATIC, &[64, 0, 0, 0], &[]);
    assert_eq!(round_trip("again_none", &[], &none)["blocks"], json!([]));

    let name = [4, 0, 99, 0, 58, 0, 0, 0];
    let instance = wnode(0x2, &[64, 0, 72, 25], &[&name[..], &BLOCK].concat());
    round_trip("again_instance", &[], &instance);
    let item = wnode(0x4 | STATIC, &[0, 3, 1, 72, 4, 0], &[9, 0, 0, 0]);
    assert_eq!(
        round_trip("again_item", &[], &item)["blocks"][0]["member"],
        "Level"
    );
    let call = |data: &[u8]| {
        let size = u32::try_from(data.len()).unwrap();
        wnode(0x8000 | STATIC, &[0, 0, 7, 72, size, 0], data)
    };
    round_trip("again_input", &["--in"], &call(&[3, 0, 0, 0]));
    round_trip("again_output", &[], &call(&[1]));

    let mut event = wnode(0x2 | 0x8 | STATIC, &[0, 2, 64, 25], &BLOCK);
    event[4] = 7;
    event[16..24].copy_from_slice(&133_000_000_000_000_000_i64.to_le_bytes());
    let event = round_trip("again_event", &[], &event);
    assert_eq!(event["event"], json!({"provider_id": 7}));
    assert_eq!(event["time_stamp"], 133_000_000_000_000_000_i64);
    let mut reference = wnode(0x2000 | 0x8 | STATIC, &[0, 0, 0, 0, 25, 4], &[]);
    reference.copy_within(24..40, 48);
    let target = round_trip("again_reference", &[], &reference)["target"].clone();
    assert_eq!(target["instance"], 4);
    assert_eq!(target["size"], 25);
}

#[test]
fn structure_follows_from_the_blocks() {
    let encode = |values: Value| {
        let values = values.to_string();
        decode("encode_wnode", &["--wnode", "--encode"], values.as_bytes())
    };
    let values = json!({
        "Level": 5, "Label": "ab", "Bytes": [7, 8, 9],
        "Parts": [{"Slot": 1, "Letter": 65}, {"Slot": 2, "Letter": 66}],
    });
    let one = json!({"instance": 3, "values": values});
    let instance = encode(json!({"class": "Vendor_Box", "blocks": [one]}));
    assert_eq!(instance, wnode(0x2 | STATIC, &[0, 3, 64, 25], &BLOCK));
    let item = json!({"member": "Level", "instance": "c", "values": {"Level": 9}});
    let item = encode(json!({"class": "Vendor_Box", "blocks": [item]}));
    assert_eq!(item[44], 0x4);
    let call = json!({"member": "Move", "instance": 0, "values": {"Done": true}});
    let call = encode(json!({"class": "Vendor_Box", "blocks": [call]}));
    assert_eq!(call, wnode(0x8000 | STATIC, &[0, 0, 7, 72, 1, 0], &[1]));
    let named = |name: &str| json!({"instance": name, "values": values});
    let all = encode(json!({"class": "Vendor_Box", "blocks": [named("a"), named("b:")]}));
    assert_eq!(all[44..48], [0x1, 0, 0, 0]);
}

#[test]
fn wnodes_that_cannot_be_written_are_refused() {
    let values = json!({"Level": 9, "Label": "", "Bytes": [7, 8, 9], "Parts": []});
    let block =
        |instance: Value| json!({"member": "Level", "instance": instance, "values": values});
    let item = |blocks: Value| json!({"class": "Vendor_Box", "blocks": blocks});
    for (wnode, why) in [
        (json!({"blocks": []}), "`class` is missing"),
        (json!({"class": "A"}), "it has no class `A`"),
        (
            json!({"class": "Vendor_Box", "wnod": ""}),
            "unknown field `wnod`",
        ),
        (
            item(json!([block(json!(null))])),
            "`blocks[0]`: an instance is the number",
        ),
        (
            item(json!([block(json!(3)), block(json!(4))])),
            "this is instance 0, not 3",
        ),
        (
            item(json!([block(json!(0)), block(json!("b"))])),
            "either all instances",
        ),
        (
            json!({"class": "Vendor_Box", "wnode": "WNODE_SINGLE_ITEM", "blocks": []}),
            "one block, not 0",
        ),
        (
            json!({"class": "Vendor_Box", "wnode": "WNODE_METHOD_ITEM", "blocks": [block(json!(0))]}),
            "`Vendor_Box` has no method `Level`",
        ),
        (
            json!({"class": "Vendor_Box", "wnode": "WNODE_EVENT_REFERENCE"}),
            "needs a `target`",
        ),
    ] {
        let arguments = ["--wnode", "--encode"];
        let said = refused(
            "encode_wnode_refused",
            &arguments,
            wnode.to_string().as_bytes(),
        );
        assert!(said.contains(why), "{said}");
    }
}

/// Drivers may return text that is not Unicode: its units come back.
#[test]
fn unpaired_surrogates_come_back() {
    let mut block = BLOCK;
    block[18..20].copy_from_slice(&0xd800_u16.to_le_bytes());
    let shown = decode("surrogate", &[&CLASS[..], &["--json"]].concat(), &block);
    let encode = [&CLASS[..], &["--encode"]].concat();
    assert_eq!(decode("surrogate_again", &encode, &shown), block);
}

#[test]
fn hostile_bytes_are_refused_at_their_offset() {
    let short = refused("decode_short", &CLASS, &BLOCK[..18]);
    assert!(
        short.starts_with("error: <stdin>: `Label`: ") && short.contains("16"),
        "{short}"
    );
    for (text, why) in [
        ("0500000", "odd number of digits"),
        ("00000000: 05 00\n00000010: 05", "a line is missing"),
        ("ffffe001`80001000  ?? ?? ??", "could not read"),
        ("0x00000005, 0x00000002", "depends on the byte order"),
        ("hello", "not a hexadecimal number"),
        ("00000000  00 |.|\n*\nffffffff  00 |.|", "more than"),
    ] {
        let said = refused("decode_dump_refused", &CLASS, text.as_bytes());
        assert!(said.contains("line ") && said.contains(why), "{said}");
    }
    let wnode = refused("decode_wnode", &["--wnode"], &[0; 48]);
    assert!(wnode.starts_with("error: <stdin>: "), "{wnode}");
}

#[test]
fn values_that_do_not_fit_are_refused_by_name() {
    let encode = [&CLASS[..], &["--encode"]].concat();
    for (values, why) in [
        (json!({"Level": -1}), "`Level`: -1 does not fit"),
        (json!({"Level": null}), "`Level`: a data block has no place"),
        (json!({"Level": 1.5}), "`Level`: is not a whole number"),
        (json!({"Levle": 1}), "`Levle`: the class has no such item"),
        (
            json!({"Levle": {"A": 1}}),
            "`Levle`: the class has no such item",
        ),
        (json!([1]), "not an object of named values"),
        (json!({"Level": 1}), "`Parts`: has no value"),
    ] {
        let said = refused("encode_refused", &encode, values.to_string().as_bytes());
        assert!(said.contains(why), "{said}");
    }
    let said = refused("decode_class", &["--class", "A"], &BLOCK);
    assert_eq!(said, "error: box.mof: it has no class `A`\n");
}
