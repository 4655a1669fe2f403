//! [`include_bmf!`](crate::include_bmf): binary MOF as data in the driver.

/// Declares a static `[u8; N]` with the binary MOF written by the build script
/// (`wmi_tools::build`).
///
/// Use it in a driver that serves its MOF itself instead of in a resource. Such a driver provides
/// the class `MSWmi_MofData` with one instance, whose `BinaryMofData` is this static. The served
/// schema does not contain that class, as WMI defines it.
///
/// ```
/// # #[cfg(feature = "derive")] {
/// use wmi_core::provider::{Block, HandleVariable, Reply, Sent};
/// use wmi_core::{Count, NtStatus, WmiClass};
///
/// # /*
/// wmi_core::include_bmf!(static BMF = "vendor");
/// # */
/// # static BMF: [u8; 4] = *b"FOMB";
///
/// /// The schema of the driver.
/// #[derive(WmiClass)]
/// #[wmi(variable, name = "MSWmi_MofData", guid = "05901221-d566-11d1-b2f0-00a0c9062910")]
/// struct MofData<'a> {
///     #[wmi(data_id = 1)]
///     unused1: u32,
///     #[wmi(data_id = 2)]
///     unused2: u32,
///     #[wmi(data_id = 3)]
///     size: Count<u32>,
///     #[wmi(data_id = 4)]
///     unused4: u32,
///     #[wmi(data_id = 5, size_is = "size")]
///     binary_mof_data: &'a [u8],
/// }
///
/// struct Device;
///
/// impl HandleVariable<MofData<'_>> for Device {
///     fn query(&self, reply: Reply<'_, MofData<'_>>) -> Result<Sent, NtStatus> {
///         reply.send(&MofData {
///             unused1: 0,
///             unused2: 0,
///             size: Count::NEW,
///             unused4: 0,
///             binary_mof_data: &BMF,
///         })
///     }
/// }
///
/// static MOF_DATA: &Block<Device> =
///     &Block::variable::<MofData<'static>, Device>(|device, _| Some(device));
/// # let _ = MOF_DATA;
/// # }
/// ```
#[macro_export]
macro_rules! include_bmf {
    ($(#[$attribute:meta])* $visibility:vis static $ident:ident = $name:literal) => {
        $(#[$attribute])*
        $visibility static $ident: [
            ::core::primitive::u8;
            ::core::include_bytes!(
                ::core::concat!(::core::env!("OUT_DIR"), "/", $name, ".bmf")
            ).len()
        ] = *::core::include_bytes!(
            ::core::concat!(::core::env!("OUT_DIR"), "/", $name, ".bmf")
        );
    };
}
