//! `cargo wmi decode`: bytes of a class as named values, and back. Owns the command and the table;
//! the JSON of values and WNODEs has a file each.

mod json;
mod wnode;

use core::fmt::Write;
use core::ops::Range;
use std::sync::Arc;

use clap::Args;
use serde_json::{Value, json};
use wmi_core::schema::Class;
use wmi_core::wnode::{InstanceId, Wnode};
use wmi_tools::client::{Client, DataObject, PlacedBlock, PlacedValue};
use wmi_tools::hex_dump::parse_hex_dump;
use wmi_tools::layout::BlockLayout;
use wmi_tools::{Arena, Classes};

use crate::failure::{Failure, Result};
use crate::input::{self, Input, Schema};
use crate::output::Output;
use crate::place::Place;
use crate::style::{FAINT, HEADING, printable};
use json::{json_of, json_of_object, object_of};
use wnode::{WnodeJson, json_of_instance};

const EXAMPLES: &str = "\
Examples:
  cargo wmi decode driver.sys --class MSiSCSI_MMIPSECStats --data dump.txt
  cargo wmi decode driver.mof --wnode < captured.bin
  cargo wmi decode driver.mof --wnode --json < reply.bin | jq '.blocks[].values'
  cargo wmi decode driver.mof --class Vendor_Lamp --method Switch --in < dump.txt
  cargo wmi decode driver.mof --class Vendor_Lamp --encode --data values.json -o block.bin
  cargo wmi decode driver.mof --wnode --encode --data wnode.json -o wnode.bin

DATA is binary, or text that is recognised as a hex dump: of WinDbg (`db`, `dw`, `dd`, `dq`, `dps`),
gdb, lldb, `xxd`, `hexdump` or `od`, or digits as in a C array.";

/// Show the bytes of a class as named values with their offsets, or turn values into bytes
///
/// DATA is a data block of a class, the parameters of a method, or with `--wnode` a whole WNODE as it
/// was captured: all instances, one instance, one item, a method or an event, with static or dynamic
/// names. With `--encode` DATA is JSON as `--json` shows it, and the result is the block or, with
/// `--wnode`, the WNODE. Offsets, sizes and items may be left out, and of a block all but `values`.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Decode {
    #[command(flatten)]
    input: Input,
    /// File with the bytes to decode or the values to encode; standard input by default
    #[arg(
        long,
        value_name = "DATA",
        default_value = "-",
        hide_default_value = true
    )]
    data: Place,
    #[command(flatten)]
    output: Output,
    /// The class of the bytes
    #[arg(long, value_name = "NAME", required_unless_present = "wnode")]
    class: Option<String>,
    /// Take the bytes for the parameters of this method
    #[arg(long, value_name = "NAME", conflicts_with = "wnode")]
    method: Option<String>,
    /// Take the parameters of a method for its input instead of its output
    #[arg(long = "in")]
    is_input: bool,
    /// Take the bytes for a WNODE, whose GUID tells the class
    #[arg(long)]
    wnode: bool,
    /// Write JSON for scripts
    #[arg(long)]
    json: bool,
    /// Take DATA for binary, even if it looks like a hex dump
    #[arg(long)]
    binary: bool,
    /// Turn named values into bytes
    #[arg(long, conflicts_with_all = ["json", "binary"])]
    encode: bool,
}

impl Decode {
    pub(crate) fn run(self) -> Result {
        self.output.differs_from(&self.input.places)?;
        self.output
            .differs_from(core::slice::from_ref(&self.data))?;
        if self.data == Place::STANDARD && self.input.places.contains(&Place::STANDARD) {
            return Err(Failure::Usage(
                "schema and data cannot both be standard input; name the file of the data by `--data`"
                    .to_owned(),
            ));
        }
        let arena = Arena::new();
        let schema = self.input.read(&arena)?;
        let classes = Classes::from(&schema.file);
        if self.encode && self.wnode {
            return self.output.binary(&self.encoded_wnode(&schema, &classes)?);
        }
        if self.encode {
            let (_, layout) = self.layout(&schema, &classes)?;
            return self.output.binary(&self.encoded(&layout)?);
        }
        let bytes = self.bytes()?;
        if self.wnode {
            return self.wnode(&schema, classes, &bytes);
        }
        let (class, layout) = self.layout(&schema, &classes)?;
        let placed = DataObject::decode_placed(&layout, &bytes);
        let (object, values) = placed.map_err(|why| Failure::input(&self.data, why))?;
        let end = values.iter().map(|value| value.bytes.end).max();
        let end = end.unwrap_or(0);
        let rest = bytes.len().saturating_sub(end);
        if rest > 0 {
            let rest = input::counted(rest, "byte follows", "bytes follow");
            let place = self.data.input_name();
            input::warning(format_args!(
                "{place}: {rest} the last item, which ends at offset {end}; check the class"
            ));
        }
        self.write(&[Shown {
            class: class.name,
            member: self.method.as_ref().map(|_| layout.name),
            instance: None,
            bytes: 0..bytes.len(),
            object: &object,
            values: &values,
        }])
    }

