//! The reasons for which a reply may differ from the recorded one. Each is a rule of its own; a
//! reply that differs for no reason is a fault.

use core::iter::zip;

use wmi_core::wnode::Wnode;

use super::replay::{Case, Reply};

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident($holds:ident),)*) => {
        /// Why a reply differs from that of Microsoft's code.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum Reason { $($(#[$doc])* $name,)* }

        impl Reason {
            pub(crate) const ALL: &[Self] = &[$(Self::$name),*];

            fn holds(self, case: &Case, ours: &Reply) -> bool {
                match self {
                    $(Self::$name => $holds(case, ours),)*
                }
            }
        }
    };
}

reasons! {
    /// The error log of `classwmi.c` has the recording's data.
    DataOfTheErrorLog(data_of_the_error_log),
    /// For its error log, `classwmi.c` answers only queries.
    ErrorLogIsQueriedAlone(error_log_is_queried_alone),
    /// The framework's callbacks of g9 fail or misbehave, as no handler here can; ours returns data.
    MisbehavingCallbacks(misbehaving_callbacks),
    /// The framework's g11 has no callbacks; ours has data.
    NoCallbacks(no_callbacks),
    /// The framework's event g10 refuses collection; our events have no collection.
    CollectedEvent(collected_event),
    /// After the last instance of a block was removed, the framework's next update marks the block as
    /// removed; ours keeps it without instances.
    MarkedAsRemoved(marked_as_removed),
    /// `classwmi.c` forwards all requests before its registration was queried.
    NotYetRegistered(not_yet_registered),
    /// `classwmi.c` forwards `IRP_MN_REGINFO_EX`, which our provider answers.
    RegInfoEx(reg_info_ex),
    /// Our provider refuses an action that is neither `WMIREGISTER` nor `WMIUPDATE`.
    UnknownAction(unknown_action),
    /// Our updates have neither a registry path nor the name of a resource.
    UpdateWithoutTexts(update_without_texts),
    /// `classwmi.c` flags a base name as a list of names too.
    BaseNameAndList(base_name_and_list),
    /// The strings of a registration are in another order, or shared by several blocks.
    OrderOfStrings(order_of_strings),
    /// The buffer has no room for a `WNODE_TOO_SMALL`, or for the fixed part of the request.
    TooShort(too_short),
    /// Our provider switches events and collection without reading the buffer.
    SwitchedWithoutHeader(switched_without_header),
    /// The data starts within the fixed part, which the reply would overwrite.
    DataInTheHeader(data_in_the_header),
    /// The size of the data exceeds the buffer. Microsoft's code truncates it, or leaves it to the
    /// driver.
    DataPastTheEnd(data_past_the_end),
    /// Our provider clears the bytes of the buffer that are not part of the reply.
    GapCleared(gap_cleared),
    /// Our reply's header has the GUID of the block, and the flags of its structure.
    HeaderOfTheReply(header_of_the_reply),
    /// The instances are equal, but placed differently: 8 bytes apart, and without an offset table
    /// if all have one size. Or they are equal, but the needed size differs.
    LayoutOfAllData(layout_of_all_data),
    /// The framework's reply is truncated within its last instance if the buffer has exactly the
    /// size that the framework reported.
    CutShort(cut_short),
    /// Our reply for a block without instances is empty.
    NoInstances(no_instances),
    /// A method-only block has four zero bytes of data, and none in the framework.
    DummyOfMethods(dummy_of_methods),
    /// Our provider does not let events be queried. The framework returns instances without data,
    /// or reports that they cannot be set.
    EventQueried(event_queried),
    /// A method of a block without methods: in the framework, the driver's callback returns the
    /// error.
    NoMethods(no_methods),
    /// An item that the block does not have: without a callback, the framework reports that nothing
    /// can be set.
    NoSuchItem(no_such_item),
}

/// Returns the reason why our reply differs, if there is one.
pub(crate) fn reason(case: &Case, ours: &Reply) -> Option<Reason> {
    let mut reasons = Reason::ALL.iter().copied();
    reasons.find(|reason| reason.holds(case, ours))
}

const SUCCESS: u32 = 0;
const INVALID_PARAMETER: u32 = 0xc000_000d;
const INVALID_DEVICE_REQUEST: u32 = 0xc000_0010;
const BUFFER_TOO_SMALL: u32 = 0xc000_0023;
const INSTANCE_NOT_FOUND: u32 = 0xc000_0296;
const ITEMID_NOT_FOUND: u32 = 0xc000_0297;
const READ_ONLY: u32 = 0xc000_02c6;
const GUID_NOT_FOUND: u32 = 0xc000_0295;
const UNSUCCESSFUL: u32 = 0xc000_0001;

