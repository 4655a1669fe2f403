//! Answering WMI in a driver: a complete, safe replacement for WMILIB.
//!
//! A driver lists its [`Block`]s once in a [`Provider`], and hands it every request of
//! `IRP_MJ_SYSTEM_CONTROL`; [`Provider::dispatch`] takes bytes and gives bytes, a status and how
//! many. It owns the rules: the order of the checks, the statuses, size probing, alignment, names,
//! and that the input and the output of a method share a buffer. What a driver writes itself is
//! typed: structs with [`#[derive(WmiClass)]`](derive@crate::WmiClass), and [`Handle`],
//! [`HandleVariable`] or [`Execute`](crate::Execute) where counters do not answer by themselves.
//!
//! Nothing here allocates, panics or holds a lock.
//!
//! | page | for |
//! |---|---|
//! | [`guide`] | from `cargo new` to the first query |
//! | [`Instance`] | one instance at a time, for KMDF, NDIS and WMILIB; the glue of drivers is in `wmi-driver` |
//! | [`statuses`] | what each status means, and where the sources disagree |
//! | [`troubleshooting`] | what to look at, by symptom |

mod block;
mod call;
mod check;
mod content;
mod dispatch;
mod event;
mod handle;
mod instance;
pub mod kmdf;
pub(crate) mod method;
mod methods;
mod names;
mod refused;
mod registered;
mod registration;
mod request;
pub(crate) mod status;

pub use block::Block;
pub use content::BlockContent;
pub use dispatch::Provider;
pub use event::{Event, EventSink};
pub use handle::{Handle, HandleVariable, ItemChange, Reply, Sent, VariableItemChange};
pub use instance::Instance;
pub use methods::Methods;
pub use refused::{RefusalCause, RefusedRequest};
pub use registered::{NameChanges, Presence};
pub use request::{DataPath, Minor, Outcome, Pending, Request, Response};

/// From `cargo new` to the first query.
///
#[cfg_attr(feature = "derive", doc = include_str!("guide.md"))]
pub mod guide {}

#[doc = include_str!("statuses.md")]
pub mod statuses {}

#[doc = include_str!("troubleshooting.md")]
pub mod troubleshooting {}