    fn wnode(&self, schema: &Schema<'_>, classes: Classes<'_>, bytes: &[u8]) -> Result {
        // The class of a WNODE is found by its GUID among all, whatever their namespace.
        if let Some(name) = &self.class {
            self.class(schema, &classes, name)?;
        }
        let client = Client::new(classes);
        let fail = |why: &dyn core::fmt::Display| Failure::input(&self.data, why);
        let blocks = client.decode_placed(bytes, self.is_input);
        let blocks = blocks.map_err(|why| fail(&why))?;
        let wnode = Wnode::decode(bytes).map_err(|why| fail(&why))?;
        let header = wnode::header(&wnode);
        let class = header.and_then(|header| client.class(header.guid()));
        let class = class.map_or("", |class| class.name);
        if let Some(name) = &self.class {
            if !name.eq_ignore_ascii_case(class) {
                return Err(fail(&format_args!("the WNODE is of the class `{class}`")));
            }
        }
        if blocks.is_empty() && !self.json {
            input::note("the WNODE has no values");
        }
        let shown: Vec<_> = blocks.iter().map(|it| Shown::of(class, it)).collect();
        if !self.json {
            return self.write(&shown);
        }
        let blocks = shown.iter().map(Shown::json).collect();
        self.output.json(&WnodeJson::of(&wnode, class, blocks))
    }

    /// Reads the bytes; those of a hex dump if the text is one.
    fn bytes(&self) -> Result<Vec<u8>> {
        let bytes = input::bytes(&self.data)?;
        let text = core::str::from_utf8(&bytes).ok();
        let is_text = |text: &&str| {
            let is_shown = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
            !self.binary && !text.is_empty() && text.chars().all(is_shown)
        };
        match text.filter(is_text) {
            Some(text) => parse_hex_dump(text).map_err(|why| {
                Failure::input(
                    &self.data,
                    format_args!("{why}; if this is binary, say so by `--binary`"),
                )
            }),
            None => Ok(bytes),
        }
    }

