//! Answering WMI requests: the dispatcher against the documented rules.

mod adapters;
mod agree;
mod any_requests;
mod deferred;
mod device;
mod events;
mod handlers;
mod kept;
mod many_methods;
mod naive;
mod no_alloc;
mod refusals;
mod registration;
mod replies;
mod statuses;
mod stored;
mod writable;
