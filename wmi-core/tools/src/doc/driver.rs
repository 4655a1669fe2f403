//! What the driver's author needs beside the classes: the rights in the INF, and the statuses of
//! requests.

use maud::{Markup, html};
use wmi_core::NtStatus;

use super::index::{Entry, Group, Index};
use super::{scrolled, table};
use crate::Classes;
use crate::build::{InfSection, Sddl};
use crate::classes::is_name;
use crate::html::Shown;

/// The install section of examples.
const INSTALL: &str = "Vendor_Install.NT";

/// When a request fails with which status. Sources: "Processing WMI IRPs in a DispatchSystemControl
/// Routine", "IRP_MN_CHANGE_SINGLE_ITEM" and its siblings in windows-driver-docs.
const STATUSES: [(&str, &str, NtStatus); 6] = [
    (
        "the driver does not have the class",
        "STATUS_WMI_GUID_NOT_FOUND",
        NtStatus::WMI_GUID_NOT_FOUND,
    ),
    (
        "the class does not have the instance; WMI asks other drivers",
        "STATUS_WMI_INSTANCE_NOT_FOUND",
        NtStatus::WMI_INSTANCE_NOT_FOUND,
    ),
    (
        "the class does not have the item or the method",
        "STATUS_WMI_ITEMID_NOT_FOUND",
        NtStatus::WMI_ITEMID_NOT_FOUND,
    ),
    (
        "the data does not fit in the buffer; WMI repeats the request with a larger one, so nothing \
         may have happened yet",
        "STATUS_BUFFER_TOO_SMALL",
        NtStatus::BUFFER_TOO_SMALL,
    ),
    (
        "nothing in the block, or not this item, can be set",
        "STATUS_WMI_READ_ONLY",
        NtStatus::WMI_READ_ONLY,
    ),
    (
        "the driver does not accept the value",
        "STATUS_WMI_SET_FAILURE",
        NtStatus::WMI_SET_FAILURE,
    ),
];

/// Returns the lines of an INF that keep these classes to administrators. Names that no INF should hold
/// are left out.
pub(super) fn inf<'e, 'a: 'e>(entries: impl Iterator<Item = &'e Entry<'a>>) -> String {
    let classes = entries.filter(|entry| entry.kind.is_registered() && is_name(entry.class.name));
    let classes = classes.map(|entry| entry.class);
    let classes: Vec<_> = classes.filter(|class| class.guid().is_some()).collect();
    match classes.is_empty() {
        true => String::new(),
        false => InfSection::new(INSTALL, classes.into_iter().collect::<Classes<'_>>()).to_string(),
    }
}

pub(super) fn section(index: &Index<'_>) -> Markup {
    let inf = inf(index.entries());
    let has_events = index.of_group(Group::Events).next().is_some();
    html! {
        section.group id="~driver" {
            h2 { "For the driver" }
            @if !inf.is_empty() {
                h3 { "Rights" }
                p.about {
                    "The INF of the driver says who may use its classes; without these lines only \
                     administrators and the system may. "
                    code { (INSTALL) } " stands for the install section. To let all users query and \
                     get events, the security descriptor is "
                    code { (Sddl::READABLE.as_str()) }
                    "."
                }
                pre.copy tabindex="0" { code { (Shown(&inf)) } }
            }
            h3 { "Statuses of requests" }
            (scrolled(&table("codes", &["If", "Status", "Value"], html! {
                @for (case, name, status) in STATUSES {
                    tr {
                        td { (case) }
                        td { code { (name) } }
                        td { code { (format!("{:#010x}", status.value())) } }
                    }
                }
            })))
            @if has_events {
                h3 { "Events" }
                p.about {
                    "An event is a whole WNODE from nonpaged pool, which WMI frees if "
                    code { "IoWMIWriteEvent" }
                    " succeeds. It has at most 1024 bytes, unless the registry sets another limit; the \
                     data of a larger one is queried by a "
                    code { "WNODE_EVENT_REFERENCE" }
                    ". The driver sends events only while WMI has enabled them."
                }
            }
        }
    }
}
