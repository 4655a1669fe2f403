//! [`include_bmf!`](crate::include_bmf): the binary MOF in the driver's own data.

/// Declares a static with the binary MOF that the build script wrote (`wmi_core::build`), as
/// `[u8; N]` of its very length.
///
/// For a driver that serves its MOF by itself instead of as a resource: it registers the class
/// `MSWmi_MofData`, and the data item `BinaryMofData` of its one instance is this.
///
/// ```ignore
/// wmi_core::include_bmf!(
///     /// The schema of the driver.
///     pub static BMF = "iscsi"
/// );
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
