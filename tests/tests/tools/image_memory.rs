//! Reading the resources of an image takes memory in proportion to the image, whatever its tables
//! share.

use wmi_tests::allocations::peak;
use wmi_tests::resources::{ADDRESS, START, image_of};
use wmi_tools::image::mof_resources;

/// The bytes of a table, and of one of its entries.
const TABLE: u32 = 16;
const ENTRY: u32 = 8;
/// Marks an entry's name as a text, and its target as a table.
const FLAG: u32 = 1 << 31;

/// A table of these entries, a name and a target each; those with a text as name come first.
fn table(entries: &[(u32, u32)]) -> Vec<u8> {
    let named = entries.iter().filter(|(name, _)| name & FLAG != 0).count();
    let counts = [named, entries.len() - named].map(|count| u16::try_from(count).unwrap());
    let mut bytes = vec![0; 12];
    bytes.extend(counts.map(u16::to_le_bytes).concat());
    let entries = entries.iter().flat_map(|(name, target)| [*name, *target]);
    bytes.extend(entries.flat_map(u32::to_le_bytes));
    bytes
}

/// The description of a resource whose data is itself.
fn data(at: u32) -> Vec<u8> {
    [ADDRESS + at, 16, 0, 0].map(u32::to_le_bytes).concat()
}

/// Each name has a table of its own, with one language.
fn honest(count: u32) -> Vec<u8> {
    let languages = START + TABLE + count * ENTRY;
    let at = languages + count * (TABLE + ENTRY);
    let names: Vec<_> = (0..count)
        .map(|name| (name, FLAG | (languages + name * (TABLE + ENTRY))))
        .collect();
    let languages = (0..count).flat_map(|_| table(&[(0x409, at)]));
    [table(&names), languages.collect(), data(at)].concat()
}

/// All names share one table of as many languages.
fn shared_languages(count: u32) -> Vec<u8> {
    let languages = START + TABLE + count * ENTRY;
    let at = languages + TABLE + count * ENTRY;
    let names: Vec<_> = (0..count).map(|name| (name, FLAG | languages)).collect();
    let languages: Vec<_> = (0..count).map(|language| (language, at)).collect();
    [table(&names), table(&languages), data(at)].concat()
}

/// All languages are of one name, which takes half of the bytes.
fn shared_name(count: u32) -> Vec<u8> {
    let languages = START + TABLE + ENTRY;
    let at = languages + TABLE + count * ENTRY;
    let name = at + 16;
    let units = u16::try_from(count * ENTRY / 2).unwrap_or(u16::MAX);
    let languages: Vec<_> = (0..count).map(|language| (language, at)).collect();
    let mut bytes = table(&[(FLAG | name, FLAG | (START + TABLE + ENTRY))]);
    bytes.extend([table(&languages), data(at)].concat());
    bytes.extend(units.to_le_bytes());
    bytes.extend(b"A\0".repeat(units.into()));
    bytes
}

/// All names share one text and one table.
fn shared_names(count: u32) -> Vec<u8> {
    let languages = START + TABLE + count * ENTRY;
    let at = languages + TABLE + ENTRY;
    let name = at + 16;
    let names = vec![(FLAG | name, FLAG | languages); count as usize];
    let mut bytes = [table(&names), table(&[(0x409, at)]), data(at)].concat();
    bytes.extend(u16::MAX.to_le_bytes());
    bytes.extend(b"A\0".repeat(u16::MAX.into()));
    bytes
}

/// The table of names is that of languages as well.
fn circle(count: u32) -> Vec<u8> {
    let names: Vec<_> = (0..count).map(|name| (name, FLAG | START)).collect();
    table(&names)
}

#[test]
fn memory_grows_with_the_image_alone() {
    type Shape = (&'static str, fn(u32) -> Vec<u8>, bool);
    let shapes: [Shape; 5] = [
        ("honest", honest, true),
        ("shared languages", shared_languages, false),
        ("shared name", shared_name, false),
        ("shared names", shared_names, false),
        ("circle", circle, false),
    ];
    for (shape, resources, is_read) in shapes {
        for count in [64, 512, 4096, 32_000] {
            let image = image_of(&resources(count));
            let mut found = None;
            let bytes = peak(|| found = Some(mof_resources(&image).map(|found| found.len())));
            // Vectors double, and live twice while they grow.
            let most = 32 * image.len() + 1024;
            assert!(bytes <= most, "{shape} {count}: {bytes} of {}", image.len());
            let found = found.unwrap();
            println!("{shape} {count}: {bytes} of {}, {found:?}", image.len());
            match found {
                Ok(found) => assert!(found <= image.len() / 8),
                Err(why) => assert!(!is_read, "{shape} {count}: {why}"),
            }
        }
    }
}
