//! [`Rule`]: what is checked and why, the source, and the remedy. Owns the table of all rules.

use super::example;
use crate::Severity;
use crate::identified::identified;

macro_rules! rules {
    ($($name:ident = $id:literal, $severity:ident {
        $what:literal, $why:literal, $source:literal, $remedy:literal, $example:literal
    })*) => {
        identified! {
            /// A rule that a [`Finding`](super::Finding) breaks.
            ///
            /// Sources are in windows-driver-docs unless another one is named. A rule that
            /// Microsoft's own classes or shipped firmware break is a warning, as Microsoft's tools
            /// evidently accept it.
            Rule {
                $(
                    #[doc = $what]
                    #[doc = ""]
                    #[doc = $why]
                    #[doc = concat!("Source: ", $source, ".")]
                    $name = $id,
                )*
            }
        }

        impl Rule {
            /// Returns the severity of a violation.
            #[must_use]
            pub const fn severity(self) -> Severity {
                match self {
                    $(Self::$name => Severity::$severity,)*
                }
            }

            /// Returns what must hold.
            #[must_use]
            pub const fn statement(self) -> &'static str {
                match self {
                    $(Self::$name => $what,)*
                }
            }

            /// Returns the consequence of a violation.
            #[must_use]
            pub const fn reason(self) -> &'static str {
                match self {
                    $(Self::$name => $why,)*
                }
            }

            /// Returns the source of the rule.
            #[must_use]
            pub const fn source(self) -> &'static str {
                match self {
                    $(Self::$name => $source,)*
                }
            }

            /// Returns how to fix a violation.
            #[must_use]
            pub const fn remedy(self) -> &'static str {
                match self {
                    $(Self::$name => $remedy,)*
                }
            }

            /// Returns MOF text that breaks the rule.
            #[must_use]
            pub fn example(self) -> String {
                example::text(match self {
                    $(Self::$name => $example,)*
                })
            }
        }
    };
}

