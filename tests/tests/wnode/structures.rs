//! Members and flags, compared with windows-sys, which is generated from Microsoft's metadata, and
//! with the `wmistr.h` of mingw-w64.

use core::fmt::Write;
use core::mem::offset_of;
use std::collections::BTreeMap;

use windows_sys::Win32::System::Diagnostics::Etw;
use wmi_core::wnode::{
    OffsetInstanceDataAndLength, WmiRegGuid, WmiRegInfo, WnodeAllData, WnodeEventReference,
    WnodeHeader, WnodeMethodItem, WnodeSingleInstance, WnodeSingleItem, WnodeTooSmall, flags,
};
use wmi_tests::mingw;
use wmi_tests::wmistr::{REGGUID, REGINFO};

/// Returns the size of the member that a function would return; the function is not called.
fn member_size<S, M>(_: impl Fn(&S) -> &M) -> usize {
    size_of::<M>()
}

/// Proves that members have the same offset and size in our structure and in windows-sys's, and
/// that ours has the given size. Adds C assertions of the same to a text.
macro_rules! same_layout {
    ($c:ident, $ours:ty = Etw::$theirs:ident {
        $($our:ident = $($their:ident).+ as $name:ident,)*
    } to $end:expr) => {{
        $(
            let (c, name) = (stringify!($theirs), stringify!($name));
            let offset = offset_of!($ours, $our);
            assert_eq!(offset, offset_of!(Etw::$theirs, $($their).+), "{c}.{name}");
            let size = member_size(|ours: &$ours| &ours.$our);
            #[expect(unsafe_code, reason = "some members are those of unions")]
            #[allow(unused_unsafe, reason = "others are not")]
            // SAFETY: any bytes are a valid value of each member, and this is never called.
            let theirs = member_size(|theirs: &Etw::$theirs| unsafe { &theirs.$($their).+ });
            assert_eq!(size, theirs, "{c}.{name}");
            writeln!(
                $c,
                "_Static_assert(offsetof({c}, {name}) == {offset}, \"{c}.{name}\");
                 _Static_assert(sizeof((({c} *)0)->{name}) == {size}, \"{c}.{name}\");"
            )
            .unwrap();
        )*
        assert_eq!(size_of::<$ours>(), $end, stringify!($ours));
    }};
}

#[test]
fn member_offsets_match_windows() {
    // Sizes of whole structures are rounded: Windows aligns 64-bit numbers to 8 bytes, Linux on
    // i386 does not.
    let mut c = String::from("#include <stddef.h>\n#include <windows.h>\n#include <wmistr.h>\n");
    same_layout!(c, WnodeHeader = Etw::WNODE_HEADER {
        buffer_size = BufferSize as BufferSize,
        provider_id = ProviderId as ProviderId,
        version = Anonymous1.Anonymous.Version as Version,
        linkage = Anonymous1.Anonymous.Linkage as Linkage,
        time_stamp = Anonymous2.TimeStamp as TimeStamp,
        guid = Guid as Guid,
        client_context = ClientContext as ClientContext,
        flags = Flags as Flags,
    } to size_of::<Etw::WNODE_HEADER>());
    same_layout!(c, WnodeAllData = Etw::WNODE_ALL_DATA {
        header = WnodeHeader as WnodeHeader,
        data_block_offset = DataBlockOffset as DataBlockOffset,
        instance_count = InstanceCount as InstanceCount,
        offset_instance_name_offsets = OffsetInstanceNameOffsets as OffsetInstanceNameOffsets,
        fixed_instance_size = Anonymous.FixedInstanceSize as FixedInstanceSize,
    } to offset_of!(Etw::WNODE_ALL_DATA, Anonymous) + size_of::<u32>());
    same_layout!(c, OffsetInstanceDataAndLength = Etw::OFFSETINSTANCEDATAANDLENGTH {
        offset_instance_data = OffsetInstanceData as OffsetInstanceData,
        length_instance_data = LengthInstanceData as LengthInstanceData,
    } to size_of::<Etw::OFFSETINSTANCEDATAANDLENGTH>());
    same_layout!(c, WnodeSingleInstance = Etw::WNODE_SINGLE_INSTANCE {
        header = WnodeHeader as WnodeHeader,
        offset_instance_name = OffsetInstanceName as OffsetInstanceName,
        instance_index = InstanceIndex as InstanceIndex,
        data_block_offset = DataBlockOffset as DataBlockOffset,
        size_data_block = SizeDataBlock as SizeDataBlock,
    } to offset_of!(Etw::WNODE_SINGLE_INSTANCE, VariableData));
    same_layout!(c, WnodeSingleItem = Etw::WNODE_SINGLE_ITEM {
        header = WnodeHeader as WnodeHeader,
        offset_instance_name = OffsetInstanceName as OffsetInstanceName,
        instance_index = InstanceIndex as InstanceIndex,
        item_id = ItemId as ItemId,
        data_block_offset = DataBlockOffset as DataBlockOffset,
        size_data_item = SizeDataItem as SizeDataItem,
    } to offset_of!(Etw::WNODE_SINGLE_ITEM, VariableData));
    same_layout!(c, WnodeMethodItem = Etw::WNODE_METHOD_ITEM {
        header = WnodeHeader as WnodeHeader,
        offset_instance_name = OffsetInstanceName as OffsetInstanceName,
        instance_index = InstanceIndex as InstanceIndex,
        method_id = MethodId as MethodId,
        data_block_offset = DataBlockOffset as DataBlockOffset,
        size_data_block = SizeDataBlock as SizeDataBlock,
    } to offset_of!(Etw::WNODE_METHOD_ITEM, VariableData));
    same_layout!(c, WnodeEventReference = Etw::WNODE_EVENT_REFERENCE {
        header = WnodeHeader as WnodeHeader,
        target_guid = TargetGuid as TargetGuid,
        target_data_block_size = TargetDataBlockSize as TargetDataBlockSize,
    } to offset_of!(Etw::WNODE_EVENT_REFERENCE, Anonymous));
    same_layout!(c, WmiRegInfo = Etw::WMIREGINFOW {
        buffer_size = BufferSize as BufferSize,
        next_wmi_reg_info = NextWmiRegInfo as NextWmiRegInfo,
        registry_path = RegistryPath as RegistryPath,
        mof_resource_name = MofResourceName as MofResourceName,
        guid_count = GuidCount as GuidCount,
    } to offset_of!(Etw::WMIREGINFOW, GuidCount) + size_of::<u32>());
    same_layout!(c, WmiRegGuid = Etw::WMIREGGUIDW {
        guid = Guid as Guid,
        flags = Flags as Flags,
        instance_count = InstanceCount as InstanceCount,
        instance_info = Anonymous.InstanceInfo as InstanceInfo,
    } to size_of::<Etw::WMIREGGUIDW>());
    same_layout!(c, WnodeTooSmall = Etw::WNODE_TOO_SMALL {
        header = WnodeHeader as WnodeHeader,
        size_needed = SizeNeeded as SizeNeeded,
    } to size_of::<Etw::WNODE_TOO_SMALL>().next_multiple_of(8));

    // The macro cannot express this: the offsets overlay the size, and the data follows `sizeof`.
    assert_eq!(
        offset_of!(WnodeAllData, fixed_instance_size),
        offset_of!(Etw::WNODE_ALL_DATA, Anonymous.OffsetInstanceDataAndLength)
    );
    assert_eq!(
        WmiRegInfo::GUIDS_OFFSET,
        offset_of!(Etw::WMIREGINFOW, WmiRegGuid)
    );
    assert_eq!(
        size_of::<WnodeEventReference>(),
        offset_of!(Etw::WNODE_EVENT_REFERENCE, Anonymous.TargetInstanceIndex)
    );
    // These bindings declare one element of the array; current headers declare none.
    let element = size_of::<OffsetInstanceDataAndLength>();
    assert_eq!(
        WnodeAllData::DATA_OFFSET + element,
        size_of::<Etw::WNODE_ALL_DATA>().next_multiple_of(8)
    );

    writeln!(
        c,
        "_Static_assert(offsetof(WMIREGINFOW, WmiRegGuid) == {REGINFO}, \"\");
         _Static_assert(sizeof(WMIREGGUIDW) == {REGGUID}, \"\");"
    )
    .unwrap();
    c.push_str(
        "_Static_assert(offsetof(WNODE_ALL_DATA, OffsetInstanceDataAndLength) == 60, \"\");
         _Static_assert(offsetof(WNODE_SINGLE_INSTANCE, VariableData) == 64, \"\");
         _Static_assert(sizeof(WNODE_HEADER) == 48, \"\");
         _Static_assert(sizeof(WNODE_ALL_DATA) == 72, \"\");
         _Static_assert(sizeof(WNODE_TOO_SMALL) == 56, \"\");
         _Static_assert(offsetof(WNODE_SINGLE_ITEM, VariableData) == 68, \"\");
         _Static_assert(offsetof(WNODE_METHOD_ITEM, VariableData) == 68, \"\");
         _Static_assert(offsetof(WNODE_EVENT_REFERENCE, TargetInstanceName) == 68, \"\");
         _Static_assert(sizeof(OFFSETINSTANCEDATAANDLENGTH) == 8, \"\");\n",
    );
    let check = match usize::BITS {
        32 => mingw::check_32,
        _ => mingw::check,
    };
    if let Some(said) = check(&c) {
        assert_eq!(said.as_deref(), Ok(""));
    }
}

/// Lists the differences for 32-bit pointers, which `wnode/header.rs` asserts when compiled for
/// such a target; everything else is equal.
#[test]
fn registration_offsets_match_32_bit_windows() {
    let c = "#include <stddef.h>
         #include <windows.h>
         #include <wmistr.h>
         _Static_assert(sizeof(void *) == 4, \"\");
         _Static_assert(sizeof(WNODE_ALL_DATA) == 72, \"\");
         _Static_assert(sizeof(WNODE_TOO_SMALL) == 56, \"\");
         _Static_assert(offsetof(WNODE_SINGLE_ITEM, VariableData) == 68, \"\");
         _Static_assert(offsetof(WMIREGINFOW, GuidCount) == 16, \"\");
         _Static_assert(offsetof(WMIREGINFOW, WmiRegGuid) == 20, \"\");
         _Static_assert(offsetof(WMIREGGUIDW, InstanceInfo) == 24, \"\");
         _Static_assert(sizeof(WMIREGGUIDW) == 28, \"\");\n";
    if let Some(said) = mingw::check_32(c) {
        assert_eq!(said.as_deref(), Ok(""));
    }
}

macro_rules! flags {
    ($($name:ident)*) => {
        BTreeMap::from([$((stringify!($name), (flags::$name, Etw::$name))),*])
    };
}

/// Compares our flags with windows-sys's, and asserts that `wmistr.h` has no others.
#[test]
fn flags_match_windows() {
    let flags = flags! {
        WNODE_FLAG_ALL_DATA
        WNODE_FLAG_SINGLE_INSTANCE
        WNODE_FLAG_SINGLE_ITEM
        WNODE_FLAG_EVENT_ITEM
        WNODE_FLAG_FIXED_INSTANCE_SIZE
        WNODE_FLAG_TOO_SMALL
        WNODE_FLAG_INSTANCES_SAME
        WNODE_FLAG_STATIC_INSTANCE_NAMES
        WNODE_FLAG_INTERNAL
        WNODE_FLAG_USE_TIMESTAMP
        WNODE_FLAG_PERSIST_EVENT
        WNODE_FLAG_EVENT_REFERENCE
        WNODE_FLAG_ANSI_INSTANCENAMES
        WNODE_FLAG_METHOD_ITEM
        WNODE_FLAG_PDO_INSTANCE_NAMES
        WNODE_FLAG_TRACED_GUID
        WNODE_FLAG_LOG_WNODE
        WNODE_FLAG_USE_GUID_PTR
        WNODE_FLAG_USE_MOF_PTR
        WNODE_FLAG_NO_HEADER
        WNODE_FLAG_SEND_DATA_BLOCK
        WNODE_FLAG_VERSIONED_PROPERTIES
        WNODE_FLAG_SEVERITY_MASK
        WMIREG_FLAG_EXPENSIVE
        WMIREG_FLAG_INSTANCE_LIST
        WMIREG_FLAG_INSTANCE_BASENAME
        WMIREG_FLAG_INSTANCE_PDO
        WMIREG_FLAG_EVENT_ONLY_GUID
        WMIREG_FLAG_TRACE_CONTROL_GUID
        WMIREG_FLAG_REMOVE_GUID
        WMIREG_FLAG_TRACED_GUID
    };
    for (name, (ours, theirs)) in &flags {
        assert_eq!(ours, theirs, "{name}");
    }
    let listed: BTreeMap<&str, u32> = flags::ALL.iter().copied().collect();
    let ours: BTreeMap<&str, u32> = flags
        .iter()
        .map(|(name, (ours, _))| (*name, *ours))
        .collect();
    assert_eq!(ours, listed, "this test compares all flags");

    let Some(macros) = mingw::macros("#include <windows.h>\n#include <wmistr.h>\n") else {
        return;
    };
    let macros = macros.expect("the header is one of the compiler's own");
    let header: BTreeMap<&str, u32> = macros
        .lines()
        .filter_map(|line| line.strip_prefix("#define ")?.split_once(" 0x"))
        .filter(|(name, _)| name.starts_with("WNODE_FLAG_") || name.starts_with("WMIREG_FLAG_"))
        .filter(|(name, _)| !name.starts_with("WMIREG_FLAG_RESERVED"))
        .map(|(name, value)| (name, u32::from_str_radix(value, 16).unwrap()))
        .collect();
    assert_eq!(ours, header);
}
