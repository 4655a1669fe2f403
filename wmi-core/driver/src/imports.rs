//! `imports!`: declares the routines that a driver of the kernel exports.

/// Declares routines as `imports! { "ntoskrnl.exe", extern "system" { fn .. } }`. `extern fastcall` has the
/// fast calling convention on x86, and the usual one elsewhere.
macro_rules! imports {
    ($driver:literal, extern fastcall { $($routines:tt)* }) => {
        #[cfg(target_arch = "x86")]
        imports! { $driver, extern "fastcall" { $($routines)* } }
        #[cfg(not(target_arch = "x86"))]
        imports! { $driver, extern "system" { $($routines)* } }
    };
    ($driver:literal, extern $abi:literal { $($routines:tt)* }) => {
        // The kernel exports undecorated names, so the x86 linker must not decorate them.
        #[cfg_attr(
            all(windows, not(target_arch = "x86")),
            link(name = $driver, kind = "raw-dylib", modifiers = "+verbatim")
        )]
        #[cfg_attr(
            all(windows, target_arch = "x86"),
            link(
                name = $driver,
                kind = "raw-dylib",
                modifiers = "+verbatim",
                import_name_type = "undecorated"
            )
        )]
        unsafe extern $abi { $($routines)* }
    };
}