    fn class<'a>(
        &self,
        schema: &Schema<'a>,
        classes: &Classes<'a>,
        name: &str,
    ) -> Result<(&'a Class<'a>, Arc<Classes<'a>>)> {
        let mut all = classes.with_namespaces();
        all.find(|(class, _)| class.name.eq_ignore_ascii_case(name))
            .ok_or_else(|| schema.fault(format_args!("it has no class `{name}`")))
    }

    /// Returns the class and the layout of the bytes: its own, or that of a method's parameters.
    fn layout<'a>(
        &self,
        schema: &Schema<'a>,
        classes: &Classes<'a>,
    ) -> Result<(&'a Class<'a>, BlockLayout<'a>)> {
        let name = self.class.as_deref().unwrap_or_default();
        let (class, known) = self.class(schema, classes, name)?;
        let layout = match &self.method {
            None => BlockLayout::of(class, &known),
            Some(name) => {
                let mut methods = class.methods.iter();
                let method = methods.find(|method| method.name.eq_ignore_ascii_case(name));
                let method = method.ok_or_else(|| {
                    schema.fault(format_args!("`{}` has no method `{name}`", class.name))
                })?;
                match self.is_input {
                    true => BlockLayout::of_input(method, &known),
                    false => BlockLayout::of_output(method, &known),
                }
            }
        };
        Ok((class, layout.map_err(|why| schema.fault(why))?))
    }

    /// Returns the bytes of the values in the data.
    fn encoded(&self, layout: &BlockLayout<'_>) -> Result<Vec<u8>> {
        let text = input::bytes(&self.data)?;
        let fail = |why: &dyn core::fmt::Display| Failure::input(&self.data, why);
        let values: Value = serde_json::from_slice(&text).map_err(|why| fail(&why))?;
        // What `--json` shows is a list of blocks.
        let values = match &values {
            Value::Array(blocks) if blocks.len() == 1 => &blocks[0],
            values => values,
        };
        let values = values.get("values").unwrap_or(values);
        let Value::Object(values) = values else {
            return Err(fail(
                &"this is not an object of named values, such as {\"Level\": 3}",
            ));
        };
        let object = object_of(layout, values, "").map_err(|why| fail(&why))?;
        object.encode(layout).map_err(|why| fail(&why))
    }

    /// Returns the WNODE in the data.
    fn encoded_wnode(&self, schema: &Schema<'_>, classes: &Classes<'_>) -> Result<Vec<u8>> {
        let text = input::bytes(&self.data)?;
        let fail = |why: &dyn core::fmt::Display| Failure::input(&self.data, why);
        let wnode: WnodeJson = serde_json::from_slice(&text).map_err(|why| fail(&why))?;
        let name = match (&self.class, &wnode.class) {
            (Some(given), Some(named)) if !given.eq_ignore_ascii_case(named) => {
                return Err(fail(&format_args!("the WNODE is of the class `{named}`")));
            }
            (Some(name), _) | (None, Some(name)) => name,
            (None, None) => return Err(fail(&"`class` is missing; name the class of the WNODE")),
        };
        let (class, known) = self.class(schema, classes, name)?;
        let bytes = wnode.encode(class, &known, self.is_input);
        bytes.map_err(|why| fail(&why))
    }

    fn write(&self, blocks: &[Shown<'_>]) -> Result {
        if self.json {
            let blocks: Vec<_> = blocks.iter().map(Shown::json).collect();
            return self.output.json(&blocks);
        }
        let mut text = String::new();
        for (index, block) in blocks.iter().enumerate() {
            if index > 0 {
                text.push('\n');
            }
            block.text(&mut text);
        }
        self.output.styled(&text)
    }
}

/// A block with its values.
struct Shown<'a> {
    class: &'a str,
    member: Option<&'a str>,
    instance: Option<InstanceId<'a>>,
    bytes: Range<usize>,
    object: &'a DataObject<'a>,
    values: &'a [PlacedValue<'a>],
}

impl<'a> Shown<'a> {
    fn of(class: &'a str, block: &'a PlacedBlock<'a>) -> Self {
        Self {
            class,
            member: block.member,
            instance: Some(block.id),
            bytes: block.offset..block.offset + block.size,
            object: &block.object,
            values: &block.values,
        }
    }

    fn text(&self, text: &mut String) {
        let title = crate::style::path(self.class, self.member, None);
        let instance = match self.instance {
            None => String::new(),
            Some(InstanceId::Static(index)) => format!(", instance {index}"),
            Some(InstanceId::Dynamic(name)) => format!(", instance \"{}\"", name.as_str()),
        };
        let (start, size) = (self.bytes.start, self.bytes.len());
        let place = match start {
            0 => format!("{size} bytes"),
            start => format!("{size} bytes at offset {start}"),
        };
        // Writing to a `String` cannot fail.
        let _ = writeln!(
            text,
            "{HEADING}{}{HEADING:#}{FAINT}{}, {place}{FAINT:#}",
            printable(&title),
            printable(&instance),
        );
        let paths = self.values.iter().map(|value| value.path.chars().count());
        let width = paths.max().unwrap_or(0).max(4);
        let _ = writeln!(
            text,
            "{FAINT}offset   size  {:width$}  value{FAINT:#}",
            "item"
        );
        for value in self.values {
            let Range { start, end } = value.bytes;
            let _ = writeln!(
                text,
                "{:>6} {:>6}  {:width$}  {}",
                self.bytes.start + start,
                end - start,
                printable(&value.path),
                printable(&value.value.to_string()),
            );
        }
    }

    fn json(&self) -> Value {
        let items = self.values.iter().map(|value| {
            json!({
                "path": value.path,
                "offset": self.bytes.start + value.bytes.start,
                "size": value.bytes.len(),
                "value": json_of(&value.value),
            })
        });
        json!({
            "class": self.class,
            "member": self.member,
            "instance": self.instance.map(json_of_instance),
            "offset": self.bytes.start,
            "size": self.bytes.len(),
            "values": json_of_object(self.object),
            "items": items.collect::<Vec<_>>(),
        })
    }
}
