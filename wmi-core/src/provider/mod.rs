//! Answering WMI requests in a driver: a complete, safe replacement for WMILIB.
//!
//! A driver lists its [`Block`]s once in a [`Provider`] and passes it every `IRP_MJ_SYSTEM_CONTROL`
//! request. [`Provider::dispatch`] takes the request's bytes, replaces them by the reply, and
//! returns a status and the reply's size. It owns the rules: the order of the checks, the statuses,
//! size probing, alignment, names, and the buffer shared by a method's input and output. The
//! driver's own code is typed: structs with [`#[derive(WmiClass)]`](derive@crate::WmiClass), and
//! [`Handle`], [`HandleVariable`] or [`Execute`](crate::Execute) for blocks other than counters.
//!
//! Nothing here allocates, panics or holds a lock.
//!
//! | page | for |
//! |---|---|
//! | [`guide`] | from `cargo new` to the first query |
//! | [`BlockInstance`] | single instances, for KMDF, NDIS and WMILIB; `wmi-driver` has the callbacks |
//! | [`statuses`] | the meaning of each status, and disagreements between the sources |
//! | [`troubleshooting`] | likely causes, by symptom |

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
mod stored;
mod versioned;

pub use block::Block;
pub use content::BlockContent;
pub use dispatch::Provider;
pub use event::{Event, EventSink};
pub use handle::{Handle, HandleVariable, ItemChange, Reply, Sent, VariableItemChange};
pub use instance::BlockInstance;
pub use methods::{Methods, MoreMethods};
pub use refused::{RefusalCause, RefusedRequest};
pub use registered::{NameChanges, Presence};
pub use request::{DataPath, Minor, Outcome, Pending, Request, Response};
pub use stored::{Stored, StoredVariable};

/// From `cargo new` to the first query.
///
#[cfg_attr(feature = "derive", doc = include_str!("guide.md"))]
pub mod guide {}

#[doc = include_str!("statuses.md")]
pub mod statuses {}

#[doc = include_str!("troubleshooting.md")]
pub mod troubleshooting {}
