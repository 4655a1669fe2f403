//! A generator of a driver's MOF of any length, which is deterministic.

use core::fmt::Write;

/// The words of descriptions and names.
const WORDS: [&str; 32] = [
    "adapter",
    "packet",
    "queue",
    "request",
    "session",
    "target",
    "buffer",
    "frame",
    "error",
    "timeout",
    "link",
    "port",
    "retry",
    "count",
    "received",
    "sent",
    "completed",
    "pending",
    "of",
    "the",
    "that",
    "were",
    "in",
    "by",
    "since",
    "current",
    "maximum",
    "total",
    "checksum",
    "driver",
    "logical",
    "interrupt",
];

const TYPES: [&str; 5] = ["uint32", "uint64", "boolean", "string", "uint8"];

/// Declarations of the qualifiers, which compilers that follow the standard require.
pub const QUALIFIERS: &str = "Qualifier WMI : boolean = null, Scope(any);
Qualifier Dynamic : boolean = null, Scope(any);
Qualifier Provider : string = null, Scope(any);
Qualifier Guid : string = null, Scope(any);
Qualifier Description : string = null, Scope(any);
Qualifier Key : boolean = null, Scope(any);
Qualifier Read : boolean = null, Scope(any);
Qualifier WmiDataId : sint64 = null, Scope(any);
";

struct Words(u32);

impl Words {
    fn number(&mut self, end: u32) -> u32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 8) % end
    }

    fn word(&mut self) -> &'static str {
        WORDS[self.number(32) as usize]
    }

    fn name(&mut self, number: usize) -> String {
        let mut name = String::new();
        for _ in 0..2 {
            let (first, rest) = self.word().split_at(1);
            name = name + &first.to_uppercase() + rest;
        }
        name + &number.to_string()
    }

    fn sentence(&mut self) -> String {
        let words = (0..5 + self.number(9)).map(|_| self.word());
        words.collect::<Vec<_>>().join(" ") + "."
    }
}

/// Writes MOF of `classes` classes, which mofcomp and compilers that follow the standard accept.
pub fn mof(classes: usize) -> String {
    let mut words = Words(1);
    let mut mof = String::new();
    for class in 0..classes {
        let (guid, description) = (words.number(1 << 24), words.sentence());
        let name = words.name(class);
        let _ = write!(
            mof,
            "[WMI, Dynamic, Provider(\"WMIProv\"), Description(\"{description}\"),
 Guid(\"{{{guid:08x}-0b7e-4d2e-9a3f-5b6c7d8e9f01}}\")]
class Vendor_{name}
{{
    [Key, Read] string InstanceName;
    [Read] boolean Active;
"
        );
        for id in 1..=2 + words.number(12) as usize {
            let (description, name) = (words.sentence(), words.name(id));
            let ty = TYPES[words.number(5) as usize];
            let _ = writeln!(
                mof,
                "    [Read, WmiDataId({id}), Description(\"{description}\")]\n    {ty} {name};"
            );
        }
        mof += "};\n\n";
    }
    mof
}
