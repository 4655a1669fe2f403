//! [`Kind`]: the kinds of changes, and whether they break clients.

use core::fmt;

macro_rules! kinds {
    ($($(#[doc = $doc:literal])* $name:ident = $id:literal, $breaks:ident;)*) => {
        /// A kind of change, with the reason why it does or does not break clients.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Kind {
            $($(#[doc = $doc])* $name,)*
        }

        impl Kind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The name by which scripts know it; it does not change.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self {
                    $(Self::$name => $id,)*
                }
            }

            /// Returns whether a client of the old classes fails with the new, or reads something
            /// else.
            #[must_use]
            pub const fn is_breaking(self) -> bool {
                match self {
                    $(Self::$name => kinds!(@ $breaks),)*
                }
            }
        }
    };
    (@ breaks) => { true };
    (@ keeps) => { false };
}

kinds! {
    // Classes.

    /// The class is gone.
    ClassRemoved = "class-removed", breaks;
    /// A class with the GUID of the old one has another name, by which scripts do not know it.
    ClassRenamed = "class-renamed", breaks;
    /// A class is new.
    ClassAdded = "class-added", keeps;
    /// The class is in another namespace, where its clients do not look.
    NamespaceChanged = "namespace-changed", breaks;
    /// The class has another GUID, so clients that open it by the old one find nothing.
    GuidChanged = "guid-changed", breaks;
    /// The GUID was that of another class, so clients take the data for that class's.
    GuidReused = "guid-reused", breaks;
    /// Queries of the old base and subscriptions to it do not find the class.
    BaseChanged = "base-changed", breaks;
    /// The class gained or lost `abstract`, `Dynamic` or `Static`, or has another provider: its
    /// instances come from elsewhere, or not at all.
    ProvisionChanged = "provision-changed", breaks;

    // Properties.

    /// The property is gone.
    PropertyRemoved = "property-removed", breaks;
    /// An item with the id and type of the old one has another name, by which scripts do not know
    /// it.
    PropertyRenamed = "property-renamed", breaks;
    /// A property is new that is not an item of the data block.
    PropertyAdded = "property-added", keeps;
    /// An item is new, after all others. Readers that take what they know and ignore the rest of a
    /// block go on, as do clients of WMI, which know the block by the classes that are loaded. A
    /// client that sets whole instances by the old C structure sends too little.
    ItemAppended = "item-appended", keeps;
    /// An item is new, before others, which therefore have other numbers.
    ItemInserted = "item-inserted", breaks;
    /// The item has another `WmiDataId`, by which single items are set.
    DataIdChanged = "data-id-changed", breaks;
    /// A new item has the `WmiDataId` of an old one, so old clients set the wrong item.
    DataIdReused = "data-id-reused", breaks;
    /// The item, or parameter, starts at another offset.
    OffsetChanged = "offset-changed", breaks;
    /// The property, or parameter, has another type.
    TypeChanged = "type-changed", breaks;
    /// The item became an array or ceased to be one, or the array has another length.
    LengthChanged = "length-changed", breaks;
    /// The elements of the array have another size, so all but the first have moved.
    ElementSizeChanged = "element-size-changed", breaks;
    /// The string has another maximum, and with it another size in the C structure.
    MaxLenChanged = "max-len-changed", breaks;
    /// Another item says how many elements there are.
    CountChanged = "count-changed", breaks;
    /// The property became a key or ceased to be one, so instances have other paths.
    KeyChanged = "key-changed", breaks;
    /// The property can no longer be read, or no longer be written.
    AccessRemoved = "access-removed", breaks;
    /// The property can now be read, or written.
    AccessAdded = "access-added", keeps;
    /// The value means something else: another `CounterType`, `WmiScale` or `WmiTimeStamp`.
    MeaningChanged = "meaning-changed", breaks;
    /// Values, or bits, are no longer named.
    ValuesRemoved = "values-removed", breaks;
    /// Values, or bits, are new, for which clients should be prepared.
    ValuesAdded = "values-added", keeps;
    /// Values, or bits, have other names. Only text changes, or what the text says.
    ValuesRenamed = "values-renamed", keeps;

    // Methods.

    /// The method is gone.
    MethodRemoved = "method-removed", breaks;
    /// A method with the id of the old one has another name, by which scripts do not know it.
    MethodRenamed = "method-renamed", breaks;
    /// A method is new.
    MethodAdded = "method-added", keeps;
    /// The method has another `WmiMethodId`.
    MethodIdChanged = "method-id-changed", breaks;
    /// The `WmiMethodId` of a new method was that of another, so calls do something else.
    MethodIdReused = "method-id-reused", breaks;
    /// The method is not `Implemented` any more.
    MethodUnimplemented = "method-unimplemented", breaks;
    /// The method returns another type.
    ResultChanged = "result-changed", breaks;
    /// The parameter is gone.
    ParameterRemoved = "parameter-removed", breaks;
    /// A parameter in the place of the old one, with its type, has another name, by which scripts
    /// do not know it.
    ParameterRenamed = "parameter-renamed", breaks;
    /// An `in` parameter is new, which old callers do not pass, or an `out` parameter before others.
    ParameterAdded = "parameter-added", breaks;
    /// An `out` parameter is new, after all others. Old callers ignore it.
    OutputAppended = "output-appended", keeps;
    /// The parameter goes in another direction.
    DirectionChanged = "direction-changed", breaks;
}

impl fmt::Display for Kind {
    /// The [`id`](Self::id).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}