fn number(bytes: &[u8], at: usize) -> usize {
    let number = bytes[at..].first_chunk().copied();
    u32::from_le_bytes(number.unwrap_or_default()) as usize
}

fn statuses(case: &Case, ours: &Reply) -> (u32, u32) {
    (case.theirs.status, ours.status)
}

/// Returns the end of the fixed part of a request, and the offset of `DataBlockOffset`.
fn fixed_part(minor: u8) -> Option<(usize, usize)> {
    match minor {
        1 | 2 => Some((64, 56)),
        3 | 9 => Some((68, 60)),
        _ => None,
    }
}

fn is_registration(case: &Case) -> bool {
    matches!(case.minor, 8 | 11)
}

fn data_of_the_error_log(case: &Case, ours: &Reply) -> bool {
    case.path == "errorlog"
        && matches!(case.minor, 0 | 1)
        && ours.information == 64 + 2952
        && equal_but_for(case, ours, |at| at >= 64)
}

fn error_log_is_queried_alone(case: &Case, ours: &Reply) -> bool {
    let expected = match case.minor {
        2 | 3 => READ_ONLY,
        9 => INVALID_DEVICE_REQUEST,
        4..=7 => SUCCESS,
        _ => return false,
    };
    case.path == "errorlog" && statuses(case, ours) == (GUID_NOT_FOUND, expected) && is_empty(ours)
}

fn misbehaving_callbacks(case: &Case, ours: &Reply) -> bool {
    if case.path != "g9" || ours.state != case.theirs.state {
        return false;
    }
    let is_there = || number(&case.request, 52) < 6;
    match case.minor {
        0 => gives_zeros(case, ours, 6, 4),
        1 => is_there() && gives_zeros(case, ours, 1, 4),
        2 | 3 => is_there() && ours.status == READ_ONLY && is_empty(ours),
        9 => is_there() && ours.status == INVALID_DEVICE_REQUEST && is_empty(ours),
        _ => false,
    }
}

fn no_callbacks(case: &Case, ours: &Reply) -> bool {
    let is_without_data = match case.minor {
        // They have one instance of no bytes.
        0 => case.theirs.status == SUCCESS,
        1 => case.theirs.status == INVALID_DEVICE_REQUEST,
        _ => false,
    };
    case.path == "g11" && is_without_data && gives_zeros(case, ours, 1, 6)
}

fn collected_event(case: &Case, ours: &Reply) -> bool {
    let refused = statuses(case, ours) == (UNSUCCESSFUL, SUCCESS);
    case.path == "g10" && matches!(case.minor, 6 | 7) && refused && is_empty(ours)
}

fn marked_as_removed(case: &Case, ours: &Reply) -> bool {
    let mut mended = case.clone();
    let entries = mended.theirs.output.get_mut(24..).unwrap_or_default();
    let mut removed = 0;
    for entry in entries.chunks_exact_mut(32) {
        // `WMIREG_FLAG_REMOVE_GUID`, of a block without instances.
        if entry[18] & 1 != 0 && entry[20..24] == [0; 4] {
            entry[18] &= !1;
            removed += 1;
        }
    }
    removed == 1 && update_without_texts(&mended, ours)
}

/// Whether nothing is given back.
fn is_empty(ours: &Reply) -> bool {
    ours.information == 0 && ours.output.is_empty()
}

/// Whether a query gives all instances, or the one, with as many bytes of zero each, or asks for as
/// much room as that needs.
fn gives_zeros(case: &Case, ours: &Reply, instances: usize, size: usize) -> bool {
    let data: Vec<&[u8]> = match Wnode::decode(&ours.output) {
        Ok(Wnode::AllData(all)) if case.minor == 0 => (0..all.instance_count())
            .filter_map(|instance| all.data(instance))
            .collect(),
        Ok(Wnode::SingleInstance(single)) if case.minor == 1 => vec![single.data()],
        Ok(Wnode::TooSmall { size_needed }) => {
            // Instances are 8 bytes apart.
            let needed = 64 + (instances - 1) * size.next_multiple_of(8) + size;
            return size_needed as usize == needed && case.request.len() < needed;
        }
        _ => return false,
    };
    ours.status == SUCCESS && data == vec![&[0; 8][..size]; instances]
}

fn not_yet_registered(case: &Case, _: &Reply) -> bool {
    case.name.starts_with("unregistered-") && case.remarks == "forwarded"
}

fn reg_info_ex(case: &Case, _: &Reply) -> bool {
    !case.is_kmdf && case.minor == 11 && case.remarks == "forwarded"
}

