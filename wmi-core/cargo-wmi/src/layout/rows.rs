//! The blocks and items that the table, the picture and the JSON show.

use serde::Serialize;
use wmi_core::CounterType;
use wmi_core::schema::Class;
use wmi_tools::layout;

/// A data block, or the parameters of a method in one direction.
#[derive(Serialize)]
pub(super) struct Block<'a> {
    pub(super) class: &'a str,
    pub(super) guid: Option<String>,
    #[serde(flatten)]
    pub(super) part: Part<'a>,
    /// `X_SIZE` of the generated header.
    pub(super) size: Option<usize>,
    pub(super) align: usize,
    pub(super) items: Vec<Item<'a>>,
    #[serde(skip)]
    pub(super) layout: layout::BlockLayout<'a>,
}

/// The part of a class that a block is.
#[derive(Clone, Copy, Serialize)]
#[serde(tag = "block", content = "method", rename_all = "lowercase")]
pub(super) enum Part<'a> {
    Data,
    Input(&'a str),
    Output(&'a str),
}

#[derive(Serialize)]
pub(super) struct Item<'a> {
    pub(super) id: u32,
    pub(super) name: &'a str,
    /// The type as MOF spells it, with the length of an array or string.
    #[serde(rename = "type")]
    pub(super) type_name: String,
    pub(super) offset: Option<usize>,
    pub(super) size: Option<usize>,
    pub(super) align: usize,
    /// The counter type by its name in `winperf.h`.
    pub(super) counter: Option<&'static str>,
}

impl<'a> Block<'a> {
    pub(super) fn new(
        class: &'a Class<'a>,
        part: Part<'a>,
        block: layout::BlockLayout<'a>,
    ) -> Self {
        Self {
            class: class.name,
            guid: class.guid().map(|guid| guid.to_string()),
            part,
            size: block.size,
            align: block.align,
            items: block
                .items
                .iter()
                .map(|item| Item::new(item, &block))
                .collect(),
            layout: block,
        }
    }

    /// Returns the class, or the method with its class and direction.
    pub(super) fn title(&self) -> String {
        match self.part {
            Part::Data => self.class.to_owned(),
            Part::Input(method) => format!("{}.{method} in", self.class),
            Part::Output(method) => format!("{}.{method} out", self.class),
        }
    }

    /// Returns the GUID, if the class has one, and the size.
    pub(super) fn subtitle(&self) -> String {
        let size = match self.size {
            Some(1) => "1 byte".to_owned(),
            Some(size) => format!("{size} bytes"),
            None => "variable size".to_owned(),
        };
        match (self.part, &self.guid) {
            (Part::Data, Some(guid)) => format!("{guid}, {size}"),
            _ => size,
        }
    }
}

/// Returns a number of bytes as text, or `varies`.
pub(super) fn in_words(bytes: Option<usize>) -> String {
    bytes.map_or("varies".to_owned(), |bytes| bytes.to_string())
}

impl<'a> Item<'a> {
    fn new(item: &layout::BlockItem<'a>, block: &layout::BlockLayout<'a>) -> Self {
        let counter = item.property.counter_type();
        Self {
            id: item.id,
            name: item.property.name,
            type_name: block.type_text(item),
            offset: item.offset,
            size: item.size(),
            align: item.align(),
            counter: counter.and_then(CounterType::name),
        }
    }
}
