//! [`Kind`]: the kinds of changes, and whether they break clients.

use crate::identified::identified;

macro_rules! kinds {
    ($($(#[doc = $doc:literal])* $name:ident = $id:literal, $breaks:ident;)*) => {
        identified! {
            /// A kind of change, with the reason why it does or does not break clients.
            Kind { $($(#[doc = $doc])* $name = $id,)* }
        }

        impl Kind {
            /// Returns whether a client of the old classes fails with the new ones, or misreads
            /// data.
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
    /// A class with the GUID of the old one has another name, so scripts do not find it.
    ClassRenamed = "class-renamed", breaks;
    /// A class is new.
    ClassAdded = "class-added", keeps;
    /// The class is in another namespace, so its clients do not find it.
    NamespaceChanged = "namespace-changed", breaks;
    /// The class has another GUID, so clients that open it by the old one find nothing.
    GuidChanged = "guid-changed", breaks;
    /// The GUID belonged to another class, so clients misread the data as that class's.
    GuidReused = "guid-reused", breaks;
    /// The class is no longer found by queries of its old base or subscriptions to it.
    BaseChanged = "base-changed", breaks;
    /// The class gained or lost `abstract`, `Dynamic` or `Static`, or has another provider: its
    /// instances come from elsewhere, or not at all.
    ProvisionChanged = "provision-changed", breaks;

    // Properties.

    /// The property is gone.
    PropertyRemoved = "property-removed", breaks;
    /// An item with the id and type of the old one has another name, so scripts do not find it.
    PropertyRenamed = "property-renamed", breaks;
    /// A new property is not an item of the data block.
    PropertyAdded = "property-added", keeps;
    /// A new item follows all others. Readers that ignore the rest of a block still work, and so do
    /// clients of WMI, which know the block from the loaded classes. A client that sets whole
    /// instances by the old C structure sends too little.
    ItemAppended = "item-appended", keeps;
    /// A new item precedes others, which therefore have new ids.
    ItemInserted = "item-inserted", breaks;
    /// The item has another `WmiDataId`, which is used to set single items.
    DataIdChanged = "data-id-changed", breaks;
    /// A new item has the `WmiDataId` of an old one, so old clients set the wrong item.
    DataIdReused = "data-id-reused", breaks;
    /// The item, or parameter, starts at another offset.
    OffsetChanged = "offset-changed", breaks;
    /// The property, or parameter, has another type.
    TypeChanged = "type-changed", breaks;
    /// The item became an array or is no longer one, or the array has another length.
    LengthChanged = "length-changed", breaks;
    /// The elements of the array have another size, so all but the first moved.
    ElementSizeChanged = "element-size-changed", breaks;
    /// The string has another maximum, and so another size in the C structure.
    MaxLenChanged = "max-len-changed", breaks;
    /// Another item counts the elements.
    CountChanged = "count-changed", breaks;
    /// The property became a key or is no longer one, so instances have other paths.
    KeyChanged = "key-changed", breaks;
    /// The property can no longer be read, or no longer be written.
    AccessRemoved = "access-removed", breaks;
    /// The property can now be read, or written.
    AccessAdded = "access-added", keeps;
    /// The value has another meaning: another `CounterType`, `WmiScale` or `WmiTimeStamp`.
    MeaningChanged = "meaning-changed", breaks;
    /// Values or bits lost their names.
    ValuesRemoved = "values-removed", breaks;
    /// Values or bits were added, which clients should expect.
    ValuesAdded = "values-added", keeps;
    /// Values or bits have other names. Only their text changed, or its meaning.
    ValuesRenamed = "values-renamed", keeps;

    // Methods.

    /// The method is gone.
    MethodRemoved = "method-removed", breaks;
    /// A method with the id of the old one has another name, so scripts do not find it.
    MethodRenamed = "method-renamed", breaks;
    /// A method is new.
    MethodAdded = "method-added", keeps;
    /// The method has another `WmiMethodId`.
    MethodIdChanged = "method-id-changed", breaks;
    /// The `WmiMethodId` of a new method belonged to another one, so calls do something else.
    MethodIdReused = "method-id-reused", breaks;
    /// The method is no longer `Implemented`.
    MethodUnimplemented = "method-unimplemented", breaks;
    /// The method returns another type.
    ResultChanged = "result-changed", breaks;
    /// The parameter is gone.
    ParameterRemoved = "parameter-removed", breaks;
    /// A parameter in the position of the old one and with its type has another name, so scripts do
    /// not find it.
    ParameterRenamed = "parameter-renamed", breaks;
    /// A new `in` parameter, which old callers do not pass, or a new `out` parameter before others.
    ParameterAdded = "parameter-added", breaks;
    /// A new `out` parameter follows all others. Old callers ignore it.
    OutputAppended = "output-appended", keeps;
    /// The parameter has another direction.
    DirectionChanged = "direction-changed", breaks;
}
