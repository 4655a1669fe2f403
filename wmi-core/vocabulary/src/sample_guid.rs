//! GUIDs of published sample code, which vendors copy into their own classes by mistake.
//!
//! WMI finds a class by its GUID, so two drivers with the same GUID answer for each other.

use crate::Guid;

/// Returns the published sample that `guid` was copied from, if it is known.
#[must_use]
pub fn origin(guid: Guid) -> Option<&'static str> {
    let (data1, data2, data3, data4) = guid.to_fields();
    // The ACPI sample numbers its classes from ABBC0F60; vendors continued the numbering.
    if data1 >> 8 == 0x00ab_bc0f
        && (data2, data3) == (0x8ea1, 0x11d1)
        && data4 == [0x00, 0xa0, 0xc9, 0x06, 0x29, 0x10, 0x00, 0x00]
    {
        return Some("the acpimof.mof sample");
    }
    // Copies changed only the first field.
    if data1 == 0xdead_beef && data4 == [0x00, 0xa0, 0xc9, 0x06, 0x29, 0x10, 0x00, 0x00] {
        return Some("a copy of the acpimof.mof sample");
    }
    SAMPLES
        .iter()
        .find(|sample| sample.0 == guid)
        .map(|sample| sample.1)
}

const WMISAMP: &str = "the wmisamp.mof sample";
const TOASTER: &str = "the toaster.mof sample";
const FIREFLY: &str = "the firefly.mof sample";

#[rustfmt::skip]
const SAMPLES: &[(Guid, &str)] = &[
    sample(0xa1c1_5015, 0xb069, 0x11d1, 0x9290_00a0_c906_2910, WMISAMP),
    sample(0xa1c1_5016, 0xb069, 0x11d1, 0x9290_00a0_c906_2910, WMISAMP),
    sample(0x15d8_51f1, 0x6539, 0x11d1, 0xa529_00a0_c906_2910, WMISAMP),
    sample(0x15d8_51f2, 0x6539, 0x11d1, 0xa529_00a0_c906_2910, WMISAMP),
    sample(0x15d8_51f3, 0x6539, 0x11d1, 0xa529_00a0_c906_2910, WMISAMP),
    sample(0x15d8_51f5, 0x6539, 0x11d1, 0xa529_00a0_c906_2910, WMISAMP),
    sample(0x15d8_51f6, 0x6539, 0x11d1, 0xa529_00a0_c906_2910, WMISAMP),
    sample(0xbba2_1300, 0x6dd3, 0x11d2, 0xb844_00c0_4fad_5171, TOASTER),
    sample(0x01cd_aff1, 0xc901, 0x45b4, 0xb359_b554_2725_e29c, TOASTER),
    sample(0xcaae_7d9f, 0xacf7, 0x4737, 0xa4e9_01c2_9d3f_e194, TOASTER),
    sample(0xab27_db29, 0xdb25, 0x42e6, 0xa3e7_28bd_46bd_b666, FIREFLY),
];

const fn sample(
    data1: u32,
    data2: u16,
    data3: u16,
    data4: u64,
    origin: &'static str,
) -> (Guid, &'static str) {
    (
        Guid::from_fields(data1, data2, data3, data4.to_be_bytes()),
        origin,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_sample_guids_are_recognised() {
        for (text, known) in [
            ("ABBC0F6E-8EA1-11d1-00A0-C90629100000", true),
            ("ABBC0F7F-8EA1-11d1-00A0-C90629100000", true),
            ("ABBC0F6E-8EA1-11d1-00A0-C90629100001", false),
            ("DEADBEEF-2001-0000-00A0-C90629100000", true),
            ("15D851F3-6539-11d1-A529-00A0C9062910", true),
            ("15D851F4-6539-11d1-A529-00A0C9062910", false),
            ("36B58EA2-C461-4bb0-AC8E-952F59D251ED", false),
        ] {
            assert_eq!(
                origin(Guid::parse(text).unwrap()).is_some(),
                known,
                "{text}"
            );
        }
    }
}
