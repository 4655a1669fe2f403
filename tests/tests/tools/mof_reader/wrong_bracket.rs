//! A bracket or separator that is missing, doubled or another one gives one message.

use super::messages;

/// Each construct of the language in a line, and each body in lines of its own and in one line.
const SOUND: &str = r#"#pragma namespace("\\\\.\\root\\wmi")
Qualifier Q : ToInstance;
Qualifier D : string[] = {"a"}, Scope(class), Flavor(ToSubclass);
[WMI, Dynamic, Provider("WMIProv"), Locale("MS\\0x409") : ToInstance,
 guid("{36b58ea2-c461-4bb0-ac8e-952f59d251ed}")]
class Vendor_A as $a : Vendor_Base
{
    [key, read] string InstanceName;
    [read] boolean Active;
    [WmiDataId(1), read, Values{"a", "b"}, ValueMap{"0", "1"}] uint32 State = 0x10;
    [WmiDataId(2), write] uint8 Bytes[16];
    [WmiDataId(3), WmiSizeIs("State")] Vendor_B Inner[];
    uint32 List[] = {1, 2, 3};
    [Implemented, WmiMethodId(1)]
    void Run([in, id(0)] uint32 First, [out, id(1)] Vendor_B Second[4]);
    uint32 Reset();
};
instance of Vendor_A as $b
{
    InstanceName = "x";
    List = {1, 2};
    Owner = $a;
    Inner = instance of Vendor_B
    {
        Speed = 5;
    };
};
class Vendor_C { uint8 x; };
"#;

/// What may stand in the place of a character.
fn others(typed: char) -> Vec<String> {
    let group = match typed {
        '{' | '}' | '[' | ']' | '(' | ')' => "{}[]()",
        _ => ";:,=",
    };
    let others = group.chars().filter(|other| *other != typed);
    let mut others: Vec<_> = others.map(String::from).collect();
    others.extend([String::new(), format!("{typed}{typed}")]);
    others
}

#[test]
fn one_wrong_character_is_at_most_one_message() {
    assert_eq!(messages(SOUND), [""; 0]);
    // Between two parts that could each stand alone, and so look like two faults.
    let exceptions = ["Owner = ;a;"];
    let mut is_text = false;
    let mut count = 0;
    let mut characters = SOUND.char_indices();
    while let Some((at, typed)) = characters.next() {
        match typed {
            '\\' => drop(characters.next()),
            '"' => is_text = !is_text,
            '{' | '}' | '[' | ']' | '(' | ')' | ';' | ':' | ',' | '=' | '$' if !is_text => {
                for other in others(typed) {
                    let mut text = SOUND.to_owned();
                    text.replace_range(at..=at, &other);
                    let messages = messages(&text);
                    let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
                    let shown = text[line..].lines().next().unwrap_or_default();
                    let is_exception = exceptions.contains(&shown.trim());
                    assert!(messages.len() < 2 || is_exception, "{shown}: {messages:#?}");
                    count += 1;
                }
            }
            _ => {}
        }
    }
    assert!(count > 500, "{count}");
}
