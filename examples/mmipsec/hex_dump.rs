//! Dumps a `WNODE_ALL_DATA` byte by byte, and names each member and item at its bytes.

use core::error::Error;
use core::fmt::{self, Display};
use core::mem::{offset_of, size_of_val};
use std::io::{self, Write};

use wmi_core::FixedBlock;
use wmi_core::layout::ItemLayout;
use wmi_core::schema::{Array, CimType};
use wmi_core::wnode::flags::{
    WNODE_FLAG_ALL_DATA, WNODE_FLAG_FIXED_INSTANCE_SIZE, WNODE_FLAG_STATIC_INSTANCE_NAMES,
};
use wmi_core::wnode::{AllData, WnodeAllData};
use zerocopy::FromBytes;

use crate::style::{CAPTION, HEADING, faint_if};

/// Bytes per line.
const WIDTH: usize = 8;

/// Writes the bytes of `wnode`, from which the reader made `all_data` with blocks of class `C`.
pub(crate) fn write<C: FixedBlock>(
    out: &mut impl Write,
    wnode: &[u8],
    all_data: &AllData<'_>,
) -> Result<(), Box<dyn Error>> {
    let Ok((head, _)) = WnodeAllData::ref_from_prefix(wnode) else {
        return Err("the WNODE is shorter than its fixed part".into());
    };
    let mut dump = Dump { out, wnode, at: 0 };
    dump.columns()?;
    dump.caption(0, "WNODE_ALL_DATA")?;
    for (name, end, value) in members(head) {
        dump.field(name, end, &value)?;
    }
    for (instance, block) in all_data.blocks::<C>()?.enumerate() {
        let block = block.as_bytes();
        let start = block.as_ptr().addr() - wnode.as_ptr().addr();
        dump.caption(
            start,
            format_args!("{}, instance {instance}", C::CLASS.name),
        )?;
        for item in C::ITEMS {
            dump.field("padding", start + item.offset, "")?;
            let end = item.offset + item.size;
            let value = value(item, &block[item.offset..end]);
            dump.field(item.property.name, start + end, &value)?;
        }
    }
    dump.field("padding", wnode.len(), "")?;
    Ok(())
}

/// Returns name, end and value of each member of the fixed part, which has no padding.
fn members(head: &WnodeAllData) -> [(&'static str, usize, String); 12] {
    macro_rules! member {
        ($name:literal, $($member:ident).+) => {
            member!($name, $($member).+, head.$($member).+)
        };
        ($name:literal, $($member:ident).+, $value:expr) => {{
            let start = offset_of!(WnodeAllData, $($member).+);
            let end = start + size_of_val(&head.$($member).+);
            ($name, end, $value.to_string())
        }};
    }
    [
        member!("BufferSize", header.buffer_size),
        member!("ProviderId", header.provider_id),
        member!("Version", header.version),
        member!("Linkage", header.linkage),
        member!("TimeStamp", header.time_stamp),
        member!("Guid", header.guid, head.header.guid()),
        member!("ClientContext", header.client_context),
        member!("Flags", header.flags, Flags(head.header.flags.get())),
        member!("DataBlockOffset", data_block_offset),
        member!("InstanceCount", instance_count),
        member!("OffsetInstanceNameOffsets", offset_instance_name_offsets),
        member!("FixedInstanceSize", fixed_instance_size),
    ]
}

/// The flags of a `WNODE_ALL_DATA`, displayed one per line.
struct Flags(u32);

impl Display for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        [
            ("WNODE_FLAG_ALL_DATA", WNODE_FLAG_ALL_DATA),
            (
                "WNODE_FLAG_FIXED_INSTANCE_SIZE",
                WNODE_FLAG_FIXED_INSTANCE_SIZE,
            ),
            (
                "WNODE_FLAG_STATIC_INSTANCE_NAMES",
                WNODE_FLAG_STATIC_INSTANCE_NAMES,
            ),
        ]
        .iter()
        .filter(|(_, flag)| self.0 & flag != 0)
        .try_for_each(|(name, _)| writeln!(f, "{name}"))
    }
}

/// Formats an unsigned number. Items of other types get no value; the dump shows their bytes.
fn value(item: &ItemLayout, bytes: &[u8]) -> String {
    match (item.property.array, item.property.cim_type) {
        (
            Array::Scalar,
            CimType::Boolean | CimType::Uint8 | CimType::Uint16 | CimType::Uint32 | CimType::Uint64,
        ) => bytes
            .iter()
            .rfold(0, |number, byte| number << 8 | u64::from(*byte))
            .to_string(),
        _ => String::new(),
    }
}

/// The lines of the dump.
struct Dump<'a, W> {
    out: W,
    wnode: &'a [u8],
    /// The number of bytes written so far.
    at: usize,
}

impl<W: Write> Dump<'_, W> {
    fn columns(&mut self) -> io::Result<()> {
        let (offset, bytes, name) = ("offset", "bytes", "name");
        writeln!(
            self.out,
            "{HEADING}{offset}  {bytes:23}  {name:25}  value{HEADING:#}"
        )
    }

    /// Writes a caption for the fields that follow, the first of which is at `start`.
    fn caption(&mut self, start: usize, text: impl Display) -> io::Result<()> {
        self.field("padding", start, "")?;
        writeln!(self.out, "{CAPTION}{text}{CAPTION:#}")
    }

    /// Writes the bytes up to `end`, if there are any.
    fn field(&mut self, mut name: &str, end: usize, value: &str) -> io::Result<()> {
        let bytes = &self.wnode[self.at..end];
        let faint = faint_if(bytes.iter().all(|byte| *byte == 0));
        let mut chunks = bytes.chunks(WIDTH);
        let mut values = value.lines();
        loop {
            let (chunk, value) = (chunks.next(), values.next());
            if chunk.is_none() && value.is_none() {
                return Ok(());
            }
            let offset = chunk.map_or(String::new(), |_| self.at.to_string());
            let chunk = chunk.unwrap_or_default();
            let hex: Vec<_> = chunk.iter().map(|byte| format!("{byte:02x}")).collect();
            let line = format!(
                "{offset:>6}  {:23}  {name:25}  {}",
                hex.join(" "),
                value.unwrap_or_default()
            );
            writeln!(self.out, "{faint}{}{faint:#}", line.trim_end())?;
            self.at += chunk.len();
            name = "";
        }
    }
}