fn unknown_action(case: &Case, ours: &Reply) -> bool {
    let is_known = case.path == "0" || case.path == "1";
    is_registration(case) && !is_known && statuses(case, ours) == (SUCCESS, INVALID_PARAMETER)
}

/// An entry of a registration, with its string.
type Entry = (Vec<u8>, String);

/// Returns the entries of a registration, and its two texts.
fn registration(bytes: &[u8]) -> Option<(Vec<Entry>, [String; 2])> {
    let text = |at: usize| {
        let units = number(bytes, at) & 0xffff;
        let units = bytes[at + 2..at + 2 + units].chunks(2);
        let units: Vec<u16> = units
            .map(|unit| u16::from_le_bytes([unit[0], unit[1]]))
            .collect();
        String::from_utf16(&units).unwrap()
    };
    let optional = |at: usize| if at == 0 { String::new() } else { text(at) };
    if bytes.len() <= 4 {
        return None;
    }
    let entries = (0..number(bytes, 16)).map(|index| {
        let entry = &bytes[24 + 32 * index..][..32];
        // A list has one name here, like a base name.
        if number(entry, 16) & 0xc == 0 {
            (entry.to_vec(), String::new())
        } else {
            (entry[..24].to_vec(), text(number(entry, 24)))
        }
    });
    Some((
        entries.collect(),
        [8, 12].map(|at| optional(number(bytes, at))),
    ))
}

/// Compares what is registered, except for traces and for events that are expensive.
fn same_entries(case: &Case, theirs: &[u8], ours: &[u8]) -> Option<bool> {
    let (theirs, ours) = (registration(theirs)?.0, registration(ours)?.0);
    let is_traced = |index: usize| case.is_kmdf && (index == 8 || index == 10);
    let same = zip(&theirs, &ours).enumerate();
    let mut same = same.map(|(index, (theirs, ours))| theirs == ours || is_traced(index));
    Some(theirs.len() == ours.len() && same.all(|same| same))
}

fn update_without_texts(case: &Case, ours: &Reply) -> bool {
    if !is_registration(case) || case.path != "1" || statuses(case, ours) != (SUCCESS, SUCCESS) {
        return false;
    }
    let texts = registration(&ours.output).map(|registration| registration.1);
    let none = texts.is_none_or(|texts| texts == [const { String::new() }; 2]);
    none && same_entries(case, &case.theirs.output, &ours.output).unwrap_or(true)
}

fn base_name_and_list(case: &Case, ours: &Reply) -> bool {
    let mut theirs = case.theirs.output.clone();
    let mut corrected = 0;
    for entry in theirs
        .get_mut(24..)
        .unwrap_or_default()
        .chunks_exact_mut(32)
    {
        if entry[16] & 0xc == 0xc {
            entry[16] &= !0x4;
            corrected += 1;
        }
    }
    is_registration(case)
        && corrected > 0
        && same_entries(case, &theirs, &ours.output) == Some(true)
}

fn order_of_strings(case: &Case, ours: &Reply) -> bool {
    if !is_registration(case) || statuses(case, ours) != (SUCCESS, SUCCESS) {
        return false;
    }
    let theirs = &case.theirs;
    let (Some(their), Some(our)) = (registration(&theirs.output), registration(&ours.output))
    else {
        // One name per block needs more bytes than one name for all.
        let needed = number(&ours.output, 0);
        return ours.information == 4 && needed > case.request.len().min(number(&theirs.output, 0));
    };
    let same = same_entries(case, &theirs.output, &ours.output);
    same == Some(true) && their.1 == our.1 && theirs.pdo_references == ours.pdo_references
}

fn too_short(case: &Case, ours: &Reply) -> bool {
    let size = case.request.len();
    match case.minor {
        0 | 1 | 9 if size < 56 => ours.status == BUFFER_TOO_SMALL,
        // The framework requires room for a whole `WNODE_ALL_DATA`.
        0 => size < 64 && case.theirs.status == 0xc000_0001,
        minor => {
            let fixed = fixed_part(minor);
            fixed.is_some_and(|(end, _)| size < end) && ours.status == INVALID_PARAMETER
        }
    }
}

fn switched_without_header(case: &Case, ours: &Reply) -> bool {
    let refused = statuses(case, ours) == (INVALID_PARAMETER, SUCCESS);
    matches!(case.minor, 4..=7) && case.request.len() < 48 && refused
}

fn data_in_the_header(case: &Case, ours: &Reply) -> bool {
    fixed_part(case.minor).is_some_and(|(end, at)| {
        ours.status == INVALID_PARAMETER && number(&case.request, at) < end
    })
}