rules! {
    // Classes.

    MissingWmi = "missing-wmi", Warning {
        "Every class of a driver has the qualifier `WMI`, embedded classes too.",
        "Without it, the WDM provider ignores the class, and the C header leaves it out.",
        "\"WMI Class Qualifiers\"",
        "add the qualifier `WMI`",
        r#"[guid("{7D4A1B30-52C8-4E8B-9A51-0C6E1F3D9B02}")] class A { [WmiDataId(1)] uint8 X; };"#
    }
    MissingDynamic = "missing-dynamic", Warning {
        "A registered class is `Dynamic`, or `Static` if the repository holds its instances.",
        "WMI asks the provider only for instances of `Dynamic` classes.",
        "\"WMI Class Qualifiers\"",
        "add the qualifier `Dynamic`",
        r#"[WMI, Provider("WMIProv"), guid("{7D4A1B30-52C8-4E8B-9A51-0C6E1F3D9B02}")] class A { @P };"#
    }
    DynamicAndStatic = "dynamic-and-static", Error {
        "A class is not both `Dynamic` and `Static`.",
        "Its instances come from the driver or from the repository.",
        "\"WMI Class Qualifiers\"",
        "remove one of the two qualifiers",
        "[@R, Static] class A { @P };"
    }
    MissingProvider = "missing-provider", Error {
        "A `Dynamic` class names its provider, `WMIProv`.",
        "Otherwise WMI does not know which provider has the instances.",
        "\"WMI Class Qualifiers\"",
        "add the qualifier `Provider(\"WMIProv\")`",
        r#"[WMI, Dynamic, guid("{7D4A1B30-52C8-4E8B-9A51-0C6E1F3D9B02}")] class A { @P };"#
    }
    OtherProvider = "other-provider", Warning {
        "A class with `WMI` names no provider other than `WMIProv`.",
        "Only `WMIProv` asks drivers, so the class is not checked further.",
        "\"WMI Class Qualifiers\"",
        "write `Provider(\"WMIProv\")`, or remove `WMI`",
        r#"[WMI, Dynamic, Provider("CIMWin32")] class A { [key] uint8 X; };"#
    }
    MissingGuid = "missing-guid", Error {
        "A registered class of a driver has a `guid`.",
        "WMI requests a block from the driver only by its GUID.",
        "\"WMI Class Qualifiers\"",
        "add the qualifier `guid` with a fresh GUID; `cargo wmi guid --format mof` makes one",
        r#"[WMI, Dynamic, Provider("WMIProv")] class A { @P };"#
    }
    MalformedGuid = "malformed-guid", Error {
        "The `guid` is a GUID, with or without braces.",
        "Otherwise WMI cannot request the class.",
        "\"WMI Class Qualifiers\"",
        "write `{xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx}`",
        r#"[WMI, guid("7D4A1B30")] class A {};"#
    }
    NilGuid = "nil-guid", Error {
        "The `guid` is not all zeros.",
        "Templates use this GUID, so two drivers may have it.",
        "\"WMI Class Qualifiers\"",
        "make a fresh GUID",
        r#"[WMI, guid("{00000000-0000-0000-0000-000000000000}")] class A {};"#
    }
    SampleGuid = "sample-guid", Warning {
        "The `guid` is not that of a published sample.",
        "Another driver may have copied the same sample; both would answer for the class.",
        "\"WMI Class Qualifiers\"",
        "make a fresh GUID",
        r#"[WMI, guid("{ABBC0F6D-8EA1-11d1-00A0-C90629100000}")] class A {};"#
    }
    DuplicateGuid = "duplicate-guid", Warning {
        "Each class has its own `guid`.",
        "A driver can answer for only one of them. Windows itself has such a pair, with `MSStorageDriver_ATAPISmartData`.",
        "\"WMI Class Qualifiers\"",
        "make a fresh GUID for one of them",
        "[@E] class A {}; [@E] class B {};"
    }
    ClassName = "class-name", Error {
        "A class name is a letter, then letters, digits and underscores, and does not end in an underscore.",
        "Otherwise the MOF compiler or the C header cannot declare it.",
        "\"WMI Class Names and Base Classes\"",
        "rename the class",
        "[@E] class A_ {};"
    }
    StandardClass = "standard-class", Warning {
        "A driver does not declare one of Windows' own classes, such as `MSPower_DeviceEnable`.",
        "Windows declares these classes for all drivers; a second declaration replaces the first on the whole machine.",
        "\"Implementing WMI Standard Blocks\"",
        "remove the class and answer for its GUID, or name your own class after the vendor",
        "[@R] class MSPower_DeviceEnable { @P [WmiDataId(1)] boolean Enable; };"
    }
    Namespace = "wrong-namespace", Warning {
        "A registered class of a driver is in `root\\wmi`.",
        "The WDM provider looks for drivers' classes there, and so do their clients.",
        "\"MOF Syntax for WMI Data and Event Blocks\"",
        "write `#pragma namespace(\"\\\\\\\\.\\\\root\\\\wmi\")` before the class",
        r#"#pragma namespace("\\\\.\\root\\cimv2") [@R] class A { @P };"#
    }
    DuplicateClass = "duplicate-class", Warning {
        "Class names are unique in a namespace.",
        "The later one replaces the earlier one.",
        "the MOF language",
        "remove or rename one of them",
        "[@E] class A {}; [@E] class a {};"
    }
    UnknownBase = "unknown-base", Warning {
        "The base of a class is in the same file, or present on every machine.",
        "Windows loads the MOF of drivers in no defined order, so the base may be missing.",
        "\"WMI Class Names and Base Classes\"",
        "declare the base before the class",
        "[@R] class A : Vendor_Base { @P };"
    }
    BaseCycle = "base-cycle", Error {
        "A class is not its own base.",
        "The MOF compiler cannot load it.",
        "the MOF language",
        "derive it from another class",
        "class A : B {}; class B : A {};"
    }
    TwoAbstract = "two-abstract", Warning {
        "A hierarchy has one abstract class, and `WMIEvent` is one.",
        "The WDM provider does not support more.",
        "\"WMI Class Names and Base Classes\"",
        "remove the qualifier `abstract`, or derive from another class",
        "[@R, abstract] class A : WMIEvent {};"
    }
    LateDeclaration = "late-declaration", Warning {
        "Bases and embedded classes stand before the classes that use them.",
        "Otherwise they do not exist yet when the class is loaded.",
        "\"WMI Class Names and Base Classes\"",
        "move the declaration up",
        "[@R] class A { @P [WmiDataId(1)] B X; }; [@E] class B { [WmiDataId(1)] uint8 X; };"
    }
    EventBase = "event-base", Warning {
        "Events derive from `WMIEvent`.",
        "Otherwise clients that subscribe to `WMIEvent` do not receive the event.",
        "\"WMI Class Names and Base Classes\"",
        "derive the event from `WMIEvent`",
        "[@R] class A : __ExtrinsicEvent { @P };"
    }
    EventSize = "event-size", Warning {
        "An event is at most 1024 bytes with its header.",
        "WMI drops a larger one, unless the registry of the machine says otherwise.",
        "\"Sending WMI Events\"",
        "send less, or name the block in a WNODE_EVENT_REFERENCE",
        "[@R] class A : WMIEvent { @P [WmiDataId(1)] uint8 X[961]; };"
    }
    PerfBase = "perf-base", Warning {
        "A class of counters derives from `Win32_PerfRawData`.",
        "Otherwise the performance tools ignore it.",
        "\"Supporting the Win32_PerfRawData Class\", Win32 documentation",
        "derive the class from `Win32_PerfRawData`",
        "[@R, HiPerf] class A { @P };"
    }
    MissingHiPerf = "missing-hi-perf", Warning {
        "A class that derives from `Win32_PerfRawData` has the qualifier `HiPerf`.",
        "The performance tools do not see it otherwise.",
        "\"Supporting the Win32_PerfRawData Class\", Win32 documentation",
        "add the qualifier `HiPerf`",
        "[@R, PerfDetail(100)] class A : Win32_PerfRawData { @P [WmiDataId(1), CounterType(65536)] uint32 X; };"
    }
    MissingPerfDetail = "missing-perf-detail", Warning {
        "A class that derives from `Win32_PerfRawData` has the qualifier `PerfDetail`.",
        "It is the level of detail at which the performance tools offer the class.",
        "\"Supporting the Win32_PerfRawData Class\", Win32 documentation",
        "add the qualifier `PerfDetail(100)`, or a higher level",
        "[@R, HiPerf] class A : Win32_PerfRawData { @P [WmiDataId(1), CounterType(65536)] uint32 X; };"
    }
    NoCounter = "no-counter", Warning {
        "A class that derives from `Win32_PerfRawData` has a counter that is not only the base of another.",
        "The performance tools have nothing to show otherwise.",
        "\"Supporting the Win32_PerfRawData Class\", Win32 documentation",
        "give an item the qualifier `CounterType`, or derive the class from no base",
        "[@R, HiPerf, PerfDetail(100)] class A : Win32_PerfRawData { @P [WmiDataId(1)] uint32 X; };"
    }
    GeneratedPerf = "generated-perf", Warning {
        "A driver's class does not have the qualifiers of classes that Windows generates from performance libraries: `GenericPerfCtr`, `PerfIndex`, `HelpIndex`, `RegistryKey`.",
        "Windows takes the class for one of a performance library, and may remove it.",
        "\"Class Qualifiers for Performance Counter Classes\", Win32 documentation",
        "remove the qualifier",
        "[@R, HiPerf, PerfDetail(100), GenericPerfCtr] class A : Win32_PerfRawData { @P [WmiDataId(1), CounterType(65536)] uint32 X; };"
    }
    PerfDetail = "perf-detail", Warning {
        "`PerfDetail` is 100, 200, 300 or 400.",
        "`winperf.h` has these levels only.",
        "`winperf.h`",
        "write one of the four levels",
        "[@R, PerfDetail(150)] class A { @P };"
    }

    // Properties.

    DuplicateMember = "duplicate-member", Error {
        "Names of properties, methods and parameters are unique.",
        "MOF names are compared without case.",
        "the MOF language",
        "rename one of them",
        "class A { uint8 X; uint8 x; };"
    }
    MissingInstanceName = "missing-instance-name", Error {
        "A registered class has `InstanceName`.",
        "It is the key that identifies an instance.",
        "\"MOF Syntax for WMI Data and Event Blocks\"",
        "add `[key, read] string InstanceName;`",
        "[@R] class A { [read] boolean Active; };"
    }
    MissingActive = "missing-active", Error {
        "A registered class has `Active`.",
        "The WDM provider sets it.",
        "\"MOF Syntax for WMI Data and Event Blocks\"",
        "add `[read] boolean Active;`",
        "[@R] class A { [key, read] string InstanceName; };"
    }
    InstanceNameForm = "instance-name-form", Error {
        "`InstanceName` is `[key] string`.",
        "The WDM provider sets it to the name of the instance.",
        "\"MOF Syntax for WMI Data and Event Blocks\"",
        "declare it as `[key, read] string InstanceName;`",
        "[@R] class A { [read] string InstanceName; [read] boolean Active; };"
    }
    ActiveForm = "active-form", Error {
        "`Active` is `boolean`.",
        "The WDM provider sets it to true or false.",
        "\"MOF Syntax for WMI Data and Event Blocks\"",
        "declare it as `[read] boolean Active;`",
        "[@R] class A { [key, read] string InstanceName; [read] uint8 Active; };"
    }
    UnreadableInstance = "unreadable-instance", Warning {
        "`InstanceName` and `Active` are `read`.",
        "The documentation requires it; some of Microsoft's samples omit it.",
        "\"MOF Syntax for WMI Data and Event Blocks\"",
        "add the qualifier `read`",
        "[@R] class A { [key] string InstanceName; [read] boolean Active; };"
    }
    EmbeddedInstance = "embedded-instance", Warning {
        "A class that others embed has neither `InstanceName` nor `Active`.",
        "A part of a block is not an instance.",
        "\"MOF Syntax for WMI Data and Event Blocks\"",
        "remove both, or embed another class",
        "[@R] class A { @P [WmiDataId(1)] uint8 X; }; [@E] class B { [WmiDataId(1)] A X; };"
    }
    OtherKey = "other-key", Error {
        "`InstanceName` is the only `key`.",
        "The WDM provider finds instances by their names.",
        "\"WMI Property Qualifiers\"",
        "remove the qualifier `key`",
        "[@E] class A { [key, WmiDataId(1)] uint8 X; };"
    }
    MissingDataId = "missing-data-id", Error {
        "Every property except `InstanceName` and `Active` has a `WmiDataId`.",
        "It determines the position in the data block.",
        "\"WMI Property Qualifiers\"",
        "add the qualifier `WmiDataId`",
        "[@R] class A { @P uint8 X; };"
    }
    InstanceDataId = "instance-data-id", Error {
        "`InstanceName` and `Active` do not have a `WmiDataId`.",
        "They are not items of the data block.",
        "\"WMI Property Qualifiers\"",
        "remove the qualifier `WmiDataId`",
        "[@R] class A { [key, read, WmiDataId(1)] string InstanceName; [read] boolean Active; };"
    }
    DuplicateDataId = "duplicate-data-id", Error {
        "Each item has its own `WmiDataId`.",
        "Otherwise two items have the same position in the data block.",
        "\"WMI Property Qualifiers\"",
        "number the items from 1, each once",
        "[@E] class A { [WmiDataId(1)] uint8 X; [WmiDataId(1)] uint8 Y; };"
    }
    DataIdGap = "data-id-gap", Error {
        "The ids of items count up from 1 without gaps.",
        "WMI finds items by counting.",
        "\"WMI Property Qualifiers\"",
        "number the items from 1, each once",
        "[@E] class A { [WmiDataId(1)] uint8 X; [WmiDataId(3)] uint8 Y; };"
    }
    UnsupportedType = "unsupported-type", Error {
        "An item is a boolean, an integer of 8 to 64 bits, `char16`, `string`, `datetime` or an embedded class.",
        "The WDM provider does not read other types from a data block.",
        "\"Driver-Defined WMI Data Items\"",
        "send the value as an integer or a string",
        "[@E] class A { [WmiDataId(1)] real32 X; };"
    }
    UnknownClass = "unknown-class", Error {
        "An embedded class is in the same file or in that of a base.",
        "The layout of the block depends on it.",
        "\"MOF Syntax for WMI Data and Event Blocks\"",
        "declare the embedded class before the class",
        "[@E] class A { [WmiDataId(1)] B X; };"
    }
    RecursiveClass = "recursive-class", Error {
        "A class does not contain itself, directly or through other classes.",
        "Otherwise the block has no end.",
        "\"MOF Syntax for WMI Data and Event Blocks\"",
        "embed another class",
        "[@E] class A { [WmiDataId(1)] A X; };"
    }
    BlockSize = "block-size", Error {
        "A block has at most 4 GiB.",
        "A WNODE counts its bytes in 32 bits.",
        "`wmistr.h`",
        "make the arrays shorter",
        "[@E] class A { [WmiDataId(1)] uint64 X[4294967295]; };"
    }
    ArrayLength = "array-length", Error {
        "An array has a length, `MAX` or `WmiSizeIs`.",
        "Otherwise the WDM provider does not know the number of elements.",
        "\"WMI Property Qualifiers\"",
        "write `T X[n]`, or add `WmiSizeIs(\"Count\")`",
        "[@E] class A { [WmiDataId(1)] uint8 X[]; };"
    }
    EmptyArray = "empty-array", Error {
        "An array has at least one element.",
        "Otherwise C cannot declare it.",
        "\"WMI Property Qualifiers\"",
        "give the array a length, or remove it",
        "[@E] class A { [WmiDataId(1)] uint8 X[0]; };"
    }
    SizeIsScalar = "size-is-scalar", Warning {
        "An item with `WmiSizeIs` is declared as an array.",
        "It is a variable array anyway, as in `MSSmBios_SysidUUIDList`, but clients see one value.",
        "\"WMI Property Qualifiers\"",
        "write `[]` after the name, or remove `WmiSizeIs`",
        r#"[@E] class A { [WmiDataId(1)] uint8 N; [WmiDataId(2), WmiSizeIs("N")] uint8 X; };"#
    }
    SizeIsUnknown = "size-is-unknown", Error {
        "`WmiSizeIs` names an item of the same class, or a parameter of the same method.",
        "Otherwise the WDM provider does not know the number of elements.",
        "\"WMI Property Qualifiers\"",
        "name the item that counts the elements",
        r#"[@E] class A { [WmiDataId(1)] uint8 N; [WmiDataId(2), WmiSizeIs("M")] uint8 X[]; };"#
    }
    SizeIsType = "size-is-type", Error {
        "`WmiSizeIs` names a single integer.",
        "It is the number of elements.",
        "\"WMI Property Qualifiers\"",
        "name an item of an integer type that is not an array",
        r#"[@E] class A { [WmiDataId(1)] boolean N; [WmiDataId(2), WmiSizeIs("N")] uint8 X[]; };"#
    }
    SizeIsDirection = "size-is-direction", Warning {
        "The parameter that `WmiSizeIs` names has every direction of the array.",
        "Where the array goes alone, a reader must know the number of elements from the rest of the call. A shipped driver has `[in, out]` arrays that an `in` parameter counts.",
        "no document",
        "give the parameter that counts the directions of the array",
        r#"[@R] class A { @P [Implemented, WmiMethodId(1)] void M([in] uint8 N, [in, out, WmiSizeIs("N")] uint8 X[]); };"#
    }
    SizeIsLate = "size-is-late", Warning {
        "The item that `WmiSizeIs` names stands before the array.",
        "Otherwise a reader does not know the length in time. All known classes follow this.",
        "no document",
        "number the item that counts before the array",
        r#"[@E] class A { [WmiDataId(1), WmiSizeIs("N")] uint8 X[]; [WmiDataId(2)] uint8 N; };"#
    }
    MaxLenType = "max-len-type", Error {
        "`MaxLen` applies only to strings.",
        "The size of other types is fixed by the type.",
        "\"WMI Property Qualifiers\"",
        "remove the qualifier `MaxLen`",
        "[@E] class A { [WmiDataId(1), MaxLen(4)] uint8 X; };"
    }
    MaxLenRange = "max-len-range", Error {
        "`MaxLen` is at most 32767.",
        "A string counts its bytes in 16 bits.",
        "\"WMI Property Qualifiers\" gives 32 bits; the format of strings in a block does not",
        "write a smaller number, or leave `MaxLen` out",
        "[@E] class A { [WmiDataId(1), MaxLen(32768)] string X; };"
    }
    TimeStampWidth = "time-stamp-width", Error {
        "An item with `WmiTimeStamp` has 64 bits.",
        "It is a system time, in units of 100 nanoseconds.",
        "\"WMI Property Qualifiers\"",
        "declare the item as `uint64`",
        "[@E] class A { [WmiDataId(1), WmiTimeStamp] uint32 X; };"
    }
    CounterWidth = "counter-width", Warning {
        "The item of a counter has the width of its `CounterType`: `PERF_SIZE_DWORD` or `PERF_SIZE_LARGE`.",
        "The performance tools read that many bytes. `MSiSCSI_RequestTimeStatistics` breaks the rule.",
        "`winperf.h`",
        "declare the item as `uint32` or `uint64`, or take the other counter type",
        "[@R, HiPerf, PerfDetail(100)] class A : Win32_PerfRawData { @P [WmiDataId(1), CounterType(65792)] uint32 X; };"
    }
    CounterType = "counter-type", Warning {
        "The `CounterType` is one that a driver can provide.",
        "The performance tools do not calculate others.",
        "`winperf.h`; \"CounterType Qualifier\", Win32 documentation",
        "take a counter type of `winperf.h` that counts in 32 or 64 bits",
        "[@R, HiPerf, PerfDetail(100)] class A : Win32_PerfRawData { @P [WmiDataId(1), CounterType(65537)] uint32 X; };"
    }
    DefaultScale = "default-scale", Warning {
        "`DefaultScale` is from -7 to 7.",
        "It is the power of ten by which the performance tools multiply the value in a graph; they have these only.",
        "`pdh.h`; \"Property Qualifiers for Performance Counter Classes\", Win32 documentation",
        "write a number from -7 to 7",
        "[@R, HiPerf, PerfDetail(100)] class A : Win32_PerfRawData { @P [WmiDataId(1), CounterType(65536), DefaultScale(8)] uint32 X; };"
    }
    CounterName = "counter-name", Warning {
        "The `DisplayName` of a counter or of its class has none of the characters `\\ ( ) # *`, and that of the class no `/`; no two counters of a class have one.",
        "Counters are named by paths in which these characters have a meaning.",
        "\"Specifying a Counter Path\", Win32 documentation",
        "change the `DisplayName`",
        "[@R, HiPerf, PerfDetail(100)] class A : Win32_PerfRawData { @P [WmiDataId(1), CounterType(65536), DisplayName(\"Reads (all)\")] uint32 X; };"
    }
    ObjectTime = "object-time", Warning {
        "A counter type does not need the time of an object: `PERF_ELAPSED_TIME`, `PERF_OBJ_TIME_TIMER`, `PERF_COUNTER_OBJ_TIME_QUEUELEN_TYPE`, `PERF_PRECISION_OBJECT_TIMER`.",
        "Tools read it from `Timestamp_Object` and `Frequency_Object`, which are not items of a driver's block; nobody is known to fill them, and generated classes have zeros there.",
        "\"Win32_PerfRawData class\", Win32 documentation; dumps of generated classes",
        "take a type with the time of the performance counter or of 100 ns, or a raw count",
        "[@R, HiPerf, PerfDetail(100)] class A : Win32_PerfRawData { @P [WmiDataId(1), CounterType(807666944)] uint64 X; };"
    }
    CounterBase = "counter-base", Error {
        "The item `X_Base` with the base of its type follows a counter `X` that is divided by one at once: averages, fractions, multi-timers and precision timers. A base stands nowhere else.",
        "The performance tools divide by the item behind the counter, so they show nothing or nonsense.",
        "\"Base Counter Types\", Win32 documentation",
        "add the base right behind the counter, with the next `WmiDataId`",
        "[@R, HiPerf, PerfDetail(100)] class A : Win32_PerfRawData { @P [WmiDataId(1), CounterType(1073874176)] uint64 X; };"
    }
    CounterWrite = "counter-write", Warning {
        "A counter that only grows does not have `write`.",
        "Tools use the difference of two samples, which setting the counter falsifies.",
        "`winperf.h`",
        "remove the qualifier `write`, or take a counter type that may be set, such as PERF_COUNTER_LARGE_RAWCOUNT",
        "[@R, HiPerf, PerfDetail(100)] class A : Win32_PerfRawData { @P [write, WmiDataId(1), CounterType(272696576)] uint64 X; };"
    }
    DefaultType = "default-type", Error {
        "A default value has the type of its property.",
        "The MOF compiler refuses it, or stores it so that readers see another value.",
        "the MOF language",
        "write a value of the type, or leave the default out",
        r#"[@E] class A { [WmiDataId(1)] uint32 X = "1"; };"#
    }
    UnevenValues = "uneven-values", Warning {
        "`Values`, `ValueMap` and `DefineValues` have the same number of entries, and so do `BitValues` and `BitMap`.",
        "They are parallel lists.",
        "\"WMI Property Qualifiers\"",
        "give each value its text",
        r#"[@E] class A { [WmiDataId(1), Values{"a", "b"}, ValueMap{"0"}] uint8 X; };"#
    }
    BitMap = "bit-map", Warning {
        "`BitMap` has the positions of bits, as decimal numbers, or their masks, as powers of two from `0x`.",
        "The documentation has positions and published classes have masks, so tools tell them by their form.",
        "\"BitMap and BitValues\"",
        "write all entries in one form, each for a bit that the item has",
        r#"[@E] class A { [WmiDataId(1), BitValues{"a", "b"}, BitMap{"0", "8"}] uint8 X; };"#
    }
    EventControl = "event-control", Warning {
        "`WmiEventTrigger` and `WmiEventRate` name an item of the class that can be written.",
        "Clients control the event by setting it.",
        "\"WMI Property Qualifiers\"",
        "name an item with the qualifier `write`",
        r#"[@E] class A { [WmiDataId(1)] uint8 X; [WmiDataId(2), WmiEventRate("X")] uint8 Y; };"#
    }
    FixedAfterVariable = "fixed-after-variable", Warning {
        "Items of fixed size stand before those of variable size.",
        "The C header has no members for items after one of variable size.",
        "\"Implementing Custom WMI Blocks\"",
        "number the items of variable size last",
        "[@E] class A { [WmiDataId(1)] string X; [WmiDataId(2)] uint8 Y; };"
    }
    QualifierValue = "qualifier-value", Error {
        "The value of a qualifier has the type that WMI reads.",
        "A value of another type is ignored.",
        "\"WMI Property Qualifiers\"",
        "write a value of that type",
        r#"[@E] class A { [WmiDataId("1")] uint8 X; };"#
    }
    QualifierName = "qualifier-name", Warning {
        "The name of a qualifier is not a misspelt standard one.",
        "WMI silently ignores unknown qualifiers.",
        "\"WMI Property Qualifiers\"",
        "correct the spelling",
        "[@E] class A { [raed, WmiDataId(1)] uint8 X; };"
    }

    // Methods.

    MissingMethodId = "missing-method-id", Error {
        "A method has a `WmiMethodId`.",
        "Requests name the method by it.",
        "\"WMI Method Qualifiers\"",
        "add the qualifier `WmiMethodId`",
        "[@R] class A { @P [Implemented] void M(); };"
    }
    DuplicateMethodId = "duplicate-method-id", Error {
        "Each method of a class has its own `WmiMethodId`.",
        "Requests name the method by it.",
        "\"WMI Method Qualifiers\"",
        "give each method an id of its own",
        "[@R] class A { @P [Implemented, WmiMethodId(1)] void M(); [Implemented, WmiMethodId(1)] void N(); };"
    }
    MissingImplemented = "missing-implemented", Warning {
        "A method is `Implemented`.",
        "Otherwise it cannot be called.",
        "\"WMI Method Qualifiers\"",
        "add the qualifier `Implemented`",
        "[@R] class A { @P [WmiMethodId(1)] void M(); };"
    }
    ParameterDirection = "parameter-direction", Warning {
        "A parameter is `in` or `out`.",
        "Otherwise it goes in both directions.",
        "\"WMI Method Qualifiers\"",
        "add the qualifier `in` or `out`",
        "[@R] class A { @P [Implemented, WmiMethodId(1)] void M(uint8 X); };"
    }
    MethodResult = "method-result", Warning {
        "A method returns `void`.",
        "Drivers return results in `out` parameters.",
        "\"WMI Method Qualifiers\"",
        "return `void`, and the result as an `out` parameter",
        "[@R] class A { @P [Implemented, WmiMethodId(1)] uint32 M(); };"
    }

    // The C header.

    ItemName = "item-name", Warning {
        "A property, method or parameter has a name that MOF and C can declare.",
        "Otherwise the C header does not compile.",
        "\"Using wmimofck.exe\"",
        "rename it",
        "[@E] class A { [WmiDataId(1)] uint8 long; };"
    }
    HeaderName = "header-name", Warning {
        "The C header declares each global name once: structures, ids of methods, structures of their parameters.",
        "Otherwise it does not compile. C names are case-sensitive.",
        "\"Using wmimofck.exe\"",
        "rename a method, or give a class another `HeaderName`",
        "[@R] class A { @P [Implemented, WmiMethodId(1)] void M(); }; [@O] class B { @P [Implemented, WmiMethodId(1)] void M(); };"
    }
    DefineName = "define-name", Warning {
        "An entry of `DefineValues` is a C identifier with a single value.",
        "Otherwise the C header does not compile.",
        "\"Using wmimofck.exe\"",
        "rename the entry",
        r#"[@E] class A { [WmiDataId(1), DefineValues{"NOT SET"}] uint8 X; };"#
    }
}
