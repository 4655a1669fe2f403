//! From `mofcomp` and `wmimofck` to `cargo wmi`: what each of their switches became.
//!
//! The table is [`SWITCHES`]. The tests of `cargo wmi` hold it to the command line's own help.

/// A switch of one of Microsoft's tools, and its counterpart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Switch {
    /// `mofcomp` or `wmimofck`.
    pub program: &'static str,
    /// The switch as that program spells it.
    pub switch: &'static str,
    /// What it does.
    pub effect: &'static str,
    /// The arguments of `cargo wmi` that do the same, unless none are needed.
    pub counterpart: Option<&'static str>,
    /// How the counterpart differs, or why none is needed.
    pub remark: &'static str,
}

macro_rules! counterpart {
    (none, $remark:literal) => {
        concat!("none: ", $remark)
    };
    ($arguments:literal, "") => {
        concat!("`cargo wmi ", $arguments, "`")
    };
    ($arguments:literal, $remark:literal) => {
        concat!("`cargo wmi ", $arguments, "`: ", $remark)
    };
}

macro_rules! arguments {
    (none) => {
        None
    };
    ($arguments:literal) => {
        Some($arguments)
    };
}

macro_rules! switches {
    ($($program:literal $switch:literal {
        $effect:literal, $arguments:tt, $remark:literal
    })*) => {
        /// Every switch of `mofcomp` and `wmimofck`.
        ///
        /// | program | switch | effect | counterpart |
        /// |---|---|---|---|
        $(#[doc = concat!(
            "| `", $program, "` | `", $switch, "` | ", $effect, " | ",
            counterpart!($arguments, $remark), " |"
        )])*
        ///
        /// Sources: "mofcomp", Win32 documentation; "Using wmimofck.exe" and "Wmimofck Task",
        /// windows-driver-docs.
        pub const SWITCHES: &[Switch] = &[$(Switch {
            program: $program,
            switch: $switch,
            effect: $effect,
            counterpart: arguments!($arguments),
            remark: $remark,
        }),*];
    };
}

switches! {
    "mofcomp" "FILE" {
        "store the classes in the machine's repository",
        none, "only Windows has a repository; the driver's resource stores the classes there"
    }
    "mofcomp" "-check" {
        "report errors of syntax only",
        "compile --syntax-only IN", ""
    }
    "mofcomp" "-B:FILE" {
        "write binary MOF",
        "compile IN -o FILE", "byte for byte the same"
    }
    "mofcomp" "-WMI" {
        "with `-B`, check the classes by the rules for drivers, and keep no file if one is invalid",
        "compile --wmi IN -o FILE", "by more rules, which `cargo wmi check --list` shows"
    }
    "mofcomp" "-N:PATH" {
        "the namespace of objects before the first `#pragma namespace`",
        "compile --namespace PATH IN", ""
    }
    "mofcomp" "-class:FLAG" {
        "`updateonly`, `createonly`, `safeupdate` or `forceupdate` before the first `#pragma classflags`",
        "compile --class FLAG IN", "recorded in the binary MOF, as by the pragma"
    }
    "mofcomp" "-instance:FLAG" {
        "`updateonly` or `createonly` before the first `#pragma instanceflags`",
        "compile --instance FLAG IN", "recorded in the binary MOF, as by the pragma"
    }
    "mofcomp" "-AMENDMENT:MS_409" {
        "split off the localised texts of this locale",
        "compile --amendment MS_409 --mof FILE --mfl FILE IN",
        "without it, `#pragma amendment` or each class's `Locale` says the locale"
    }
    "mofcomp" "-MOF:FILE" {
        "with `-AMENDMENT`, the file of the classes without localised texts",
        "compile --mof FILE --mfl FILE IN", "ASCII with escapes, which all tools read, instead of UTF-16"
    }
    "mofcomp" "-MFL:FILE" {
        "with `-AMENDMENT`, the file of the localised texts",
        "compile --mof FILE --mfl FILE IN", "ASCII with escapes, which all tools read, instead of UTF-16"
    }
    "mofcomp" "-ER:NAME" {
        "extract the binary MOF of the resource of this name",
        "compile --resource NAME IMAGE -o FILE", "byte for byte as it is in the image"
    }
    "mofcomp" "-L:LOCALE" {
        "with `-ER`, the language of the resource",
        "compile --resource-language LANGID IMAGE -o FILE", ""
    }
    "mofcomp" "-autorecover" {
        "compile the file again when Windows rebuilds its repository",
        none, "it concerns the repository; `#pragma autorecover` is read, and leaves no trace in binary MOF"
    }
    "mofcomp" "-P:PASSWORD" {
        "the password for the connection to WMI",
        none, "`cargo wmi` connects to nothing"
    }
    "mofcomp" "-U:USER" {
        "the user for the connection to WMI",
        none, "`cargo wmi` connects to nothing"
    }
    "mofcomp" "-A:AUTHORITY" {
        "the authority for the connection to WMI",
        none, "`cargo wmi` connects to nothing"
    }
    "wmimofck" "FILE" {
        "check the classes",
        "check IN", "by more rules, with reasons and remedies"
    }
    "wmimofck" "-hFILE" {
        "write the C header",
        "header IN -o FILE", "token for token the same; `--corrected` fixes its known errors"
    }
    "wmimofck" "-m" {
        "with `-h`, also declare structures of method parameters",
        "header --methods IN -o FILE", ""
    }
    "wmimofck" "-u" {
        "with `-h`, also declare members of classes of variable size",
        "header --variable IN -o FILE", ""
    }
    "wmimofck" "-xFILE" {
        "write the binary MOF as hexadecimal text for C",
        "header --hex IN -o FILE", "the numbers alone, to stand between braces; binary MOF is kept byte for byte"
    }
    "wmimofck" "-tFILE" {
        "write a VBScript that queries all data blocks",
        "client --powershell IN -o FILE",
        "its function `Test-DriverClasses` queries every block and reports; Windows drops VBScript"
    }
    "wmimofck" "-cFILE" {
        "write a template in C of the driver's WMI part",
        "import --provider IN -o FILE",
        "in Rust, for WDM, KMDF or Storport, with the structs and a test on the simulator"
    }
    "wmimofck" "-wFOLDER" {
        "write HTML pages that query the classes",
        "doc IN -o FILE", "a page about the classes, with lines to copy for clients"
    }
    "wmimofck" "-yFILE" {
        "the neutral MOF to merge with the MFL of `-z`",
        "decompile MOF MFL -o FILE",
        "with any number of MFLs; `--merge` moves the texts to their classes; `compile` takes the halves themselves"
    }
    "wmimofck" "-zFILE" {
        "the MFL to merge with the neutral MOF of `-y`",
        "decompile MOF MFL -o FILE",
        "with any number of MFLs; `--merge` moves the texts to their classes; `compile` takes the halves themselves"
    }
}