fn data_past_the_end(case: &Case, ours: &Reply) -> bool {
    fixed_part(case.minor).is_some_and(|(_, at)| {
        let end = number(&case.request, at).saturating_add(number(&case.request, at + 4));
        case.minor != 1 && ours.status == INVALID_PARAMETER && end > case.request.len()
    })
}

/// Returns whether the replies are equal except for these bytes.
fn equal_but_for(case: &Case, ours: &Reply, differs: impl Fn(usize) -> bool) -> bool {
    let mut mended = ours.clone();
    if mended.output.len() == case.theirs.output.len() {
        let bytes = zip(&mut mended.output, &case.theirs.output).enumerate();
        for (_, (ours, theirs)) in bytes.filter(|(at, _)| differs(*at)) {
            *ours = *theirs;
        }
    }
    mended == case.theirs
}

fn is_too_small(reply: &Reply) -> bool {
    matches!(Wnode::decode(&reply.output), Ok(Wnode::TooSmall { .. }))
}

fn gap_cleared(case: &Case, ours: &Reply) -> bool {
    if is_registration(case) {
        return equal_but_for(case, ours, |at| {
            (20..24).contains(&at) && ours.output[at] == 0
        });
    }
    if is_too_small(ours) && is_too_small(&case.theirs) {
        // The last four bytes are padding.
        return equal_but_for(case, ours, |at| at >= 52 && ours.output[at] == 0);
    }
    fixed_part(case.minor).is_some_and(|(end, at)| {
        ours.status == SUCCESS
            && equal_but_for(case, ours, |byte| {
                (end..number(&case.request, at)).contains(&byte) && ours.output[byte] == 0
            })
    })
}

fn header_of_the_reply(case: &Case, ours: &Reply) -> bool {
    let changed = |at| (24..40).contains(&at) || (44..48).contains(&at);
    ours.status == SUCCESS && equal_but_for(case, ours, changed)
}

/// Returns the data of all instances.
fn instances(wnode: &[u8]) -> Option<Vec<Vec<u8>>> {
    match Wnode::decode(wnode) {
        Ok(Wnode::AllData(all)) => (0..all.instance_count())
            .map(|instance| all.data(instance).map(<[u8]>::to_vec))
            .collect(),
        _ => None,
    }
}

/// Returns the framework's instances: each has its own offset, and the flags are those of the
/// request, whatever they are.
fn their_instances(case: &Case) -> Option<Vec<Vec<u8>>> {
    let mut wnode = case.theirs.output.clone();
    let flags = wnode.get_mut(44..48)?;
    flags.copy_from_slice(&[0x81, 0, 0, 0]);
    instances(&wnode)
}

fn layout_of_all_data(case: &Case, ours: &Reply) -> bool {
    if !case.is_kmdf || case.minor != 0 || statuses(case, ours) != (SUCCESS, SUCCESS) {
        return false;
    }
    let same = instances(&ours.output).is_some_and(|ours| their_instances(case) == Some(ours));
    // Instances placed differently need more or fewer bytes.
    let is_whole = is_too_small(ours) || instances(&ours.output).is_some();
    same || is_too_small(&case.theirs) && is_whole && case.path != "g2"
}

fn cut_short(case: &Case, ours: &Reply) -> bool {
    let is_cut = case.remarks == "tail-changed" && !is_too_small(&case.theirs);
    let is_whole = instances(&ours.output).is_some() && their_instances(case).is_none();
    case.is_kmdf && case.minor == 0 && is_cut && is_whole
}

fn no_instances(case: &Case, ours: &Reply) -> bool {
    let none = instances(&ours.output).is_some_and(|instances| instances.is_empty());
    none && statuses(case, ours) == (INSTANCE_NOT_FOUND, SUCCESS)
}

fn dummy_of_methods(case: &Case, ours: &Reply) -> bool {
    case.is_kmdf
        && case.path == "g2"
        && matches!(case.minor, 0 | 1)
        && statuses(case, ours) == (SUCCESS, SUCCESS)
}

fn event_queried(case: &Case, ours: &Reply) -> bool {
    let refused = [SUCCESS, READ_ONLY].contains(&case.theirs.status);
    let is_event = matches!(&*case.path, "g3" | "g10");
    is_event && ours.status == INVALID_DEVICE_REQUEST && is_empty(ours) && refused
}

fn no_methods(case: &Case, ours: &Reply) -> bool {
    case.minor == 9 && statuses(case, ours) == (ITEMID_NOT_FOUND, INVALID_DEVICE_REQUEST)
}

fn no_such_item(case: &Case, ours: &Reply) -> bool {
    case.minor == 3 && statuses(case, ours) == (READ_ONLY, ITEMID_NOT_FOUND)
}
