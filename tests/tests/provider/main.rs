//! Answering WMI: the dispatcher against the documented rules.

mod agree;
mod any_requests;
mod device;
mod naive;
mod registration;
mod replies;
mod statuses;
