//! Binary MOFs with hostile names, for the targets that read them.

use wmi_core::schema::Edition;
use wmi_tools::Arena;
use wmi_tools::bmf::encode_payload;
use wmi_tools::mof::Reader;

/// Units that end, hide, reverse or forge text, beside letters of other scripts.
const UNITS: [u16; 40] = [
    0x00, 0x07, 0x08, 0x09, 0x0a, 0x0d, 0x1b, 0x7f, 0x85, 0x9b, 0xa0, 0xad, 0xd7, 0xdf, 0xe9,
    0x130, 0x17f, 0x212a, 0x2028, 0x2029, 0x200b, 0x200d, 0x200f, 0x202a, 0x202e, 0x2066, 0x2069,
    0xfeff, 0xfffe, 0xffff, 0xd800, 0xdbff, 0xdc00, 0xdfff, 0x0300, 0x0660, 0x4e2d, 0xff21, 0xe000,
    0x61c,
];

/// A binary MOF of one edition, and the places of each name in it.
pub struct Template {
    payload: Vec<u8>,
    names: Vec<Vec<usize>>,
}

impl Template {
    /// Compiles MOF in which each name to replace is `Named` and three letters.
    pub fn new(text: &str, edition: Edition) -> Self {
        let arena = Arena::new();
        let reading = Reader::new(&arena).read("template", text.as_bytes());
        assert!(!reading.has_errors(), "{:?}", reading.diagnostics);
        let payload = encode_payload(&reading.file.with_edition(edition)).expect("it is written");
        let mut found = std::collections::BTreeMap::<_, Vec<_>>::new();
        let stem: Vec<u8> = "Named".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for (place, bytes) in payload.windows(16).enumerate() {
            if bytes.starts_with(&stem) {
                found.entry(bytes.to_vec()).or_default().push(place);
            }
        }
        let names = found.into_values().collect();
        Self { payload, names }
    }

    /// Returns the payload with other names: a byte for the number of a name, then seven for its
    /// letters. Also returns whether a name has a NUL.
    pub fn with_names(&self, mut bytes: &[u8]) -> (Vec<u8>, bool) {
        let (mut payload, mut has_nul) = (self.payload.clone(), false);
        while let [which, rest @ ..] = bytes {
            let places = &self.names[usize::from(*which) % self.names.len()];
            for (index, byte) in rest.iter().take(7).enumerate() {
                let unit = match byte {
                    0..0x80 => u16::from(*byte),
                    _ => UNITS[usize::from(byte - 0x80) % UNITS.len()],
                };
                has_nul |= unit == 0;
                for place in places {
                    let at = place + 2 * index;
                    payload[at..at + 2].copy_from_slice(&unit.to_le_bytes());
                }
            }
            bytes = rest.get(7..).unwrap_or_default();
        }
        (payload, has_nul)
    }
}
