//! [`Rule`]: what is checked, why, and how bad it is.

use core::fmt;

use crate::Severity;

macro_rules! rules {
    ($($(#[doc = $doc:literal])* $name:ident = $id:literal, $severity:ident;)*) => {
        /// A rule that a [`Finding`](super::Finding) breaks.
        ///
        /// The document that a rule is from is in windows-driver-docs unless another is named.
        /// What Microsoft's own classes and those of shipped firmware break is a warning, as
        /// Microsoft's tools evidently let it pass.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Rule {
            $($(#[doc = $doc])* $name,)*
        }

        impl Rule {
            /// Every rule.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The name by which scripts know the rule; it does not change.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self {
                    $(Self::$name => $id,)*
                }
            }

            /// How bad it is to break the rule.
            #[must_use]
            pub const fn severity(self) -> Severity {
                match self {
                    $(Self::$name => Severity::$severity,)*
                }
            }
        }
    };
}

rules! {
    // Classes.

    /// Every class of a driver has the qualifier `WMI`, embedded ones too: without it, the class
    /// is none of the WDM provider's. Source: "WMI Class Qualifiers".
    MissingWmi = "missing-wmi", Warning;
    /// A registered class is `Dynamic`, or `Static` where the repository holds its instances.
    /// Source: "WMI Class Qualifiers".
    MissingDynamic = "missing-dynamic", Warning;
    /// A class is not both `Dynamic` and `Static`.
    DynamicAndStatic = "dynamic-and-static", Error;
    /// A `Dynamic` class names its provider, `WMIProv`. Source: "WMI Class Qualifiers".
    MissingProvider = "missing-provider", Error;
    /// A class with `WMI` has no other provider than `WMIProv`.
    OtherProvider = "other-provider", Warning;
    /// A registered class has a `guid`, by which WMI asks for it. Source: "WMI Class Qualifiers".
    MissingGuid = "missing-guid", Error;
    /// An embedded class has a `guid` too, by the documentation; nothing asks by it. Source: "WMI
    /// Class Qualifiers".
    MissingEmbeddedGuid = "missing-embedded-guid", Warning;
    /// The `guid` is a GUID, with or without braces.
    MalformedGuid = "malformed-guid", Error;
    /// The `guid` is not all zeros, as templates have it.
    NilGuid = "nil-guid", Error;
    /// The `guid` is that of a published sample, so another driver may have it too.
    SampleGuid = "sample-guid", Warning;
    /// Two classes have one `guid`; a driver can only answer for one of them. Windows has such a
    /// pair itself (`MSStorageDriver_ATAPISmartData`).
    DuplicateGuid = "duplicate-guid", Warning;
    /// A class name is a letter, then letters, digits and underscores, the last no underscore.
    /// Source: "WMI Class Names and Base Classes".
    ClassName = "class-name", Error;
    /// Two classes have one name.
    DuplicateClass = "duplicate-class", Warning;
    /// The base is in the same file or one that every machine has; in which order drivers are
    /// loaded is not defined. Source: "WMI Class Names and Base Classes".
    UnknownBase = "unknown-base", Warning;
    /// A class is not its own base.
    BaseCycle = "base-cycle", Error;
    /// A hierarchy has one abstract class, and `WMIEvent` is one. Source: "WMI Class Names and
    /// Base Classes".
    TwoAbstract = "two-abstract", Warning;
    /// Bases and embedded classes stand before the classes that use them, else they are not there
    /// yet when the file is loaded.
    LateDeclaration = "late-declaration", Warning;
    /// Events derive from `WMIEvent`. Source: "WMI Class Names and Base
    /// Classes".
    EventBase = "event-base", Warning;
    /// An event is at most 1024 bytes with its header, unless the machine's registry says
    /// otherwise. Source: `IoWMIWriteEvent`.
    EventSize = "event-size", Warning;
    /// Counters belong to classes that derive from `Win32_PerfRawData`.
    PerfBase = "perf-base", Warning;
    /// `PerfDetail` is 100, 200, 300 or 400. Source: `winperf.h`.
    PerfDetail = "perf-detail", Warning;

    // Properties.

    /// Two properties, methods or parameters have one name.
    DuplicateMember = "duplicate-member", Error;
    /// A registered class has `InstanceName`. Source: "MOF Syntax for WMI Data and Event
    /// Blocks".
    MissingInstanceName = "missing-instance-name", Error;
    /// A registered class has `Active`. Source: "MOF Syntax for WMI Data and Event
    /// Blocks".
    MissingActive = "missing-active", Error;
    /// `InstanceName` is `[key] string`. Source: "MOF Syntax for WMI Data and Event
    /// Blocks".
    InstanceNameForm = "instance-name-form", Error;
    /// `Active` is `boolean`. Source: "MOF Syntax for WMI Data and Event
    /// Blocks".
    ActiveForm = "active-form", Error;
    /// `InstanceName` and `Active` are `read`. Samples of Microsoft leave it out.
    UnreadableInstance = "unreadable-instance", Warning;
    /// A class that others embed has neither `InstanceName` nor `Active`.
    EmbeddedInstance = "embedded-instance", Warning;
    /// Only `InstanceName` is a `key`.
    OtherKey = "other-key", Error;
    /// Every other property has a `WmiDataId`. Source: "WMI Property Qualifiers".
    MissingDataId = "missing-data-id", Error;
    /// `InstanceName` and `Active` are no items and have no `WmiDataId`.
    InstanceDataId = "instance-data-id", Error;
    /// No two items have one `WmiDataId`.
    DuplicateDataId = "duplicate-data-id", Error;
    /// The ids go from 1 without gaps. Source: "WMI Property Qualifiers".
    DataIdGap = "data-id-gap", Error;
    /// A data block holds booleans, integers of 8 to 64 bits, `string`, `datetime` and embedded
    /// classes. Source: "Driver-Defined WMI Data Items".
    UnsupportedType = "unsupported-type", Error;
    /// The embedded class is in the same file or in that of a base.
    UnknownClass = "unknown-class", Error;
    /// A class does not contain itself, nor classes each other without end.
    RecursiveClass = "recursive-class", Error;
    /// A block has at most 4 GiB, which is what a WNODE can count.
    BlockSize = "block-size", Error;
    /// An array has a length, `MAX` or `WmiSizeIs`. Source: "WMI Property Qualifiers".
    ArrayLength = "array-length", Error;
    /// An array has at least one element.
    EmptyArray = "empty-array", Error;
    /// `WmiSizeIs` stands at an array. Source: "WMI Property Qualifiers".
    SizeIsScalar = "size-is-scalar", Error;
    /// `WmiSizeIs` names an item of the same class, or a parameter of the same direction.
    SizeIsUnknown = "size-is-unknown", Error;
    /// `WmiSizeIs` names one integer.
    SizeIsType = "size-is-type", Error;
    /// The item that `WmiSizeIs` names stands before the array, else a reader does not know its
    /// length in time. All known classes do so, but no document says it.
    SizeIsLate = "size-is-late", Warning;
    /// `MaxLen` stands at a string. Source: "WMI Property Qualifiers".
    MaxLenType = "max-len-type", Error;
    /// `MaxLen` is at most 32767 units, which is what a string can count.
    MaxLenRange = "max-len-range", Error;
    /// `WmiTimeStamp` stands at a 64-bit item. Source: "WMI Property Qualifiers".
    TimeStampWidth = "time-stamp-width", Error;
    /// The item of a counter has the width of its `CounterType`: `PERF_SIZE_DWORD` or
    /// `PERF_SIZE_LARGE` of `winperf.h`. `MSiSCSI_RequestTimeStatistics` breaks it.
    CounterWidth = "counter-width", Warning;
    /// The `CounterType` is one of `winperf.h`.
    CounterType = "counter-type", Warning;
    /// `Values`, `ValueMap` and `DefineValues` are parallel lists, and so are `BitValues` and
    /// `BitMap`. Source: "WMI Property Qualifiers".
    UnevenValues = "uneven-values", Warning;
    /// `WmiEventTrigger` and `WmiEventRate` name an item of the class that can be written.
    /// Source: "WMI Property Qualifiers".
    EventControl = "event-control", Warning;
    /// Items of fixed size stand before those of variable size; the C header has no members for
    /// what comes after. Source: "Implementing Custom WMI Blocks".
    FixedAfterVariable = "fixed-after-variable", Warning;
    /// A qualifier has the type of value that WMI reads.
    QualifierValue = "qualifier-value", Error;

    // Methods.

    /// A method has a `WmiMethodId`, by which requests name it.
    MissingMethodId = "missing-method-id", Error;
    /// No two methods of a class have one `WmiMethodId`.
    DuplicateMethodId = "duplicate-method-id", Error;
    /// A method is `Implemented`, else it cannot be called.
    MissingImplemented = "missing-implemented", Warning;
    /// A parameter is `in` or `out`.
    ParameterDirection = "parameter-direction", Warning;
    /// A method returns `void`; results are `out` parameters.
    MethodResult = "method-result", Warning;

    // The C header.

    /// A property, method or parameter has a name that MOF and C can declare.
    ItemName = "item-name", Warning;
    /// What the C header declares globally, it declares once: structures, ids of methods and
    /// structures of their parameters. Names differ by case here.
    HeaderName = "header-name", Warning;
    /// An entry of `DefineValues` is a C identifier that is defined as one value only.
    DefineName = "define-name", Warning;
}

impl fmt::Display for Rule {
    /// The [`id`](Self::id).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}
