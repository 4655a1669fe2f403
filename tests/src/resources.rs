//! Driver images without code: headers, and a section of resources that may be anything.

/// The offset of the given resources in the section of [`image_of`].
pub const START: u32 = 40;

/// Returns an image for x64 whose one section holds resources of the type `MOFDATA`: the root table,
/// the name of the type, and from [`START`] on these bytes, which start with the table of names. The
/// section is at the address [`ADDRESS`].
///
/// # Panics
///
/// Panics if the resources are longer than 4 GiB.
#[must_use]
pub fn image_of(resources: &[u8]) -> Vec<u8> {
    const HEADERS: u32 = 0x200;
    const OPTIONAL_HEADER: usize = 0x58;
    const SECTION_HEADER: usize = OPTIONAL_HEADER + 240;
    const FLAG: u32 = 1 << 31;
    let mut section = [&[0; 12][..], &[1, 0, 0, 0]].concat();
    section.extend((FLAG | 24).to_le_bytes());
    section.extend((FLAG | START).to_le_bytes());
    let name = [7].into_iter().chain("MOFDATA".encode_utf16());
    section.extend(name.flat_map(u16::to_le_bytes));
    section.extend(resources);
    let size = u32::try_from(section.len()).expect("the resources are short");

    let mut image = vec![0; HEADERS as usize];
    let mut put = |at: usize, bytes: &[u8]| image[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, b"MZ");
    put(0x3c, &[0x40]);
    // A file for x64 of one section, and the size of the optional header with 16 directories.
    put(0x40, b"PE\0\0\x64\x86\x01\0");
    put(0x54, &[240, 0, 0x22, 0]);
    put(OPTIONAL_HEADER, &[0x0b, 0x02]);
    for (at, number) in [
        // Alignment in memory and in the file, the sizes of both, the number of directories.
        (OPTIONAL_HEADER + 32, 0x1000),
        (OPTIONAL_HEADER + 36, 0x200),
        (OPTIONAL_HEADER + 56, 0x1000_0000),
        (OPTIONAL_HEADER + 60, HEADERS),
        (OPTIONAL_HEADER + 108, 16),
        // The third directory: its address, its size.
        (OPTIONAL_HEADER + 128, ADDRESS),
        (OPTIONAL_HEADER + 132, size),
        // The section: its size in memory, its address, its size in the file, its place there.
        (SECTION_HEADER + 8, size),
        (SECTION_HEADER + 12, ADDRESS),
        (SECTION_HEADER + 16, size),
        (SECTION_HEADER + 20, HEADERS),
    ] {
        put(at, &number.to_le_bytes());
    }
    put(SECTION_HEADER, b".rsrc\0\0\0");
    image.extend(section);
    image
}

/// The address of the section of resources.
pub const ADDRESS: u32 = 0x1000;
